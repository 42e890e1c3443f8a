r"""Texts of known lengths, judged byte by byte and all at once: digits at these places, a hyphen at those.

A pattern such as `^W\\d{9}$` comes down to one form; some tens of times faster than a regular expression on each cell.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any, TypeAlias

import numpy as np

from dcant.standards.tables.rules.classes import Unsupported, members
from dcant.standards.tables.rules.reading import Mask

Letters: TypeAlias = np.ndarray[Any, np.dtype[np.uint8]]
_Places: TypeAlias = tuple[tuple[int, int], ...]  # the first and the last character allowed at each place

_MOST = 8  # forms of one pattern
_LONGEST = 64  # bytes
_TOGETHER = 1024  # cells compared in one go
_ASCII = 0x7F


@dataclass(frozen=True, slots=True)
class FixedForm:
    """The first and the last byte allowed at each place."""

    low: bytes
    high: bytes


def within(letters: Letters, form: FixedForm) -> Mask:
    """Which cells have that form. letters: shape (cells, length of the form), one after the other in memory."""
    size = len(form.low)
    low, span = _tiled(form)
    whole = len(letters) // _TOGETHER * _TOGETHER
    fine = np.ones(len(letters), dtype=np.bool_)
    for start, stop, together in ((0, whole, _TOGETHER), (whole, len(letters), 1)):
        part = letters[start:stop].reshape(-1, together * size)
        strangers = (part - low[: together * size]) > span[: together * size]
        if strangers.any():
            fine[start + np.flatnonzero(strangers) // size] = False
    return fine


@lru_cache(maxsize=256)
def _tiled(form: FixedForm) -> tuple[Letters, Letters]:
    """The bounds of as many cells as are compared in one go: long rows are what numpy is quick at."""
    low, high = (np.frombuffer(side, np.uint8) for side in (form.low, form.high))
    return np.tile(low, _TOGETHER), np.tile(high - low, _TOGETHER)


def fixed_forms(tree: Any) -> tuple[FixedForm, ...]:
    """Forms that take, over the whole cell, nothing that the pattern would not; none when they would be too many.

    tree: the pattern as Python parsed it.
    """
    nodes = [(str(op), value) for op, value in tree]
    if nodes and nodes[0][0] == "AT" and "BEGINNING" in str(nodes[0][1]):
        nodes = nodes[1:]
    if nodes and nodes[-1][0] == "AT" and "AT_END" in str(nodes[-1][1]):
        nodes = nodes[:-1]
    try:
        texts = _sequence(nodes)
    except (Unsupported, RecursionError):
        return ()
    return tuple(FixedForm(bytes(low for low, _ in text), bytes(high for _, high in text)) for text in texts if text)


def _sequence(nodes: Any) -> list[_Places]:
    """Every text that the nodes make, one after the other."""
    texts: list[_Places] = [()]
    for op, value in nodes:
        texts = [before + after for before, after in product(texts, _alternatives(str(op), value))]
        if len(texts) > _MOST or any(len(text) > _LONGEST for text in texts):
            raise Unsupported(op)
    return texts


def _alternatives(op: str, value: Any) -> list[_Places]:
    if op == "LITERAL" and value <= _ASCII:
        return [((value, value),)]
    if op == "IN":
        return [((low, min(high, _ASCII)),) for low, high in members(value) if low <= _ASCII]
    if op == "BRANCH":
        return [text for branch in value[1] for text in _sequence(branch)]
    if op == "SUBPATTERN" and not value[1] and not value[2]:
        return _sequence(value[3])
    if op in {"MAX_REPEAT", "MIN_REPEAT"}:
        least, most, body = int(value[0]), int(value[1]), list(value[2])
        if most - least < _MOST and most <= _LONGEST:
            return [text for times in range(least, most + 1) for text in _sequence(body * times)]
    raise Unsupported(op)
