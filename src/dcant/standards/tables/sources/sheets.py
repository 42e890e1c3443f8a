"""A table in a spreadsheet: one sheet, held whole, given by column with the cells as the program stored them."""

import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa
import python_calamine as calamine

from dcant.standards.tables.sources.faults import detected, shown
from dcant.standards.tables.sources.limits import Limits
from dcant.standards.tables.sources.origin import Origin
from dcant.standards.tables.sources.workbook import broken, empty_workbook, encrypted, inspect, no_sheet, too_many_cells
from dcant.standards.tables.values import Batch, Cell, Column, Detected, Said, SourceFault, SourceUnreadable

ROWS_OF_BATCH = 8_192
_EXACT = 2**53  # beyond, a spreadsheet's number is no longer a whole number for sure
_KNOWN = (str, float, int, bool, date, datetime, time, timedelta)


class SheetSource:
    """One sheet of an xlsx, xls or ods workbook. See `values.Source`."""

    encoding: str | None = None
    delimiter: str | None = None

    def __init__(
        self,
        origin: Origin,
        content: bytes,
        kind: str,
        *,
        sheet: str | None,
        limits: Limits,
        member: str | None = None,
        before: Sequence[Detected] = (),
    ) -> None:
        self._origin = origin
        self.path, self.format, self.member = origin.path, kind, member
        self.bytes_total: int | None = origin.size
        self.sha256: str | None = None
        looked_at = inspect(content, kind, limits)
        try:
            self._sheet, place, why = _choose(calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)), sheet)
        except BaseException as error:
            raise _told(error) from error
        if self._sheet.total_height * self._sheet.total_width > limits.sheet_cells:
            raise too_many_cells(self._sheet.total_height, self._sheet.total_width)
        self.sheet: str | None = self._sheet.name
        rows = enumerate(self._sheet.iter_rows())
        blank, header = next((place, row) for place, row in rows if any(cell != "" for cell in row))
        self._blank = blank
        self.labels = tuple(_label(cell) for cell in header)
        self.detected = (*before, detected("sheet", shown(self._sheet.name), why.fr, why.en))
        self.faults = tuple(_sheet_faults(blank, looked_at.hidden.get(place, []), self._sheet))

    def batches(self) -> Iterator[Batch]:
        rows = islice(self._sheet.iter_rows(), self._blank + 1, None)
        number = self._blank + 2
        total = max(self._sheet.total_height, 1)
        while some := list(islice(rows, ROWS_OF_BATCH)):
            numbers = np.arange(number, number + len(some), dtype=np.int64)
            number += len(some)
            yield Batch(
                columns=tuple(_column(column) for column in zip(*some, strict=True)),
                rows=numbers,
                ragged=(),
                bytes_read=self._origin.size * min(number, total) // total,
                line_of=_no_line,
            )
        try:
            self.sha256 = self._origin.sha256()
        except SourceUnreadable as changed:
            self.faults = (*self.faults, changed.fault)
            raise

    def close(self) -> None:
        self._origin.close()


def _no_line(_: int) -> None:
    """A spreadsheet has no physical lines."""


def _choose(workbook: Any, wanted: str | None) -> tuple[Any, int, Said]:
    """The sheet asked for by its name or its number, else the first one that shows something, else a hidden one."""
    names = list(workbook.sheet_names)
    if wanted is not None:
        if wanted in names:
            place = names.index(wanted)
        elif wanted.isdecimal() and 1 <= int(wanted) <= len(names):
            place = int(wanted) - 1
        else:
            raise no_sheet(wanted, names)
        sheet = workbook.get_sheet_by_index(place)
        if not sheet.height:
            raise empty_workbook()
        return sheet, place, Said("demandée", "asked for")
    shows = calamine.SheetVisibleEnum.Visible
    order = sorted(range(len(names)), key=lambda place: (workbook.sheets_metadata[place].visible != shows, place))
    for place in order:
        if workbook.sheets_metadata[place].typ != calamine.SheetTypeEnum.WorkSheet:
            continue
        sheet = workbook.get_sheet_by_index(place)
        if sheet.height:
            said = Said("seule feuille", "the only sheet") if len(names) == 1 else _FIRST
            return sheet, place, said
    raise empty_workbook()


_FIRST = Said("première feuille remplie", "the first filled sheet")


def _told(error: BaseException) -> BaseException:
    """What the loader raises, as something a person can act on. Its own crashes derive from BaseException."""
    if isinstance(error, SourceUnreadable):
        return error
    if isinstance(error, calamine.PasswordError) or "password" in str(error).lower():
        return encrypted()
    if isinstance(error, Exception) or type(error).__name__ == "PanicException":
        return broken()
    return error


def _label(cell: Any) -> str:
    value = _cell(cell)
    return "" if value is None else str(value)


def _column(cells: tuple[Any, ...]) -> Column:
    """Text when every cell is text or empty; else cells as they are stored, None where there is nothing."""
    if set(map(type, cells)) == {str}:
        return pa.array(cells, pa.string())
    return [_cell(cell) for cell in cells]


def _cell(cell: Any) -> Cell:
    """As the workbook means it: 3.0 is the whole number 3, a day is its midnight, a length of time is what is shown."""
    kind = type(cell)
    if kind is str:
        return cell or None
    if kind is float:
        return int(cell) if cell.is_integer() and abs(cell) < _EXACT else cell
    if kind is date:
        return datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 - a spreadsheet knows no time zone
    if kind is timedelta:
        minutes, seconds = divmod(int(cell.total_seconds()), 60)
        return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
    value: Cell = cell
    return value


def _sheet_faults(blank: int, hidden: list[int], sheet: Any) -> Iterator[SourceFault]:
    if blank:
        yield SourceFault(
            "blank-lines-skipped",
            "warning",
            Said(
                f"{blank} ligne(s) vide(s) avant les titres de colonnes ont été passées.",
                f"{blank} blank line(s) before the labels were skipped.",
            ),
            Said("Supprimez les lignes vides en haut du tableau.", "Delete the blank lines at the top of the table."),
            row=1,
        )
    if hidden:
        yield SourceFault(
            "hidden-rows",
            "warning",
            Said(
                f"{len(hidden)} ligne(s) masquée(s) ont été lues comme les autres, la première en ligne {hidden[0]}.",
                f"{len(hidden)} hidden row(s) were read as the others, the first one at row {hidden[0]}.",
            ),
            Said("Affichez-les, ou supprimez celles qui sont en trop.", "Show them, or delete those not wanted."),
            row=hidden[0],
        )
    merged = sheet.merged_cell_ranges or []
    if merged:
        first = min(start[0] for start, _ in merged) + 1
        yield SourceFault(
            "merged-cells",
            "warning",
            Said(
                f"{len(merged)} groupe(s) de cellules fusionnées : seule la première cellule de chacun est remplie.",
                f"{len(merged)} group(s) of merged cells: only the first cell of each is filled.",
            ),
            Said("Défusionnez les cellules et remplissez chacune d’elles.", "Unmerge the cells and fill each of them."),
            row=first,
        )
