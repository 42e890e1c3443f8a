"""The same table as a workbook in which what is to be mended shows: coloured cells with the message as a comment, and a first
sheet with one line per fault that leads to its cell. Every cell is written as text, so that nothing is altered or computed.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from dcant.standards.tables.messages import letter, title
from dcant.standards.tables.report import Fault, FileReport
from dcant.standards.tables.report_text import say, verdict
from dcant.standards.tables.shown import Lang, counted, number
from dcant.standards.tables.values import Batch, Cell, Restart, Source

MOST_ROWS, MOST_FAULTS = 200_000, 50_000  # beyond: only the rows that have a fault
_LONGEST = 32_767  # letters a cell of a workbook can hold
_COMPUTES = ("=", "+", "-", "@", "\t", "\r")
_SHEETS = {"fr": ("À corriger", "Données"), "en": ("To mend", "Data")}
_COLUMNS = {
    "fr": ("Case", "Ligne", "Colonne", "Sorte", "Valeur", "Ce qui ne va pas", "Remède"),
    "en": ("Cell", "Row", "Column", "Kind", "Value", "What is wrong", "Remedy"),
}
_WIDTHS = (8, 8, 24, 28, 30, 70, 70)


def annotate(source: Source, report: FileReport, out: Path, *, lang: Lang = "fr") -> None:
    """Writes the workbook of a report and its source, read once more, row after row in constant memory.

    The data keep their row numbers; above 200,000 rows or 50,000 errors only faulty rows are written, each after its
    number, and the sheet says so. Raises SourceUnreadable, OSError.
    """
    faults = [one for one in report.errors if one.row is not None]
    partly = report.rows > MOST_ROWS or report.counts.errors > MOST_FAULTS
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    out.open("wb").close()  # said at once when it cannot be written
    try:
        while True:
            try:
                with xlsxwriter.Workbook(out, options) as book:
                    _Annotated(book, report, faults, lang, partly=partly).write(source)
            except Restart:
                continue
            return
    except BaseException as error:
        out.unlink(missing_ok=True)  # half a workbook would be taken for the whole
        if isinstance(error, FileCreateError):
            raise OSError(str(error)) from error
        raise


class _Annotated:
    """One workbook being written: the list is filled last, once it is known where each row went."""

    def __init__(self, book: Any, report: FileReport, faults: Sequence[Fault], lang: Lang, *, partly: bool) -> None:
        self._report, self._faults, self._lang, self._partly = report, faults, lang, partly
        self._list, self._data = (book.add_worksheet(name) for name in _SHEETS[lang])
        text = {"num_format": "@"}
        self._bold = book.add_format({"bold": True})
        self._plain = book.add_format(text)
        self._inert = book.add_format(text | {"quote_prefix": True})
        self._wrong = book.add_format(text | {"quote_prefix": True, "bg_color": "#FFC7CE"})
        self._fragile = book.add_format(text | {"quote_prefix": True, "bg_color": "#FFEB9C"})
        self._by_row: dict[int, list[Fault]] = {}
        for fault in faults:
            self._by_row.setdefault(fault.row or 0, []).append(fault)
        self._places: dict[int, int] = {}  # number of a faulty row → its row in the sheet, from 0

    def write(self, source: Source) -> None:
        following = 0
        if self._partly:
            self._data.write_string(0, 0, self._only_faulty())
            following = 1
        self._row(following, 1, source.labels)
        self._data.freeze_panes(following + 1, 0)
        for batch in source.batches():
            for row, cells in _rows(batch, self._by_row if self._partly else None):
                following = following + 1 if self._partly else row - 1
                self._row(following, row, cells)
        self._listing()

    def _only_faulty(self) -> str:
        rows = counted(self._report.rows, "ligne", "row", self._lang)
        if self._lang == "fr":
            return f"Seules les lignes à corriger sont ici, précédées de leur numéro ; le fichier a {rows}."
        return f"Only the rows to mend are here, after their number; the file has {rows}."

    def _row(self, place: int, row: int, cells: Sequence[Cell]) -> None:
        """One row of the file, at that place of the sheet, with what is said of it."""
        told: dict[int, list[Fault]] = {}
        for fault in self._by_row.get(row, ()):
            self._places[row] = place
            told.setdefault(fault.position or 1, []).append(fault)
        if self._partly:
            self._data.write_string(place, 0, str(row))
        for position in range(1, max(len(cells), *told) + 1 if told else len(cells) + 1):
            cell = cells[position - 1] if position <= len(cells) else None
            self._cell(place, self._column(position), _text(cell), told.get(position, ()))

    def _column(self, position: int) -> int:
        """Where a column of the file is in the sheet, from 0."""
        return position if self._partly else position - 1

    def _cell(self, place: int, column: int, text: str, faults: Sequence[Fault]) -> None:
        if faults:
            wrong = any(fault.level == "error" for fault in faults)
            self._data.write_string(place, column, text, self._wrong if wrong else self._fragile)
            said = [f"{say(fault.message, self._lang)} {say(fault.remedy, self._lang)}" for fault in faults]
            self._data.write_comment(place, column, "\n".join(said)[:_LONGEST])
        elif text:
            self._data.write_string(place, column, text, self._inert if text.startswith(_COMPUTES) else self._plain)

    def _listing(self) -> None:
        """One line a fault, which leads to its cell, under the verdict."""
        sheet, data = self._list, _SHEETS[self._lang][1]
        sheet.write_string(0, 0, verdict(self._report, self._lang))
        listed = f"{number(len(self._report.errors), self._lang)} / {number(self._total, self._lang)}"
        sheet.write_string(1, 0, listed)
        for column, (label, width) in enumerate(zip(_COLUMNS[self._lang], _WIDTHS, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(3, column, label, self._bold)
        for line, fault in enumerate(self._report.errors, start=4):
            if fault.row in self._places:
                column = self._column(fault.position or 1)
                cell = f"{letter(column + 1)}{self._places[fault.row] + 1}"
                sheet.write_url(line, 0, f"internal:'{data}'!{cell}", string=cell)
            told = (
                str(fault.row or ""),
                fault.field or "",
                say(title(fault.code), self._lang),
                fault.cell or "",
                say(fault.message, self._lang),
                say(fault.remedy, self._lang),
            )
            for column, text in enumerate(told, start=1):
                sheet.write_string(line, column, text[:_LONGEST], self._inert)
        sheet.autofilter(3, 0, 3 + len(self._report.errors), len(_COLUMNS[self._lang]) - 1)
        sheet.freeze_panes(4, 0)

    @property
    def _total(self) -> int:
        return self._report.sample.of + self._report.sample.warnings_of


def _rows(batch: Batch, only: Mapping[int, object] | None) -> Iterator[tuple[int, Sequence[Cell]]]:
    """The rows of a batch in order, ragged ones in their place; `only`: those whose number is in it."""
    columns = [column if isinstance(column, list) else column.to_pylist() for column in batch.columns]
    ragged = iter((row.row, row.cells) for row in batch.ragged)
    waiting = next(ragged, None)
    for at, row in enumerate(batch.rows.tolist()):
        while waiting is not None and waiting[0] < row:
            if only is None or waiting[0] in only:
                yield waiting
            waiting = next(ragged, None)
        if only is None or row in only:
            yield row, [column[at] for column in columns]
    for late in (waiting, *ragged):
        if late is not None and (only is None or late[0] in only):
            yield late


def _text(cell: Cell) -> str:
    return "" if cell is None else str(cell)[:_LONGEST]
