"""A log as static files (C2SP tlog-tiles): what they hold, and where each one is.

`tile/<level>/<number>` holds 256 hashes, `tile/entries/<number>` the 256 entries below; the last of each may be partial
(`….p/<width>`). Hash `i` of a tile of level L is the root of 256^L entries. Whoever has the full tile needs no partial one.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from stat import S_ISREG

from dcant.record.merkle import EMPTY_ROOT, HASH, root
from dcant.record.note import Malformed

WIDTH, LEVEL_BITS = 256, 8
MAX_ENTRY = 65_535
MAX_FILE = WIDTH * (MAX_ENTRY + 2)
ENTRIES = -1  # the « level » of entry bundles

Read = Callable[
    [str], bytes
]  # a path of the log → its bytes; FileNotFoundError when there is none, OSError when unreadable
_PATH = re.compile(r"tile/(entries|0|[1-9]\d?)/((?:x\d{3}/)*\d{3})(?:\.p/([1-9]\d{0,2}))?", re.ASCII)


def tile_path(level: int, number: int, width: int = WIDTH) -> str:
    """`tile_path(0, 1234067)` is tile/0/x001/x234/067; a width below 256 adds its .p/<width>."""
    groups = [f"{number % 1000:03}"]
    while number := number // 1000:
        groups.insert(0, f"x{number % 1000:03}")
    partial = f".p/{width}" if width < WIDTH else ""
    return f"tile/{'entries' if level == ENTRIES else level}/{'/'.join(groups)}{partial}"


def parse_path(path: str) -> tuple[int, int, int] | None:
    """The level, number and width of a path written as it should be; None else."""
    found = _PATH.fullmatch(path)
    if found is None:
        return None
    level = ENTRIES if found[1] == "entries" else int(found[1])
    number = int(re.sub(r"\D", "", found[2]))
    width = int(found[3] or WIDTH)
    return (level, number, width) if tile_path(level, number, width) == path else None


def width_at(level: int, number: int, size: int) -> int:
    """How many hashes (or entries) this tile has in a log of `size`: 256 when full, 0 when it has none."""
    count = size >> LEVEL_BITS * max(level, 0)
    return max(0, min(WIDTH, count - number * WIDTH))


def split_bundle(data: bytes) -> list[bytes]:
    """The entries of a bundle. Raises BundleBroken when it ends inside one."""
    entries: list[bytes] = []
    place = 0
    while place < len(data):
        end = place + 2 + int.from_bytes(data[place : place + 2], "big")
        if place + 2 > len(data) or end > len(data):
            raise BundleBroken(entries)
        entries.append(data[place + 2 : end])
        place = end
    return entries


class BundleBroken(Malformed):
    """A bundle that ends inside an entry; `entries` are those before."""

    def __init__(self, entries: list[bytes]) -> None:
        super().__init__("bundle-cut", "Ce paquet d’entrées est coupé, ou la longueur d’une entrée est fausse.")
        self.entries = entries


def join_bundle(entries: list[bytes]) -> bytes:
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def split_tile(data: bytes) -> list[bytes]:
    return [data[place : place + HASH] for place in range(0, len(data), HASH)]


def folder_reader(folder: Path) -> Read:
    """Reads a log kept in a folder."""

    def read(path: str) -> bytes:
        if not S_ISREG((folder / path).stat().st_mode):  # a pipe would be waited for without end
            raise OSError(f"{path} is no plain file")
        with (folder / path).open("rb") as file:
            data = file.read(MAX_FILE + 1)
        if len(data) > MAX_FILE:
            raise OSError(f"{path} is larger than any file of a log")
        return data

    return read


def read_wide(read: Read, level: int, number: int, width: int) -> tuple[bytes, int]:
    """A tile or bundle at least this wide, and how wide: the partial one, or the full one that has taken its place."""
    try:
        return read(tile_path(level, number, width)), width
    except (FileNotFoundError, NotADirectoryError):
        if width == WIDTH:
            raise
        return read(tile_path(level, number)), WIDTH


class Frontier:
    """The right edge of a growing tree: for each level, the hashes of the tile still open. Enough for every root."""

    def __init__(self) -> None:
        self.size = 0
        self.levels: list[list[bytes]] = []

    def push(self, leaf: bytes) -> list[tuple[int, int, list[bytes]]]:
        """Adds a leaf hash; gives the tiles that it fills: (level, number, hashes), from the lowest."""
        self.size += 1
        filled: list[tuple[int, int, list[bytes]]] = []
        level, found = 0, leaf
        while True:
            if level == len(self.levels):
                self.levels.append([])
            hashes = self.levels[level]
            hashes.append(found)
            if len(hashes) < WIDTH:
                return filled
            filled.append((level, (self.size >> LEVEL_BITS * (level + 1)) - 1, hashes))
            self.levels[level] = []
            level, found = level + 1, root(hashes)

    def open_tiles(self) -> Iterator[tuple[int, int, list[bytes]]]:
        """The partial tiles of this size: (level, number, hashes). Never an empty one."""
        for level, hashes in enumerate(self.levels):
            if hashes:
                yield level, self.size >> LEVEL_BITS * (level + 1), hashes

    def root(self) -> bytes:
        """The root of the whole tree: each level's open tile, closed by what is below it."""
        below: list[bytes] = []
        for hashes in self.levels:
            if hashes or below:
                below = [root([*hashes, *below])]
        return below[0] if below else EMPTY_ROOT

    def copy(self) -> "Frontier":
        twin = Frontier()
        twin.size, twin.levels = self.size, [list(hashes) for hashes in self.levels]
        return twin
