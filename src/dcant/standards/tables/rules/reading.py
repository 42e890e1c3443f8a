"""What a type gives to the column rule: one exact reader, one narrower shape."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import pyarrow as pa

Native: TypeAlias = Any  # a cell as it came: text, a spreadsheet's value, or an item of a JSON array
Mask: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True)
class Reader:
    """The exact reader of one field.

    `value` gives what was read, None when the cell is not of the type. `standard` says, of a text that was read, whether
    the specification allows that very spelling (otherwise the warning `non-standard-form`).
    """

    value: Callable[[Native], Any]
    standard: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Shape:
    """A narrower rule that accepts many cells at once: RE2 over the whole cell, compared in bulk where bounds ask for it.

    `regex` None takes every text. `removed` is taken out of the cell before. `order` says how accepted texts compare
    (None: not in bulk), `bound` turns a read bound into what they are compared with (None: not in bulk).
    """

    regex: str | None
    quick: Callable[[pa.Array], Mask] | None = None  # some of what the regex takes, found faster
    removed: str = ""
    decimal: str = "."
    longest: int | None = None  # bytes
    order: Literal["text", "integer", "decimal"] | None = None
    bound: Callable[[Any], Any] | None = None


ANY_TEXT = Shape(None)


def always(_text: str) -> bool:
    """Every spelling that reads is a good one."""
    return True
