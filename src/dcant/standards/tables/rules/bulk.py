"""Accepting whole columns: what a narrower rule proves fine needs no reading.

Everything here may say no to a good cell; it never says yes to a cell of which the exact reader would say anything.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dcant.standards.tables.rules.constraints import BOUNDS, Constraint
from dcant.standards.tables.rules.reading import Shape

Mask: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]
Step: TypeAlias = Callable[[pa.Array, Mask], Mask]  # the column, what is still accepted → what stays accepted

_COMPARE = {
    "minimum": pc.greater_equal,
    "maximum": pc.less_equal,
    "exclusiveMinimum": pc.greater,
    "exclusiveMaximum": pc.less,
}
_C1 = 0xC2  # first byte, in UTF-8, of the control characters beyond ASCII (and of « » and others)


def lengths(column: pa.Array) -> np.ndarray[Any, Any]:
    """Bytes of each cell of a StringArray."""
    return np.diff(_offsets(column))


def _offsets(column: pa.Array) -> np.ndarray[Any, Any]:
    wide = pa.types.is_large_string(column.type)
    every = np.frombuffer(column.buffers()[1], dtype=np.int64 if wide else np.int32)
    return every[column.offset : column.offset + len(column) + 1]


def mask_of(answer: pa.Array) -> Mask:
    return answer.to_numpy(zero_copy_only=False)  # type: ignore[no-any-return]


def matching(column: pa.Array, regex: str) -> Mask:
    return mask_of(pc.match_substring_regex(column, regex))


def is_any_of(column: pa.Array, words: Sequence[str]) -> Mask:
    if not words:
        return np.zeros(len(column), dtype=np.bool_)
    if list(words) == [""]:
        return lengths(column) == 0  # type: ignore[no-any-return]
    return mask_of(pc.is_in(column, value_set=pa.array(words, type=column.type)))


def without_controls(column: pa.Array, accepted: Mask) -> Mask:
    """Leaves out the cells that hold a control character other than tab and line ends (D12)."""
    offsets = _offsets(column)
    buffer = column.buffers()[2]
    if buffer is None:
        return accepted
    letters = np.frombuffer(buffer, dtype=np.uint8)[offsets[0] : offsets[-1]]
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


def shape_step(shape: Shape) -> Step:
    """The shape of the type, over the whole cell."""

    def step(column: pa.Array, accepted: Mask) -> Mask:
        if shape.regex is None:
            return without_controls(column, accepted)
        plain = pc.replace_substring(column, shape.removed, "") if shape.removed else column
        fits = accepted & matching(plain, shape.regex)
        if shape.longest is not None:
            fits &= lengths(column) <= shape.longest
        return fits

    return step


def pattern_step(regex: str) -> Step:
    return lambda column, accepted: accepted & matching(column, regex)


def length_step(constraint: str, limit: int) -> Step:
    """Code points, asked only when bytes do not decide."""

    def longest(column: pa.Array, accepted: Mask) -> Mask:
        size = lengths(column)
        if (size <= limit).all():
            return accepted
        return accepted & (mask_of(pc.utf8_length(column)) <= limit)

    def shortest(column: pa.Array, accepted: Mask) -> Mask:
        if limit <= 1:
            return accepted & (lengths(column) >= limit)
        return accepted & (mask_of(pc.utf8_length(column)) >= limit)

    return longest if constraint == "maxLength" else shortest


def bounds_step(shape: Shape, bounds: Sequence[tuple[str, Any]]) -> Step:
    """Bounds, over cells that already fit the shape; `bounds` are what the shape's `bound` gave."""

    def step(column: pa.Array, accepted: Mask) -> Mask:
        filler = {"integer": "0", "decimal": "0", "text": ""}[str(shape.order)]
        kept = pc.if_else(pa.array(accepted), column, filler)
        if shape.removed:
            kept = pc.replace_substring(kept, shape.removed, "")
        if shape.order == "integer":
            kept = pc.cast(pc.replace_substring_regex(kept, r"\A\+", "", max_replacements=1), pa.int64())
        elif shape.order == "decimal":
            kept = pc.replace_substring(kept, shape.decimal, ".") if shape.decimal != "." else kept
            kept = pc.cast(kept, pa.float64())
        for name, bound in bounds:
            accepted = accepted & mask_of(_COMPARE[name](kept, pa.scalar(bound, type=kept.type)))
        return accepted

    return step


def bulk_steps(
    shape: Shape, constraints: Sequence[Constraint], bounds: dict[str, Any], asked: Any
) -> list[Step] | None:
    """The steps for a field, cheapest first; None when some constraint cannot be proved in bulk.

    bounds: the read bounds by name. asked: the field's constraints as written.
    """
    steps: list[Step] = [shape_step(shape)]
    comparable: list[tuple[str, Any]] = []
    for constraint in constraints:
        if constraint.name in {"minLength", "maxLength"} and shape.regex is None:
            steps.insert(0, length_step(constraint.name, int(asked[constraint.name])))
        elif constraint.pattern is not None and constraint.pattern.regex is not None:
            steps.append(pattern_step(constraint.pattern.regex))
        elif constraint.name in BOUNDS and shape.order is not None and shape.bound is not None:
            comparable.append((constraint.name, shape.bound(bounds[constraint.name])))
        else:
            return None
    if any(bound is None for _, bound in comparable):
        return None
    if comparable:
        steps.append(bounds_step(shape, comparable))
    return steps
