"""Accepting whole columns: what a narrower rule proves fine needs no reading.

Everything here may say no to a good cell; it never says yes to a cell of which the exact reader would say anything.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dcant.standards.tables.rules.constraints import BOUNDS, Constraint
from dcant.standards.tables.rules.kernels import (
    lengths,
    mask_of,
    matching,
    of_forms,
    only_digits,
    repeats,
    without_controls,
)
from dcant.standards.tables.rules.pattern import Pattern
from dcant.standards.tables.rules.reading import Mask, Shape

Step: TypeAlias = Callable[[pa.Array, Mask], Mask]  # the column, what is still accepted → what stays accepted

_FEW = 64  # texts that the exact reader has read before RE2 has compiled its expression
_DIGIT_RUN = re.compile(r"\\A\(\?:(?:\\A)?\(\?:\[\\x\{30\}-\\x\{39\}\]\)\{(\d+),(\d+)\}(?:\\z)?\)\\z")
_COMPARE = {
    "minimum": pc.greater_equal,
    "maximum": pc.less_equal,
    "exclusiveMinimum": pc.greater,
    "exclusiveMaximum": pc.less,
}


def shape_step(shape: Shape) -> Step:
    """The shape of the type, over the whole cell."""

    def step(column: pa.Array, accepted: Mask) -> Mask:
        if shape.regex is None:
            return accepted
        plain = pc.replace_substring(column, shape.removed, "") if shape.removed else column
        fits = _fits(plain, accepted, shape.regex, shape.quick)
        return fits if shape.longest is None else fits & (lengths(column) <= shape.longest)

    return step


def pattern_step(pattern: Pattern) -> Step:
    """The pattern of the field; digits alone are counted rather than matched."""
    regex, forms = str(pattern.regex), pattern.forms
    run = _DIGIT_RUN.fullmatch(regex)
    if run is None:
        quick = (lambda column: of_forms(column, forms)) if forms else None
        return lambda column, accepted: _fits(column, accepted, regex, quick)
    least, most = int(run[1]), int(run[2])
    return lambda column, accepted: accepted & only_digits(column, least, most)


def _fits(column: pa.Array, accepted: Mask, regex: str, quick: Callable[[pa.Array], Mask] | None) -> Mask:
    """The regex, asked only of what the quicker question could not tell, and once of each text."""
    if quick is None:
        return accepted & matching(column, regex)
    fits = accepted & quick(column)
    rest = np.flatnonzero(accepted & ~fits)
    if len(rest) > _FEW:
        coded = column.take(pa.array(rest)).dictionary_encode()
        if len(coded.dictionary) > _FEW:
            fits[rest] = matching(coded.dictionary, regex)[coded.indices.to_numpy()]
    return fits


def length_step(constraint: str, limit: int) -> Step:
    """Code points, asked only when bytes do not decide."""

    def longest(column: pa.Array, accepted: Mask) -> Mask:
        long = np.flatnonzero(lengths(column) > limit)
        if not len(long):
            return accepted
        fits = np.ones(len(column), dtype=np.bool_)
        fits[long] = mask_of(pc.utf8_length(column.take(pa.array(long)))) <= limit
        return accepted & fits

    def shortest(column: pa.Array, accepted: Mask) -> Mask:
        if limit <= 1:
            return accepted & (lengths(column) >= limit)
        return accepted & (mask_of(pc.utf8_length(column)) >= limit)

    return longest if constraint == "maxLength" else shortest


def bounds_step(shape: Shape, bounds: Sequence[tuple[str, Any]]) -> Step:
    """Bounds, over cells that already fit the shape; `bounds` are what the shape's `bound` gave."""

    def step(column: pa.Array, accepted: Mask) -> Mask:
        kept = column
        if shape.order in {"integer", "decimal"}:
            kept = column if accepted.all() else pc.if_else(pa.array(accepted), column, "0")
            kept = pc.replace_substring(kept, shape.removed, "") if shape.removed else kept
            kept = pc.replace_substring(kept, shape.decimal, ".") if shape.decimal != "." else kept
            kept = pc.cast(kept, pa.int64() if shape.order == "integer" else pa.float64())
        for name, bound in bounds:
            accepted = accepted & mask_of(_COMPARE[name](kept, pa.scalar(bound, type=kept.type)))
        return accepted

    return step


@dataclass(frozen=True, slots=True)
class BulkRule:
    """The steps of a field, one after the other."""

    steps: tuple[Step, ...]
    costly: bool  # whether judging a cell takes longer than finding that it was met before

    def accepts(self, column: pa.Array) -> Mask:
        """Cells proved fine, were they not null: each distinct one is judged once where that is less work."""
        if not (self.costly and repeats(column)):
            return self._judged(column)
        coded = column.dictionary_encode()
        accepted: Mask = self._judged(coded.dictionary)[coded.indices.to_numpy()]
        return accepted

    def _judged(self, column: pa.Array) -> Mask:
        accepted: Mask = np.ones(len(column), dtype=np.bool_)
        for step in self.steps:
            accepted = step(column, accepted)
        return accepted


def bulk_rule(shape: Shape, constraints: Sequence[Constraint], bounds: dict[str, Any], asked: Any) -> BulkRule | None:
    """The rule of a field; None when some constraint cannot be proved in bulk.

    bounds: the read bounds by name. asked: the field's constraints as written.
    """
    steps, comparable = [shape_step(shape)], []
    controls, costly = shape.regex is None, shape.regex is not None and shape.quick is None
    for constraint in constraints:
        pattern = constraint.pattern
        if constraint.name in {"minLength", "maxLength"} and shape.regex is None:
            steps.append(length_step(constraint.name, int(asked[constraint.name])))
        elif pattern is not None and pattern.regex is not None:
            steps.append(pattern_step(pattern))
            controls, costly = controls and pattern.may_take_controls, costly or not pattern.forms
        elif constraint.name in BOUNDS and shape.order is not None and shape.bound is not None:
            comparable.append((constraint.name, shape.bound(bounds[constraint.name])))
        else:
            return None
    if any(bound is None for _, bound in comparable):
        return None
    if comparable:
        steps.append(bounds_step(shape, comparable))
    return BulkRule((*steps, without_controls) if controls else tuple(steps), costly or bool(comparable))
