"""The keys that a foreign key may take."""

import secrets
from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dcant.standards.tables.keys.hashing import group, hash_texts

_SETTLE = 1 << 22  # keys that wait before doubles among them are dropped


class ReferenceSet:
    """The distinct keys of a table, whether another or the very one that refers. Kept in memory: the texts, and twelve
    bytes for each.
    """

    def __init__(self, keys: Iterable[pa.Array] = ()) -> None:
        self._seed = secrets.randbits(64)
        self._texts = pa.array([], type=pa.string())
        self._hashes = np.zeros(0, dtype=np.uint64)
        self._waiting: list[pa.Array] = []
        self._count = 0
        for block in keys:
            self.add(block)

    def add(self, keys: pa.Array) -> None:
        """Some keys more, a StringArray; nulls are left out."""
        kept = keys.drop_null()
        if len(kept):
            self._waiting.append(pa.concat_arrays([kept]))
            self._count += len(kept)
        if self._count > max(_SETTLE, len(self._texts)):
            self._settle()

    def __len__(self) -> int:
        self._settle()
        return len(self._texts)

    def contains(self, keys: pa.Array) -> pa.BooleanArray:
        """Is each key in the set? Null where the key is null."""
        self._settle()
        valid = keys.is_valid().to_numpy(zero_copy_only=False)
        found = np.zeros(len(keys), dtype=np.bool_)
        rows = np.flatnonzero(valid)
        wanted = hash_texts(keys.take(pa.array(rows)), self._seed)
        places = np.searchsorted(self._hashes, wanted)
        while len(rows):
            here = places < len(self._hashes)
            here[here] = self._hashes[places[here]] == wanted[here]
            rows, wanted, places = rows[here], wanted[here], places[here]
            if not len(rows):
                break
            same = pc.equal(keys.take(pa.array(rows)), self._texts.take(pa.array(places)))
            equal = same.to_numpy(zero_copy_only=False)
            found[rows[equal]] = True
            # The hash met and the text differs: the next text of that hash may be the one.
            rows, wanted, places = rows[~equal], wanted[~equal], places[~equal] + 1
        return pa.array(found, mask=~valid)

    def _settle(self) -> None:
        if not self._waiting:
            return
        texts = pa.concat_arrays([self._texts, *self._waiting])
        self._waiting, self._count = [], 0
        hashes = hash_texts(texts, self._seed)
        order, fresh = group(hashes, texts)
        heads = order[fresh]
        heads = heads[np.argsort(hashes[heads], kind="stable")]  # grouping goes by the first bits of the hashes only
        self._texts, self._hashes = texts.take(pa.array(heads)), hashes[heads]
