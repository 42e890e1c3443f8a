"""The index kept in a folder, made anew beside the old one and swapped, so that nobody waits and nothing is half read.

<folder>/current                       the name of the generation in service, replaced at once
<folder>/<generation>/                 a tantivy index that is written no more
<folder>/<generation>/beside.json      its words, the numbers of its terms, its combinations of facets
<folder>/<generation>/manifest.json    written last: format, number of documents, size of each file
The generation before the one in service is kept for readers that were just opening it. Cost: a change writes the whole again, from
the database (its time grows with the number of sheets); in return counts are exact, the order is total, and a killed process harms nothing.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import tantivy

from dcant.catalogue.search.documents import SearchDocument
from dcant.catalogue.search.engine import Engine
from dcant.catalogue.search.indexing import Beside, make_schema, write
from dcant.catalogue.search.protocol import IndexUnreadable, SearchQuery, SearchResult
from dcant.catalogue.search.scoring import TUNED, Weights
from dcant.catalogue.search.synonyms import Synonyms, reviewed_synonyms

FORMAT = 3
_POINTER = "current"
_BESIDE = "beside.json"
_MANIFEST = "manifest.json"
_LOCK = "writing.lock"
_PREFIX = "generation-"
_TRIES = 3

Stamp = tuple[int, int, int]


class TantivyIndex:
    """A `SearchIndex` in a folder. Many processes may read; writers wait for one another."""

    def __init__(self, folder: Path, *, synonyms: Synonyms | None = None, weights: Weights = TUNED) -> None:
        self._folder = folder
        self._synonyms = reviewed_synonyms() if synonyms is None else synonyms
        self._weights = weights
        self._opened: tuple[Stamp, Engine] | None = None

    def replace_all(self, documents: Iterable[SearchDocument]) -> None:
        with self._writing():
            self._write(documents)

    def search(self, query: SearchQuery) -> SearchResult:
        return self._engine().search(query)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / _LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _write(self, documents: Iterable[SearchDocument]) -> None:
        number = 1 + max((_number(path) for path in self._folder.glob(_PREFIX + "*")), default=0)
        generation = self._folder / f"{_PREFIX}{number:08}"
        generation.mkdir()
        index = tantivy.Index(make_schema(), path=str(generation))
        beside = write(index, documents)
        (generation / _BESIDE).write_text(beside.to_json(), encoding="utf-8")
        manifest = {"format": FORMAT, "documents": index.searcher().num_docs, "bytes": _sizes(generation)}
        (generation / _MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
        before = self._pointed()
        self._point_to(generation.name)
        for path in self._folder.glob(_PREFIX + "*"):
            if path.name not in {generation.name, before}:
                shutil.rmtree(path, ignore_errors=True)

    def _pointed(self) -> str | None:
        try:
            return (self._folder / _POINTER).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None

    def _point_to(self, name: str) -> None:
        """A reader finds the old name or the new one, never a part of it, even after a power cut."""
        fresh = self._folder / f"{_POINTER}.new"
        with fresh.open("w", encoding="utf-8") as stream:
            stream.write(name)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(self._folder / _POINTER)

    def _engine(self) -> Engine:
        """The engine of the generation in service; opened again only when another process has swapped it."""
        for attempt in range(1, _TRIES + 1):
            try:
                stamp = _stamp(self._folder / _POINTER)
                if self._opened is None or self._opened[0] != stamp:
                    self._opened = (stamp, self._open())
                return self._opened[1]
            except (OSError, ValueError, KeyError, TypeError) as error:
                if attempt == _TRIES:  # twice more: the generation may have been swapped between the two readings
                    raise IndexUnreadable(
                        "L’index de recherche est absent ou illisible : il faut le reconstruire."
                    ) from error
        raise AssertionError("unreachable")

    def _open(self) -> Engine:
        name = self._pointed() or ""
        if not name.startswith(_PREFIX) or "/" in name:
            raise ValueError("The pointer names no generation.")
        generation = self._folder / name
        manifest = json.loads((generation / _MANIFEST).read_text(encoding="utf-8"))
        if manifest["format"] != FORMAT or manifest["bytes"] != _sizes(generation):
            raise ValueError("Another format, or files of another size than when they were written.")
        index = tantivy.Index.open(str(generation))
        beside = Beside.from_json((generation / _BESIDE).read_text(encoding="utf-8"))
        engine = Engine(index, beside, self._synonyms, self._weights)
        if len(engine) != manifest["documents"]:
            raise ValueError("Another number of documents than was written.")
        return engine


def _number(generation: Path) -> int:
    digits = generation.name.removeprefix(_PREFIX)
    return int(digits) if digits.isdigit() else 0


def _sizes(generation: Path) -> dict[str, int]:
    """Bytes of each file that never changes once written: tantivy's lock files and the manifest itself left out."""
    files = (path for path in generation.iterdir() if path.suffix != ".lock" and path.name != _MANIFEST)
    return {path.name: path.stat().st_size for path in sorted(files)}


def _stamp(pointer: Path) -> Stamp:
    found = pointer.stat()
    return found.st_mtime_ns, found.st_ino, found.st_size
