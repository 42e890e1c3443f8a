"""The French checks of a schema, run over each batch: bulk narrows, the exact rule decides."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from dcant.standards.tables.cells import Checked, cell_at, distinct, read_values
from dcant.standards.tables.checks import HeaderFault, compile_check
from dcant.standards.tables.findings import Findings
from dcant.standards.tables.report import Fault
from dcant.standards.tables.shown import shown
from dcant.standards.tables.values import Batch, Cell, CheckFault, CompiledCheck, Rows, Schema


class FrenchChecks:
    """Adds what the custom checks find. A blank row has already been said: they leave it alone."""

    def __init__(self, schema: Schema, columns: Sequence[Checked], findings: Findings) -> None:
        self._findings = findings
        self._columns = {one.use.name: (at, one) for at, one in enumerate(columns) if one.rule is not None}
        self._checks: list[CompiledCheck] = []
        present, declared = list(self._columns), [one.name for one in schema.fields]
        for spec in schema.checks:
            compiled = compile_check(spec, present, declared, fields=schema.fields)
            if isinstance(compiled, HeaderFault):
                self._of_header(compiled)
            elif compiled is not None:
                self._checks.append(compiled)

    def take(self, batch: Batch, blank: Rows, blank_ragged: frozenset[int]) -> None:
        """The rows of one batch; `blank`: places of the blank ones, `blank_ragged`: numbers of those among the ragged."""
        if not self._checks:
            return
        for check in self._checks:
            self._bulk(check, batch, blank)
        for row in batch.ragged:
            if row.row not in blank_ragged:
                for check in self._checks:
                    self._ragged(check, row.row, row.cells, batch)

    def _bulk(self, check: CompiledCheck, batch: Batch, blank: Rows) -> None:
        places = [self._columns[name] for name in check.columns]
        texts = {name: batch.columns[at] for name, (at, _) in zip(check.columns, places, strict=True)}
        found: Rows | None = None
        if all(isinstance(column, pa.Array) for column in texts.values()):
            found = check.suspects(texts)
        indices: Rows = np.arange(len(batch.rows)) if found is None else np.asarray(found, dtype=np.int64)
        if len(blank):
            indices = np.setdiff1d(indices, blank, assume_unique=True)
        if len(indices):
            self._exactly(check, batch, indices)

    def _exactly(self, check: CompiledCheck, batch: Batch, indices: Rows) -> None:
        """What is wrong at these places: everything is counted, and only what may be kept becomes a fault of the report."""
        values, codes = self._values(check, batch, indices)
        firsts = np.zeros(int(codes.max()) + 1, dtype=np.int64)
        firsts[codes[::-1]] = indices[::-1]  # the first place of each value
        times = np.bincount(codes)
        kinds: dict[tuple[str, str], dict[int, CheckFault]] = {}
        for found in check.faults(values):
            kinds.setdefault((found.code, found.field), {})[found.index] = found
        for (code, field), faults in kinds.items():
            column = batch.columns[self._columns[field][0]]
            wrong = np.zeros(len(times), dtype=np.bool_)
            wrong[list(faults)] = True
            for number in faults:
                cell = cell_at(column, int(firsts[number]))
                self._findings.causes.add_check(code, field, cell, int(times[number]))
            hits = np.flatnonzero(wrong[codes])
            rows = batch.rows[indices[hits]]
            self._findings.tally.count("error", code, field, len(hits))
            self._findings.mark(rows)
            for row, hit in zip(rows.tolist(), hits.tolist(), strict=True):
                if not self._kept(faults[int(codes[hit])], row, cell_at(column, int(indices[hit])), batch):
                    break

    def _values(self, check: CompiledCheck, batch: Batch, indices: Rows) -> tuple[dict[str, list[Any]], Rows]:
        """The values to judge, and which of them each place has: of one column each distinct one, of several each row's."""
        if len(check.columns) > 1:
            every = [(batch.columns[at], one) for at, one in map(self._columns.__getitem__, check.columns)]
            found = {one.use.name: read_values(one.rule, column, indices) for column, one in every if one.rule}
            return found, np.arange(len(indices))
        (name,) = check.columns
        at, one = self._columns[name]
        cells, codes = distinct(batch.columns[at], indices)
        return {name: [_value(one, cell) for cell in cells]}, codes

    def _ragged(self, check: CompiledCheck, row: int, cells: Sequence[Cell], batch: Batch) -> None:
        values = {}
        for name in check.columns:
            at, one = self._columns[name]
            values[name] = [_value(one, _cell_of(cells, at))]
        for found in check.faults(values):
            cell = _cell_of(cells, self._columns[found.field][0])
            self._findings.causes.add_check(found.code, found.field, cell, 1)
            self._findings.count_error(found.code, found.field, row)
            self._kept(found, row, cell, batch)

    def _kept(self, found: CheckFault, row: int, cell: Cell, batch: Batch) -> bool:
        """Keeps the fault if there is room; when there is none, nor is there for a later one of the same kind."""
        position = self._columns[found.field][1].use.position
        if not self._findings.tally.keeps("error", found.code, found.field, (row, position, found.code, "")):
            return False
        self._findings.tally.keep(
            Fault(
                code=found.code,
                level="error",
                message=found.message,
                remedy=found.remedy,
                row=row,
                line=batch.line_of(row),
                field=found.field,
                position=position,
                cell=shown(cell),
            )
        )
        return True

    def _of_header(self, found: HeaderFault) -> None:
        self._findings.add_of_header(
            Fault(code=found.code, level="error", message=found.message, remedy=found.remedy, row=1, field=found.field)
        )


def _value(one: Checked, cell: Cell) -> Any:
    return one.rule.read(cell).value if one.rule is not None else None


def _cell_of(cells: Sequence[Cell], at: int) -> Cell:
    """The cell of a ragged row, which may lack it."""
    return cells[at] if at < len(cells) else None
