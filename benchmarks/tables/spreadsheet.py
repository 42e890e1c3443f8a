"""The full report of a spreadsheet beside frictionless on the same file: seconds, processor, peak memory.

    python benchmarks/tables/spreadsheet.py [--rows 100000] [--rounds 3]

The table of `generate.py` (16 columns, no French check) as an xlsx of texts. Each measure is a process of its own, importing
excluded; rounds are interleaved, medians compared. Errors are compared by code, over the whole file.
Exit status: 0 when both count the same errors and ours is at least ten times faster, 1 otherwise.
"""

import argparse
import csv
import json
import statistics
import sys
import tempfile
import warnings
from collections import Counter
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path[:0] = [str(FOLDER), str(FOLDER.parent)]

import generate  # noqa: E402  # beside this script
from apart import answer, measured, met, timed  # noqa: E402
from full_report import SCHEMA, without_checks  # noqa: E402
from machine import describe  # noqa: E402

BAR = 10
MIX = 0.11  # percent of faulty cells; no ragged row, which a sheet does not have: it would be wider


def to_xlsx(table: Path, out: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Feuille1")
    with table.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            sheet.append(row)
    book.save(out)
    book.close()


def ours(path: Path) -> dict:
    from dcant.standards.tables import ready, validate

    plan = ready(path.parent / "schema.json")

    def work() -> dict:
        (report,) = validate(path, plan, columns="exact").files
        codes = {code: times for code, times in report.counts.by_code.items() if not code.startswith("french-")}
        return {"rows": report.rows, "codes": codes}

    return timed(work)


def frictionless(path: Path) -> dict:
    warnings.simplefilter("ignore")
    from frictionless import Resource, Schema

    descriptor = json.loads((path.parent / "schema.json").read_text(encoding="utf-8"))

    def work() -> dict:
        resource = Resource(path=path.name, basepath=str(path.parent), schema=Schema.from_descriptor(descriptor))
        (task,) = resource.validate(limit_errors=10**9).tasks
        return {"rows": task.stats["rows"], "codes": dict(Counter(error.type for error in task.errors))}

    return timed(work)


ROLES = {"dcant": ours, "frictionless": frictionless}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--role", choices=ROLES, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.role:
        return answer(ROLES[options.role], options.file)
    if not SCHEMA.is_file():
        print(f"left out: no schema at {SCHEMA} (set DCANT_CORPORA)", file=sys.stderr)
        return 1
    print(describe())
    found: dict[str, list[dict]] = {role: [] for role in ROLES}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        schema = without_checks(SCHEMA, folder)
        generate.write(json.loads(schema.read_text(encoding="utf-8")), folder / "t.csv", rows=options.rows, mix=MIX)
        to_xlsx(folder / "t.csv", folder / "t.xlsx")
        for _ in range(options.rounds):
            for role, measures in found.items():
                measures.append(measured(__file__, role, "--file", str(folder / "t.xlsx")))
    middle = {}
    for role, measures in found.items():
        middle[role] = statistics.median(one["seconds"] for one in measures)
        cpu, peak = (statistics.median(one[key] for one in measures) for key in ("cpu", "peak"))
        errors = sum(measures[0]["codes"].values())
        print(f"{role:13} {middle[role]:7.2f} s, processor {cpu:7.2f} s, peak {peak:5.0f} MB, {errors:,} errors")
    ratio = middle["frictionless"] / middle["dcant"]
    same = found["dcant"][0]["codes"] == found["frictionless"][0]["codes"]
    print(f"same errors by code: {met(same)}; ratio ×{ratio:.1f} (bar ×{BAR}: {met(ratio >= BAR)})")
    if not same:
        print(f"  ours {found['dcant'][0]['codes']}\n  theirs {found['frictionless'][0]['codes']}")
    return 0 if same and ratio >= BAR else 1


if __name__ == "__main__":
    sys.exit(main())
