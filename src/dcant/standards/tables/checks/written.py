"""The text of a read value, as a person would write it."""

import math
from decimal import Decimal
from typing import Any


def written(value: Any) -> str:
    """A whole number is written with its digits alone, whatever read it: 75001, never 75001.0."""
    if not isinstance(value, float | Decimal) or not math.isfinite(value):
        return str(value)
    whole = -(10**18) < value < 10**18 and value == int(value)
    return str(int(value) if whole else value)
