"""A frozen state of a source to read from: a folder, or the last commit of a Git repository, bare or not."""

import os
import stat
import subprocess
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO, Self

from dcant.harvest.rules import RawItem, Snapshot, SnapshotError

_GIT_ENVIRONMENT = {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}


class SourceOutOfReach(SnapshotError):
    """The source itself cannot be had, whatever file was asked for: the run fails instead of rejecting item after item."""


class FolderSnapshot:
    """The files of a folder. Links that lead out of it are refused, and its name alone is kept as reference."""

    def __init__(self, folder: Path) -> None:
        self._root = folder.resolve()
        if not self._root.is_dir():
            raise SnapshotError("NOT_FOUND", f"Le dossier « {folder.name} » n’existe pas.", "Vérifiez le chemin donné.")

    @property
    def ref(self) -> str:
        return self._root.name

    def list(self, prefix: str) -> list[str]:
        start = self._root / _inside(prefix)
        found = (Path(folder, name) for folder, _, names in os.walk(start) for name in names)
        # A name that is not UTF-8 is shown so, and then cannot be read: a clear line instead of a crash.
        return sorted(os.fsencode(path.relative_to(self._root)).decode(errors="replace") for path in found)

    def read(self, path: str, limit: int) -> bytes:
        try:
            target = (self._root / _inside(path)).resolve(strict=True)
            if not target.is_relative_to(self._root):
                raise _forbidden(path)
            status = target.stat()
            if not stat.S_ISREG(status.st_mode):
                raise _forbidden(path)
            if status.st_size > limit:
                raise too_large(status.st_size, limit)
            with target.open("rb") as file:
                data = file.read(limit + 1)
        except (OSError, RuntimeError) as error:
            raise SnapshotError("UNREADABLE", "Ce fichier ne se lit pas.", "Vérifiez ses droits d’accès.") from error
        if len(data) > limit:
            raise too_large(len(data), limit)
        return data

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held open."""


class GitSnapshot:
    """The tree of the last commit of a repository; files not committed are not seen. Needs the `git` program."""

    def __init__(self, repository: Path) -> None:
        self._repository = repository
        self._process: subprocess.Popen[bytes] | None = None
        self._commit = self._git("rev-parse", "--verify", "HEAD^{commit}").decode().strip()
        self._files: dict[str, tuple[str, str]] = {}
        for row in self._git("ls-tree", "-r", "-z", "--full-tree", self._commit).split(b"\0"):
            if row:
                about, path = row.split(b"\t", 1)
                mode, _, identifier = about.decode().split(" ")
                self._files[path.decode(errors="replace")] = (mode, identifier)

    @property
    def ref(self) -> str:
        return self._commit

    def list(self, prefix: str) -> list[str]:
        start = prefix.strip("/") + "/" if prefix.strip("/") else ""
        return sorted(path for path in self._files if path.startswith(start))

    def read(self, path: str, limit: int) -> bytes:
        mode, identifier = self._files.get(path, ("", ""))
        if not identifier:
            raise SnapshotError("UNREADABLE", "Ce fichier n’est pas dans le dépôt.")
        if not mode.startswith("100"):
            raise _forbidden(path)
        asked, answered = self._pipes()
        try:
            asked.write(f"{identifier}\n".encode())
            asked.flush()
            header = answered.readline().split()
            if len(header) != 3:
                raise SnapshotError("UNREADABLE", "Cet objet manque dans le dépôt Git.", "Refaites une copie complète.")
            size = int(header[2])
            if size > limit:
                self._skip(answered, size + 1)
                raise too_large(size, limit)
            data = answered.read(size)
            answered.read(1)
        except OSError as error:
            raise SnapshotError("UNREADABLE", "Le programme git s’est arrêté.") from error
        return data

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603 -- fixed program and words; the folder is the operator's
                self._command("cat-file", "--batch"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=os.environ | _GIT_ENVIRONMENT,
            )
        asked, answered = self._process.stdin, self._process.stdout
        if asked is None or answered is None:
            raise SnapshotError("UNREADABLE", "Le programme git ne répond pas.")
        return asked, answered

    @staticmethod
    def _skip(stream: IO[bytes], size: int) -> None:
        while size > 0 and (piece := stream.read(min(size, 65_536))):
            size -= len(piece)

    def _command(self, *arguments: str) -> tuple[str, ...]:
        return ("git", "--no-replace-objects", "-C", str(self._repository), *arguments)

    def _git(self, *arguments: str) -> bytes:
        try:
            done = subprocess.run(  # noqa: S603 -- fixed program and words; the folder is the operator's
                self._command(*arguments), check=True, capture_output=True, env=os.environ | _GIT_ENVIRONMENT
            )
        except (OSError, subprocess.CalledProcessError) as error:
            raise SnapshotError(
                "BAD_REPOSITORY",
                f"Le dépôt Git « {self._repository.name} » ne se lit pas.",
                "Vérifiez que git est installé, que le dépôt vous appartient et qu’il a au moins un commit.",
            ) from error
        return done.stdout

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            asked, answered = self._pipes()
            asked.close()
            answered.close()
            self._process.wait()
            self._process = None


def open_snapshot(path: Path) -> FolderSnapshot | GitSnapshot:
    """What lies at a path: a Git checkout or bare repository by its last commit, else a folder. Use it with `with`.

    Raises SnapshotError NOT_FOUND or BAD_REPOSITORY.
    """
    bare = (path / "HEAD").is_file() and (path / "objects").is_dir() and (path / "refs").is_dir()
    return GitSnapshot(path) if bare or (path / ".git").exists() else FolderSnapshot(path)


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


def too_large(size: int, limit: int) -> SnapshotError:
    """A file heavier than its limit, in bytes."""
    said = f"Ce fichier pèse {size:,} octets, la limite est de {limit:,}.".replace(",", " ")
    return SnapshotError("TOO_LARGE", said, "Raccourcissez-le, ou publiez les annexes à part.")


def _inside(path: str) -> PurePosixPath:
    """The path, relative, as given; raises SnapshotError FORBIDDEN_PATH when it climbs."""
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts:
        raise _forbidden(path)
    return pure


def _forbidden(path: str) -> SnapshotError:
    said = f"« {path} » mène hors du dossier, ou n’est pas un fichier ordinaire."
    return SnapshotError("FORBIDDEN_PATH", said, "Remplacez le lien par le fichier lui-même.")
