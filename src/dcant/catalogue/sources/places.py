"""Where a source lies under the path it was given: the folder itself, or one folder below that has its shape."""

from collections.abc import Iterable
from pathlib import PurePosixPath

from dcant.harvest.rules import SnapshotError

_SHOWN = 4


def one_place(candidates: Iterable[str], wanted: str) -> str:
    """The one candidate, "" for the folder given; the folder given comes before any folder below it.

    `wanted` says in French what was looked for. Raises SnapshotError NOT_FOUND for none, AMBIGUOUS for several.
    """
    found = sorted(set(candidates))
    if "" in found:
        return ""
    if not found:
        raise SnapshotError("NOT_FOUND", f"Aucun dossier de cette source ici : cherché {wanted}.", "Vérifiez --from.")
    if len(found) > 1:
        shown = ", ".join(f"« {place} »" for place in found[:_SHOWN])
        said = f"Plusieurs dossiers ont la forme de cette source ({shown}) : cherché {wanted}."
        raise SnapshotError("AMBIGUOUS", said, "Donnez à --from le dossier voulu.")
    return found[0]


def folders_of(paths: Iterable[str], name: str) -> set[str]:
    """The folders that hold a file of that name, "" for the top."""
    return {folder_of(path) for path in paths if PurePosixPath(path).name == name}


def folder_of(path: str) -> str:
    """The folder of a file, "" for the top."""
    return path.rpartition("/")[0]


def joined(prefix: str, path: str) -> str:
    return f"{prefix}/{path}" if prefix else path


def below(prefix: str, path: str) -> str:
    """The path as seen from the folder of the source, so that it does not change with the parent that was given."""
    return path[len(prefix) + 1 :] if prefix else path
