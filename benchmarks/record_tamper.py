"""Is every change of a stored log found? Single bits flipped, files removed, cut, swapped, lines added: each must be a finding.

    python benchmarks/record_tamper.py [--flips 100000] [--entries 600]

Bits are drawn by a fixed seed over all the files of the log, each file as likely as its length. Verified in strict mode.
Bar: every one found, and nothing found in the log put back as it was.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from machine import describe
from record_proof import POLICY, SEED, write

from dcant.record.policy import Policy
from dcant.record.tiles import parse_path, width_at
from dcant.record.verifier import Report, folder_files, verify_log


class Stored:
    """A log held in memory, so that a hundred thousand verifications touch no disk."""

    def __init__(self, folder: Path) -> None:
        self.files = {path: (folder / path).read_bytes() for path in folder_files(folder)}
        self._policy = Policy.parse(POLICY.encode())

    def read(self, path: str) -> bytes:
        try:
            return self.files[path]
        except KeyError:
            raise FileNotFoundError(path) from None

    def verify(self) -> Report:
        return verify_log(self.read, self._policy, files=self.files, strict=True)

    def found(self, path: str, data: bytes | None) -> set[str]:
        """The codes found with this file so changed, or removed; the file is put back."""
        honest = self.files.pop(path)
        try:
            if data is not None:
                self.files[path] = data
            return {finding.code for finding in self.verify().findings}
        except FileNotFoundError:
            return {"unreadable"}
        finally:
            self.files[path] = honest


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def needed(path: str, size: int) -> bool:
    """May this file not be removed? An older checkpoint or partial tile may: the format lets a log forget those."""
    tile = parse_path(path)
    return path == "checkpoint" if tile is None else tile[2] == width_at(tile[0], tile[1], size)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--flips", type=int, default=100_000)
    parser.add_argument("--entries", type=int, default=600)
    options = parser.parse_args()
    print(describe())
    chance, missed, codes = random.Random(SEED), [], Counter()
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), options.entries, 150)
        log = Stored(Path(folder))
    assert not log.verify().findings
    paths = sorted(log.files)
    start = time.perf_counter()
    for path in chance.choices(paths, [len(log.files[path]) for path in paths], k=options.flips):
        bit = chance.randrange(len(log.files[path]) * 8)
        found = log.found(path, flipped(log.files[path], bit))
        codes.update(found)
        if not found:
            missed.append((path, bit))
    seconds = time.perf_counter() - start
    print(
        f"{options.flips} single bits over {len(paths)} files: {len(missed)} missed, in {seconds:.0f} s; {dict(codes)}"
    )
    for path in paths:
        data = log.files[path]
        gone = None if needed(path, options.entries) else data
        others = (log.files[paths[0]], log.files[paths[-1]])
        changes = (gone, data[:-1], data + b"\0", data[: len(data) // 2], b"", *others)
        missed += [(path, change) for change in changes if change != data and not log.found(path, change)]
    print(f"{len(paths)} files removed, cut, lengthened, emptied, replaced: {len(missed)} missed in all")
    assert not log.verify().findings
    print(f"bar, every change found: {'MISSED ' + repr(missed[:3]) if missed else 'met'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
