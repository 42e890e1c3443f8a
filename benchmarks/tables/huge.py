"""A table of 26 million rows whose key is never the same: the full report, its time, its memory, and is every error counted?

    python benchmarks/tables/huge.py [--rows 26000000] [--few 5000000] [--folder DIR]

Twelve columns, about 3.6 GB, a quarter of the rows with a line break inside quotes; per million rows 500 faulty days, 300
faulty amounts, and a thousand keys found again in the whole. Checked once with the unique key, then without it at both
sizes. Each measure is a process of its own, importing excluded. `--folder`: where the files are written, and left.
Exit status: 0 when counts are complete, peaks are under 1 GiB with the key, and within 20 % of each other without it;
1 otherwise. The time (aim: 60 s) is printed, and decides nothing: the machine may be shared.
"""

import argparse
import random
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path[:0] = [str(FOLDER), str(FOLDER.parent)]

import generate  # noqa: E402  # beside this script
from apart import answer, measured, met, timed  # noqa: E402
from keys import BLOCK, blocks  # noqa: E402
from machine import describe, load  # noqa: E402

PEAK_BAR, SPREAD_BAR, SECONDS_AIM = 1024, 1.2, 60
DOUBLES = 1_000  # keys found again, in the whole
FAULTS = {"jour": ("01/03/21", 500), "montant": ("1250,50 €", 300)}  # a faulty text, and how often in a million rows
POOL = 5_000  # distinct texts of a column that repeats itself

REQUIRED = {"required": True}
FIELDS = [
    {"name": "cle", "type": "string", "constraints": REQUIRED},
    {"name": "jour", "type": "date", "constraints": REQUIRED},
    {"name": "siret", "type": "string", "constraints": {**REQUIRED, "pattern": r"^\d{14}$"}},
    {"name": "nom", "type": "string", "constraints": REQUIRED},
    {"name": "nature", "type": "string", "constraints": {"enum": ["numéraire", "nature"]}},
    {"name": "montant", "type": "number", "constraints": REQUIRED},
    {"name": "part", "type": "number", "constraints": {"minimum": 0, "maximum": 1}},
    {"name": "ue", "type": "boolean", "trueValues": ["oui"], "falseValues": ["non"]},
    {"name": "code", "type": "string", "constraints": {"pattern": r"^([013-9]\d|2[AB1-9])\d{3}$"}},
    {"name": "objet", "type": "string", "constraints": {"maxLength": 256}},
    {"name": "periode", "type": "string", "constraints": {"pattern": r"^\d{4}-\d{2}(/\d{4}-\d{2})?$"}},
    {"name": "note", "type": "string"},
]


def pools(dice: random.Random) -> dict[str, list[str]]:
    """Good texts of every column but the key."""
    day = lambda: generate.day(dice, 0)  # noqa: E731
    made = {
        "jour": day,
        "siret": lambda: generate.siret(dice, 0),
        "nom": lambda: dice.choice(generate.TOWNS),
        "nature": lambda: dice.choice(("numéraire", "nature")),
        "montant": lambda: f"{dice.randrange(100, 10**6)}.{dice.randrange(100):02}",
        "part": lambda: f"0.{dice.randrange(1, 100):02}",
        "ue": lambda: dice.choice(("oui", "non")),
        "code": lambda: dice.choice(("35238", "2A004", "97411", "01004")),
        "objet": lambda: dice.choice((*generate.AIMS[::3], "Matériel,\nsalle", "Fête")),
        "periode": lambda: f"{day()[:7]}/{day()[:7]}",
        "note": lambda: dice.choice(("", "", "reconduite", "à revoir")),
    }
    return {name: [make() for _ in range(POOL)] for name, make in made.items()}


