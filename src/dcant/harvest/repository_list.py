"""A file that lists repositories, read as one source: descriptors over the network, clones on the disk."""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from dcant.fetch import Fetcher
from dcant.harvest.git import GitSnapshot
from dcant.harvest.remote import Remote, RemoteSnapshot
from dcant.harvest.rules import SnapshotError
from dcant.harvest.rules.repository_list import read_repository_list
from dcant.harvest.snapshots import SourceOutOfReach

_LONGEST = 4 * 1024 * 1024


class RepositoryList:
    """What the repositories of a list hold today. The operator wrote the list: its addresses may be private.

    One repository out of reach is one item that cannot be read, and the others are read all the same.
    """

    def __init__(self, file: Path, *, data: Path, fetcher: Fetcher) -> None:
        """Raises SnapshotError: UNREADABLE, or BAD_LIST naming the line."""
        self._file = file.resolve()
        listed = read_repository_list(_text(self._file))
        self._clones = {name: self._file.parent / path for name, path in listed.clones.items()}
        self._remote = (
            RemoteSnapshot(
                remote=Remote(files=listed.descriptors, format="text"), data=data, fetcher=fetcher, trusted=True
            )
            if listed.descriptors
            else None
        )

    @property
    def ref(self) -> str:
        return self._file.name

    def list(self, prefix: str) -> list[str]:
        return self._remote.list(prefix) if self._remote else []

    def read(self, path: str, limit: int) -> bytes:
        if self._remote is None:
            raise SnapshotError("UNREADABLE", f"« {path} » n’est pas dans cette liste.")
        try:
            return self._remote.read(path, limit)
        except SourceOutOfReach as error:
            raise SnapshotError(error.code, error.message_fr, error.remedy_fr) from error

    def repositories(self) -> Sequence[str]:
        return sorted(self._clones)

    def repository(self, folder: str) -> GitSnapshot:
        """Raises SnapshotError BAD_REPOSITORY."""
        return GitSnapshot(self._clones[folder])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held open."""


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > _LONGEST:
            raise SnapshotError("BAD_LIST", "Cette liste est trop longue.", "Coupez-la en plusieurs.")
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SnapshotError(
            "UNREADABLE", f"« {file.name} » ne se lit pas.", "Donnez un fichier texte, en UTF-8."
        ) from error
