"""The types that pass between the rooms of the table engine. Values only: no reading, no rule."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Literal, Protocol, TypeAlias

import numpy as np
import pyarrow as pa

Cell: TypeAlias = str | int | float | bool | date | datetime | time | None  # None: a spreadsheet's empty cell
Column: TypeAlias = (
    pa.Array | list[Cell]
)  # a StringArray without nulls when every cell is text ("" when empty), else native cells
Rows: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]
Level: TypeAlias = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence in both languages, built from the same facts."""

    fr: str
    en: str


# ---- the schema


@dataclass(frozen=True, slots=True)
class SchemaProblem:
    """A fault of the schema itself, told to its producer; it never stops a check."""

    code: str
    pointer: str  # JSON pointer in the document: /fields/3/constraints/pattern
    message: Said
    remedy: Said


@dataclass(frozen=True, slots=True)
class RuleNotChecked:
    """A rule of the schema that could not be applied; the verdict says so (code `rule-not-checked`)."""

    pointer: str
    field: str | None
    rule: str
    reason: Said


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a Table Schema, v1 or v2 read alike, with only the rules that can be applied.

    `options` holds what the type reads (decimalChar, groupChar, bareNumber, floatNumber, trueValues, falseValues,
    arrayItem, delimiter, itemType, categories); `constraints` holds required, unique, enum, pattern, minimum, maximum,
    exclusiveMinimum, exclusiveMaximum, minLength, maxLength, jsonSchema as written.
    """

    name: str
    type: str
    format: str
    position: int  # 1 for the first
    missing_values: tuple[str, ...]
    constraints: Mapping[str, Any]
    options: Mapping[str, Any]
    title: str = ""
    description: str = ""
    example: Any = None

    @property
    def required(self) -> bool:
        return bool(self.constraints.get("required"))


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """`fields` of this table must be found among `reference_fields` of `resource` ("" for this very table)."""

    fields: tuple[str, ...]
    resource: str
    reference_fields: tuple[str, ...]
    pointer: str


@dataclass(frozen=True, slots=True)
class CheckSpec:
    """A `custom_checks` entry of a French schema."""

    name: str
    params: Mapping[str, Any]
    pointer: str


FieldsMatch: TypeAlias = Literal["exact", "equal", "subset", "superset", "partial"]


@dataclass(frozen=True, slots=True)
class Schema:
    """A loaded Table Schema: what it asks, and what is wrong with the schema itself."""

    ref: str
    name: str
    title: str
    version: str
    sha256: str  # of the document's bytes
    fields: tuple[Field, ...]
    fields_match: FieldsMatch | None  # None: not declared
    primary_key: tuple[str, ...]
    unique_keys: tuple[tuple[str, ...], ...]
    foreign_keys: tuple[ForeignKey, ...]
    checks: tuple[CheckSpec, ...]
    document: Mapping[str, Any] = field(compare=False, repr=False)
    problems: tuple[SchemaProblem, ...] = ()
    rules_not_checked: tuple[RuleNotChecked, ...] = ()


class SchemaUnreadable(ValueError):
    """What was given is not a Table Schema at all: no fields, broken JSON, too large, too deep."""

    def __init__(self, code: str, message: Said, remedy: Said) -> None:
        super().__init__(message.fr)
        self.code, self.message, self.remedy = code, message, remedy


# ---- one cell, one column


@dataclass(frozen=True, slots=True)
class CellFault:
    """One thing said of one cell: `type-error`, `constraint-error`, or a warning (`non-standard-form`, `loose-pattern`,
    `number-as-text`, `control-character`). `expected` says in words what a good cell looks like.
    """

    code: str
    level: Level
    constraint: str | None = None  # required, pattern, enum, minimum…
    expected: Said | None = None
    note: Said | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the exact reader says of a cell: the value read (None when null or unreadable), and its faults."""

    value: Any
    null: bool = False
    faults: tuple[CellFault, ...] = ()


