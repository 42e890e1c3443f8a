"""The list of files to check: a csv with the columns `path`, `schema` and `reference`."""

import csv
from dataclasses import dataclass
from pathlib import Path

COLUMNS = ("path", "schema", "reference")


@dataclass(frozen=True, slots=True)
class Listed:
    """One line: paths are beside the list unless they begin with « / ». `schema` "" where the line names none."""

    path: str
    schema: str = ""
    references: tuple[tuple[str, str], ...] = ()


class ManifestUnreadable(ValueError):
    """What was given is no list of files. The text says why, in French."""


def read_manifest(path: Path) -> list[Listed]:
    """Comma or semicolon; `reference` as NAME=FILE, several parted by « | ». Raises ManifestUnreadable."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestUnreadable(f"La liste {path} ne peut pas être lue : {error}.") from error
    head = text.partition("\n")[0]
    rows = csv.DictReader(text.splitlines(), delimiter=";" if ";" in head else ",", strict=True)
    names = [name.strip().lower() for name in rows.fieldnames or ()]
    if "path" not in names or not set(names) <= set(COLUMNS):
        raise ManifestUnreadable(
            f"La liste {path} doit avoir les colonnes path, schema et reference ; les deux dernières peuvent manquer."
        )
    rows.fieldnames = names
    try:
        return [_listed(row, path.parent, number) for number, row in enumerate(rows, 2)]
    except csv.Error as error:
        raise ManifestUnreadable(f"La liste {path} n’est pas un csv : {error}.") from error


def _listed(row: dict[str, str | None], folder: Path, number: int) -> Listed:
    path, schema = (row.get("path") or "").strip(), (row.get("schema") or "").strip()
    if not path or None in row:
        raise ManifestUnreadable(f"Ligne {number} de la liste : un chemin manque, ou il y a une cellule de trop.")
    references = []
    for one in filter(None, map(str.strip, (row.get("reference") or "").split("|"))):
        name, sign, file = one.partition("=")
        if not (name and sign and file):
            raise ManifestUnreadable(f"Ligne {number} de la liste : une référence s’écrit NOM=FICHIER, pas « {one} ».")
        references.append((name, str(folder / file)))
    beside = folder / schema
    return Listed(str(folder / path), str(beside) if schema and beside.exists() else schema, tuple(references))
