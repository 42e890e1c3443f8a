"""The full report of a big file, beside frictionless on the same file: seconds, processor, peak memory, and are the errors the same.

    python benchmarks/tables/full_report.py [--rows 1000000] [--rounds 3] [--schema F] [--file F] [--mix]

Each measure is a process of its own, importing excluded; rounds are interleaved and medians compared. `raw` only reads the
file by our own sources, without any rule. The multisets of (code, row, field) are compared once, ours without bound on the
sample. `--mix`: the same at 0, 1 and 20 % of faulty cells, with a unique field and a French check besides.
Exit status: 0 when every bar is met and all errors are the same, 1 otherwise.
"""

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path[:0] = [str(FOLDER), str(FOLDER.parent)]

import generate  # noqa: E402  # beside this script
from apart import peak_in_megabytes  # noqa: E402
from machine import describe  # noqa: E402

CORPORA = Path(os.environ.get("DCANT_CORPORA") or FOLDER.parents[2] / "shared" / "corpora")
SCHEMA = CORPORA / "tables" / "_schemas" / "scdl__subventions__latest__schema.json"
UNIQUE, SIRET = "referenceDecision", "idAttribuant"
MIXES = {0.0: 20, 1.0: 15, 20.0: 8}  # percent of faulty cells, bar
BAR, RAW_BAR, PEAK_BAR = 20, 2.0, 500


# ---- one measure, in its own process


def run_ours(path: Path, schema: Path, errors: Path | None) -> dict:
    from dcant.standards.tables import ready, validate

    plan = ready(schema)
    start, worked = time.perf_counter(), time.process_time()
    (report,) = validate(path, plan, columns="exact", limit=10**9 if errors else 1000).files
    measured = {"seconds": time.perf_counter() - start, "cpu": time.process_time() - worked, "rows": report.rows}
    if errors:
        found = Counter(
            (one.code, one.row, one.field or "")
            for one in report.errors
            if one.level == "error" and not one.code.startswith("french-")
        )
        write_errors(found, errors)
    return measured | {"errors": report.counts.errors}


def run_raw(path: Path, schema: Path, errors: Path | None) -> dict:  # noqa: ARG001  # nothing is judged
    from dcant.standards.tables import open_source, ready

    labels = [one.name for one in ready(schema).schema.fields]
    start, worked = time.perf_counter(), time.process_time()
    source = open_source(path, plan_labels=labels)
    rows = sum(len(batch.rows) + len(batch.ragged) for batch in source.batches())
    source.close()
    return {"seconds": time.perf_counter() - start, "cpu": time.process_time() - worked, "rows": rows, "errors": 0}


def run_frictionless(path: Path, schema: Path, errors: Path | None) -> dict:
    warnings.simplefilter("ignore")
    from frictionless import Dialect, Resource, Schema, formats

    descriptor = json.loads(schema.read_text(encoding="utf-8"))
    dialect = Dialect(header_rows=[1], controls=[formats.CsvControl(delimiter=",")])
    start, worked = time.perf_counter(), time.process_time()
    resource = Resource(
        path=path.name,
        basepath=str(path.parent),
        schema=Schema.from_descriptor(descriptor),
        dialect=dialect,
        encoding="utf-8",
    )
    report = resource.validate(limit_errors=10**9)
    measured = {"seconds": time.perf_counter() - start, "cpu": time.process_time() - worked}
    (task,) = report.tasks
    if errors:
        found = Counter(
            (said["type"], said.get("rowNumber"), said.get("fieldName", ""))
            for said in (error.to_descriptor() for error in task.errors)
        )
        write_errors(found, errors)
    return measured | {"rows": task.stats["rows"], "errors": len(task.errors)}


def write_errors(found: Counter, path: Path) -> None:
    path.write_text("\n".join(sorted(f"{times} {key}" for key, times in found.items())), encoding="utf-8")


ROLES = {"raw": run_raw, "dcant": run_ours, "frictionless": run_frictionless}


def measure(role: str, path: Path, schema: Path, errors: Path | None = None) -> dict:
    command = [sys.executable, __file__, "--role", role, "--file", str(path), "--schema", str(schema)]
    command += ["--errors", str(errors)] if errors else []
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(said.splitlines()[-1])


# ---- comparing


