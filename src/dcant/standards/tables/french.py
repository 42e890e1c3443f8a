"""The French checks of a schema, run over each batch: bulk narrows, the exact rule decides."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from dcant.standards.tables.cells import Checked, cell_at, read_values
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
        if not len(indices):
            return
        values = {
            one.use.name: read_values(one.rule, batch.columns[at], indices)
            for at, one in places
            if one.rule is not None
        }
        for fault in check.faults(values):
            at = int(indices[fault.index])
            place, _ = self._columns[fault.field] if fault.field in self._columns else places[0]
            self._add(fault, int(batch.rows[at]), cell_at(batch.columns[place], at), batch)

    def _ragged(self, check: CompiledCheck, row: int, cells: Sequence[Cell], batch: Batch) -> None:
        values: dict[str, list[Any]] = {}
        for name in check.columns:
            at, one = self._columns[name]
            cell = cells[at] if at < len(cells) else None
            values[name] = [one.rule.read(cell).value if one.rule is not None else None]
        for fault in check.faults(values):
            at = self._columns[fault.field][0] if fault.field in self._columns else len(cells)
            self._add(fault, row, cells[at] if at < len(cells) else None, batch)

    def _add(self, found: CheckFault, row: int, cell: Cell, batch: Batch) -> None:
        known = self._columns.get(found.field)
        position = known[1].use.position if known else None
        self._findings.causes.add_check(found.code, found.field, cell)
        self._findings.count_error(found.code, found.field, row)
        if not self._findings.tally.keeps("error", found.code, found.field, (row, position or 0, found.code, "")):
            return
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

    def _of_header(self, found: HeaderFault) -> None:
        self._findings.add_of_header(
            Fault(code=found.code, level="error", message=found.message, remedy=found.remedy, row=1, field=found.field)
        )
