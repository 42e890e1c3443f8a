"""Checks of one column: a rule says what is wrong with one value, nulls and blank texts are left out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

from dcant.standards.tables.checks.bulk import Mask, is_blank_text, is_text_field
from dcant.standards.tables.checks.declared import Bound, CheckKind, Param, register_check
from dcant.standards.tables.values import CheckFault, CheckSpec, Rows, Said


@dataclass(frozen=True, slots=True)
class Wrong:
    """What a rule says of a value. `code`: when it is another than the name of the check."""

    message: Said
    remedy: Said
    code: str = ""


ValueRule: TypeAlias = Callable[[Any], Wrong | None]
Accept: TypeAlias = Callable[[pa.Array], Mask]  # true only where the rule would find nothing wrong with that text


def is_empty(value: Any) -> bool:
    """Nothing is there: null, unreadable, or a blank text."""
    return value is None or (isinstance(value, str) and not value.strip())


@dataclass(frozen=True, slots=True)
class SingleCheck:
    """A rule bound to a column."""

    spec: CheckSpec
    columns: tuple[str, ...]
    rule: ValueRule = field(repr=False)
    accept: Accept | None = field(default=None, repr=False)

    def suspects(self, columns: Mapping[str, pa.Array]) -> Rows | None:
        column = columns[self.columns[0]]
        fine = is_blank_text(column)
        if self.accept is not None:
            fine |= self.accept(column)
        return np.flatnonzero(~fine)

    def faults(self, values: Mapping[str, Sequence[Any]]) -> Iterator[CheckFault]:
        name = self.columns[0]
        for index, value in enumerate(values[name]):
            if is_empty(value):
                continue
            wrong = self.rule(value)
            if wrong is not None:
                yield CheckFault(index, name, wrong.code or self.spec.name, wrong.message, wrong.remedy)


def register_column_check(
    name: str,
    title: Said,
    rule: Callable[[Bound], ValueRule],
    *,
    accept: Callable[[Bound], Accept] | None = None,
    params: Sequence[Param] = (),
) -> None:
    """Declares a check of the one column named by `column`; it is silent when the file has not this column.

    rule: makes the rule of a value from the parameters. accept: makes its bulk acceptance, used on fields whose values
    are their very texts.
    """

    def bind(bound: Bound) -> SingleCheck | None:
        column = bound.column("column")
        if column not in bound.present:
            return None
        declared = bound.fields.get(column)
        proves = accept is not None and declared is not None and is_text_field(declared)
        return SingleCheck(bound.spec, (column,), rule(bound), accept(bound) if accept and proves else None)

    register_check(CheckKind(name, (Param("column", "column"), *params), title, bind))


def always(rule: ValueRule) -> Callable[[Bound], ValueRule]:
    """A rule that no parameter changes."""
    return lambda _bound: rule
