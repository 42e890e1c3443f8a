"""What does not fit in memory, on disk: files without a name, gone with the process however it ends."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as pa

from dcant.standards.tables.keys.hashing import Hashes
from dcant.standards.tables.values import Rows, Said, SourceFault, SourceUnreadable


class KeySpillFailed(SourceUnreadable):
    """The keys of the table could neither be kept in memory nor on disk: nothing can be said of its doubles.

    A kind of SourceUnreadable, so that no caller can call the check complete. Code: `key-spill-failed`.
    """

    def __init__(self, because: OSError) -> None:
        why = because.strerror or type(because).__name__
        super().__init__(
            SourceFault(
                code="key-spill-failed",
                level="error",
                message=Said(
                    f"Les clés de ce fichier n’ont pas pu être gardées sur le disque ({why}) : "
                    "les doublons n’ont pas tous été cherchés.",
                    f"The keys of this file could not be kept on disk ({why}): not every double was looked for.",
                ),
                remedy=Said(
                    "Libérez de la place dans le dossier temporaire, puis recommencez.",
                    "Free some room in the temporary folder, then start again.",
                ),
            )
        )


@contextmanager
def said() -> Iterator[None]:
    """A disk that is full, or refuses, is told as KeySpillFailed."""
    try:
        yield
    except OSError as error:
        raise KeySpillFailed(error) from error


class NamelessFile:
    """Numbers and bytes put one after the other, read again by place."""

    def __init__(self, folder: Path | None) -> None:
        with said():
            self._file: IO[bytes] = tempfile.TemporaryFile(dir=folder, prefix="dcant-keys-")  # noqa: SIM115
        self._end = 0

    def put(self, octets: Any) -> int:
        """Returns the place of what was put, in bytes."""
        start = self._end
        view = memoryview(octets).cast("B") if len(octets) else memoryview(b"")
        with said():
            self._file.write(view)
        self._end += view.nbytes
        return start

    def settle(self) -> None:
        """To be called between writing and reading: what was put is on disk, or KeySpillFailed says it is not."""
        with said():
            self._file.flush()

    def get(self, start: int, size: int) -> bytes:
        with said():
            self._file.seek(start)
            found = self._file.read(size)
        if len(found) != size:
            raise KeySpillFailed(OSError(errno.EIO, os.strerror(errno.EIO)))
        return found

    def close(self) -> None:
        with suppress(OSError):  # what could not be written is of no use any more
            self._file.close()


@dataclass(frozen=True, slots=True)
class Run:
    """Distinct keys: their hashes, the first and the last row of each, the keys themselves."""

    hashes: Hashes
    first: Rows
    last: Rows
    keys: pa.Array

    def __len__(self) -> int:
        return len(self.hashes)


class RunFile:
    """Runs, cut in shares by their hash: equal keys are always in the same share."""

    SHARES = 256

    def __init__(self, folder: Path | None) -> None:
        self._file = NamelessFile(folder)
        self._places: list[list[tuple[int, int, int]]] = [[] for _ in range(self.SHARES)]

    def put(self, run: Run) -> None:
        """A run in increasing order of the first eight bits of the hashes."""
        tops = run.hashes >> np.uint64(56)
        cuts = np.searchsorted(tops, np.arange(self.SHARES + 1, dtype=np.uint64))
        for share in range(self.SHARES):
            low, high = int(cuts[share]), int(cuts[share + 1])
            if low < high:
                self._places[share].append(self._put_share(run, low, high))

    def _put_share(self, run: Run, low: int, high: int) -> tuple[int, int, int]:
        keys = pa.concat_arrays([run.keys.slice(low, high - low)])
        offsets = np.frombuffer(keys.buffers()[1], dtype=np.int32)[keys.offset : keys.offset + len(keys) + 1]
        start = self._file.put(run.hashes[low:high])
        self._file.put(run.first[low:high])
        self._file.put(run.last[low:high])
        self._file.put(offsets - offsets[0])
        octets = keys.buffers()[2]
        size = int(offsets[-1] - offsets[0])
        if size:
            self._file.put(octets.slice(int(offsets[0]), size))
        return start, high - low, size

    def settle(self) -> None:
        self._file.settle()

    def share(self, number: int) -> list[Run]:
        """The runs of a share, in the order they were put."""
        return [self._get(start, count, size) for start, count, size in self._places[number]]

    def _get(self, start: int, count: int, size: int) -> Run:
        octets = pa.py_buffer(self._file.get(start, 24 * count + 4 * (count + 1) + size))
        numbers = np.frombuffer(octets, dtype=np.int64, count=3 * count)
        offsets = octets.slice(24 * count, 4 * (count + 1))
        keys = pa.StringArray.from_buffers(count, offsets, octets.slice(24 * count + 4 * (count + 1)))
        return Run(numbers[:count].view(np.uint64), numbers[count : 2 * count], numbers[2 * count :], keys)

    def close(self) -> None:
        self._file.close()


class Pairs:
    """Pairs (row, row before it with the same key), put in any order and given back in that of the rows."""

    _BITS = 20  # of row numbers kept together: a million rows are sorted at once

    def __init__(self, folder: Path | None, memory: int) -> None:
        self._folder, self._room = folder, memory
        self._kept: dict[int, list[Rows]] = {}
        self._places: dict[int, list[tuple[int, int]]] = {}
        self._file: NamelessFile | None = None

    def put(self, rows: Rows, previous: Rows) -> None:
        order = np.argsort(rows)
        pairs = np.stack([rows[order], previous[order]])
        buckets = pairs[0] >> self._BITS
        cuts = [0, *(np.flatnonzero(np.diff(buckets)) + 1).tolist(), len(rows)]
        for low, high in pairwise(cuts):
            if low < high:
                self._put_bucket(int(buckets[low]), np.ascontiguousarray(pairs[:, low:high]))

    def _put_bucket(self, bucket: int, pairs: Rows) -> None:
        if self._room >= pairs.nbytes:
            self._room -= pairs.nbytes
            self._kept.setdefault(bucket, []).append(pairs)
            return
        if self._file is None:
            self._file = NamelessFile(self._folder)
        self._places.setdefault(bucket, []).append((self._file.put(pairs), pairs.shape[1]))

    def settle(self) -> None:
        if self._file is not None:
            self._file.settle()

    def blocks(self) -> Iterator[tuple[Rows, Rows]]:
        for bucket in sorted({*self._kept, *self._places}):
            every = [*self._kept.get(bucket, []), *self._written(bucket)]
            pairs = np.concatenate(every, axis=1)
            order = np.argsort(pairs[0])
            yield pairs[0][order], pairs[1][order]

    def _written(self, bucket: int) -> Iterator[Rows]:
        for start, count in self._places.get(bucket, []):
            if self._file is not None:
                yield np.frombuffer(self._file.get(start, 16 * count), dtype=np.int64).reshape(2, count)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