def write(path: Path, rows: int) -> dict[str, int]:
    """The file of so many rows, the same for the same number. Gives its errors by code."""
    import numpy as np
    import pyarrow as pa
    from pyarrow import csv

    texts = {name: pa.array([*pool, FAULTS.get(name, ("",))[0]]) for name, pool in pools(random.Random(rows)).items()}
    dice = np.random.default_rng(rows)
    schema = pa.schema([(field["name"], pa.string()) for field in FIELDS])
    wrong = 0
    with csv.CSVWriter(path, schema, write_options=csv.WriteOptions(quoting_style="needed")) as out:
        for numbers, keys in blocks(rows, DOUBLES):
            columns = [keys]
            for name, pool in texts.items():
                chosen = dice.integers(0, POOL, len(numbers))
                if name in FAULTS:
                    some = len(numbers) * FAULTS[name][1] // BLOCK
                    chosen[dice.choice(len(numbers), some, replace=False)] = POOL
                    wrong += some
                columns.append(pool.take(pa.array(chosen)))
            out.write(pa.table(columns, schema=schema))
    return {"type-error": wrong, "unique-error": min(DOUBLES, rows // 2)}


def check(path: Path, *, unique: bool) -> dict:
    from dcant.standards.tables import ready, validate

    key = {**FIELDS[0], "constraints": {**REQUIRED, "unique": unique}}
    plan = ready({"fields": [key, *FIELDS[1:]]})

    def work() -> dict:
        (report,) = validate(path, plan).files
        return {"rows": report.rows, "codes": report.counts.by_code, "complete": report.complete}

    return timed(work)


ROLES = {"with the key": lambda path: check(path, unique=True), "without": lambda path: check(path, unique=False)}


def measure(role: str, path: Path) -> dict:
    found = measured(__file__, role, "--file", str(path))
    print(
        f"{role:13}{found['rows']:>12,}{found['seconds']:9.1f}{found['cpu']:9.1f}{found['rows'] / found['seconds']:12,.0f}"
        f"{found['peak']:9.0f}   {load()}",
        flush=True,
    )
    return found


def run(folder: Path, rows: int, few: int) -> bool:
    large, small = folder / f"{rows}.csv", folder / f"{few}.csv"
    errors = write(large, rows)
    errors_of_few = write(small, few)
    print(f"{large.stat().st_size / 1e9:.2f} GB and {small.stat().st_size / 1e9:.2f} GB")
    print(f"{'':13}{'rows':>12}{'seconds':>9}{'cpu':>9}{'rows/s':>12}{'peak MB':>9}")
    keyed = measure("with the key", large)
    without, without_few = measure("without", large), measure("without", small)
    complete = keyed["complete"] and keyed["codes"] == errors
    for found, known in ((without, errors), (without_few, errors_of_few)):
        complete = complete and found["complete"] and found["codes"] == {"type-error": known["type-error"]}
    peaks = sorted((without["peak"], without_few["peak"]))
    spread = peaks[1] / peaks[0]
    print(
        f"counts complete: {met(complete)}; peak with the key {keyed['peak']:.0f} MB (bar {PEAK_BAR}: {met(keyed['peak'] < PEAK_BAR)}); "
        f"without it, one size over the other ×{spread:.2f} (bar ×{SPREAD_BAR}: {met(spread <= SPREAD_BAR)}); "
        f"{keyed['seconds']:.0f} s (aim {SECONDS_AIM}: {met(keyed['seconds'] < SECONDS_AIM)})"
    )
    return complete and keyed["peak"] < PEAK_BAR and spread <= SPREAD_BAR


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=26_000_000)
    parser.add_argument("--few", type=int, default=5_000_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--role", choices=ROLES, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.role:
        return answer(ROLES[options.role], options.file)
    print(describe())
    if options.folder:
        options.folder.mkdir(parents=True, exist_ok=True)
        return 0 if run(options.folder, options.rows, options.few) else 1
    with tempfile.TemporaryDirectory() as folder:
        return 0 if run(Path(folder), options.rows, options.few) else 1


if __name__ == "__main__":
    sys.exit(main())
