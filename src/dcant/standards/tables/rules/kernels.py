"""Fast questions on columns of text: straight on the bytes of an Arrow StringArray, one answer per cell."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dcant.standards.tables.rules.reading import Mask

_C1 = 0xC2  # first byte, in UTF-8, of the control characters beyond ASCII (and of « » and others)
_MONTH_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)  # the 29 of February is left to the exact reader
_DAYS = np.zeros(256 * 100, dtype=np.bool_)  # month × 100 + day → does it exist?
for _month, _length in enumerate(_MONTH_LENGTHS, start=1):
    _DAYS[_month * 100 + 1 : _month * 100 + _length + 1] = True


def lengths(column: pa.Array) -> np.ndarray[Any, Any]:
    """Bytes of each cell."""
    return np.diff(_offsets(column))


def _offsets(column: pa.Array) -> np.ndarray[Any, Any]:
    every = np.frombuffer(column.buffers()[1], dtype=np.int64 if pa.types.is_large_string(column.type) else np.int32)
    return every[column.offset : column.offset + len(column) + 1]


def _letters(column: pa.Array, offsets: np.ndarray[Any, Any]) -> np.ndarray[Any, np.dtype[np.uint8]]:
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


def plain_dates(column: pa.Array) -> Mask:
    """Days written `2021-03-01`, from the year 1000, but for the 29 of February."""
    if not len(column):
        return np.zeros(0, dtype=np.bool_)
    sized: Mask = lengths(column) == 10
    if not sized.all():
        column = pc.if_else(pa.array(sized), column, "0000-00-00")
    letters = _letters(column, _offsets(column)).reshape(-1, 10)
    digits = [letters[:, place] - 48 for place in (0, 1, 2, 3, 5, 6, 8, 9)]
    good: Mask = (letters[:, 4] == 45) & (letters[:, 7] == 45) & (digits[0] > 0)
    for digit in digits:
        good &= digit < 10
    month = digits[4] * 10 + digits[5]
    day = digits[6] * 10 + digits[7]
    good[good] = _DAYS[month[good].astype(np.uint16) * 100 + day[good]]
    return np.asarray(good, dtype=np.bool_)


def plain_decimals(column: pa.Array, mark: str) -> Mask:
    """Cells of at most fifteen ASCII characters: digits, and at most one decimal mark (an ASCII character)."""
    offsets = _offsets(column)
    letters = _letters(column, offsets)
    if not len(letters):
        return np.zeros(len(column), dtype=np.bool_)
    others = (letters - 48) > 9
    bounds = offsets - offsets[0]
    size = np.diff(bounds)
    strangers = others & (letters != ord(mark))
    good: Mask = (size > 0) & (size <= 15) & (_in_each(others, bounds) <= np.minimum(size - 1, 1))
    return good & (_in_each(strangers, bounds) == 0) if strangers.any() else good


def _in_each(marked: Mask, bounds: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """How many bytes are marked in each cell of less than 256 bytes; anything where the cell is empty or longer."""
    padded = np.append(marked, np.False_).view(np.uint8)  # so that cells empty at the end begin somewhere
    return np.add.reduceat(padded, bounds[:-1], dtype=np.uint8)


def without_controls(column: pa.Array, accepted: Mask) -> Mask:
    """Leaves out the cells that hold a control character other than tab and line ends (D12)."""
    offsets = _offsets(column)
    letters = _letters(column, offsets)
    low = int(np.count_nonzero(letters < 32))
    if low:
        low -= sum(int(np.count_nonzero(letters == blank)) for blank in (9, 10, 13))
    lead = np.flatnonzero(letters[:-1] == _C1)
    beyond = lead[letters[lead + 1] < 0xA0]
    if not low and not len(beyond) and not (letters == 127).any():
        return accepted
    ascii_ones = ((letters < 32) & (letters != 9) & (letters != 10) & (letters != 13)) | (letters == 127)
    places = np.concatenate([np.flatnonzero(ascii_ones), beyond])
    rows = np.searchsorted(offsets[1:] - offsets[0], places, side="right")
    accepted = accepted.copy()
    accepted[rows] = False
    return accepted
