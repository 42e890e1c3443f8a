"""A table of infrastructures (CSV) read line by line: what each states, what is wrong in it, and the line itself, never lost."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from dcant.catalogue.rules.entry import HEADER, REVIEW, SLUG, Problem, Values, is_day, read_cells, write_cells
from dcant.identifiers import Sentence

MOST_LINES = 500
RISKY = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class TableLine:
    """One line: its number in the file (the header is 1), the address it speaks of, what it states, what is wrong, its cells."""

    number: int
    slug: str
    values: Values
    review_on: date | None
    problems: tuple[Problem, ...]
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table as read. `problem` is why none of it could be; `ignored` names the columns that the schema does not know."""

    lines: tuple[TableLine, ...] = ()
    ignored: tuple[str, ...] = ()
    problem: str = ""


def read_table(text: str) -> Table:
    """Comma or semicolon, header first, columns in any order. Blank lines count but state nothing."""
    text = text.removeprefix("\ufeff")
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return Table(problem="Ce texte n’est pas un tableau CSV : un guillemet n’est pas refermé.")
    header = [name.strip().lower() for name in rows[0]] if rows else []
    if not set(header) & set(HEADER):
        return Table(problem="La première ligne doit nommer les colonnes, comme « slug,titre,finalite,genre ».")
    doubled = sorted({name for name in header if name in HEADER and header.count(name) > 1})
    if doubled:
        return Table(problem=Sentence("Une colonne est nommée deux fois : {names}.", names=", ".join(doubled)))
    if len(rows) > MOST_LINES + 1:
        return Table(problem=Sentence("Plus de {most} lignes : coupez le tableau en plusieurs.", most=str(MOST_LINES)))
    lines = [_line(number, header, row) for number, row in enumerate(rows[1:], start=2) if any(map(str.strip, row))]
    return Table(_without_doubles(lines), tuple(name for name in header if name and name not in HEADER))


def _line(number: int, header: list[str], row: list[str]) -> TableLine:
    cells = {name: _plain(cell) for name, cell in zip(header, row, strict=False)}
    values, problems = read_cells(cells)
    if len(row) != len(header):
        said = Sentence(
            "Cette ligne a {cells} cases et l’en-tête {columns}.", cells=str(len(row)), columns=str(len(header))
        )
        problems.insert(0, Problem("", said))
    written = cells.get(REVIEW, "").strip()
    if written and not is_day(written):
        problems.append(Problem(REVIEW, "Écrivez un jour comme 2027-06-30."))
    review = date.fromisoformat(written) if is_day(written) else None
    return TableLine(number, cells.get(SLUG, "").strip(), values, review, tuple(problems), cells)


def _plain(cell: str) -> str:
    """A text that was made plain for spreadsheets (« '=1+1 ») is what it was."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(RISKY) else cell


def _without_doubles(lines: Iterable[TableLine]) -> tuple[TableLine, ...]:
    """The same lines; one that speaks again of an infrastructure already named has a problem more."""
    first: dict[str, int] = {}
    checked = []
    for line in lines:
        if line.slug and first.setdefault(line.slug, line.number) != line.number:
            said = Sentence("La ligne {number} parle déjà de « {slug} ».", number=str(first[line.slug]), slug=line.slug)
            problems = (*line.problems, Problem(SLUG, said))
            line = TableLine(line.number, line.slug, line.values, line.review_on, problems, line.cells)  # noqa: PLW2901
        checked.append(line)
    return tuple(checked)


def table_row(slug: str, values: Values, review_on: date | None) -> list[str]:
    """The cells of one infrastructure, in the order of HEADER."""
    cells = write_cells(values) | {SLUG: slug, REVIEW: review_on.isoformat() if review_on else ""}
    return [cells[name] for name in HEADER]


def as_text(header: Iterable[str], lines: Iterable[TableLine]) -> str:
    """Lines as they came, to be corrected and sent again."""
    out = io.StringIO()
    names = list(header)
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([line.cells.get(name, "") for name in names] for line in lines)
    return out.getvalue()
