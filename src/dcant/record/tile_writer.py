"""Writing a log as static files, so that no crash can make it say two things."""

import fcntl
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Self

from dcant.record.checkpoint import Checkpoint
from dcant.record.merkle import EMPTY_ROOT, leaf_hash
from dcant.record.note import Malformed
from dcant.record.tile_reader import TileReader
from dcant.record.tiles import (
    ENTRIES,
    MAX_ENTRY,
    WIDTH,
    Frontier,
    join_bundle,
    parse_path,
    tile_path,
    width_at,
)

_SIGNED = ".writing/signed"
_KEPT = re.compile(r"checkpoint\.(0|[1-9]\d*)", re.ASCII)


class LogInconsistent(Exception):
    """The folder does not hold the log that its last checkpoint signed, or another writer has it: nothing is written."""


def _extent(note: bytes) -> tuple[int, int]:
    """By size, then by number of signatures: a checkpoint never loses those it had."""
    checkpoint, read = Checkpoint.read(note)
    return checkpoint.size, len(read.signatures)


def kept_sizes(folder: Path) -> list[int]:
    """The sizes of which the folder keeps a checkpoint, in order."""
    return sorted(int(found[1]) for path in folder.iterdir() if (found := _KEPT.fullmatch(path.name)))


class LogBusy(LogInconsistent):
    """Another writer has the folder: nothing is wrong, and it is for later."""


class TileWriter:
    """The one writer of a folder: append entries, then publish the checkpoint that signs them; until then nobody sees them.

    On opening it goes on from the largest checkpoint ever published and clears away what a crash left beyond it.
    Raises LogBusy when another writer holds the folder, unless told to `wait` for its turn; LogInconsistent when the tiles
    do not lead to that checkpoint's root.
    """

    def __init__(self, folder: Path, *, wait: bool = False) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._work = folder / ".writing"
        self._work.mkdir(exist_ok=True)
        self._lock = os.open(self._work / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            self._dirty: set[Path] = set()
            self._edge, self._entries = self._last_published()
        except BlockingIOError as error:
            os.close(self._lock)
            raise LogBusy("This folder is held by another writer") from error
        except (OSError, Malformed) as error:
            os.close(self._lock)
            raise LogInconsistent(f"This folder does not read: {error}") from error
        except BaseException:
            os.close(self._lock)
            raise

    @property
    def size(self) -> int:
        """How many entries are durable, published or not: the index of the next one."""
        return self._edge.size

    @property
    def root(self) -> bytes:
        return self._edge.root()

    def append(self, entries: Iterable[bytes]) -> None:
        """Makes these entries durable, bundles first, then tiles. Raises ValueError for one above 65,535 bytes.

        After an OSError nothing has changed for this writer, and the same call may be made again.
        """
        edge, open_entries = self._edge.copy(), list(self._entries)
        for entry in entries:
            if len(entry) > MAX_ENTRY:
                raise ValueError(f"an entry has {MAX_ENTRY} bytes at most, not {len(entry)}")
            open_entries.append(bytes(entry))
            for level, number, hashes in edge.push(leaf_hash(entry)):
                if level == 0:
                    self._store(tile_path(ENTRIES, number), join_bundle(open_entries))
                    open_entries = []
                self._store(tile_path(level, number), b"".join(hashes))
        if edge.size == self._edge.size:
            return
        if open_entries:
            self._store(tile_path(ENTRIES, edge.size // WIDTH, len(open_entries)), join_bundle(open_entries))
        for level, number, hashes in edge.open_tiles():
            if width_at(level, number, self._edge.size) != len(hashes):
                self._store(tile_path(level, number, len(hashes)), b"".join(hashes))
        self._settle()
        self._edge, self._entries = edge, open_entries

    def prepare(self, note: bytes) -> None:
        """Makes this checkpoint durable before a witness sees it: a crash later, the log goes on from it and from no other.

        Raises as `publish` does.
        """
        self._size_of(note)
        self._store(_SIGNED, note)
        self._settle()

    def publish(self, note: bytes) -> None:
        """Makes this checkpoint the log's own, kept beside those before it; the same size again brings more signatures.

        Raises Malformed, and LogInconsistent when it is not of what was appended. Whose signatures it bears is the caller's business.
        """
        self._put(self._size_of(note), note)

    def prune(self) -> int:
        """Removes the partial tiles and bundles whose full one is published; returns how many. Readers use the full one."""
        published = max(kept_sizes(self._folder), default=0)
        spent = [
            path
            for path, (level, number, width) in self._tiles()
            if width < WIDTH == width_at(level, number, published)
        ]
        for path in spent:
            path.unlink()
        return len(spent)

    def close(self) -> None:
        os.close(self._lock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _last_published(self) -> tuple[Frontier, list[bytes]]:
        last = self._last_checkpoint()
        reader = TileReader(self._folder, last.size)
        edge, entries = reader.frontier(), reader.bundle(last.size // WIDTH)
        if edge.root() != last.root or [leaf_hash(entry) for entry in entries] != (
            edge.levels[0] if edge.levels else []
        ):
            raise LogInconsistent(f"The tiles do not lead to the root of the checkpoint of size {last.size}")
        for path, (level, number, width) in self._tiles():
            if width > width_at(level, number, last.size):
                path.unlink()
        return edge, entries

    def _size_of(self, note: bytes) -> int:
        checkpoint, _ = Checkpoint.read(note)
        if (checkpoint.size, checkpoint.root) != (self.size, self.root):
            raise LogInconsistent(
                f"This checkpoint, of size {checkpoint.size}, is not of the {self.size} entries written"
            )
        return checkpoint.size

    def _last_checkpoint(self) -> Checkpoint:
        """The largest one; a crash between its names, or an old copy put back, never makes the log go back."""
        names = ("checkpoint", *(f"checkpoint.{size}" for size in kept_sizes(self._folder)[-1:]), _SIGNED)
        found = [(self._folder / name).read_bytes() for name in names if (self._folder / name).exists()]
        if not found:
            return Checkpoint("", 0, EMPTY_ROOT)
        last = max(found, key=_extent)
        checkpoint = Checkpoint.read(last)[0]
        self._put(checkpoint.size, last)
        return checkpoint

    def _put(self, size: int, note: bytes) -> None:
        """In this order, so that a log being written never seems to have gone back."""
        for name in ("checkpoint", f"checkpoint.{size}"):
            path = self._folder / name
            if not path.exists() or path.read_bytes() != note:
                self._store(name, note)
                self._settle()

    def _tiles(self) -> list[tuple[Path, tuple[int, int, int]]]:
        paths = [path for path in (self._folder / "tile").rglob("*") if path.is_file()]
        return [(path, found) for path in paths if (found := parse_path(path.relative_to(self._folder).as_posix()))]

    def _store(self, name: str, data: bytes) -> None:
        """Whole or not at all: written aside, synced, then put in its place."""
        target, aside = self._folder / name, self._work / "file"
        with aside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        target.parent.mkdir(parents=True, exist_ok=True)
        aside.replace(target)
        self._dirty.update(path for path in target.parents if path.is_relative_to(self._folder))

    def _settle(self) -> None:
        """Makes the new names durable too, the deepest first."""
        for path in sorted(self._dirty, key=lambda path: len(path.parts), reverse=True):
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        self._dirty.clear()
