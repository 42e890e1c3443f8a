"""The file of results: a line each, added as they come, never rewritten. What a crash cut short is passed over."""

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from dcant.standards.tables.many.jobs import Result


class ResultsFile:
    """Lines of earlier runs, by what they hold for, and a place for new ones. Raises OSError when it cannot be written."""

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self.known: dict[tuple[str, ...], Result] = {}
        self._written: set[tuple[str, tuple[str, ...]]] = set()
        for result in self._earlier():
            if result.key is not None:
                self.known[result.key] = result
                self._written.add((result.path, result.key))
        self._file: IO[bytes] = self._path.open("ab")
        if self._ends_cut_short():
            self._file.write(b"\n")

    def has(self, path: str, key: tuple[str, ...]) -> bool:
        """Whether a line says this of that very file."""
        return (path, key) in self._written

    def add(self, result: Result) -> None:
        """One whole line at once, safe from a crash of this process."""
        self._file.write(result.to_line().encode() + b"\n")
        self._file.flush()

    def _earlier(self) -> Iterator[Result]:
        if not self._path.exists():
            return
        with self._path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                try:
                    yield Result.from_line(line)
                except ValueError:
                    continue

    def _ends_cut_short(self) -> bool:
        if not self._path.stat().st_size:
            return False
        with self._path.open("rb") as file:
            file.seek(-1, 2)
            return file.read(1) != b"\n"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
