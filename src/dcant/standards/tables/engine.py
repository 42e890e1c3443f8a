"""Checks a whole table against its schema: every cell, every row, every key, and nothing silently left out.

Two passes at most. The first reads cells, rows and French checks and gathers keys; the second is made only when a key
is broken, to show the cells concerned, or when a table refers to itself.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from dcant.standards.tables.cells import CellCheck, Checked, checked_columns
from dcant.standards.tables.findings import Findings
from dcant.standards.tables.french import FrenchChecks
from dcant.standards.tables.header import Layout, Mode, choose_mode, match
from dcant.standards.tables.key_faults import KeyFaults, References, open_references
from dcant.standards.tables.messages import source_fault
from dcant.standards.tables.report import FileReport, Report, SchemaSeen, Stopped
from dcant.standards.tables.schema import compile_schema, load_schema
from dcant.standards.tables.sources import open_source
from dcant.standards.tables.values import Batch, Plan, Restart, Schema, Source, SourceFault, SourceUnreadable

OnProgress = Callable[[int, int | None, int, int], None]
ShouldStop = Callable[[], bool]
SchemaRef = Plan | Schema | Mapping[str, Any] | str | Path | bytes
LIMIT = 1000


class Cancelled(Exception):
    """The caller asked to stop. Never leaves this module: the report says it."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Who follows the run: told how far it is, asked whether to stop."""

    on_progress: OnProgress | None
    should_stop: ShouldStop | None

    def ask(self) -> None:
        if self.should_stop is not None and self.should_stop():
            raise Cancelled

    def tell(self, batch: Batch, total: int | None, rows: int, errors: int) -> None:
        if self.on_progress is not None:
            self.on_progress(batch.bytes_read, total, rows, errors)


def validate(
    source: str | Path | BinaryIO | Source,
    schema: SchemaRef,
    *,
    columns: str = "auto",
    limit: int = LIMIT,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
    references: Mapping[str, str | Path] | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
    member: str | None = None,
) -> Report:
    """Everything this table has wrong, counted to the last cell; `limit` bounds only how many errors are listed.

    `columns`: how columns are matched (`header.MODES`, or auto). `references`: the tables foreign keys point to, by
    resource name. `on_progress(bytes_read, bytes_total, rows, errors)` is told and `should_stop()` asked once a batch
    and once a column at least; a check that was stopped, or a file that could not be read to its end, gives a report
    that is not complete and never says it conforms. A source given opened is left open.
    Raises SchemaUnreadable when the schema is none, ValueError for an unknown way of matching columns.
    """
    started = time.perf_counter()
    plan = ready(schema)
    mode = choose_mode(columns, plan.schema)
    watch = Watch(on_progress, should_stop)
    with ExitStack() as closed:
        try:
            opened = _opened(source, plan, encoding=encoding, delimiter=delimiter, sheet=sheet, member=member)
            if opened is not source:
                closed.enter_context(closing(opened))
        except SourceUnreadable as unreadable:
            return _never_opened(source, plan, mode, limit, unreadable.fault)
        known = open_references(plan, references or {})
        while True:
            with closing(Run(opened, plan, mode=mode, limit=limit, references=known, watch=watch)) as run:
                try:
                    run.read()
                except Restart:
                    continue
                return Report(files=(run.report(time.perf_counter() - started),))


def ready(schema: SchemaRef) -> Plan:
    """The plan of a schema given in any form."""
    if isinstance(schema, Plan):
        return schema
    return compile_schema(schema if isinstance(schema, Schema) else load_schema(schema))


def _opened(
    source: str | Path | BinaryIO | Source,
    plan: Plan,
    *,
    encoding: str | None,
    delimiter: str | None,
    sheet: str | None,
    member: str | None,
) -> Source:
    if hasattr(source, "batches"):
        return cast("Source", source)
    return open_source(
        source,
        plan_labels=[one.name for one in plan.schema.fields],
        encoding=encoding,
        delimiter=delimiter,
        sheet=sheet,
        member=member,
    )


