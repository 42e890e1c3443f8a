"""A table of seats, as a spreadsheet gives it: two columns, `college` and `organisation`. Pure: what is known is given."""

import csv
import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from dcant.identifiers import Sentence

MOST_LINES = 1_000
COLUMNS = ("college", "organisation")


@dataclass(frozen=True, slots=True)
class SeatLine:
    """One line of the table, its number counted from 1 with the header; `fault` empty when a seat may be opened from it."""

    number: int
    college: str
    organisation: str
    name: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class SeatTable:
    """`fault`: why the whole table does not read; its lines are then empty."""

    lines: tuple[SeatLine, ...] = ()
    fault: str = ""

    @property
    def ready(self) -> bool:
        return not self.fault and bool(self.lines) and not any(one.fault for one in self.lines)


def read_seats(text: str) -> SeatTable:
    """The lines of the table, blank ones passed over. Separator: a comma or a semicolon, whichever the header has."""
    text = text.removeprefix("\ufeff").replace("\x00", "")
    header = text.split("\n", 1)[0]
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in header else ",", strict=True))
    except csv.Error:
        return SeatTable(
            fault="Ce tableau ne se lit pas : un guillemet n’est pas refermé, ou une cellule est trop longue."
        )
    columns = [cell.strip().casefold() for cell in rows[0]] if rows else []
    if any(columns.count(column) != 1 for column in COLUMNS):
        return SeatTable(fault="La première ligne nomme deux colonnes : college et organisation.")
    filled = [(number, row) for number, row in enumerate(rows[1:], start=2) if any(cell.strip() for cell in row)]
    if len(filled) > MOST_LINES:
        return SeatTable(fault=Sentence("Un tableau porte {most} lignes au plus.", most=str(MOST_LINES)))
    if not filled:
        return SeatTable(fault="Ce tableau n’a aucune ligne.")
    college, organisation = (columns.index(column) for column in COLUMNS)
    return SeatTable(
        tuple(
            SeatLine(number, _cell(row, college), "".join(_cell(row, organisation).split())) for number, row in filled
        )
    )


def _cell(row: Sequence[str], place: int) -> str:
    return row[place].strip()[:80] if place < len(row) else ""


def checked(
    table: SeatTable, *, colleges: Collection[str], known: Mapping[str, tuple[str, str]], seated: Collection[str]
) -> SeatTable:
    """Each line with the key and the name of its organisation, or with what is wrong with it; nothing is guessed.

    known: SIREN, SIRET or key → key and name; seated: keys of the organisations that hold a seat already.
    """
    lines, taken = [], set(seated)
    for line in table.lines:
        key, name = known.get(line.organisation, ("", ""))
        fault = ""
        if line.college not in colleges:
            fault = Sentence("Aucun collège ne s’appelle « {college} ».", college=line.college)
        elif not key:
            fault = "Aucune organisation connue ne porte ce numéro : écrivez un SIREN ou un SIRET."
        elif key in taken:
            fault = "Cette organisation tient déjà un siège."
        taken.add(key)
        lines.append(replace(line, organisation=key or line.organisation, name=name, fault=fault))
    return replace(table, lines=tuple(lines))
