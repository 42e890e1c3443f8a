"""A fast hash of whole columns of texts, and the texts that are equal among them. Hashes only bring together: texts decide."""

import hashlib
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Hashes: TypeAlias = np.ndarray[Any, np.dtype[np.uint64]]
Places: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]
Mask: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]

_CHUNK = 65_536  # texts at once, so that what is worked on stays near the processor
_LONG = 512  # bytes beyond which a text is hashed alone
_MULTIPLY, _FINISH, _LENGTH = (np.uint64(odd) for odd in (0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0x9E3779B97F4A7C15))
_SHIFT = np.uint64(29)
_MASKS = np.array([(1 << 8 * size) - 1 for size in range(9)], dtype=np.uint64)


def hash_texts(column: pa.Array, seed: int) -> Hashes:
    """64 bits for each text of a StringArray without nulls. Another seed gives other hashes: nobody can prepare a file
    whose keys all meet.
    """
    found = np.empty(len(column), dtype=np.uint64)
    for start in range(0, len(column), _CHUNK):
        found[start : start + _CHUNK] = _hash_chunk(column.slice(start, _CHUNK), seed)
    return found


def _hash_chunk(column: pa.Array, seed: int) -> Hashes:
    """Eight bytes at a time, all texts abreast; a text that has ended is left as it is."""
    offsets = np.frombuffer(column.buffers()[1], dtype=np.int32)[column.offset : column.offset + len(column) + 1]
    offsets = offsets.astype(np.int64)
    starts, lengths = offsets[:-1] - offsets[0], np.diff(offsets)
    octets = np.zeros(offsets[-1] - offsets[0] + 8, dtype=np.uint8)
    if len(octets) > 8:
        octets[:-8] = np.frombuffer(column.buffers()[2], dtype=np.uint8)[offsets[0] : offsets[-1]]
    words = np.ndarray(len(octets) - 7, dtype="<u8", buffer=octets, strides=(1,))
    found = lengths.astype(np.uint64) * _LENGTH ^ np.uint64(seed)
    for at in range(0, min(int(lengths.max()), _LONG), 8):
        left = lengths - at
        rows = slice(None) if left.min() > 0 else np.flatnonzero(left > 0)
        mixed = (found[rows] ^ (words[starts[rows] + at] & _MASKS[np.minimum(left[rows], 8)])) * _MULTIPLY
        found[rows] = mixed ^ (mixed >> _SHIFT)
    found *= _FINISH
    found ^= found >> _SHIFT
    for row in np.flatnonzero(lengths > _LONG).tolist():
        text = octets[starts[row] : starts[row] + lengths[row]].tobytes()
        digest = hashlib.blake2b(text, digest_size=8, key=seed.to_bytes(8, "little")).digest()
        found[row] = int.from_bytes(digest, "little")
    return found


def group(hashes: Hashes, texts: pa.Array) -> tuple[Places, Mask]:
    """Brings equal texts together: the places of all texts, equal ones side by side and in their order, from low hashes
    to high; and where, in that list, a text differs from the one before.
    """
    if not len(hashes):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.bool_)
    bits = np.uint64(len(hashes).bit_length())
    mask = (np.uint64(1) << bits) - np.uint64(1)
    packed = np.sort((hashes & ~mask) | np.arange(len(hashes), dtype=np.uint64))  # far faster than argsort
    order = (packed & mask).astype(np.int64)
    kept = packed >> bits
    fresh: Mask = np.ones(len(order), dtype=np.bool_)
    fresh[1:] = kept[1:] != kept[:-1]
    follows = np.flatnonzero(~fresh)
    differ = follows[~_are_equal(texts, order[follows], order[follows - 1])]
    if len(differ):
        _part(order, fresh, differ, texts)
    return order, fresh


def _are_equal(texts: pa.Array, one: Places, other: Places) -> Mask:
    equal: Mask = np.empty(len(one), dtype=np.bool_)
    for start in range(0, len(one), _CHUNK):
        chunk = slice(start, start + _CHUNK)
        same = pc.equal(texts.take(pa.array(one[chunk])), texts.take(pa.array(other[chunk])))
        equal[chunk] = same.to_numpy(zero_copy_only=False)
    return equal


def _part(order: Places, fresh: Mask, differ: Places, texts: pa.Array) -> None:
    """Mends, in place, the groups in which different texts met under one hash."""
    heads = np.flatnonzero(fresh)
    for which in np.unique(np.searchsorted(heads, differ, side="right") - 1).tolist():
        start = int(heads[which])
        end = int(heads[which + 1]) if which + 1 < len(heads) else len(order)
        apart: dict[str, list[int]] = {}
        for place in order[start:end].tolist():
            apart.setdefault(texts[place].as_py(), []).append(place)
        order[start:end] = [place for places in apart.values() for place in places]
        sizes = [len(places) for places in apart.values()]
        fresh[start + np.cumsum([0, *sizes[:-1]])] = True
