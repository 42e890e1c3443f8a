"""What to mend first: many faults of one origin are recognised once, by trying on them what a person would do.

A cause is a suggestion: the cell as it would be written is read again by the exact reader, and only when it then reads
without error is the cause counted. Cells are tried by shape (their digits made alike), so that a million wrong dates
cost a few readings; counts stay complete.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from dcant.standards.tables.cause_texts import CAUSES
from dcant.standards.tables.header import Layout
from dcant.standards.tables.report import Cause
from dcant.standards.tables.shown import LANGS, number, shown
from dcant.standards.tables.values import CellFault, ColumnRule, Field, Said

_ALIKE = str.maketrans("0123456789", "9999999999")
_LONGEST = 64  # a cause lies in a short value
_TRIES = 3  # distinct texts of one shape: 31/02/2021 does not hide 01/02/2021
_MOST_SHAPES = 20_000  # of one column: beyond, free text, where no cause lies

Repair = Callable[[str, Field], str | None]


# ---- repairs: the cell as a person would write it, or None when this is not what is wrong


def _trimmed(text: str, _: Field) -> str | None:
    return text.strip() if text != text.strip() else None


_FRENCH_DATE = re.compile(r"\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T]+(\d{1,2}:\d{2})(:\d{2})?)?\s*")


def _french_date(text: str, field: Field) -> str | None:
    found = _FRENCH_DATE.fullmatch(text)
    if found is None or field.type not in {"date", "datetime"}:
        return None
    day, month, year, clock, seconds = found.groups()
    iso = f"{year}-{int(month):02}-{int(day):02}"
    return iso if field.type == "date" else f"{iso}T{(clock or '00:00'):0>5}{seconds or ':00'}Z"


def _separated_date(text: str, field: Field) -> str | None:
    found = re.fullmatch(r"(\d{4})[/. ]?(\d{2})[/. ]?(\d{2})", text)
    return "-".join(found.groups()) if found and field.type == "date" else None


def _date_with_time(text: str, field: Field) -> str | None:
    return text[:10] if field.type == "date" and re.fullmatch(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d.*", text) else None


def _numeric(field: Field) -> bool:
    return field.type in {"number", "integer"}


def _decimal_comma(text: str, field: Field) -> str | None:
    return text.replace(",", ".") if _numeric(field) and text.count(",") == 1 and "." not in text else None


def _decimal_point(text: str, field: Field) -> str | None:
    return text.replace(".", ",") if field.options.get("decimalChar") == "," and text.count(".") == 1 else None


def _grouped(text: str, field: Field) -> str | None:
    joined = "".join(text.split())
    return joined.replace(",", ".") if _numeric(field) and joined != text.strip() else None


def _with_unit(text: str, field: Field) -> str | None:
    found = re.fullmatch(r"\D{0,5}?(-?\d[\d\s.,]*?)\s*[^\d\s.,]{1,8}", text)
    return "".join(found[1].split()).replace(",", ".") if found and _numeric(field) else None


def _useless_decimals(text: str, field: Field) -> str | None:
    found = re.fullmatch(r"(-?\d+)[.,]0+", text)
    return found[1] if found and field.type == "integer" else None


_YES, _NO = {"oui", "vrai", "true", "yes", "o", "y", "x", "1"}, {"non", "faux", "false", "no", "n", "0"}


def _yes_or_no(text: str, field: Field) -> str | None:
    word = text.strip().casefold()
    if field.type != "boolean" or word not in _YES | _NO:
        return None
    name, usual = ("trueValues", "true") if word in _YES else ("falseValues", "false")
    values = field.options.get(name) or (usual,)
    return str(values[0])


def _listed_otherwise(text: str, field: Field) -> str | None:
    wanted = _folded(text)
    return next((str(one) for one in field.constraints.get("enum") or () if _folded(str(one)) == wanted), None)


def _folded(text: str) -> str:
    return " ".join(text.replace("’", "'").split()).casefold()


def _swapped(text: str, field: Field) -> str | None:
    first, comma, second = text.partition(",")
    return f"{second.strip()},{first.strip()}" if comma and field.type == "geopoint" else None


def _spelt_missing(text: str, field: Field) -> str | None:
    words = {"-", "--", "/", "?", "na", "n/a", "nc", "nr", "null", "none", "néant", "inconnu", "sans objet", "#n/a"}
    if field.required or text.strip().casefold() not in words:
        return None
    return field.missing_values[0] if field.missing_values else None


def _lost_zeros(text: str, field: Field, zeros: int) -> str | None:
    return "0" * zeros + text if field.type == "string" and text.isdecimal() else None


def _one_zero(text: str, field: Field) -> str | None:
    return _lost_zeros(text, field, 1)


def _two_zeros(text: str, field: Field) -> str | None:
    return _lost_zeros(text, field, 2)


_REPAIRS: tuple[tuple[str, Repair], ...] = (
    ("french-date", _french_date),
    ("separated-date", _separated_date),
    ("date-with-time", _date_with_time),
    ("decimal-comma", _decimal_comma),
    ("decimal-point", _decimal_point),
    ("grouped-number", _grouped),
    ("number-with-unit", _with_unit),
    ("useless-decimals", _useless_decimals),
    ("yes-or-no", _yes_or_no),
    ("listed-otherwise", _listed_otherwise),
    ("swapped-coordinates", _swapped),
    ("spelt-missing", _spelt_missing),
    ("lost-zeros", _one_zero),
    ("lost-zeros", _two_zeros),
    ("blanks-around", _trimmed),
)
_SCIENTIFIC = re.compile(r"\d([.,]\d+)?E\+?\d+", re.IGNORECASE)
_SHORT_BY_ONE = {"french-siret-value": re.compile(r"\d{13}"), "french-siren-value": re.compile(r"\d{8}")}


def recognise(rule: ColumnRule, text: str) -> str | None:
    """The kind of cause of a faulty text: the first repair that leaves no error; None when no repair does."""
    if rule.field.type == "string" and _SCIENTIFIC.fullmatch(text):
        return "scientific-number"
    for kind, repair in _REPAIRS:
        mended = repair(text, rule.field)
        if mended is None or mended == text:
            continue
        if all(fault.level == "warning" for fault in rule.read(mended).faults):
            return kind
    return None


# ---- gathering


class Causes:
    """Fed with every faulty cell, as often as it occurs; asked once, at the end."""

    def __init__(self) -> None:
        self._cells: Counter[tuple[str, str]] = Counter()  # by (field, kind): known at sight
        self._examples: dict[tuple[str, str], str] = {}
        self._rules: dict[str, ColumnRule] = {}
        self._shapes: defaultdict[str, Counter[str]] = defaultdict(Counter)  # by field
        self._texts: dict[tuple[str, str], list[str]] = {}  # by (field, shape)

    def add_cell(self, rule: ColumnRule, cell: object, first: CellFault, times: int) -> None:
        """A cell with at least one error, the first of which is `first`, found `times` times."""
        name = rule.field.name
        if first.constraint == "required":
            self._cells[name, "required-empty"] += times
            return
        if not isinstance(cell, str) or len(cell) > _LONGEST:
            return
        shape = cell.translate(_ALIKE)
        shapes = self._shapes[name]
        if shape not in shapes and len(shapes) >= _MOST_SHAPES:
            return
        self._rules[name] = rule
        shapes[shape] += times
        texts = self._texts.setdefault((name, shape), [])
        if len(texts) < _TRIES and cell not in texts:
            texts.append(cell)

    def add_check(self, code: str, field: str, cell: object, times: int) -> None:
        """A cell with a fault of a French check, found `times` times."""
        kind = None
        if code == "reversed-french-gps-coordinates":
            kind = "swapped-coordinates"
        elif code in _SHORT_BY_ONE and isinstance(cell, str) and _SHORT_BY_ONE[code].fullmatch(cell):
            kind = "lost-zeros"
        if kind:
            self._cells[field, kind] += times
            self._examples.setdefault((field, kind), str(cell))

    def found(self, layout: Layout, by_field: Mapping[str, Mapping[str, int]]) -> tuple[Cause, ...]:
        """Those that free the most cells first."""
        cells, examples = Counter(self._cells), dict(self._examples)
        for name, shapes in self._shapes.items():
            for shape, times in shapes.items():
                for text in self._texts[name, shape]:
                    kind = recognise(self._rules[name], text)
                    if kind:
                        cells[name, kind] += times
                        examples.setdefault((name, kind), text)
                        break
        listed = [_cause(kind, name, times, examples.get((name, kind))) for (name, kind), times in cells.items()]
        listed += _moved(layout, by_field)
        return tuple(sorted(listed, key=lambda one: (-one.cells, one.field or "", one.kind)))


def _cause(kind: str, field: str | None, cells: int, example: str | None) -> Cause:
    text = CAUSES[kind]
    french, english = (
        {
            "cells": number(cells, lang),
            "s": "s" if cells > 1 else "",
            "field": field or "",
            "example": shown(example) or "",
        }
        for lang in LANGS
    )
    return Cause(
        kind=kind,
        field=field,
        cells=cells,
        example=shown(example),
        message=Said(text.message[0].format_map(french), text.message[1].format_map(english)),
        remedy=Said(text.remedy[0].format_map(french), text.remedy[1].format_map(english)),
    )


def _moved(layout: Layout, by_field: Mapping[str, Mapping[str, int]]) -> Iterator[Cause]:
    """Labels that stand where another is expected, while their own field is elsewhere: the columns were moved."""
    names = {use.name for use in layout.uses if use.field is not None}
    moved: Sequence[str] = [
        use.name for use in layout.uses if use.field is not None and use.label != use.name and use.label in names
    ]
    if layout.mode == "exact" and moved:
        codes = ("type-error", "constraint-error", "incorrect-label")
        cells = sum(by_field.get(name, {}).get(code, 0) for name in moved for code in codes)
        yield _cause("columns-moved", None, cells, None)
