"""Growing a tree of a million leaves, and checking proofs from it, beside pymerkle: seconds, memory, the same root.

    python benchmarks/record_tree.py [--leaves 1000000] [--proofs 2000] [--rounds 3] [--pymerkle PYTHON]

Both in memory, each round in a process of its own, in turns. Each keeps what it needs to prove any leaf: ours the tiles of a log, pymerkle its
in-memory tree. A leaf is the 8 bytes of its number, so that pymerkle, which keeps the leaves too, is not made heavy by them. Memory is the high
water of the process less what it had before the first leaf. Then inclusion proofs of leaves drawn by a fixed seed are made apart, and only their
checking is timed: of hashes held in memory, to which the bar applies, then from the text in which each sends them. pymerkle is GPL: it is never installed beside dcant, but in a virtual environment of its own, given by --pymerkle (its python)
or made for the run and thrown away. Where it cannot be installed, its half is left out aloud.
Bars, medians of processor time: at least 2 times faster, at most a tenth of its memory, the same root; a check at least 2 times faster.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from machine import describe, load

FASTER, LIGHTER, CHECKED = 2.0, 10.0, 2.0
SEED = 20261121
SHARED = """
import json, random, sys, time
def high_water():
    lines = open("/proc/self/status").read().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024
count, drawn, seed = map(int, sys.argv[1:])
places = random.Random(seed).sample(range(count), min(drawn, count))
leaves = (number.to_bytes(8, "big") for number in range(count))
"""
OURS = (
    SHARED
    + """
from dcant.record.merkle import leaf_hash, verify_inclusion
from dcant.record.note import decode, encode
from dcant.record.tile_reader import TileReader
from dcant.record.tiles import Frontier, tile_path
before, start, tiles, edge = high_water(), time.process_time(), {}, Frontier()
for leaf in leaves:
    for level, number, hashes in edge.push(leaf_hash(leaf)):
        tiles[tile_path(level, number)] = b"".join(hashes)
for level, number, hashes in edge.open_tiles():
    tiles[tile_path(level, number, len(hashes))] = b"".join(hashes)
root = edge.root()
grown, memory = time.process_time() - start, high_water() - before
reader = TileReader(tiles.__getitem__, count)
proofs = [(place, leaf_hash(place.to_bytes(8, "big")), reader.inclusion(place)) for place in places]
start = time.process_time()
good = all(verify_inclusion(leaf, place, count, proof, root) for place, leaf, proof in proofs)
check = time.process_time() - start
received = [(place, leaf, "\\n".join(map(encode, proof))) for place, leaf, proof in proofs]
start = time.process_time()
for place, leaf, lines in received:
    good &= verify_inclusion(leaf, place, count, tuple(map(decode, lines.split("\\n"))), root)
"""
)
THEIRS = (
    SHARED
    + """
from pymerkle import InmemoryTree, verify_inclusion
from pymerkle.proof import InclusionProof
tree = InmemoryTree(algorithm="sha256")
before, start = high_water(), time.process_time()
for leaf in leaves:
    tree.append_entry(leaf)
root = tree.get_state()
grown, memory = time.process_time() - start, high_water() - before
proofs = [(tree.get_leaf(place + 1), tree.prove_inclusion(place + 1)) for place in places]
start = time.process_time()
for leaf, proof in proofs:
    verify_inclusion(leaf, root, proof)
good, check = True, time.process_time() - start
received = [(leaf, json.dumps(proof.serialize())) for leaf, proof in proofs]
start = time.process_time()
for leaf, text in received:
    verify_inclusion(leaf, root, InclusionProof.deserialize(json.loads(text)))
"""
)
SAID = """
received, check = (1e6 * spent / len(places) for spent in (time.process_time() - start, check))
print(json.dumps({"grown": grown, "memory": memory, "root": root.hex(), "good": good, "check": check, "received": received}))
"""


def once(python: str, program: str, numbers: list[str]) -> dict:
    ended = subprocess.run([python, "-c", program + SAID, *numbers], capture_output=True, text=True, check=True)
    return json.loads(ended.stdout)


def installed(folder: Path) -> str | None:
    """The python of a new environment with pymerkle, None where it cannot be installed."""
    python = folder / "bin" / "python"
    try:
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, capture_output=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", "pymerkle==7.0.0"], check=True, capture_output=True)
    except subprocess.CalledProcessError:
        return None
    return str(python)


def medians(runs: list[dict]) -> dict[str, float]:
    return {key: statistics.median(run[key] for run in runs) for key in ("grown", "memory", "check", "received")}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--leaves", type=int, default=1_000_000)
    parser.add_argument("--proofs", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--pymerkle", metavar="PYTHON", help="a python that has pymerkle 7.0.0; none: installed for the run"
    )
    options = parser.parse_args()
    numbers = [str(one) for one in (options.leaves, options.proofs, SEED)]
    print(describe())
    with tempfile.TemporaryDirectory(prefix="tree-bench-") as name:
        python = options.pymerkle or installed(Path(name) / "venv")
        ours, theirs = [], []
        for _round in range(options.rounds):
            ours.append(once(sys.executable, OURS, numbers))
            if python:
                theirs.append(once(python, THEIRS, numbers))
    assert all(run["good"] for run in (*ours, *theirs))
    print(f"{options.leaves} leaves, medians of {options.rounds} in turns, {load()}\n")
    print("| | processor s | MiB more | check of a proof, µs | from the text received, µs |\n|---|---:|---:|---:|---:|")
    mine = medians(ours)
    print(f"| dcant | {mine['grown']:.2f} | {mine['memory']:.0f} | {mine['check']:.1f} | {mine['received']:.1f} |")
    if not theirs:
        print("\npymerkle could not be installed: its half is left out.")
        return 0
    other = medians(theirs)
    print(
        f"| pymerkle 7.0.0 | {other['grown']:.2f} | {other['memory']:.0f} | {other['check']:.1f} | {other['received']:.1f} |\n"
    )
    bars = {
        "the same root": len({run["root"] for run in (*ours, *theirs)}) == 1,
        f"x{other['grown'] / mine['grown']:.1f} faster, bar {FASTER:g}": other["grown"] >= FASTER * mine["grown"],
        f"x{other['memory'] / mine['memory']:.1f} lighter, bar {LIGHTER:g}": other["memory"]
        >= LIGHTER * mine["memory"],
        f"x{other['check'] / mine['check']:.1f} faster to check, bar {CHECKED:g}": other["check"]
        >= CHECKED * mine["check"],
    }
    for said, good in bars.items():
        print(f"{said}: {'met' if good else 'MISSED'}")
    return 0 if all(bars.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
