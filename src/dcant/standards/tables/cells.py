"""The cells of a batch: accepted in bulk when that is proved fine, else read one distinct text at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

from dcant.standards.tables.findings import Findings
from dcant.standards.tables.header import Layout, Use
from dcant.standards.tables.messages import Place, cell_fault, fault, letter
from dcant.standards.tables.rules.kernels import is_any_of
from dcant.standards.tables.values import Batch, Cell, Column, ColumnRule, Level, Plan, RaggedRow, Rows

Mask: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]

_FEW = 64  # cells numbered faster one by one than by a kernel


@dataclass(frozen=True, slots=True)
class Checked:
    """A column of the file with the rule of its field, if any."""

    use: Use
    rule: ColumnRule | None

    def is_null(self, cell: Cell) -> bool:
        """Where no rule says what means nothing, only an empty cell does."""
        return cell in {None, ""} if self.rule is None else self.rule.read(cell).null


def checked_columns(layout: Layout, plan: Plan) -> tuple[Checked, ...]:
    """One per column of the file, in its order."""
    return tuple(Checked(use, None if use.field is None else plan.columns[use.field]) for use in layout.uses)


def distinct(column: Column, indices: Rows) -> tuple[list[Cell], Rows]:
    """The distinct cells at these places, in order of appearance, and for each place which of them it holds."""
    if isinstance(column, list):
        return _numbered([column[at] for at in indices.tolist()])
    chosen = column if len(indices) == len(column) else column.take(pa.array(indices))
    if len(indices) <= _FEW:
        return _numbered(chosen.to_pylist())
    encoded = chosen.dictionary_encode()
    return encoded.dictionary.to_pylist(), encoded.indices.to_numpy(zero_copy_only=False)


def _numbered(cells: Sequence[Cell]) -> tuple[list[Cell], Rows]:
    numbers: dict[tuple[type, Cell], int] = {}
    codes = [numbers.setdefault((type(cell), cell), len(numbers)) for cell in cells]
    return [cell for _, cell in numbers], np.array(codes, dtype=np.int64)


def cell_at(column: Column, index: int) -> Cell:
    found: Cell = column[index] if isinstance(column, list) else column[index].as_py()
    return found


def read_values(rule: ColumnRule, column: Column, indices: Rows) -> list[Any]:
    """What is read at these places: None where the cell is null or unreadable."""
    cells, codes = distinct(column, indices)
    values = [rule.read(cell).value for cell in cells]
    return [values[code] for code in codes.tolist()]


def suspects(checked: Checked, column: Column) -> Rows:
    """The places that the bulk rule cannot accept: all of them in a column of a spreadsheet's own values."""
    if checked.rule is None:
        return np.zeros(0, dtype=np.int64)
    if isinstance(column, list):
        return np.arange(len(column))
    return checked.rule.doubtful(column)


def blank_rows(columns: Sequence[Checked], batch: Batch, doubtful: Sequence[Rows]) -> Rows:
    """The places of rows whose every cell is null. Looked for among the suspects of a required column, if there is one:
    a null is never accepted there.
    """
    required = [at for at, one in enumerate(columns) if one.rule is not None and one.rule.field.required]
    candidates: Rows = np.arange(len(batch.rows))
    if required:
        candidates = doubtful[min(required, key=lambda at: len(doubtful[at]))]
    for one, column in zip(columns, batch.columns, strict=True):
        if not len(candidates):
            break
        candidates = candidates[_nulls(one, column, candidates)]
    return candidates


def _nulls(one: Checked, column: Column, indices: Rows) -> Mask:
    if isinstance(column, list):
        return np.array([one.is_null(column[at]) for at in indices.tolist()], dtype=np.bool_)
    missing = ("",) if one.rule is None else one.rule.field.missing_values
    return is_any_of(column.take(pa.array(indices)), missing)


