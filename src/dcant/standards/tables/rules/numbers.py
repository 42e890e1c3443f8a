"""Integers and decimal numbers: read as Python's int and Decimal read them, which is what frictionless does."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dcant.standards.tables.rules.kernels import only_digits, plain_decimals
from dcant.standards.tables.rules.reading import Native, Reader, Shape
from dcant.standards.tables.values import Field

_AROUND = re.compile(r"((^[^-\d]*)|(\D*$))")  # what a number that is not bare may carry around it
_INTEGER = re.compile(r"[+-]?[0-9]+")
NUMBER_SPELLING = re.compile(
    r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?(?:nan|inf|infinity)", re.IGNORECASE
)
_FEW_DIGITS = 15  # decimals of so many digits keep their order as binary floats
_BESIDE = r"[\x20-\x2c\x2f\x3a-\x7e€]*"  # around a number that is not bare; neither digit, nor sign, nor point


def integer_reader(field: Field) -> Reader:
    """Digits with a sign; blanks around, `1_000` and non-ASCII digits are read too, as a non-standard form."""
    group, bare = field.options.get("groupChar", ""), field.options.get("bareNumber", True)

    def cleaned(text: str) -> str:
        text = text.replace(group, "") if group else text
        return text if bare else _AROUND.sub("", text.strip())

    def value(cell: Native) -> int | None:
        if isinstance(cell, str):
            try:
                return int(cleaned(cell.strip()))
            except ValueError:
                return None
        if isinstance(cell, bool):
            return None
        if isinstance(cell, int) or (isinstance(cell, float) and cell.is_integer()):
            return int(cell)
        return None

    return Reader(value, lambda text: _INTEGER.fullmatch(cleaned(text)) is not None)


def integer_shape(field: Field) -> Shape:
    beside = "" if field.options.get("bareNumber", True) else _BESIDE
    return Shape(
        rf"\A{beside}-?[0-9]{{1,18}}{beside}\z",
        quick=lambda column: only_digits(column, 1, 18),
        removed=field.options.get("groupChar", ""),
        order=None if beside else "integer",
        bound=lambda bound: bound if abs(bound) < 10**18 else None,
    )


@dataclass(frozen=True, slots=True)
class _Marks:
    """How the field writes its numbers."""

    decimal: str
    group: str
    bare: bool

    def cleaned(self, text: str) -> str | None:
        """The number as Python writes it; None when it has a point where the field has another decimal mark."""
        if not self.bare:
            text = _AROUND.sub("", text)
        if self.group:
            text = text.replace(self.group, "")
        if self.decimal == ".":
            return text
        return None if "." in text else text.replace(self.decimal, ".")


def number_reader(field: Field) -> Reader:
    """A decimal number with the field's own decimal and group marks; a binary float when `floatNumber` is true."""
    options = field.options
    marks = _Marks(options.get("decimalChar", "."), options.get("groupChar", ""), options.get("bareNumber", True))
    number: Callable[[str], Any] = float if options.get("floatNumber", False) else Decimal

    def from_text(text: str) -> Any:
        spelled = marks.cleaned(text.strip())
        if spelled is None:
            return None
        try:
            read = number(spelled)
        except (ValueError, ArithmeticError):
            return None
        return None if isinstance(read, Decimal) and _carries_payload(read) else read

    def value(cell: Native) -> Any:
        if isinstance(cell, str):
            return from_text(cell)
        if isinstance(cell, float):
            return number(str(cell))
        return cell if isinstance(cell, int) and not isinstance(cell, bool) else None

    def standard(text: str) -> bool:
        spelled = marks.cleaned(text if marks.bare else text.strip())
        return spelled is not None and NUMBER_SPELLING.fullmatch(spelled) is not None

    return Reader(value, standard)


def _carries_payload(number: Decimal) -> bool:
    return number.is_nan() and (number.is_snan() or bool(number.as_tuple().digits))


def number_shape(field: Field) -> Shape:
    options = field.options
    mark = options.get("decimalChar", ".")
    if len(mark) != 1 or mark.isalnum() or mark in "+-":
        return Shape(r"\A[0-9]{1,15}\z")
    beside = "" if options.get("bareNumber", True) else _BESIDE
    spelled = f"(?:[0-9]{{1,8}}|[0-9]{{1,8}}{re.escape(mark)}[0-9]{{1,7}}|[0-9]{{9,15}})"
    return Shape(
        rf"\A{beside}-?{spelled}{beside}\z",
        quick=(lambda column: plain_decimals(column, mark)) if mark.isascii() else None,
        removed=options.get("groupChar", ""),
        decimal=mark,
        order=None if beside else "decimal",
        bound=_as_float,
    )


def _as_float(bound: Any) -> float | None:
    """The bound as a float that compares as the decimal does, or None."""
    exact = Decimal(str(bound))
    few = exact.is_finite() and len(exact.as_tuple().digits) <= _FEW_DIGITS and abs(exact.adjusted()) < 100
    return float(exact) if few else None


def number_key(value: Any) -> str | None:
    """One text per number: 1, 1.0 and 1e0 are the same; NaN equals nothing, not even itself."""
    number = value if isinstance(value, Decimal) else Decimal(value)
    if number.is_nan():
        return None
    if number.is_infinite():
        return "-inf" if number < 0 else "inf"
    sign, digits, exponent = number.as_tuple()
    text = "".join(map(str, digits)).lstrip("0")
    if not text:
        return "0"
    short = text.rstrip("0")
    return f"{'-' * sign}{short}e{int(exponent) + len(text) - len(short)}"