class Run:
    """One reading of one file. Thrown away whole when the source changes its mind about what it reads."""

    def __init__(
        self, source: Source, plan: Plan, *, mode: Mode, limit: int, references: References, watch: Watch
    ) -> None:
        self._source, self._plan, self._watch = source, plan, watch
        self._findings = Findings(limit)
        self._rows = 0
        self._stopped: Stopped | None = None
        self._sha256: str | None = None
        self._told: list[SourceFault] = []
        self._layout: Layout = match(source.labels, plan.schema, mode)
        self._columns: tuple[Checked, ...] = checked_columns(self._layout, plan)
        for found in self._layout.faults:
            self._findings.add_of_header(found)
        self._cells = CellCheck(self._columns, self._findings)
        self._french = FrenchChecks(plan.schema, self._columns, self._findings)
        self._keys = KeyFaults(plan.schema, self._columns, self._findings, references)

    def read(self) -> None:
        """Both passes. Raises Restart, after which this run is worth nothing."""
        try:
            self._first_pass()
            self._keys.settle()
            if self._keys.wants_second_pass:
                self._second_pass()
        except Cancelled:
            self._stopped = "cancelled"
        except SourceUnreadable as unreadable:
            self._stopped = "unreadable"
            self._add_of_source(unreadable.fault)

    def _first_pass(self) -> None:
        try:
            for batch in self._source.batches():
                self._watch.ask()
                blank, blank_ragged = self._cells.take(batch)
                self._french.take(batch, blank, blank_ragged)
                self._keys.take(batch)
                self._rows += len(batch.rows) + len(batch.ragged)
                self._watch.tell(batch, self._source.bytes_total, self._rows, self._findings.tally.errors)
        finally:
            for found in self._source.faults:
                self._add_of_source(found)
        self._sha256 = self._source.sha256

    def _second_pass(self) -> None:
        for batch in self._source.batches():
            self._watch.ask()
            if not self._keys.look_again(batch):
                break

    def _add_of_source(self, found: SourceFault) -> None:
        if found not in self._told:
            self._told.append(found)
            self._findings.add(source_fault(found))

    def report(self, seconds: float) -> FileReport:
        source, tally = self._source, self._findings.tally
        counts = tally.counts(self._findings.rows_with_errors)
        return FileReport(
            path=source.path,
            bytes=source.bytes_total,
            sha256=self._sha256,
            format=source.format,
            encoding=source.encoding,
            delimiter=source.delimiter,
            sheet=source.sheet,
            member=source.member,
            detected=tuple(source.detected),
            rows=self._rows,
            columns=self._layout.seen,
            schema=_seen(self._plan),
            column_mode=self._layout.mode,
            conforms=counts.errors == 0 and self._stopped is None,
            complete=self._stopped is None,
            stopped=self._stopped,
            counts=counts,
            causes=self._findings.causes.found(self._layout, counts.by_field),
            sample=tally.sample(),
            errors=tally.faults(),
            seconds=round(seconds, 3),
        )

    def close(self) -> None:
        self._keys.close()


def _seen(plan: Plan) -> SchemaSeen:
    schema = plan.schema
    return SchemaSeen(
        ref=schema.ref,
        name=schema.name,
        title=schema.title,
        version=schema.version,
        sha256=schema.sha256,
        problems=schema.problems,
        rules_not_checked=schema.rules_not_checked,
    )


def _never_opened(source: object, plan: Plan, mode: str, limit: int, found: SourceFault) -> Report:
    """The report of a file that could not even be opened."""
    findings = Findings(limit)
    findings.add(source_fault(found))
    only = FileReport(
        path=str(source) if isinstance(source, str | Path) else "",
        bytes=None,
        sha256=None,
        format=None,
        encoding=None,
        delimiter=None,
        sheet=None,
        member=None,
        detected=(),
        rows=0,
        columns=(),
        schema=_seen(plan),
        column_mode=mode,
        conforms=False,
        complete=False,
        stopped="unreadable",
        counts=findings.tally.counts(findings.rows_with_errors),
        causes=(),
        sample=findings.tally.sample(),
        errors=findings.tally.faults(),
        seconds=0.0,
    )
    return Report(files=(only,))
