"""How far the cells of a sheet go, told by the places written in its XML: `r="BC12"`, without parsing it."""

import re
from typing import Any, TypeAlias

import numpy as np

from dcant.standards.tables.values import Rows

Letters: TypeAlias = np.ndarray[Any, np.dtype[np.uint8]]

_ANY_COLUMN = re.compile(rb"""r\s*=\s*["']\s*\$?([A-Za-z]{1,4})\$?\d""")
_ANY_ROW = re.compile(rb"""r\s*=\s*["']\s*\$?[A-Za-z]{1,4}\$?(\d{1,8})""")
# As no program writes places, but as XML lets them be written: slower to look for.
_UNUSUAL = re.compile(rb"""r\s+=|r=\s|r='|r="[\s$]""")
_EQUALS, _R, _QUOTE, _SPACE = ord("="), ord("r"), ord('"'), ord(" ")
_LETTERS, _DIGITS = 4, 8  # of a place, at most


def farthest(block: bytes) -> tuple[int, int]:
    """The last row and the last column, from 1, of the cells whose place is written in these bytes; 0 when there is none."""
    seen = np.frombuffer(block + bytes(_LETTERS + _DIGITS + 2), np.uint8)
    equals = np.flatnonzero(seen == _EQUALS)
    before = seen[equals - 1]
    named = equals[before == _R]
    quoted, first = seen[named + 1] == _QUOTE, seen[named + 2]
    if (before <= _SPACE).any() or not (quoted & (first > _SPACE) & (first != ord("$"))).all():
        if _UNUSUAL.search(block):
            return _farthest_anyhow(block)
        named = named[quoted]
    return _farthest_of(seen, named + 2)


def _farthest_of(seen: Letters, starts: Rows) -> tuple[int, int]:
    """Letters then digits, read at all these places together."""
    columns = np.zeros(len(starts), np.int64)
    rows = np.zeros(len(starts), np.int64)
    in_letters = np.ones(len(starts), np.bool_)
    at = starts.copy()
    for _ in range(_LETTERS):
        letter = (seen[at] | 32) - ord("a") + 1  # from 1 for « a » to 26
        in_letters &= (letter >= 1) & (letter <= 26)
        columns = np.where(in_letters, columns * 26 + letter, columns)
        at += in_letters
    placed = (columns > 0) & (seen[at] - ord("0") <= 9)
    in_digits = placed.copy()
    for _ in range(_DIGITS):
        digit = seen[at] - ord("0")
        in_digits &= digit <= 9
        rows = np.where(in_digits, rows * 10 + digit, rows)
        at += in_digits
    return int(rows.max(initial=0)), int(columns[placed].max(initial=0))


def _farthest_anyhow(block: bytes) -> tuple[int, int]:
    columns, rows = set(_ANY_COLUMN.findall(block)), set(_ANY_ROW.findall(block))
    return max(map(int, rows), default=0), max(map(_column_number, columns), default=0)


def _column_number(letters: bytes) -> int:
    value = 0
    for letter in letters.upper():
        value = value * 26 + letter - 64
    return value
