"""The characters that a class of a pattern takes, as ranges of code points: never more than Python's."""

from typing import Any, TypeAlias

Ranges: TypeAlias = list[tuple[int, int]]

_LAST = 0x10FFFF
_CLASSES = {
    "DIGIT": ((0x30, 0x39),),
    "WORD": ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)),
    "SPACE": ((0x09, 0x0D), (0x1C, 0x20)),
}


class Unsupported(ValueError):
    """The pattern says something that cannot be judged in bulk, or might be taken otherwise there."""


def members(items: Any) -> Ranges:
    """The code points of a class as Python parsed it: of digits and the like, the ASCII part alone."""
    negated, beyond_ascii = False, False
    ranges: Ranges = []
    for op, value in items:
        kind = str(op)
        if kind == "NEGATE":
            negated = True
        elif kind == "LITERAL":
            ranges.append((value, value))
        elif kind == "RANGE":
            ranges.append((value[0], value[1]))
        elif kind == "CATEGORY":
            beyond_ascii = True
            ranges.extend(_category(str(value)))
        else:
            raise Unsupported(kind)
    if not negated:
        return ranges
    return complement([*ranges, (0x80, _LAST)] if beyond_ascii else ranges)


def _category(name: str) -> Ranges:
    kind = name.removeprefix("CATEGORY_")
    ranges = list(_CLASSES[kind.removeprefix("NOT_")])
    return [*complement([*ranges, (0x80, _LAST)])] if kind.startswith("NOT_") else ranges


def complement(ranges: Ranges) -> Ranges:
    """Every other code point."""
    rest, start = [], 0
    for first, last in sorted(ranges):
        if first > start:
            rest.append((start, first - 1))
        start = max(start, last + 1)
    return [*rest, (start, _LAST)] if start <= _LAST else rest
