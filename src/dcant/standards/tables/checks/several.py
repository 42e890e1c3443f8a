"""Checks of several columns of one row."""

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

from dcant.standards.tables.checks.bulk import Mask
from dcant.standards.tables.checks.declared import Bound, CheckKind, HeaderFault, Param, named_columns, register_check
from dcant.standards.tables.checks.several_bulk import (
    agree_in_filling,
    compare_as_asked,
    have_one_filled,
    sum_as_asked,
)
from dcant.standards.tables.checks.single import Wrong, is_empty
from dcant.standards.tables.shown import shown
from dcant.standards.tables.values import CheckFault, CheckSpec, Field, Rows, Said

Values: TypeAlias = tuple[Any, ...]  # of one row, in the order of the columns
RowRule: TypeAlias = Callable[[Values], Wrong | None]
RowAccept: TypeAlias = Callable[[Sequence[pa.Array]], Mask]

OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "<=": operator.le,
    "<": operator.lt,
}


@dataclass(frozen=True, slots=True)
class RowCheck:
    """A rule bound to several columns; its faults are told on the first."""

    spec: CheckSpec
    columns: tuple[str, ...]
    rule: RowRule = field(repr=False)
    accept: RowAccept | None = field(default=None, repr=False)
    skips_empty: bool = True  # a row with an empty cell is left out

    def suspects(self, columns: Mapping[str, pa.Array]) -> Rows | None:
        if self.accept is None:
            return None
        return np.flatnonzero(~self.accept([columns[name] for name in self.columns]))

    def faults(self, values: Mapping[str, Sequence[Any]]) -> Iterator[CheckFault]:
        for index, row in enumerate(zip(*(values[name] for name in self.columns), strict=True)):
            if self.skips_empty and any(map(is_empty, row)):
                continue
            wrong = self.rule(row)
            if wrong is not None:
                yield CheckFault(index, self.columns[0], self.spec.name, wrong.message, wrong.remedy)


def absent(bound: Bound) -> tuple[str, ...]:
    return tuple(name for name in named_columns(bound.spec) if name not in bound.present)


def header_fault(bound: Bound, missing: Sequence[str], why: Said) -> HeaderFault:
    return HeaderFault(
        bound.spec.name,
        missing[0],
        tuple(missing),
        why,
        Said(f"Ajoutez au fichier : {', '.join(missing)}.", f"Add to the file: {', '.join(missing)}."),
    )


def known_fields(bound: Bound, columns: Sequence[str]) -> tuple[Field, ...] | None:
    """The fields of these columns, None when the caller told only names."""
    found = tuple(bound.fields[name] for name in columns if name in bound.fields)
    return found if len(found) == len(columns) else None


def whole_or_nothing(bound: Bound) -> HeaderFault | None:
    """The error of a check of which only some columns are in the file."""
    missing = absent(bound)
    if not missing:
        return None
    return header_fault(
        bound,
        missing,
        Said(
            f"Le contrôle « {bound.spec.name} » n’a pas pu être fait : il manque {', '.join(missing)}.",
            f"The check “{bound.spec.name}” could not be made: {', '.join(missing)} missing.",
        ),
    )


def _bind_whole(
    bound: Bound, rule: RowRule, accept: RowAccept | None, *, skips_empty: bool
) -> RowCheck | HeaderFault | None:
    columns = named_columns(bound.spec)
    if len(absent(bound)) == len(columns):
        return None
    return whole_or_nothing(bound) or RowCheck(bound.spec, columns, rule, accept, skips_empty)


# ---- compare-columns-value


