"""The rows of a text file, block after block: in bulk where that is proved exact, else one by one."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from dcant.standards.tables.sources.ahead import ahead
from dcant.standards.tables.sources.blocks import BulkReader, Layout, rows_without
from dcant.standards.tables.sources.cuts import Cut, Cutter, Start, TooLong, Unclosed, decoded
from dcant.standards.tables.sources.dialect import Dialect, Record, records
from dcant.standards.tables.sources.encodings import SAVE_AS_UTF8, UNREADABLE, Encoding, not_decoded
from dcant.standards.tables.sources.faults import number, unreadable
from dcant.standards.tables.sources.limits import MEGABYTE, Limits
from dcant.standards.tables.sources.origin import ByteReader
from dcant.standards.tables.values import Batch, RaggedRow, Said, SourceFault, SourceUnreadable


class _LinesOfLayout:
    def __init__(self, found: Layout, row: int, line: int) -> None:
        self._layout, self._row, self._line = found, row, line

    def __call__(self, row: int) -> int | None:
        before = self._layout.lines_before(row - self._row)
        return None if before is None else self._line + before + 1


class _LinesOfRecords:
    def __init__(self, found: Sequence[Record], row: int, line: int) -> None:
        self._lines, self._row, self._line = [record.line for record in found], row, line

    def __call__(self, row: int) -> int | None:
        place = row - self._row
        return self._line + self._lines[place] + 1 if 0 <= place < len(self._lines) else None


class RowStream:
    """One reading, from the first row to the last. `faults` grows on the way and is complete at the end."""

    def __init__(
        self, reader: ByteReader, encoding: Encoding, dialect: Dialect, *, width: int, start: Start, limits: Limits
    ) -> None:
        self._encoding, self._dialect, self._limits = encoding, dialect, limits
        self._cutter = Cutter(reader, encoding, dialect, start, limits)
        self._width = width
        self._bulk = BulkReader(dialect, width)
        self._row, self._line, self._offset = start.row, start.line, start.offset
        self._untold = 0
        self.faults: list[SourceFault] = []

    def batches(self) -> Iterator[Batch]:
        """One block is cut ahead while the one before is read."""
        try:
            for cut in ahead(self._cutter.next_cut):
                yield self._batch(cut)
        except Unclosed as found:
            raise self._unclosed() from found
        except TooLong as found:
            raise self._too_long(quoted=found.quoted) from found
        if self._untold:
            self.faults.append(_many_more(self._untold))

    # ---- reading

    def _batch(self, cut: Cut) -> Batch:
        if cut.layout is None:
            batch, count, lines = self._read_exactly(cut)
        else:
            batch, count, lines = self._read_in_bulk(cut.layout, cut.bytes_read)
        self._row += count
        self._line += lines
        self._offset += len(cut.content)
        return batch

    def _read_in_bulk(self, found: Layout, bytes_read: int) -> tuple[Batch, int, int]:
        rows = self._bulk.read(found)
        batch = Batch(
            columns=rows.columns,
            rows=rows_without(self._row, rows.count, (row.row for row in rows.ragged)),
            ragged=tuple(RaggedRow(self._row + row.row, row.cells) for row in rows.ragged),
            bytes_read=bytes_read,
            line_of=_LinesOfLayout(found, self._row, self._line),
        )
        return batch, rows.count, len(found.line_ends)

    def _read_exactly(self, cut: Cut) -> tuple[Batch, int, int]:
        text = cut.text or decoded(cut.content, self._encoding, self._offset)
        found = cut.records or list(records(text, self._dialect))
        lines = _LinesOfRecords(found, self._row, self._line)
        if self._encoding.sure and UNREADABLE.search(text):
            found = [self._made_readable(record, text, row, lines(row)) for row, record in enumerate(found, self._row)]
        rows, kept, ragged = [], [], []
        for row, record in enumerate(found, self._row):
            if len(record.cells) == self._width:
                rows.append(row)
                kept.append(record.cells)
            else:
                ragged.append(RaggedRow(row, tuple(record.cells)))
        columns = zip(*kept, strict=True) if kept else [()] * self._width
        batch = Batch(
            columns=tuple(pa.array(column, pa.string()) for column in columns),
            rows=np.array(rows, np.int64),
            ragged=tuple(ragged),
            bytes_read=cut.bytes_read,
            line_of=lines,
        )
        return batch, len(found), len(Layout(cut.content, None).line_ends)

    def _made_readable(self, record: Record, text: str, row: int, line: int | None) -> Record:
        """What could not be decoded is replaced, and said once for the row."""
        place = UNREADABLE.search(text, record.start, record.end)
        if place is None:
            return record
        if len(self.faults) < self._limits.faults:
            before = text[: place.start()].encode(self._encoding.codec_of_rows, "surrogateescape")
            self.faults.append(not_decoded(self._encoding, self._offset + len(before), row=row, line=line))
        else:
            self._untold += 1
        return replace(record, cells=[UNREADABLE.sub("\ufffd", cell) for cell in record.cells])

    # ---- what is said

    def _unclosed(self) -> SourceUnreadable:
        row = self._row
        return unreadable(
            "source-error",
            Said(
                f"Ligne {row} : un guillemet ouvre une cellule et rien ne la ferme jusqu’à la fin du fichier.",
                f"Row {row}: a quote opens a cell and nothing closes it until the end of the file.",
            ),
            Said(
                'Fermez ce guillemet, ou doublez-le ("") s’il fait partie du texte. Ce qui suit cette ligne n’a pas pu être vérifié.',
                'Close this quote, or double it ("") if it belongs to the text. What follows this row could not be checked.',
            ),
            row=row,
            line=self._line + 1,
            offset=self._place(),
        )

    def _too_long(self, *, quoted: bool) -> SourceUnreadable:
        row = self._row
        french, english = number(self._limits.record_bytes // MEGABYTE)
        return unreadable(
            "source-error",
            Said(
                f"Ligne {row} : elle dépasse {french} Mo"
                + (", sans doute à cause d’un guillemet jamais fermé." if quoted else "."),
                f"Row {row}: it is longer than {english} MB"
                + (", likely because of a quote never closed." if quoted else "."),
            ),
            Said(
                "Regardez cette ligne dans un éditeur de texte : guillemet à fermer, ou fins de ligne perdues.",
                "Look at this row in a text editor: a quote to close, or line ends that were lost.",
            ),
            row=row,
            line=self._line + 1,
            offset=self._place(),
        )

    def _place(self) -> int | None:
        """Where the reading stands in the file, when bytes are counted as they are in it."""
        return self._offset if self._encoding.in_place else None


def _many_more(count: int) -> SourceFault:
    french, english = number(count)
    message = Said(
        f"{french} autres lignes ont des octets illisibles dans cet encodage.",
        f"{english} more rows have bytes that cannot be read in this encoding.",
    )
    return SourceFault("encoding-error", "error", message, SAVE_AS_UTF8)
