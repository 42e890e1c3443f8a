"""How fast the record is: durable entries a second, a proof from cold tiles, its check offline, a whole verification.

    python benchmarks/record_proof.py [--entries 1000000] [--batch 1000]

Entries have 430 bytes. Writing is measured to the disk (fsync of every file and folder), in a folder of the working directory's
disk unless --folder says another. A proof is cold: a new reader each time, its tiles read from files.
Bars: 5,000 durable entries/s by batches; a proof below 2 ms and its whole offline check below 1 ms, at the 95th percentile; a proof file
with two cosignatures of 1,500 bytes at most; the audit of a million entries within 10 s.
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from machine import describe, load

from dcant.record.checkpoint import Checkpoint
from dcant.record.keys import SigningKey
from dcant.record.merkle import verify_consistency
from dcant.record.note import COSIGNATURE, ED25519, Note
from dcant.record.policy import Policy
from dcant.record.proof import ProofFile, check_proof
from dcant.record.tile_reader import TileReader
from dcant.record.tile_writer import TileWriter
from dcant.record.tiles import folder_reader
from dcant.record.verifier import folder_files, verify_log

SEED = 20261121
DURABLE, PROOF, CHECK, BYTES, AUDIT = 5000, 2.0, 1.0, 1500, 10.0
LOG, STATE, TOWNS = (
    SigningKey(name, kind, sha256(name.encode()).digest())
    for name, kind in (
        ("bench.example/log", ED25519),
        ("bench.example/a", COSIGNATURE),
        ("bench.example/b", COSIGNATURE),
    )
)
POLICY = f"log {LOG.public}\nwitness a {STATE.public}\nwitness b {TOWNS.public}\ngroup both all a b\nquorum both\n"


def entry(index: int) -> bytes:
    return f"{index:012}".encode() + sha256(index.to_bytes(8, "big")).hexdigest().encode() * 6 + b"." * 34


def publish(writer: TileWriter) -> None:
    text = str(Checkpoint("bench.example/log", writer.size, writer.root))
    writer.publish(bytes(LOG.sign(text).with_signatures([STATE.cosign(text, 1), TOWNS.cosign(text, 1)])))


def write(folder: Path, entries: int, batch: int) -> float:
    """Seconds, each batch followed by its checkpoint."""
    start = time.perf_counter()
    with TileWriter(folder) as writer:
        for first in range(0, entries, batch):
            writer.append(map(entry, range(first, min(first + batch, entries))))
            publish(writer)
    return time.perf_counter() - start


def milliseconds(act: Callable[[int], object], places: list[int]) -> tuple[float, float]:
    """The median and the 95th percentile."""
    spent = []
    for place in places:
        start = time.perf_counter()
        act(place)
        spent.append((time.perf_counter() - start) * 1000)
    cuts = statistics.quantiles(spent, n=20)
    return cuts[9], cuts[18]


def met(said: str, value: float, bar: float, *, above: bool = False) -> bool:
    good = value >= bar if above else value <= bar
    print(f"{said}; bar {bar:g}: {'met' if good else 'MISSED'}")
    return good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--batch", type=int, default=1000)
    parser.add_argument("--folder", type=Path, default=Path())
    options = parser.parse_args()
    size, policy, chance = options.entries, Policy.parse(POLICY.encode()), random.Random(SEED)
    print(describe())
    with tempfile.TemporaryDirectory(dir=options.folder, prefix=".record-bench-") as name:
        folder = Path(name) / "log"
        bars = []
        durable = min(size, 50_000)
        seconds = write(Path(name) / "durable", durable, options.batch)
        rate = durable / seconds
        bars.append(
            met(
                f"write {durable} by {options.batch}, a checkpoint each: {rate:.0f} entries/s",
                rate,
                DURABLE,
                above=True,
            )
        )
        print(f"write {size} by 100000: {write(folder, size, 100_000):.1f} s")
        note = Note.parse((folder / "checkpoint").read_bytes())
        places = [chance.randrange(size) for _ in range(400)]
        middle, high = milliseconds(lambda place: TileReader(folder, size).inclusion(place), places)
        bars.append(met(f"inclusion proof, cold, p50 {middle:.2f} p95 {high:.2f} ms", high, PROOF))
        middle, high = milliseconds(lambda place: TileReader(folder, size).consistency(place or 1), places)
        bars.append(met(f"consistency proof, cold, p50 {middle:.2f} p95 {high:.2f} ms", high, PROOF))
        files = {
            place: bytes(ProofFile(place, tuple(TileReader(folder, size).inclusion(place)), note)) for place in places
        }
        assert all(check_proof(ProofFile.parse(files[place]), entry(place), policy) for place in places)
        middle, high = milliseconds(
            lambda place: check_proof(ProofFile.parse(files[place]), entry(place), policy), places
        )
        largest = max(map(len, files.values()))
        bars.append(met(f"offline check, 3 signatures, p50 {middle:.3f} p95 {high:.3f} ms", high, CHECK))
        bars.append(met(f"proof file with two cosignatures, at most {largest} bytes", largest, BYTES))
        reader = TileReader(folder, size)
        for place in places[:50]:
            assert verify_consistency(
                place + 1, size, reader.root(place + 1), reader.root(), reader.consistency(place + 1)
            )
        start, used = time.perf_counter(), time.process_time()
        report = verify_log(folder_reader(folder), policy, files=folder_files(folder), strict=True)
        seconds, used = time.perf_counter() - start, time.process_time() - used
        assert not report.findings
        said = f"audit of {size} entries: {seconds:.2f} s, {used:.2f} s of processor; {load()}"
        bars.append(met(said, seconds * 1_000_000 / size, AUDIT))
    return 0 if all(bars) else 1


if __name__ == "__main__":
    sys.exit(main())