class ColumnRule(Protocol):
    """The compiled rule of one field; picklable, told nothing but cells."""

    field: Field

    def accept(self, column: pa.Array) -> pa.BooleanArray:
        """Bulk: true only where a narrower rule proves that `read` would give no fault at all (null cells of an
        optional field included). Never null; same length as the StringArray given.
        """
        ...

    def doubtful(self, column: pa.Array) -> Rows:
        """The places that `accept` refuses, in order: what is left to read."""
        ...

    def read(self, cell: Cell) -> Verdict:
        """Exact: the one truth. Results for text are cached, within bounds."""
        ...

    def canonical(self, column: Column) -> pa.Array:
        """A StringArray equal at two places if and only if the read values are equal; null where the cell is null or
        unreadable. What keys compare (`01` = `1` in an integer field).
        """
        ...


@dataclass(frozen=True, slots=True)
class Plan:
    """A schema made ready to run: immutable, picklable, named by its content."""

    schema: Schema
    columns: tuple[ColumnRule, ...]  # one per field, in the schema's order
    sha256: str  # of the rules and of the engine's version


# ---- French checks


@dataclass(frozen=True, slots=True)
class CheckFault:
    """What a custom check found in one row of the values it was given."""

    index: int
    field: str
    code: str
    message: Said
    remedy: Said


class CompiledCheck(Protocol):
    """A custom check bound to its columns."""

    @property
    def spec(self) -> CheckSpec: ...

    @property
    def columns(self) -> tuple[str, ...]:
        """Fields it reads, all present in the file."""
        ...

    def suspects(self, columns: Mapping[str, pa.Array]) -> Rows | None:
        """Bulk: the only indices that may be faulty, from the columns' texts; None when it must look at every row."""
        ...

    def faults(self, values: Mapping[str, Sequence[Any]]) -> Iterator[CheckFault]:
        """Exact: `values[field][i]` is the read value, None when null or unreadable; equal lengths."""
        ...


# ---- the file


@dataclass(frozen=True, slots=True)
class Detected:
    """What was found out about the file and why: `encoding`, `delimiter`, `sheet`, `member`, `format`, `skipped-lines`."""

    what: str
    value: str
    because: Said


@dataclass(frozen=True, slots=True)
class SourceFault:
    """Something wrong with the file itself, at a row when it is known. Codes: source-error, encoding-error,
    format-error, compression-error, scheme-error; warnings: blank-lines-skipped, hidden-rows, merged-cells…
    """

    code: str
    level: Level
    message: Said
    remedy: Said
    row: int | None = None
    line: int | None = None
    offset: int | None = None  # bytes from the start


class SourceUnreadable(Exception):
    """The file cannot be read at all, or not to its end. Nothing partial may be called complete."""

    def __init__(self, fault: SourceFault) -> None:
        super().__init__(fault.message.fr)
        self.fault = fault


class Restart(Exception):
    """Raised by `Source.batches` when what was assumed proved wrong (a byte that is not UTF-8 after a million good
    rows): forget everything and ask `batches` again; the source has changed its mind and says so in `detected`.
    """


@dataclass(frozen=True, slots=True)
class RaggedRow:
    """A row with more or fewer cells than there are labels (a blank line has none at all); not in the columns."""

    row: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of the file, by column.

    `columns` are in the file's order, one per label; `rows` are spreadsheet row numbers (header 1, blank rows counted,
    a line break inside quotes not), increasing; `ragged` rows belong to this batch but are not in `columns`.
    """

    columns: tuple[Column, ...]
    rows: Rows
    ragged: tuple[RaggedRow, ...]
    bytes_read: int  # of the file, so far
    line_of: Callable[[int], int | None]  # physical line of a row number of this batch; None for a spreadsheet


class Source(Protocol):
    """An opened table. `labels` are known at once; `faults` and `sha256` are complete once `batches` has ended."""

    path: str
    format: str  # csv, tsv, xlsx, xls, ods
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    member: str | None
    bytes_total: int | None
    sha256: str | None
    labels: tuple[str, ...]
    detected: tuple[Detected, ...]
    faults: tuple[SourceFault, ...]

    def batches(self) -> Iterator[Batch]:
        """Rows in order, in constant memory (one sheet for a spreadsheet). May raise Restart or SourceUnreadable."""
        ...

    def close(self) -> None: ...