def compared(one: Any, other: Any, sign: str) -> bool | None:
    """Is it so? None when the two cannot be compared: numbers with numbers, days with days, texts with texts.

    A text of digits is a number, blanks around it or not. An instant without zone beside one with a zone is read as UTC.
    """
    numbers = _number(one), _number(other)
    if numbers[0] is not None and numbers[1] is not None:
        return _is_so(*numbers, sign)
    if isinstance(one, datetime) and isinstance(other, datetime):
        return OPERATORS[sign](_zoned(one, other), _zoned(other, one))
    if isinstance(one, time) and isinstance(other, time):
        return OPERATORS[sign](_zoned_time(one, other), _zoned_time(other, one))
    for kind in (str, tuple):
        if isinstance(one, kind) and isinstance(other, kind):
            return OPERATORS[sign](one, other)
    days = not isinstance(one, datetime) and not isinstance(other, datetime)
    if days and isinstance(one, date) and isinstance(other, date):
        return OPERATORS[sign](one, other)
    return None


def _is_so(one: Any, other: Any, sign: str) -> bool:
    if one != one or other != other:  # noqa: PLR0124  not a number: nothing holds of it
        return False
    return OPERATORS[sign](one, other)


def _number(value: Any) -> int | float | Decimal | None:
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return value
    if isinstance(value, str):
        digits = value.strip()
        if digits.isascii() and digits.isdigit() and len(digits) <= 4000:
            return int(digits)
    return None


