"""Runs benchmarks one after the other, each in a process of its own: all, or those named.

    python -m benchmarks [NAME ...] [--quick]

Exit status: 0 when every bar was met, 1 when one was missed or a benchmark could not run, 2 for an unknown name.
"""

import argparse
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
# Name → what it takes for a short run.
BENCHMARKS: dict[str, list[str]] = {
    "budget": ["--rounds", "1"],
    "pages": ["--quick"],
    "catalogue_pages": ["--quick"],
    "pages_governance": ["--quick"],
    "cold_start": ["--warm-only"],
    "journey": ["--communes", "3"],
    "commune_search": ["--queries", "200"],
    "harvest": ["--rounds", "1"],
    "exports": ["--resources", "300", "--rounds", "1"],
    "joins": [],
    "tables/fuzz": ["--strings", "30000"],
    "outcome": ["--seats", "3", "--random", "20000"],
    "record_append": ["--entries", "2000", "--rounds", "1", "--seconds", "5"],
    "record_crash": ["--kills", "20"],
    "record_proof": [],
    "record_tamper": ["--flips", "2000"],
    "record_tree": ["--leaves", "20000", "--rounds", "1"],
    "replay": ["--half-years", "1"],
    "search_quality": [],
    "search_speed": ["--entries", "10000"],
    "tables/full_report": ["--rows", "20000", "--rounds", "1"],
    "tables/errors": ["--rows", "20000", "--rounds", "1"],
    "tables/many": ["--files", "400"],
    "tables/spreadsheet": ["--rows", "2000", "--rounds", "1"],
    "tables/web": ["--rounds", "1"],
    "tables/mutate": ["--files", "800"],
    "tables/faults": ["--kills", "3"],
    "tables/validata": ["--cells", "200"],
    "tables/huge": ["--rows", "300000", "--few", "100000"],
    "tables/keys": ["--rows", "1000000", "--rounds", "1"],
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"among {', '.join(BENCHMARKS)}; none: all of them")
    parser.add_argument("--quick", action="store_true", help="small sizes: does it run, rather than how fast")
    options = parser.parse_args()
    unknown = sorted(set(options.names) - set(BENCHMARKS))
    if unknown:
        print(f"No benchmark is named {', '.join(unknown)}: choose among {', '.join(BENCHMARKS)}.", file=sys.stderr)
        return 2
    failed = []
    for name in options.names or BENCHMARKS:
        print(f"\n== {name}", flush=True)
        command = [sys.executable, str(FOLDER / f"{name}.py"), *(BENCHMARKS[name] if options.quick else [])]
        if subprocess.run(command, check=False).returncode:
            failed.append(name)
    print(f"\nMissed or failed: {', '.join(failed)}." if failed else "\nEvery bar was met.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
