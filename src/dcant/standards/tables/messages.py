"""The words of the report: for every code a title, a message and a remedy, in French and in English.

The code says what is wrong, the message says it of this cell, the remedy is something a person can do in a spreadsheet.
Codes are spelt as frictionless 5.21 does; those of the wanted differences and the French checks come besides.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dcant.standards.tables.message_texts import CODES, CONSTRAINTS, DIGITS
from dcant.standards.tables.report import Fault
from dcant.standards.tables.shown import shown
from dcant.standards.tables.values import CellFault, Level, Said, SourceFault

_NOTHING = Said("", "")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fault is: any part may be unknown."""

    row: int | None = None
    line: int | None = None
    field: str | None = None
    position: int | None = None


def title(code: str) -> Said:
    """The name of a kind of fault, for tables and headings; the code itself when another package declared it."""
    known = CODES.get(code)
    return Said(*known.title) if known else Said(code, code)


def letter(position: int) -> str:
    """The spreadsheet's name of a column: 1 is A, 27 is AA."""
    letters = ""
    while position > 0:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def fault(code: str, level: Level, place: Place, **values: "str | int | Said | None") -> Fault:
    """A fault that is not one of a cell's rule: header, row, key, file. `values` fill the code's sentences."""
    text = CODES[code]
    cell = values.pop("cell", None)
    filled = {**values, "cell": shown(cell), "field": place.field or ""}
    note = values.get("note")
    return Fault(
        code=code,
        level=level,
        message=_filled(text.message, filled),
        remedy=_filled(text.remedy, filled),
        row=place.row,
        line=place.line,
        field=place.field,
        position=place.position,
        cell=shown(cell),
        note=note if isinstance(note, Said) else None,
    )


def cell_fault(found: CellFault, place: Place, cell: object, example: object = None) -> Fault:
    """What the reader said of a cell, as a line of the report. `example`: the schema's own, shown where a form is asked."""
    text = CODES.get(found.code, CODES["type-error"])
    message, remedy = text.message, text.remedy
    constraint = DIGITS if found.constraint == "pattern" and str(cell).isdecimal() else found.constraint
    if found.code == "constraint-error" and constraint in CONSTRAINTS:
        message, remedy = CONSTRAINTS[constraint]
    expected, note = found.expected or _NOTHING, found.note or _NOTHING
    if found.constraint == "pattern" and isinstance(example, str | int | float) and example != "":
        seen = shown(example)
        expected = Said(f"{expected.fr} (par exemple {seen})", f"{expected.en} (for instance {seen})")
    values: dict[str, str | int | Said | None] = {
        "cell": shown(cell) or "",
        "field": place.field or "",
        "expected": expected,
        "note": note,
    }
    return Fault(
        code=found.code,
        level=found.level,
        message=_tidy(_filled(message, values)),
        remedy=_tidy(_filled(remedy, values)),
        row=place.row,
        line=place.line,
        field=place.field,
        position=place.position,
        cell=shown(cell),
        constraint=found.constraint,
        expected=found.expected,
        note=found.note,
    )


def source_fault(found: SourceFault) -> Fault:
    """What the reading of the file said, as a line of the report."""
    return Fault(
        code=found.code,
        level=found.level,
        message=found.message,
        remedy=found.remedy,
        row=found.row,
        line=found.line,
        offset=found.offset,
    )


def _filled(texts: tuple[str, str], values: "Mapping[str, str | int | Said | None]") -> Said:
    french = {key: value.fr if isinstance(value, Said) else value for key, value in values.items()}
    english = {key: value.en if isinstance(value, Said) else value for key, value in values.items()}
    return Said(texts[0].format_map(french), texts[1].format_map(english))


def _tidy(said: Said) -> Said:
    """A rule that gave no words of what it expects leaves no hole in the sentence."""
    return Said(_without_hole(said.fr), _without_hole(said.en))


def _without_hole(text: str) -> str:
    text = text.replace(" : attendu .", ".").replace(": expected .", ".")
    return text.strip()
