"""Proofs about a log of static tiles, reading only the tiles they need: for whoever gives proofs, not for whoever checks them."""

from functools import lru_cache
from pathlib import Path

from dcant.record.merkle import EMPTY_ROOT, HASH, node_hash, root
from dcant.record.note import Malformed
from dcant.record.tiles import (
    ENTRIES,
    LEVEL_BITS,
    WIDTH,
    Frontier,
    Read,
    folder_reader,
    read_wide,
    split_bundle,
    split_tile,
    tile_path,
    width_at,
)

Range = tuple[int, int]


def split(size: int) -> int:
    """The largest power of two below a size of 2 or more: where its tree parts in two."""
    return 1 << (size - 1).bit_length() - 1


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The ranges of entries whose roots prove that entry `index` is in a tree of `size`, from the leaf up."""
    low, high, found = 0, size, []
    while high - low > 1:
        middle = low + split(high - low)
        if index < middle:
            found.append((middle, high))
            high = middle
        else:
            found.append((low, middle))
            low = middle
    return found[::-1]


def consistency_ranges(size1: int, size2: int) -> list[Range]:
    """The ranges whose roots prove that a tree of `size2` extends its first `size1` entries (0 < size1 < size2)."""
    low, high, found, whole = 0, size2, [], True
    while size1 != high:
        middle = low + split(high - low)
        if size1 <= middle:
            found.append((middle, high))
            high = middle
        else:
            found.append((low, middle))
            low, whole = middle, False
    return found[::-1] if whole else [(low, high), *found[::-1]]


class TileReader:
    """A log of `size`. Nothing read is trusted: check what is built.

    Raises OSError when a file cannot be had, Malformed when it is not a tile; ValueError for an index or size outside.
    """

    def __init__(self, source: Path | Read, size: int) -> None:
        self._read = folder_reader(source) if isinstance(source, Path) else source
        self.size = size
        self._hashes = lru_cache(maxsize=512)(self._read_tile)

    def root(self, size: int | None = None) -> bytes:
        """The root that the tiles say the log has, or had when it was of this size."""
        return self._root(0, self._within(self.size if size is None else size, self.size))

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """The proof that entry `index` is in the log of `size`, from the leaf up."""
        size = self._within(self.size if size is None else size, self.size)
        return [self._root(*part) for part in inclusion_ranges(self._within(index, size - 1), size)]

    def consistency(self, size1: int, size2: int | None = None) -> list[bytes]:
        """The proof that the log of `size2` extends the log of `size1`; empty when one of them makes it needless."""
        size2 = self._within(self.size if size2 is None else size2, self.size)
        return [self._root(*part) for part in consistency_ranges(size1, size2)] if self._within(size1, size2) else []

    def frontier(self) -> Frontier:
        """The right edge, to go on from."""
        edge = Frontier()
        edge.size = self.size
        while count := self.size >> LEVEL_BITS * len(edge.levels):
            number = count // WIDTH
            edge.levels.append(list(self._hashes(len(edge.levels), number))[: count % WIDTH] if count % WIDTH else [])
        return edge

    def bundle(self, number: int) -> list[bytes]:
        """The entries of a bundle, as many as the log of this size has there."""
        width = width_at(ENTRIES, number, self.size)
        if not width:
            return []
        data, wide = read_wide(self._read, ENTRIES, number, width)
        entries = split_bundle(data)
        if len(entries) != wide:
            raise Malformed("bundle-length", f"{tile_path(ENTRIES, number, wide)} n’a pas {wide} entrées.")
        return entries[:width]

    def entry(self, index: int) -> bytes:
        return self.bundle(self._within(index, self.size - 1) // WIDTH)[index % WIDTH]

    def _root(self, low: int, high: int) -> bytes:
        size = high - low
        if size & (size - 1) == 0 and size:
            return self._complete(size.bit_length() - 1, low)
        if not size:
            return EMPTY_ROOT
        middle = low + split(size)
        return node_hash(self._root(low, middle), self._root(middle, high))

    def _complete(self, height: int, low: int) -> bytes:
        """The root of 2^height entries from `low`, which is a multiple of it: inside one tile."""
        level, inside = divmod(height, LEVEL_BITS)
        number, place = divmod(low >> LEVEL_BITS * level, WIDTH)
        return root(self._hashes(level, number)[place : place + (1 << inside)])

    def _read_tile(self, level: int, number: int) -> tuple[bytes, ...]:
        width = width_at(level, number, self.size)
        data, wide = read_wide(self._read, level, number, width)
        if len(data) != wide * HASH:
            raise Malformed("tile-length", f"{tile_path(level, number, wide)} n’a pas la longueur d’une tuile.")
        return tuple(split_tile(data)[:width])

    @staticmethod
    def _within(value: int, limit: int) -> int:
        if not 0 <= value <= limit:
            raise ValueError(f"{value} is not between 0 and {limit}")
        return value
