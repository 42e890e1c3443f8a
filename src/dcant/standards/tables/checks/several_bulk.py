"""Bulk acceptance for the checks of several columns: true only where the exact rule would find nothing."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dcant.standards.tables.checks.bulk import (
    Mask,
    as_numbers,
    is_day_field,
    is_missing,
    is_number_field,
    is_readable,
    is_text_field,
    mask_of,
)
from dcant.standards.tables.values import Field

Accept = Callable[[Sequence[pa.Array]], Mask]
_COMPARE = {
    ">": pc.greater,
    ">=": pc.greater_equal,
    "==": pc.equal,
    "<=": pc.less_equal,
    "<": pc.less,
}


def compare_as_asked(fields: Sequence[Field], sign: str) -> Accept | None:
    """Days with days and numbers with numbers; None for other pairs. Two texts are compared as texts only where a letter
    comes first, since texts of digits are numbers.
    """
    days, texts = all(map(is_day_field, fields)), all(map(is_text_field, fields))
    numbers = all(map(is_number_field, fields))
    if not (days or texts or numbers):
        return None

    def accept(columns: Sequence[pa.Array]) -> Mask:
        one, other = columns
        readable = is_readable(one, fields[0]) & is_readable(other, fields[1])
        if numbers:
            left, right = as_numbers(one, readable, fields[0]), as_numbers(other, readable, fields[1])
            holds = mask_of(_COMPARE[sign](pa.array(left), pa.array(right)))
        else:
            holds = mask_of(_COMPARE[sign](one, other))
        if texts:
            holds &= ~(_may_be_digits(one) & _may_be_digits(other)) | _are_days(one, other)
        return (readable & holds) | is_missing(one, fields[0]) | is_missing(other, fields[1])

    return accept


def _may_be_digits(column: pa.Array) -> Mask:
    """A digit before any letter: blanks of every kind may come first."""
    return mask_of(pc.match_substring_regex(column, r"\A\PL*[0-9]"))


def _are_days(one: pa.Array, other: pa.Array) -> Mask:
    """Both with a hyphen within: not texts of digits."""
    return mask_of(pc.and_(pc.match_substring(one, "-"), pc.match_substring(other, "-")))


def agree_in_filling(fields: Sequence[Field]) -> Accept:
    """All surely filled, or all surely empty."""

    def accept(columns: Sequence[pa.Array]) -> Mask:
        pairs = list(zip(columns, fields, strict=True))
        filled = np.logical_and.reduce([is_readable(column, field) for column, field in pairs])
        empty = np.logical_and.reduce([is_missing(column, field) for column, field in pairs])
        return filled | empty  # type: ignore[no-any-return]

    return accept


def have_one_filled(fields: Sequence[Field]) -> Accept:
    def accept(columns: Sequence[pa.Array]) -> Mask:
        surely: Any = [is_readable(column, field) for column, field in zip(columns, fields, strict=True)]
        return np.logical_or.reduce(surely)  # type: ignore[no-any-return]

    return accept


def sum_as_asked(fields: Sequence[Field]) -> Accept | None:
    """The total first, then its terms, all integers of 15 digits at most."""
    if any(field.type != "integer" for field in fields):
        return None

    def accept(columns: Sequence[pa.Array]) -> Mask:
        pairs = list(zip(columns, fields, strict=True))
        readable = [is_readable(column, field) for column, field in pairs]
        total, *terms = (as_numbers(column, mask, field) for (column, field), mask in zip(pairs, readable, strict=True))
        equal = total == np.sum(terms, axis=0)
        empty = np.logical_or.reduce([is_missing(column, field) for column, field in pairs])
        return (equal & np.logical_and.reduce(readable)) | empty  # type: ignore[no-any-return]

    return accept
