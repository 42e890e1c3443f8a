"""Measures from a table (CSV or a workbook): looked at first, line by line, then recorded all together or not at all."""

import io
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from typing import Final

from django.db import transaction

from dcant.governance.models import Indicator, Measurement
from dcant.governance.rules.measurement_file import KnownIndicator, MeasureTable, checked, measures_of
from dcant.governance.services.indicators import record_measurement, seated_programmes
from dcant.governance.services.speaking import Speaker, require
from dcant.identifiers import HalfYear, Permit, Sentence
from dcant.standards.tables import Limits, SourceUnreadable, open_source
from dcant.standards.tables.values import Restart, Source

MOST_BYTES: Final = 200_000
MEGABYTE: Final = 1024 * 1024
LIMITS: Final = Limits(
    record_bytes=MEGABYTE,
    columns=100,
    spooled_bytes=4 * MEGABYTE,
    unpacked_bytes=16 * MEGABYTE,
    sheet_bytes=32 * MEGABYTE,
    sheet_cells=200_000,
)


def preview_measurements(*, content: bytes, speaker: Speaker, at: datetime) -> MeasureTable:
    """What the table would record, and what is wrong with each line; nothing is written. Two queries."""
    table = _read(content)
    seated = seated_programmes(speaker, at)
    rows = Indicator.objects.filter(code__in={line.indicator for line in table.lines})
    known = {
        code: KnownIndicator(computed, programme in seated)
        for code, computed, programme in rows.values_list("code", "computed", "programme_id")
    }
    return checked(table, known=known, role=speaker.role, now=HalfYear.of(at.date()))


@transaction.atomic
def import_measurements(*, content: bytes, speaker: Speaker, at: datetime, demo: bool = False) -> list[Measurement]:
    """Records each line by the act of the form, under the same permit; refused whole when one line is wrong."""
    table = preview_measurements(content=content, speaker=speaker, at=at)
    if table.fault:
        require(Permit.no(table.fault))
    if not table.ready:
        require(Permit.no("Une ligne au moins est à corriger : rien n’a été enregistré."))
    indicators = Indicator.objects.in_bulk({line.indicator for line in table.lines}, field_name="code")
    return [
        record_measurement(
            indicator=indicators[line.indicator],
            period=line.period,
            value=line.value,
            source=line.source,
            speaker=speaker,
            at=at,
            demo=demo,
        )
        for line in table.lines
    ]


def _read(content: bytes) -> MeasureTable:
    """CSV, xlsx, xls or ods, told by what it holds; why not when it cannot be read."""
    if len(content) > MOST_BYTES:
        return MeasureTable(fault=Sentence("Un tableau pèse {most} octets au plus.", most=str(MOST_BYTES)))
    try:
        with closing(open_source(io.BytesIO(content), plan_labels=("indicateur", "semestre"), limits=LIMITS)) as source:
            try:
                rows = list(_rows(source))
            except Restart:  # it was not UTF-8 after all
                rows = list(_rows(source))
            return measures_of(source.labels, rows)
    except SourceUnreadable as error:
        return MeasureTable(fault=error.fault.message.fr)


def _rows(source: Source) -> Iterator[tuple[int, list[str]]]:
    """Each row with its number, short rows too, in the order of the file."""
    for batch in source.batches():
        columns = [column if isinstance(column, list) else column.to_pylist() for column in batch.columns]
        whole = zip(batch.rows, zip(*columns, strict=True), strict=True) if columns else ()
        rows = [(int(number), [_cell(cell) for cell in row]) for number, row in whole]
        rows += [(one.row, [_cell(cell) for cell in one.cells]) for one in batch.ragged]
        yield from sorted(rows)


def _cell(cell: object) -> str:
    """As a person would have typed it: a whole number of a workbook loses its « .0 »."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return repr(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell)
