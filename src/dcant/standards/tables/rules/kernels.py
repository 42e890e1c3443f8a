"""Fast questions on columns of text: straight on the bytes of an Arrow StringArray, one answer per cell."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dcant.standards.tables.rules.fixed import FixedForm, Letters, within
from dcant.standards.tables.rules.reading import Mask
from dcant.standards.tables.values import Rows

_C1 = 0xC2  # first byte, in UTF-8, of the control characters beyond ASCII (and of « » and others)
_MONTH_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)  # the 29 of February is left to the exact reader
_SAMPLE = 1024  # cells looked at to tell whether a column repeats itself
_BLANKS = np.isin(np.arange(256), (9, 10, 13))  # tab and line ends
# By the two bytes of a month or of a day as one number: the days of that month (0: there is none), the day (255: none).
_DAYS_IN, _DAY = np.zeros(1 << 16, np.uint8), np.full(1 << 16, 255, np.uint8)
for _number in range(1, 32):
    _pair = int(np.frombuffer(b"%02d" % _number, np.uint16)[0])
    _DAY[_pair] = _number
    if _number <= len(_MONTH_LENGTHS):
        _DAYS_IN[_pair] = _MONTH_LENGTHS[_number - 1]


def lengths(column: pa.Array) -> np.ndarray[Any, Any]:
    """Bytes of each cell."""
    return np.diff(_offsets(column))


def _offsets(column: pa.Array) -> np.ndarray[Any, Any]:
    every = np.frombuffer(column.buffers()[1], dtype=np.int64 if pa.types.is_large_string(column.type) else np.int32)
    return every[column.offset : column.offset + len(column) + 1]


def _letters(column: pa.Array, offsets: np.ndarray[Any, Any]) -> Letters:
    buffer = column.buffers()[2]
    if buffer is None:
        return np.empty(0, dtype=np.uint8)
    return np.frombuffer(buffer, dtype=np.uint8)[offsets[0] : offsets[-1]]


def mask_of(answer: pa.Array) -> Mask:
    return answer.to_numpy(zero_copy_only=False)  # type: ignore[no-any-return]


def matching(column: pa.Array, regex: str) -> Mask:
    """RE2, anywhere in the cell unless anchored."""
    return mask_of(pc.match_substring_regex(column, regex))


def is_any_of(column: pa.Array, words: Sequence[str]) -> Mask:
    if not words:
        return np.zeros(len(column), dtype=np.bool_)
    if list(words) == [""]:
        return lengths(column) == 0  # type: ignore[no-any-return]
    return mask_of(pc.is_in(column, value_set=pa.array(words, type=column.type)))


def only_digits(column: pa.Array, least: int, most: int) -> Mask:
    """Cells of ASCII digits alone, from `least` to `most` of them."""
    size = lengths(column)
    digits = mask_of(pc.ascii_is_decimal(column))
    return digits & (size >= max(least, 1)) & (size <= most)


def repeats(column: pa.Array) -> bool:
    """Do few distinct texts fill the column, as far as a sample of it tells?"""
    if len(column) < _SAMPLE:
        return False
    sample = column.take(pa.array(np.linspace(0, len(column) - 1, _SAMPLE, dtype=np.int64)))
    return len(sample.dictionary_encode().dictionary) * 4 < _SAMPLE


def of_length(column: pa.Array, size: int) -> tuple[Rows, Letters]:
    """The places of the cells of exactly `size` bytes, and those bytes, one cell a row."""
    offsets = _offsets(column)
    rows = np.flatnonzero(np.diff(offsets) == size)
    if len(rows) == len(column):
        return rows, _letters(column, offsets).reshape(-1, size)
    if not len(rows):
        return rows, np.empty((0, size), np.uint8)
    octets = column.buffers()[2]
    every = np.ndarray(
        (octets.size - size + 1,), f"V{size}", octets, strides=(1,)
    )  # from each byte, the next `size` ones
    return rows, every[offsets[rows]].view(np.uint8).reshape(-1, size)


def of_forms(column: pa.Array, forms: Sequence[FixedForm]) -> Mask:
    """Cells that have one of the forms."""
    fine = np.zeros(len(column), dtype=np.bool_)
    for size in dict.fromkeys(len(form.low) for form in forms):
        rows, letters = of_length(column, size)
        for form in forms:
            if len(rows) and len(form.low) == size:
                fits = within(letters, form)
                fine[rows[fits]] = True
                rows, letters = rows[~fits], letters[~fits]
    return fine


_ISO_DAY = FixedForm(b"1000-\0\0-\0\0", b"9999-\xff\xff-\xff\xff")


def plain_dates(column: pa.Array) -> Mask:
    """Days written `2021-03-01`, from the year 1000, but for the 29 of February."""
    fine = np.zeros(len(column), dtype=np.bool_)
    rows, letters = of_length(column, 10)
    if len(rows):
        month = np.ndarray((len(rows),), np.uint16, letters, 5, (10,))
        day = np.ndarray((len(rows),), np.uint16, letters, 8, (10,))
        fine[rows] = (_DAY[day] <= _DAYS_IN[month]) & within(letters, _ISO_DAY)
    return fine


def plain_decimals(column: pa.Array, mark: str) -> Mask:
    """Cells of at most fifteen ASCII characters: digits, and at most one decimal mark (an ASCII character)."""
    offsets = _offsets(column)
    letters = _letters(column, offsets)
    if not len(letters):
        return np.zeros(len(column), dtype=np.bool_)
    others = (letters - 48) > 9
    bounds = offsets - offsets[0]
    size = np.diff(bounds)
    good: Mask = (size > 0) & (size <= 15) & (_in_each(others, bounds) <= np.minimum(size - 1, 1))
    good[_cells_of(np.flatnonzero(others & (letters != ord(mark))), bounds)] = False
    return good


def _in_each(marked: Mask, bounds: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """How many bytes are marked in each cell of less than 256 bytes; anything where the cell is empty or longer."""
    padded = np.append(marked, np.False_).view(np.uint8)  # so that cells empty at the end begin somewhere
    return np.add.reduceat(padded, bounds[:-1], dtype=np.uint8)


def _cells_of(places: Rows, bounds: np.ndarray[Any, Any]) -> Rows:
    """Which cell each of these bytes is in."""
    return np.searchsorted(bounds[1:], places, side="right")


def without_controls(column: pa.Array, accepted: Mask) -> Mask:
    """Leaves out the cells that hold a control character other than tab and line ends (D12)."""
    offsets = _offsets(column)
    letters = _letters(column, offsets)
    if not len(letters) or (letters.min() >= 32 and letters.max() < 127):
        return accepted
    low = np.flatnonzero(letters < 32)
    lead = np.flatnonzero(letters[:-1] == _C1)
    places = np.concatenate(
        [low[~_BLANKS[letters[low]]], lead[letters[lead + 1] < 0xA0], np.flatnonzero(letters == 127)]
    )
    if not len(places):
        return accepted
    accepted = accepted.copy()
    accepted[_cells_of(places, offsets - offsets[0])] = False
    return accepted
