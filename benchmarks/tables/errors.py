"""A file in which every cell is wrong, each in its own way: are all counted, in bounded memory and in a time that is not quadratic?

    python benchmarks/tables/errors.py [--rows 1000000] [--rounds 3]

Eight columns, eight faults, texts that hardly ever come twice. The same with half of the rows; rounds are interleaved.
Exit status: 0 when counts are complete, the peak is at most 600 MB and twice the rows take at most 2.3 times as long (the
processor's time, medians), 1 otherwise.
"""

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path[:0] = [str(FOLDER), str(FOLDER.parent)]

from apart import answer, measured, met, timed  # noqa: E402  # beside this script
from machine import describe  # noqa: E402

PEAK_BAR, GROWTH_BAR = 600, 2.3
SCHEMA = {
    "fields": [
        {"name": "jour", "type": "date"},
        {"name": "entier", "type": "integer"},
        {"name": "montant", "type": "number"},
        {"name": "oui", "type": "boolean"},
        {"name": "code", "type": "string", "constraints": {"pattern": r"\d{5}"}},
        {"name": "nature", "type": "string", "constraints": {"enum": ["eau", "gaz"]}},
        {"name": "court", "type": "string", "constraints": {"maxLength": 5}},
        {"name": "petit", "type": "integer", "constraints": {"maximum": 0}},
    ]
}
FIELDS = len(SCHEMA["fields"])


def write(path: Path, rows: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(field["name"] for field in SCHEMA["fields"]) + "\n")
        for row in range(rows):
            file.write(
                f"{row % 28 + 1:02}/03/{row % 9000 + 1000},x{row},{row} €,oui {row},n°{row},bois {row},texte {row},{row + 1}\n"
            )


def check(path: Path) -> dict:
    from dcant.standards.tables import ready, validate

    plan = ready(SCHEMA)

    def work() -> dict:
        (report,) = validate(path, plan).files
        return {"rows": report.rows, "errors": report.counts.errors, "kept": report.sample.kept}

    return timed(work)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--role", choices=["check"], help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.role:
        return answer(check, options.file)
    print(describe())
    sizes = (options.rows // 2, options.rows)
    found: dict[int, list[dict]] = {rows: [] for rows in sizes}
    with tempfile.TemporaryDirectory() as folder:
        for rows in sizes:
            write(Path(folder) / f"{rows}.csv", rows)
        for _ in range(options.rounds):
            for rows in sizes:
                found[rows].append(measured(__file__, "check", "--file", str(Path(folder) / f"{rows}.csv")))
    middle = {rows: statistics.median(one["cpu"] for one in found[rows]) for rows in sizes}
    for rows in sizes:
        seconds = statistics.median(one["seconds"] for one in found[rows])
        peak = max(one["peak"] for one in found[rows])
        print(
            f"{rows:,} rows: {seconds:.2f} s, processor {middle[rows]:.2f} s, peak {peak:.0f} MB, {found[rows][0]['errors']:,} errors"
        )
    complete = all(one["errors"] == rows * FIELDS for rows in sizes for one in found[rows])
    growth, peak = middle[sizes[1]] / middle[sizes[0]], max(one["peak"] for one in found[sizes[1]])
    print(
        f"counts complete: {met(complete)}; twice the rows: ×{growth:.2f} (bar ×{GROWTH_BAR}: {met(growth <= GROWTH_BAR)}); "
        f"peak {peak:.0f} MB (bar {PEAK_BAR}: {met(peak <= PEAK_BAR)})"
    )
    return 0 if complete and growth <= GROWTH_BAR and peak <= PEAK_BAR else 1


if __name__ == "__main__":
    sys.exit(main())
