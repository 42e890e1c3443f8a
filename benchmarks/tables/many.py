"""Many small files: does a second process help, does a second run cost nothing, and what does each file cost beside its rows?

    python benchmarks/tables/many.py [--files 35000] [--rows 200] [--peers]

The files are windows of one table of `generate.py`, each with a text of its own. One process, then two, each with an empty
file of results; then two again with the results of the first. The time of starting the processes is counted. « Overhead »: a
file of one row, in this process. `--peers`: the same files by two workers of our pool, of Dask and of Ray, those that can be
imported, starting and stopping included; the summaries must be the same, nothing else is asked.
Exit status: 0 when two processes are at least 1.7 times as fast as one and the second run at least 20 times as fast as the
first, with the same summary; 1 otherwise.
"""

import argparse
import csv
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path[:0] = [str(FOLDER), str(FOLDER.parent)]

import generate  # noqa: E402  # beside this script
from apart import met  # noqa: E402
from full_report import SCHEMA, without_checks  # noqa: E402
from machine import describe, load  # noqa: E402

TWO_BAR, AGAIN_BAR = 1.7, 20
SOURCE_ROWS, PROBES = 20_000, 200


def write_files(schema: dict, folder: Path, files: int, rows: int) -> list[Path]:
    generate.write(schema, folder / "source.csv", rows=SOURCE_ROWS)
    with (folder / "source.csv").open(encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file)
    paths = []
    for number in range(files):
        at = number * 37 % (len(lines) - rows)
        window = [list(line) for line in lines[at : at + rows]]
        if window[0]:
            window[0][0] = f"Commune {number}"
        path = folder / f"{number}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([header, *window])
        paths.append(path)
    return paths


def run(jobs: list, executor: Callable[[], object], results: Path | None) -> tuple[float, dict]:
    """Seconds, starting the executor included, and the summary."""
    from dcant.standards.tables.many import ResultsFile, check_many

    start = time.perf_counter()
    with ResultsFile(results) if results else nullcontext() as kept:
        summary = check_many(jobs, executor=executor(), results=kept)
    return time.perf_counter() - start, summary.as_dict()


def beside_peers(jobs: list, rounds: int) -> bool:
    """Each in turn; medians. Gives whether all said the same."""
    import peers

    found: dict[str, list[tuple[float, dict]]] = {}
    for _ in range(rounds):
        for name, executor in peers.present().items():
            found.setdefault(name, []).append(run(jobs, partial(executor, 2), None))
    for name, runs in found.items():
        seconds = statistics.median(seconds for seconds, _ in runs)
        print(f"{name:10} {seconds:7.1f} s for {len(jobs):,} files, two workers; {load()}")
    summaries = [said for runs in found.values() for _, said in runs]
    same = all(said == summaries[0] for said in summaries)
    print(f"same summaries: {met(same)}")
    return same


def overhead(schema: Path, path: Path, header_and_row: list[str]) -> float:
    """Milliseconds of processor for a file of one row."""
    from dcant.standards.tables import ready, validate

    path.write_text("".join(header_and_row), encoding="utf-8")
    plan = ready(schema)
    validate(path, plan)
    worked = time.process_time()
    for _ in range(PROBES):
        validate(path, plan)
    return (time.process_time() - worked) / PROBES * 1000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=35_000)
    parser.add_argument("--rows", type=int, default=200)
    parser.add_argument("--peers", action="store_true", help="beside Dask and Ray")
    parser.add_argument("--rounds", type=int, default=3, help="of --peers")
    options = parser.parse_args()
    if not SCHEMA.is_file():
        print(f"left out: no schema at {SCHEMA} (set DCANT_CORPORA)", file=sys.stderr)
        return 1
    from dcant.standards.tables.many import Document, Job, LocalExecutor, Settings

    print(describe())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        schema = without_checks(SCHEMA, folder)
        document = Document("scdl/subventions", schema.read_bytes())
        paths = write_files(json.loads(document.content), folder, options.files, options.rows)
        jobs = [Job(str(path), document, Settings()) for path in paths]
        if options.peers:
            return 0 if beside_peers(jobs, options.rounds) else 1
        one, said = run(jobs, partial(LocalExecutor, 1), folder / "1.jsonl")
        two, same = run(jobs, partial(LocalExecutor, 2), folder / "2.jsonl")
        again, known = run(jobs, partial(LocalExecutor, 2), folder / "2.jsonl")
        with paths[0].open(encoding="utf-8") as file:
            each = overhead(schema, folder / "small.csv", [file.readline(), file.readline()])
    equal = said == same == known
    print(
        f"{options.files:,} files of {options.rows} rows: one process {one:.1f} s ({one / options.files * 1000:.2f} ms a file), two "
        f"{two:.1f} s, again {again:.2f} s; overhead of a file {each:.2f} ms of processor; {load()}"
    )
    print(
        f"same summaries: {met(equal)}; two over one ×{one / two:.2f} (bar ×{TWO_BAR}: {met(one / two >= TWO_BAR)}); "
        f"second run ×{two / again:.0f} (bar ×{AGAIN_BAR}: {met(two / again >= AGAIN_BAR)})"
    )
    return 0 if equal and one / two >= TWO_BAR and two / again >= AGAIN_BAR else 1


if __name__ == "__main__":
    sys.exit(main())
