"""What can be proved of whole columns from their texts. Every answer is narrow: true only where the read value is known.

A column of texts is a StringArray without nulls, as the sources give it.
"""

from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dcant.standards.tables.values import Field

Mask: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]
Digits: TypeAlias = np.ndarray[Any, np.dtype[np.uint8]]

_CHUNK = 65_536  # rows whose bytes are gathered at once
_DOUBLED = np.array([0, 2, 4, 6, 8, 1, 3, 5, 7, 9], dtype=np.uint8)  # Luhn: the digits of twice a digit, added up
_LA_POSTE = np.array([3, 5, 6, 0, 0, 0, 0, 0, 0], dtype=np.uint8)
_DAY = (
    r"\A(?:19|20)[0-9]{2}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])"
    r"|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)\z"
)
_INTEGER = r"\A-?[0-9]{1,15}\z"
_DECIMAL = r"\A-?(?:[0-9]{1,9}(?:\.[0-9]{1,6})?)\z"  # 15 digits at most: a double keeps them apart and in order


def mask_of(answer: pa.Array) -> Mask:
    mask: Mask = answer.to_numpy(zero_copy_only=False)
    return mask


def is_blank_text(column: pa.Array) -> Mask:
    """Where there is no character, or blanks only: whatever the type, a check sees nothing there."""
    fine: Mask = byte_lengths(column) == 0
    rest = np.flatnonzero(~fine & (byte_lengths(column) < 8))
    if len(rest):
        fine[rest] = mask_of(pc.match_substring_regex(column.take(pa.array(rest)), r"\A[ \t\r\n]*\z"))
    return fine


def byte_lengths(column: pa.Array) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.diff(_offsets(column)).astype(np.int64, copy=False)


def _offsets(column: pa.Array) -> np.ndarray[Any, Any]:
    width = np.int64 if pa.types.is_large_string(column.type) else np.int32
    every = np.frombuffer(column.buffers()[1], dtype=width) if column.buffers()[1] else np.zeros(1, dtype=width)
    return every[column.offset : column.offset + len(column) + 1]


def is_text_field(field: Field) -> bool:
    """Is the read value the very text of the cell?"""
    return field.type == "string" and field.format != "binary"


def is_missing(column: pa.Array, field: Field) -> Mask:
    """Where the field reads null, or the text is blank."""
    missing = [text for text in field.missing_values if text]
    blank = is_blank_text(column)
    if missing:
        blank |= mask_of(pc.is_in(column, value_set=pa.array(missing, type=column.type)))
    return blank


def is_readable(column: pa.Array, field: Field) -> Mask:
    """Where a value is surely read, and is not blank: of other types than text, days of two centuries and short numbers
    only; of texts, those with a plain sign, since blanks are of many kinds.
    """
    shape = r"[!-~]" if is_text_field(field) else _shape(field)
    if shape is None:
        return np.zeros(len(column), dtype=np.bool_)
    return mask_of(pc.match_substring_regex(column, shape)) & ~is_missing(column, field)


def _shape(field: Field) -> str | None:
    if field.type == "date" and field.format in {"default", "%Y-%m-%d"}:
        return _DAY
    options = field.options
    if options.get("groupChar"):
        return None
    if field.type == "integer":
        return _INTEGER
    if field.type == "number" and options.get("decimalChar", ".") == "." and not options.get("floatNumber"):
        return _DECIMAL
    return None


def is_number_field(field: Field) -> bool:
    return field.type in {"integer", "number"} and _shape(field) is not None


def is_day_field(field: Field) -> bool:
    return field.type == "date" and _shape(field) is not None


def as_numbers(column: pa.Array, readable: Mask, field: Field) -> np.ndarray[Any, Any]:
    """The numbers read where they are readable, 0 elsewhere."""
    kept = pc.if_else(pa.array(readable), column, "0")
    kind = pa.int64() if field.type == "integer" else pa.float64()
    return pc.cast(kept, kind).to_numpy(zero_copy_only=False)  # type: ignore[no-any-return]


def has_luhn_key(column: pa.Array, length: int) -> Mask:
    """Texts of exactly `length` ASCII digits (9 for a SIREN, 14 for a SIRET) whose Luhn key is right, that of their
    SIREN too. Left to the exact rule: La Poste, which has its own key, and parts made of zeros, never given by INSEE.
    """
    offsets = _offsets(column).astype(np.int64)
    sized = np.flatnonzero(np.diff(offsets) == length)
    fine: Mask = np.zeros(len(column), dtype=np.bool_)
    if not len(sized):
        return fine
    octets = np.frombuffer(column.buffers()[2], dtype=np.uint8)
    for start in range(0, len(sized), _CHUNK):
        rows = sized[start : start + _CHUNK]
        digits = np.empty((length, len(rows)), dtype=np.uint8)
        for place in range(length):
            digits[place] = octets[offsets[rows] + place]
        fine[rows] = _is_sirene(digits - ord("0"))
    return fine


def _is_sirene(digits: Digits) -> Mask:
    """Of digits by place, one column a number."""
    fine: Mask = np.logical_and.reduce(digits <= 9, axis=0)
    digits = np.where(fine, digits, 0)
    siren = digits[:9]
    fine &= (_luhn_sum(siren) == 0) & np.logical_or.reduce(siren, axis=0)
    if len(digits) > 9:
        fine &= (_luhn_sum(digits) == 0) & np.logical_or.reduce(digits[9:], axis=0)
        fine &= np.logical_or.reduce(siren != _LA_POSTE[:, None], axis=0)
    return fine


def _luhn_sum(digits: Digits) -> Digits:
    total = digits[::-1][0::2].sum(axis=0, dtype=np.uint8) + _DOUBLED[digits[::-1][1::2]].sum(axis=0, dtype=np.uint8)
    return total % 10  # type: ignore[no-any-return]
