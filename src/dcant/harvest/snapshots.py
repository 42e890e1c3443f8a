"""A frozen state of a source to read from: a folder, or the last commit of a Git repository, bare or not."""

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Protocol, Self, runtime_checkable

from dcant.harvest.git import GitSnapshot
from dcant.harvest.rules import RawItem, Snapshot, SnapshotError
from dcant.harvest.rules.refusals import forbidden, too_large

_DEEPEST = 2  # owner/name, under the folder given


class SourceOutOfReach(SnapshotError):
    """The source itself cannot be had, whatever file was asked for: the run fails instead of rejecting item after item."""


class FolderSnapshot:
    """The files of a folder, without the inside of its Git repositories. Links that lead out of it are refused, and its
    name alone is kept as reference.
    """

    def __init__(self, folder: Path) -> None:
        self._root = folder.resolve()
        if not self._root.is_dir():
            raise SnapshotError("NOT_FOUND", f"Le dossier « {folder.name} » n’existe pas.", "Vérifiez le chemin donné.")

    @property
    def ref(self) -> str:
        return self._root.name

    def list(self, prefix: str) -> list[str]:
        start = self._root / _inside(prefix)
        found = (Path(folder, name) for folder, names in _walk(start) for name in names)
        # A name that is not UTF-8 is shown so, and then cannot be read: a clear line instead of a crash.
        return sorted(os.fsencode(path.relative_to(self._root)).decode(errors="replace") for path in found)

    def read(self, path: str, limit: int) -> bytes:
        try:
            target = (self._root / _inside(path)).resolve(strict=True)
            if not target.is_relative_to(self._root):
                raise forbidden(path)
            status = target.stat()
            if not stat.S_ISREG(status.st_mode):
                raise forbidden(path)
            if status.st_size > limit:
                raise too_large(status.st_size, limit)
            with target.open("rb") as file:
                data = file.read(limit + 1)
        except (OSError, RuntimeError) as error:
            raise SnapshotError("UNREADABLE", "Ce fichier ne se lit pas.", "Vérifiez ses droits d’accès.") from error
        if len(data) > limit:
            raise too_large(len(data), limit)
        return data

    def repositories(self) -> Sequence[str]:
        """The folders that are Git repositories, bare or not, one or two levels below, sorted. None is followed out of
        the folder: neither a link, nor a `.git` that is a file and points elsewhere.
        """
        return sorted(path.relative_to(self._root).as_posix() for path in _repositories(self._root, _DEEPEST))

    def repository(self, folder: str) -> GitSnapshot:
        """One of them. Raises SnapshotError BAD_REPOSITORY."""
        return GitSnapshot(self._root / _inside(folder))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held open."""


def _walk(start: Path) -> Iterator[tuple[str, list[str]]]:
    """Folders and the names of their files; what a repository keeps for itself is passed over."""
    for folder, folders, names in os.walk(start):
        if _is_bare(Path(folder)):
            folders.clear()
            continue
        folders[:] = [name for name in folders if name != ".git"]
        yield folder, names


def _is_bare(path: Path) -> bool:
    return (path / "HEAD").is_file() and (path / "objects").is_dir() and (path / "refs").is_dir()


def _repositories(folder: Path, depth: int) -> Iterator[Path]:
    with os.scandir(folder) as entries:
        inside = [Path(entry) for entry in entries if entry.is_dir(follow_symlinks=False) and entry.name != ".git"]
    for path in inside:
        own = path / ".git"
        if _is_bare(path) or (own.is_dir() and not own.is_symlink()):
            yield path
        elif depth > 1:
            yield from _repositories(path, depth - 1)


def open_snapshot(path: Path) -> FolderSnapshot | GitSnapshot:
    """What lies at a path: a Git checkout or bare repository by its last commit, else a folder. Use it with `with`.

    Raises SnapshotError NOT_FOUND or BAD_REPOSITORY.
    """
    return GitSnapshot(path) if _is_bare(path) or (path / ".git").exists() else FolderSnapshot(path)


@runtime_checkable
class HoldsRepositories(Protocol):
    """A folder of repositories, or a list of them."""

    def repositories(self) -> Sequence[str]: ...

    def repository(self, folder: str) -> GitSnapshot: ...


def repositories_in(snapshot: Snapshot) -> Sequence[str]:
    """The Git repositories that a snapshot holds, as its folders; "" when it is one itself."""
    if isinstance(snapshot, HoldsRepositories):
        return snapshot.repositories()
    return [""] if isinstance(snapshot, GitSnapshot) else []


def open_repository(snapshot: Snapshot, folder: str) -> AbstractContextManager[GitSnapshot]:
    """One of these repositories. Raises SnapshotError BAD_REPOSITORY."""
    if isinstance(snapshot, GitSnapshot):
        return nullcontext(snapshot)
    if isinstance(snapshot, HoldsRepositories):
        return snapshot.repository(folder)
    raise SnapshotError("BAD_REPOSITORY", f"« {folder} » n’est pas un dépôt Git.")


def raw_item(*, snapshot: Snapshot, collection: str, remote_id: str, path: str, limit: int) -> RawItem:
    """One file as an item; when it cannot be had, the item carries the reason instead of stopping the run.

    Raises SourceOutOfReach, which is no fault of the item.
    """
    try:
        data = snapshot.read(path, limit)
    except SourceOutOfReach:
        raise
    except SnapshotError as error:
        return RawItem(collection, remote_id, path, b"", problem=error.finding(path))
    return RawItem(collection, remote_id, path, data)


def _inside(path: str) -> PurePosixPath:
    """The path, relative, as given; raises SnapshotError FORBIDDEN_PATH when it climbs."""
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts:
        raise forbidden(path)
    return pure