class CellCheck:
    """Adds what is wrong with the cells of each batch to the findings."""

    def __init__(self, columns: Sequence[Checked], findings: Findings) -> None:
        self._columns = columns
        self._findings = findings

    def take(self, batch: Batch) -> tuple[Rows, frozenset[int]]:
        """The cells of one batch. Gives the places of its blank rows, and the numbers of those among the ragged rows."""
        pairs = list(zip(self._columns, batch.columns, strict=True))
        doubtful = [suspects(one, column) for one, column in pairs]
        blank = blank_rows(self._columns, batch, doubtful)
        filled = np.ones(len(batch.rows), dtype=np.bool_)
        filled[blank] = False
        for row in batch.rows[blank].tolist():
            self._blank_row(row, batch)
        for (one, column), indices in zip(pairs, doubtful, strict=True):
            kept = indices[filled[indices]] if len(blank) else indices
            if one.rule is not None and len(kept):
                self._column(one.use, one.rule, column, kept, batch)
        return blank, frozenset(row.row for row in batch.ragged if self._ragged(row, batch))

    def _blank_row(self, row: int, batch: Batch) -> None:
        place = Place(row=row, line=batch.line_of(row))
        self._findings.add(fault("blank-row", "error", place, row=row))

    def _column(self, use: Use, rule: ColumnRule, column: Column, indices: Rows, batch: Batch) -> None:
        """Each distinct cell is read once; then everything is counted, and only what may be kept is put in words."""
        cells, codes = distinct(column, indices)
        groups, wrong = self._count(use, rule, cells, np.bincount(codes, minlength=len(cells)))
        if wrong.any():
            self._findings.mark(batch.rows[indices[wrong[codes]]])
        tally = self._findings.tally
        for (level, code), numbers in groups.items():
            among = np.zeros(len(cells), dtype=np.bool_)
            among[numbers] = True
            for at in np.flatnonzero(among[codes]).tolist():
                row = int(batch.rows[indices[at]])
                if not tally.keeps(level, code, use.name, (row, use.position, code, "")):
                    break
                place = Place(row=row, line=batch.line_of(row), field=use.name, position=use.position)
                cell = cells[codes[at]]
                for one in rule.read(cell).faults:
                    if one.code == code and one.level == level:
                        tally.keep(cell_fault(one, place, cell, rule.field.example))

    def _count(
        self, use: Use, rule: ColumnRule, cells: Sequence[Cell], times: Rows
    ) -> tuple[dict[tuple[Level, str], list[int]], Mask]:
        """Counts the faults of distinct cells, each as often as it occurs. Gives those of each kind, and which have errors."""
        groups: dict[tuple[Level, str], list[int]] = {}
        wrong = np.zeros(len(cells), dtype=np.bool_)
        for number, cell in enumerate(cells):
            faults = rule.read(cell).faults
            if not faults:
                continue
            for one in faults:
                self._findings.tally.count(one.level, one.code, use.name, int(times[number]))
                groups.setdefault((one.level, one.code), []).append(number)
            first = next((one for one in faults if one.level == "error"), None)
            if first is not None:
                wrong[number] = True
                self._findings.causes.add_cell(rule, cell, first, int(times[number]))
        return groups, wrong

    # ---- rows with more or fewer cells than there are labels

    def _ragged(self, row: RaggedRow, batch: Batch) -> bool:
        """A missing cell is also read as null. True when the row is blank, which replaces all its other faults."""
        cells = row.cells
        pairs = list(zip_longest(self._columns, cells[: len(self._columns)]))
        if all(one.is_null(cell) for one, cell in pairs):
            self._blank_row(row.row, batch)
            return True
        line = batch.line_of(row.row)
        for one, cell in pairs:
            self._ragged_cell(one, cell, row.row, line)
        for one in self._columns[len(cells) :]:
            place = Place(row=row.row, line=line, field=one.use.name, position=one.use.position)
            self._findings.add(fault("missing-cell", "error", place, row=row.row))
        for position, cell in enumerate(cells[len(self._columns) :], start=len(self._columns) + 1):
            place = Place(row=row.row, line=line, position=position)
            self._findings.add(
                fault("extra-cell", "error", place, row=row.row, cell=_text(cell), letter=letter(position))
            )
        return False

    def _ragged_cell(self, one: Checked, cell: Cell, row: int, line: int | None) -> None:
        if one.rule is None:
            return
        place = Place(row=row, line=line, field=one.use.name, position=one.use.position)
        faults = one.rule.read(cell).faults
        for found in faults:
            self._findings.add(cell_fault(found, place, cell, one.rule.field.example))
        first = next((found for found in faults if found.level == "error"), None)
        if first is not None:
            self._findings.causes.add_cell(one.rule, cell, first, 1)


def _text(cell: Cell) -> str:
    return "" if cell is None else str(cell)
