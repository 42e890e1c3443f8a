"""Finds the keys seen before, exactly, in bounded memory whatever the number of rows.

Keys wait in memory; when there are too many, they are sorted by hash, doubles among them are noted, and one record for
each distinct key (its first and last row) goes to disk, in 256 shares. At the end each share is small enough to be
brought together in memory. A file of thousands of rows never touches the disk.
"""

import secrets
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import pyarrow as pa

from dcant.standards.tables.keys.hashing import Hashes, Mask, Places, group, hash_texts
from dcant.standards.tables.keys.spill import Pairs, Run, RunFile
from dcant.standards.tables.values import Rows

MEMORY = 256 * 1024 * 1024
_WAITING = 4  # a block being sorted takes about four times the room it took waiting


class KeyIndex:
    """The doubles of one key. A context manager: what it wrote to disk is gone when it closes, and when the process dies.

    folder: where to spill, None for the system's temporary folder. memory: bytes it may take, about.
    """

    def __init__(self, folder: Path | None = None, memory: int = MEMORY) -> None:
        self._folder, self._memory = folder, memory
        self._seed = secrets.randbits(64)
        self._waiting: list[tuple[Rows, pa.Array]] = []
        self._size = 0
        self._last_row = -1
        self._runs: RunFile | None = None
        self._pairs = Pairs(folder, memory // _WAITING)
        self._settled = False

    def add(self, rows: Rows, keys: pa.Array) -> None:
        """Some rows and their keys, a StringArray as long; a null key is left out.

        Each call brings higher rows than the calls before; within one call they come in any order. Raises ValueError
        otherwise, KeySpillFailed when the disk is full.
        """
        if self._settled:
            raise ValueError("no key can be added once doubles were asked for")
        rows, keys = _in_order(rows, keys)
        if not len(rows):
            return
        if rows[0] <= self._last_row:
            raise ValueError(f"row {rows[0]} comes after row {self._last_row}")
        self._last_row = int(rows[-1])
        size = rows.nbytes + keys.nbytes
        if self._waiting and self._size + size > self._memory // _WAITING:
            self._spill()
        self._waiting.append((rows, keys))
        self._size += size

    def blocks(self) -> Iterator[tuple[Rows, Rows]]:
        """Every occurrence of a key after its first, with the row of the occurrence before: arrays of at most a million,
        rows increasing from one to the next. Raises KeySpillFailed.
        """
        self._settle()
        yield from self._pairs.blocks()

    def doubles(self) -> Iterator[tuple[int, int]]:
        """The same, (row, previous row) one by one."""
        for rows, previous in self.blocks():
            yield from zip(rows.tolist(), previous.tolist(), strict=True)

    def close(self) -> None:
        self._waiting.clear()
        self._pairs.close()
        if self._runs is not None:
            self._runs.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _bring_together(self) -> tuple[Rows, pa.Array, Hashes, Places, Mask]:
        """The rows, keys and hashes that wait, and their groups; the doubles among them are noted."""
        rows = np.concatenate([rows for rows, _ in self._waiting])
        keys = pa.concat_arrays([keys for _, keys in self._waiting])
        self._waiting.clear()
        self._size = 0
        hashes = hash_texts(keys, self._seed)
        order, fresh = group(hashes, keys)
        places = rows[order]
        self._note(places, places, fresh)
        return rows, keys, hashes, order, fresh

    def _note(self, first: Rows, last: Rows, fresh: Mask) -> None:
        """Each record that repeats the one before it is a double, from its first row to the last row of that one."""
        follows = np.flatnonzero(~fresh)
        if len(follows):
            self._pairs.put(first[follows], last[follows - 1])

    def _spill(self) -> None:
        rows, keys, hashes, order, fresh = self._bring_together()
        heads = np.flatnonzero(fresh)
        chosen = order[heads]
        last = order[np.append(heads[1:], len(order)) - 1]
        if self._runs is None:
            self._runs = RunFile(self._folder)
        self._runs.put(Run(hashes[chosen], rows[chosen], rows[last], keys.take(pa.array(chosen))))

    def _settle(self) -> None:
        if self._settled:
            return
        self._settled = True
        if self._runs is None:
            if self._waiting:
                self._bring_together()
        else:
            if self._waiting:
                self._spill()
            self._runs.settle()
            for share in range(RunFile.SHARES):
                self._meet(self._runs.share(share))
        self._pairs.settle()

    def _meet(self, runs: list[Run]) -> None:
        """The keys of a share that were in several runs."""
        if len(runs) < 2:
            return
        hashes = np.concatenate([run.hashes for run in runs])
        keys = pa.concat_arrays([run.keys for run in runs])
        order, fresh = group(hashes << np.uint64(8), keys)  # the first eight bits are those of the share
        first = np.concatenate([run.first for run in runs])[order]
        last = np.concatenate([run.last for run in runs])[order]
        self._note(first, last, fresh)


def _in_order(rows: Rows, keys: pa.Array) -> tuple[Rows, pa.Array]:
    """Without the nulls, by increasing row, in memory of its own size."""
    if keys.null_count:
        valid = keys.is_valid()
        rows, keys = rows[valid.to_numpy(zero_copy_only=False)], keys.filter(valid)
    if len(rows) and not (np.diff(rows) > 0).all():
        order = np.argsort(rows, kind="stable")
        rows, keys = rows[order], keys.take(pa.array(order))
    elif keys.get_total_buffer_size() > 2 * keys.nbytes:
        keys = pa.concat_arrays([keys])  # a slice would keep the whole block it was cut from
    return rows, keys
