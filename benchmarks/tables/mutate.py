"""Ten thousand files spoilt at random: does each check end in a said state, soon, in bounded memory, with nothing left behind?

    python benchmarks/tables/mutate.py [--files 10000] [--seed 1]

CSV, UTF-16, xlsx, ods, gz, zip, and parts of workbooks spoilt inside; each is read, reported and annotated. A check that
hangs is ended after ten seconds of processor, or a minute on the clock, and named with its seed.
Exit status: 0 when every one ended as it should and the peak is at most 512 MB, 1 otherwise.
"""

import argparse
import os
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path[:0] = [str(FOLDER), str(FOLDER.parent), str(FOLDER.parents[1])]

from apart import met  # noqa: E402  # beside this script
from machine import describe  # noqa: E402
from tests.standards.tables import mutations  # noqa: E402  # the short share of this campaign is a test

PEAK_BAR, HANG_CPU, HANG_CLOCK = 512, 10, 60


def work(kind: str, seeds: range, told: Path, folder: Path) -> None:
    """In a process of its own: one line per file, written before (its seed) and after (how it ended)."""
    tempfile.tempdir = str(folder)
    plan = mutations.plan_of_mutations()
    with told.open("a", encoding="utf-8", buffering=1) as out:
        for seed in seeds:
            out.write(f"{kind}\t{seed}\t")
            signal.setitimer(signal.ITIMER_VIRTUAL, HANG_CPU)
            signal.setitimer(signal.ITIMER_REAL, HANG_CLOCK)
            began = time.process_time()
            try:
                end = mutations.judged(mutations.mutated(kind, seed), plan, folder)
            except Exception:  # noqa: BLE001  # what this campaign looks for
                end = f"LET OUT {traceback.format_exc(limit=-3)!r}"
            left = sorted(one.name for one in folder.iterdir())
            if left:
                end = f"LEFT {left} {end}"
                for one in folder.iterdir():
                    one.unlink()
            out.write(f"{end}\t{time.process_time() - began:.4f}\n")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    told.with_suffix(".peak").write_text(str(peak))


def apart(kind: str, seeds: range, told: Path, folder: Path) -> int:
    """The signal that ended that process, 0 for none."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work(kind, seeds, told, folder)
            status = 0
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(describe())
    each = options.files // len(mutations.KINDS)
    ends: dict[str, Counter[str]] = {kind: Counter() for kind in mutations.KINDS}
    bad, slowest, peak = [], (0.0, ""), 0
    with tempfile.TemporaryDirectory(prefix="dcant-mutate-") as temporary:
        told, folder = Path(temporary) / "told", Path(temporary) / "work"
        folder.mkdir()
        for kind in mutations.KINDS:
            following, last = options.seed, options.seed + each
            while following < last:
                told.unlink(missing_ok=True)
                ended_by = apart(kind, range(following, last), told, folder)
                lines = told.read_text(encoding="utf-8").splitlines()
                following += len(lines)
                if ended_by:
                    bad.append(f"{kind} {following - 1}: ended by {signal.Signals(ended_by).name}")
                    lines.pop()
                    for one in folder.iterdir():
                        one.unlink()
                else:
                    peak = max(peak, int(told.with_suffix(".peak").read_text()))
                for line in lines:
                    _, seed, end, seconds = line.split("\t")
                    slowest = max(slowest, (float(seconds), f"{kind} {seed}"))
                    if end.startswith(("LET OUT", "LEFT")):
                        bad.append(f"{kind} {seed}: {end}")
                    ends[kind][end.split(" ", 1)[0]] += 1
    for kind, counts in ends.items():
        print(f"{kind:12} " + ", ".join(f"{end} {count}" for end, count in counts.most_common()))
    for one in bad[:40]:
        print(one)
    print(f"\nslowest: {slowest[0]:.2f} s of processor ({slowest[1]})")
    print(f"ended otherwise than said, or left a file: {len(bad)} of {each * len(ends)} (bar 0: {met(not bad)})")
    print(f"peak of one process: {peak} MB (bar {PEAK_BAR}: {met(peak <= PEAK_BAR)})")
    return 0 if not bad and peak <= PEAK_BAR else 1


if __name__ == "__main__":
    sys.exit(main())