def compare(path: Path, schema: Path, *, rounds: int, bar: int, raw_bar: float = math.inf) -> bool:
    """One table. Gives whether errors are equal and bars met. `raw_bar`: how many times our own bare reading it may take."""
    rounds_of: dict[str, list[dict]] = {role: [] for role in ROLES}
    with tempfile.TemporaryDirectory() as folder:
        listed = {role: Path(folder) / role for role in ("dcant", "frictionless")}
        measure("dcant", path, schema, listed["dcant"])  # every error listed: not measured
        for number in range(rounds):
            for role, found in rounds_of.items():
                errors = listed["frictionless"] if role == "frictionless" and not number else None
                found.append(measure(role, path, schema, errors))
        ours, theirs = (Counter(one.read_text(encoding="utf-8").splitlines()) for one in listed.values())
    print(f"{'':14}{'seconds':>9}{'cpu':>8}{'rows/s':>11}{'peak MB':>9}{'errors':>10}")
    middle = {}
    for role, found in rounds_of.items():
        middle[role] = statistics.median(one["seconds"] for one in found)
        cpu, peak = (statistics.median(one[key] for one in found) for key in ("cpu", "peak"))
        rate, errors = found[0]["rows"] / middle[role], found[0]["errors"]
        print(f"{role:14}{middle[role]:9.2f}{cpu:8.2f}{rate:11,.0f}{peak:9.0f}{errors:10,}")
    ratio, over_raw = middle["frictionless"] / middle["dcant"], middle["dcant"] / middle["raw"]
    peak = max(one["peak"] for one in rounds_of["dcant"])
    same = ours == theirs
    print(
        f"same errors (code, row, field): {'yes' if same else 'NO'}, {ours.total():,} kinds beside {theirs.total():,}"
    )
    for line in [*list((ours - theirs).elements())[:5], *list((theirs - ours).elements())[:5]]:
        print(f"  differs: {line}")
    print(f"ratio to frictionless ×{ratio:.1f} (bar ×{bar}: {met(ratio >= bar)}); to our raw scan ×{over_raw:.2f} "
          f"(bar ×{raw_bar:g}: {met(over_raw <= raw_bar)}); peak {peak:.0f} MB (bar {PEAK_BAR}: {met(peak <= PEAK_BAR)})")  # fmt: skip
    return same and ratio >= bar and over_raw <= raw_bar and peak <= PEAK_BAR


def met(is_met: bool) -> str:  # noqa: FBT001
    return "met" if is_met else "MISSED"


def with_keys_and_checks(schema: Path, folder: Path) -> Path:
    """The schema with a unique field and a French check besides."""
    document = json.loads(schema.read_text(encoding="utf-8"))
    for field in document["fields"]:
        if field["name"] == UNIQUE:
            field.setdefault("constraints", {})["unique"] = True
    document["custom_checks"] = [{"name": "french-siret-value", "params": {"column": SIRET}}]
    path = folder / "schema.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def without_checks(schema: Path, folder: Path) -> Path:
    document = json.loads(schema.read_text(encoding="utf-8"))
    document.pop("custom_checks", None)
    path = folder / "schema.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def generated(schema: Path, folder: Path, rows: int, mix: float) -> Path:
    path = folder / f"{rows}-{mix:g}.csv"
    generate.write(json.loads(schema.read_text(encoding="utf-8")), path, rows=rows, mix=mix)
    return path


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--schema", type=Path, default=SCHEMA)
    parser.add_argument("--file", type=Path, help="this file instead of a generated one")
    parser.add_argument("--mix", action="store_true", help="at 0, 1 and 20 %% of faulty cells, with a key and a check")
    parser.add_argument("--role", choices=ROLES, help=argparse.SUPPRESS)
    parser.add_argument("--errors", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.role:
        measured = ROLES[options.role](options.file, options.schema, options.errors)
        print(json.dumps(measured | {"peak": peak_in_megabytes()}))
        return 0
    if not options.schema.is_file():
        print(f"left out: no schema at {options.schema} (set DCANT_CORPORA)", file=sys.stderr)
        return 1
    print(describe())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.mix:
            schema = with_keys_and_checks(options.schema, folder)
            every = []
            for mix, bar in MIXES.items():
                print(f"\n{options.rows:,} rows, {mix:g} % of the cells faulty, a unique field and a French check")
                every.append(
                    compare(generated(schema, folder, options.rows, mix), schema, rounds=options.rounds, bar=bar)
                )
            return 0 if all(every) else 1
        path = options.file or generated(options.schema, folder, options.rows, generate.USUAL_MIX)
        print(f"\n{path.stat().st_size / 1e6:.0f} MB, without French checks: the same work for both")
        return (
            0
            if compare(path, without_checks(options.schema, folder), rounds=options.rounds, bar=BAR, raw_bar=RAW_BAR)
            else 1
        )


if __name__ == "__main__":
    sys.exit(main())
