"""Doubles of a key over many rows: our sorted shares beside DuckDB with a temporary folder, seconds, peak memory and disk.

    python benchmarks/tables/keys.py [--rows 1000000 26000000] [--rounds 3] [--doubles 1000]

The keys are distinct texts of fourteen signs in no order, but for `--doubles` of them drawn again, the same for the same
arguments. Each measure is a process of its own, importing excluded; rounds are interleaved, medians compared. `feed` only
makes the keys, a million at a time: subtract it. DuckDB is given the same arrays, two threads, and in turn 512 MB of memory
(`duckdb window`: lag over every key; `duckdb group`: the keys met twice first, then lag over their rows alone).
Exit status: 0 when all find the same doubles and ours keeps the bars (a million rows: 0.3 s of processor, since ours uses one
core and the machine may be shared; peak of the process under 1 GiB), 1 otherwise.
"""

import argparse
import hashlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path[:0] = [str(FOLDER), str(FOLDER.parent)]

from apart import peak_in_megabytes  # noqa: E402  # beside this script
from machine import describe  # noqa: E402

BLOCK = 1_000_000
SECONDS_BAR, PEAK_BAR = 0.3, 1024
STEP = 2_654_435_761  # odd: multiplying by it makes a permutation of the numbers below a power of two

Blocks = Iterator[tuple]  # two arrays as long


def blocks(rows: int, doubles: int) -> Blocks:
    """Row numbers and keys. Key number i of a permutation, save at some places where an earlier number comes again."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    size = np.uint64((1 << max(rows - 1, 1).bit_length()) - 1)
    dice = np.random.default_rng(rows)
    again = np.sort(dice.choice(np.arange(rows // 2, rows), size=min(doubles, rows // 2), replace=False))
    before = dice.integers(0, rows // 2, len(again))
    for start in range(0, rows, BLOCK):
        count = min(BLOCK, rows - start)
        numbers = np.arange(start, start + count, dtype=np.uint64)
        low, high = np.searchsorted(again, [start, start + count])
        numbers[again[low:high] - start] = before[low:high].astype(np.uint64)
        mixed = ((numbers * np.uint64(STEP)) & size).astype(np.int64) + 10**9
        keys = pc.binary_join_element_wise("cle-", pc.cast(pa.array(mixed), pa.string()), "")
        yield np.arange(start + 2, start + 2 + count), keys


def feed(given: Blocks, _folder: str) -> Blocks:
    for _rows, _keys in given:
        pass
    yield from ()


def ours(given: Blocks, folder: str) -> Blocks:
    from dcant.standards.tables.keys import KeyIndex

    with KeyIndex(Path(folder)) as keeper:
        for rows, keys in given:
            for start in range(0, len(rows), 65_536):  # as the engine does
                keeper.add(rows[start : start + 65_536], keys.slice(start, 65_536))
        yield from keeper.blocks()


def duckdb_of(query: str) -> Callable[[Blocks, str], Blocks]:
    def run(given: Blocks, folder: str) -> Blocks:
        import duckdb
        import pyarrow as pa

        base = duckdb.connect()
        base.execute(f"set temp_directory='{folder}'; set memory_limit='512MB'; set threads=2")
        base.execute("set preserve_insertion_order=false; create table t (r bigint, k varchar)")
        for rows, keys in given:
            base.register("block", pa.table({"r": rows, "k": keys}))
            base.execute("insert into t select * from block")
            base.unregister("block")
        for batch in base.sql(query).to_arrow_reader(100_000):
            yield batch.column(0).to_numpy(), batch.column(1).to_numpy()

    return run


WINDOW = "select r, lag(r) over (partition by k order by r) as p from {} qualify p is not null order by r"
RUNS: dict[str, Callable[[Blocks, str], Blocks]] = {
    "feed": feed,
    "ours": ours,
    "duckdb window": duckdb_of(WINDOW.format("t")),
    "duckdb group": duckdb_of(
        WINDOW.format("(select t.* from t semi join (select k from t group by k having count(*) > 1) d on t.k = d.k)")
    ),
}


def one_run(name: str, rows: int, doubles: int) -> dict:
    """In a process of its own; every library is loaded before the clock starts."""
    import duckdb  # noqa: F401
    import pyarrow.compute  # noqa: F401

    import dcant.standards.tables.keys  # noqa: F401

    with tempfile.TemporaryDirectory(prefix="dcant-bench-") as folder:
        start, worked = time.perf_counter(), time.process_time()
        found, digests = 0, (hashlib.sha256(), hashlib.sha256())
        for pair in RUNS[name](blocks(rows, doubles), folder):
            found += len(pair[0])
            for digest, numbers in zip(digests, pair, strict=True):
                digest.update(numbers.tobytes())
        seconds, cpu = time.perf_counter() - start, time.process_time() - worked
    peak = peak_in_megabytes()
    told = "".join(digest.hexdigest() for digest in digests)
    return {"seconds": seconds, "cpu": cpu, "peak": peak, "found": found, "digest": told}


def measure(rows: int, doubles: int, rounds: int, names: list[str]) -> bool:
    results: dict[str, list[dict]] = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            command = [sys.executable, __file__, "--one", name, "--rows", str(rows), "--doubles", str(doubles)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                print(f"  {name}: failed. {(done.stderr.strip().splitlines() or ['no message'])[-1]}", flush=True)
                continue
            results[name].append(json.loads(done.stdout))
    made = statistics.median(run["seconds"] for run in results["feed"])
    for name, runs in results.items():
        if runs:
            seconds, cpu, peak = (statistics.median(run[what] for run in runs) for what in ("seconds", "cpu", "peak"))
            print(f"  {name:14} {seconds:7.2f} s ({seconds - made:6.2f} without the feed)  cpu {cpu:6.2f} s  ", end="")
            print(f"peak {peak:6.0f} MB  {runs[0]['found']} doubles", flush=True)
    digests = {run["digest"] for name, runs in results.items() if name != "feed" for run in runs}
    mine = results["ours"]
    if not mine:
        return False
    own = statistics.median(run["cpu"] for run in mine) - statistics.median(run["cpu"] for run in results["feed"])
    kept = max(run["peak"] for run in mine) < PEAK_BAR and (rows > BLOCK or own <= SECONDS_BAR)
    print(f"  same doubles: {'yes' if len(digests) == 1 else 'NO'}; bars: {'met' if kept else 'MISSED'}", flush=True)
    return kept and len(digests) == 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 26_000_000])
    parser.add_argument("--doubles", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=[*RUNS], nargs="+", default=[*RUNS])
    parser.add_argument("--one", choices=[*RUNS], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(one_run(options.one, options.rows[0], options.doubles)))
        return 0
    print(describe())
    fine = []
    for rows in options.rows:
        print(f"{rows:,} rows, {options.rounds} interleaved rounds, medians:")
        fine.append(
            measure(rows, options.doubles, options.rounds, list(dict.fromkeys(["feed", "ours", *options.only])))
        )
    return 0 if all(fine) else 1


if __name__ == "__main__":
    sys.exit(main())