def _zoned(moment: datetime, other: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None and other.tzinfo is not None else moment


def _zoned_time(moment: time, other: time) -> time:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None and other.tzinfo is not None else moment


def _bind_compare(bound: Bound) -> RowCheck | HeaderFault | None:
    first, sign, second = bound.column("column"), bound.column("op"), bound.column("column2")

    def rule(row: Values) -> Wrong | None:
        one, other = row[0], row[-1]
        answer = compared(one, other, sign)
        if answer:
            return None
        if answer is None:
            message = Said(
                f"« {shown(one)} » ({first}) et « {shown(other)} » ({second}) ne se comparent pas.",
                f"“{shown(one)}” ({first}) and “{shown(other)}” ({second}) cannot be compared.",
            )
            return Wrong(message, Said("Écrivez les deux de la même façon.", "Write both in the same way."))
        message = Said(
            f"« {shown(one)} » ({first}) devrait être {sign} à « {shown(other)} » ({second}).",
            f"“{shown(one)}” ({first}) should be {sign} “{shown(other)}” ({second}).",
        )
        return Wrong(
            message,
            Said(
                f"Corrigez l’une des deux colonnes : {first} {sign} {second}.",
                f"Mend one of the two columns: {first} {sign} {second}.",
            ),
        )

    fields = known_fields(bound, named_columns(bound.spec))
    accept = compare_as_asked(fields, sign) if fields and len(fields) == 2 else None
    return _bind_whole(bound, rule, accept, skips_empty=True)


# ---- cohesive-columns-value


def _bind_cohesive(bound: Bound) -> RowCheck | HeaderFault | None:
    columns = named_columns(bound.spec)

    def rule(row: Values) -> Wrong | None:
        empty = [name for name, value in zip(columns, row, strict=True) if is_empty(value)]
        if not empty or len(empty) == len(columns):
            return None
        filled = [name for name in columns if name not in empty]
        return Wrong(
            Said(
                f"{', '.join(filled)} : rempli ; {', '.join(empty)} : vide. Ces colonnes vont ensemble.",
                f"{', '.join(filled)}: filled; {', '.join(empty)}: empty. These columns go together.",
            ),
            Said("Remplissez-les toutes, ou videz-les toutes.", "Fill all of them, or empty all of them."),
        )

    fields = known_fields(bound, columns)
    return _bind_whole(bound, rule, agree_in_filling(fields) if fields else None, skips_empty=False)


# ---- sum-columns-value


def exact(value: Any) -> Fraction | None:
    """The value as an exact number; a text of digits is one. None when it is none."""
    if isinstance(value, str):
        text = value.strip()
        digits = text[1:] if text[:1] in {"+", "-"} else text
        return Fraction(text) if digits.isascii() and digits.isdigit() and len(digits) <= 4000 else None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    try:
        return Fraction(value)
    except (ValueError, OverflowError):  # not a number, infinity
        return None


def _bind_sum(bound: Bound) -> RowCheck | HeaderFault | None:
    total, parts = bound.column("column"), bound.columns("columns")
    columns = named_columns(bound.spec)
    names = " + ".join(parts)

    def rule(row: Values) -> Wrong | None:
        numbers = dict(zip(columns, map(exact, row), strict=True))
        wanted, terms = numbers[total], [numbers[name] for name in parts]
        found = [term for term in terms if term is not None]
        if wanted is None or len(found) < len(terms):
            unreadable = ", ".join(name for name, number in numbers.items() if number is None)
            return Wrong(
                Said(f"La somme ne peut pas être faite : {unreadable}.", f"The sum cannot be made: {unreadable}."),
                Said("N’écrivez que des nombres dans ces colonnes.", "Write only numbers in these columns."),
            )
        reached = sum(found, Fraction(0))
        if wanted == reached:
            return None
        return Wrong(
            Said(
                f"{total} vaut {_plain(wanted)}, mais {names} font {_plain(reached)}.",
                f"{total} is {_plain(wanted)}, but {names} make {_plain(reached)}.",
            ),
            Said("Corrigez le total ou l’un de ses termes.", "Mend the total or one of its terms."),
        )

    fields = known_fields(bound, columns)
    # A column named twice counts twice: left to the exact rule.
    accept = sum_as_asked(fields) if fields and len(columns) == 1 + len(parts) else None
    return _bind_whole(bound, rule, accept, skips_empty=True)


def _plain(number: Fraction) -> str:
    return shown(str(number.numerator)) or "" if number.denominator == 1 else f"{float(number):g}"


# ---- one-of-required


def _bind_one_of(bound: Bound) -> RowCheck | HeaderFault | None:
    """Without either column, one error on the header; with one of them, that one is to be filled."""
    columns = named_columns(bound.spec)
    missing = absent(bound)
    if len(missing) == len(columns):
        return header_fault(
            bound,
            missing,
            Said(
                f"Il manque {' et '.join(missing)} : il faut au moins l’une des deux colonnes.",
                f"{' and '.join(missing)} are missing: one of the two columns at least is needed.",
            ),
        )
    present = tuple(name for name in columns if name not in missing)

    def rule(row: Values) -> Wrong | None:
        if not all(map(is_empty, row)):
            return None
        return Wrong(
            Said(f"{' et '.join(columns)} sont vides.", f"{' and '.join(columns)} are empty."),
            Said(
                f"Remplissez au moins l’une des deux : {' ou '.join(columns)}.",
                f"Fill one of the two at least: {' or '.join(columns)}.",
            ),
        )

    fields = known_fields(bound, present)
    return RowCheck(bound.spec, present, rule, have_one_filled(fields) if fields else None, skips_empty=False)


register_check(
    CheckKind(
        "compare-columns-value",
        (Param("column", "column"), Param("op", "choice", choices=tuple(OPERATORS)), Param("column2", "column")),
        Said("Deux colonnes comparées", "Two columns compared"),
        _bind_compare,
    )
)
register_check(
    CheckKind(
        "cohesive-columns-value",
        (Param("column", "column"), Param("othercolumns", "columns")),
        Said("Colonnes à remplir ensemble", "Columns to fill together"),
        _bind_cohesive,
    )
)
register_check(
    CheckKind(
        "sum-columns-value",
        (Param("column", "column"), Param("columns", "columns", at_least=2)),
        Said("Somme de colonnes", "Sum of columns"),
        _bind_sum,
    )
)
register_check(
    CheckKind(
        "one-of-required",
        (Param("column1", "column"), Param("column2", "column")),
        Said("Une colonne des deux à remplir", "One of two columns to fill"),
        _bind_one_of,
    )
)
