"""Why a file of a source is not read, in words that are the same whatever holds it."""

from dcant.harvest.rules.source import SnapshotError


def too_large(size: int, limit: int) -> SnapshotError:
    """A file heavier than its limit, in bytes."""
    said = f"Ce fichier pèse {size:,} octets, la limite est de {limit:,}.".replace(",", " ")
    return SnapshotError("TOO_LARGE", said, "Raccourcissez-le, ou publiez les annexes à part.")


def forbidden(path: str) -> SnapshotError:
    """A path that leads out of the source, or to what is no ordinary file."""
    said = f"« {path} » mène hors du dossier, ou n’est pas un fichier ordinaire."
    return SnapshotError("FORBIDDEN_PATH", said, "Remplacez le lien par le fichier lui-même.")
