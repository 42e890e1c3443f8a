"""One key made of several columns, never the same for two different rows of values."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

Nulls: TypeAlias = Literal["any_null", "all_null"]

_BETWEEN, _ESCAPE = "\x1f", "\x1b"
_NULL = f"{_ESCAPE}n"


def compose(columns: Sequence[pa.Array], nulls: Nulls) -> pa.Array:
    """The key of each row, from canonical texts (StringArrays of one length, null where there is no value).

    any_null: a row with any null has a null key, as uniqueKeys wants. all_null: only a row with nothing but nulls has
    one, as primary and foreign keys want; elsewhere a null is a value apart from the empty text.
    """
    if len(columns) == 1:
        return columns[0]
    texts = [_escaped(column) for column in columns]
    if nulls == "any_null":
        return pc.binary_join_element_wise(*texts, _BETWEEN, null_handling="emit_null")
    joined = pc.binary_join_element_wise(*texts, _BETWEEN, null_handling="replace", null_replacement=_NULL)
    return pc.if_else(all_null(columns), pa.scalar(None, pa.string()), joined)


def all_null(columns: Sequence[pa.Array]) -> pa.BooleanArray:
    """Where every column is null: for a primary key, a fault of its own."""
    nothing = columns[0].is_null()
    for column in columns[1:]:
        nothing = pc.and_(nothing, column.is_null())
    return nothing


def _escaped(column: pa.Array) -> pa.Array:
    """The two signs that would be ambiguous, made otherwise; nearly no file has them."""
    for sign, instead in ((_ESCAPE, f"{_ESCAPE}e"), (_BETWEEN, f"{_ESCAPE}b")):
        if pc.any(pc.match_substring(column, sign)).as_py():
            column = pc.replace_substring(column, sign, instead)
    return column
