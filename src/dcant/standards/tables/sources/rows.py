"""The rows of a text file, block after block: in bulk where that is proved exact, else one by one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pyarrow as pa

from dcant.standards.tables.sources.blocks import BulkReader, Layout, last_line_end, layout, rows_without
from dcant.standards.tables.sources.dialect import Dialect, Record, records
from dcant.standards.tables.sources.encodings import SAVE_AS_UTF8, UNREADABLE, Encoding, is_utf8, not_decoded
from dcant.standards.tables.sources.faults import number, unreadable
from dcant.standards.tables.sources.limits import MEGABYTE, Limits
from dcant.standards.tables.sources.origin import ByteReader
from dcant.standards.tables.values import Batch, RaggedRow, Rows, Said, SourceFault, SourceUnreadable


class NotInEncoding(Exception):
    """A byte that the supposed encoding does not have: `content[place]`, where `content` begins at `offset` of the file."""

    def __init__(self, content: bytes, place: int, offset: int) -> None:
        super().__init__(offset + place)
        self.content, self.place, self.offset = content, place, offset


@dataclass(frozen=True, slots=True)
class Start:
    """Where the rows begin, once the header is read: bytes to skip, number of the first row, physical lines before it."""

    offset: int
    row: int
    line: int


@dataclass(frozen=True, slots=True)
class _Cut:
    """Whole rows: with their layout when they may be read in bulk, else with their text and already read."""

    content: bytes
    layout: Layout | None
    text: str = ""
    records: Sequence[Record] = ()


class _LinesOfLayout:
    def __init__(self, found: Layout, row: int, line: int) -> None:
        self._layout, self._row, self._line = found, row, line

    @cached_property
    def _lines(self) -> Rows:
        return self._layout.lines_of_records()

    def __call__(self, row: int) -> int | None:
        place = row - self._row
        return self._line + int(self._lines[place]) + 1 if 0 <= place < len(self._lines) else None


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
        self._reader, self._encoding, self._dialect, self._limits = reader, encoding, dialect, limits
        self._codec = encoding.codec_of_rows
        self._width = width
        self._bulk = BulkReader(dialect, width)
        self._row, self._line, self._offset = start.row, start.line, start.offset
        self._skip = start.offset
        self._rest = b""
        self._untold = 0
        self.faults: list[SourceFault] = []

    def batches(self) -> Iterator[Batch]:
        while (cut := self._next_cut()) is not None:
            yield self._batch(cut)
        if self._untold:
            self.faults.append(_many_more(self._untold))

    # ---- cutting

    def _next_cut(self) -> _Cut | None:
        """The next whole rows. A row longer than a block makes the block grow, up to the bound of a row."""
        size = self._limits.block_bytes
        while True:
            found = self._read(size)
            content = self._rest + found
            if not content:
                return None
            cut = self._cut(content, ended=not found)
            if cut is not None:
                self._rest = content[len(cut.content) :]
                return cut
            if not found:
                raise self._unclosed()
            if len(content) > self._limits.record_bytes:
                raise self._too_long(content)
            self._rest = content
            size = max(size, len(content))

    def _read(self, size: int) -> bytes:
        """The next bytes, past the header, which was read when the file was opened."""
        found = self._reader.read(size)
        while self._skip and found:
            skipped = min(self._skip, len(found))
            self._skip -= skipped
            found = found[skipped:] or self._reader.read(size)
        return found

    def _cut(self, content: bytes, *, ended: bool) -> _Cut | None:
        found = layout(content, self._dialect)
        if found is None or (ended and found.open):
            return self._cut_exactly(content, ended=ended)
        if ended:
            return _Cut(content, found)
        end = found.last_end()
        return _Cut(content[:end], found.up_to(end)) if end else None

    def _cut_exactly(self, content: bytes, *, ended: bool) -> _Cut | None:
        lines = content if ended else content[: last_line_end(content, len(content))]
        text = self._decoded(lines)
        found = list(records(text, self._dialect))
        if not found:
            return None
        end = found[-1].end
        size = len(lines) if end == len(text) else len(text[:end].encode(self._codec, "surrogateescape"))
        return _Cut(content[:size], None, text, found)

    def _decoded(self, content: bytes) -> str:
        """Bytes that are not in a declared encoding become lone surrogates, found again in the cells."""
        try:
            return content.decode(self._codec)
        except UnicodeDecodeError as error:
            if not self._encoding.sure:
                raise NotInEncoding(content, error.start, self._offset) from error
            return content.decode(self._codec, "surrogateescape")

    # ---- reading

    def _batch(self, cut: _Cut) -> Batch:
        found = self._layout_in_utf8(cut)
        if found is None:
            batch, count, lines = self._read_exactly(cut)
        else:
            batch, count, lines = self._read_in_bulk(found)
        self._row += count
        self._line += lines
        self._offset += len(cut.content)
        return batch

    def _layout_in_utf8(self, cut: _Cut) -> Layout | None:
        if cut.layout is None:
            return None
        if self._codec == "utf-8":
            return cut.layout if is_utf8(cut.content) else None
        if cut.content.isascii():
            return cut.layout
        try:
            return layout(cut.content.decode(self._codec).encode(), self._dialect)
        except UnicodeError:
            return None

    def _read_in_bulk(self, found: Layout) -> tuple[Batch, int, int]:
        rows = self._bulk.read(found)
        batch = Batch(
            columns=rows.columns,
            rows=rows_without(self._row, rows.count, (row.row for row in rows.ragged)),
            ragged=tuple(RaggedRow(self._row + row.row, row.cells) for row in rows.ragged),
            bytes_read=self._reader.bytes_read,
            line_of=_LinesOfLayout(found, self._row, self._line),
        )
        return batch, rows.count, found.line_count()

    def _read_exactly(self, cut: _Cut) -> tuple[Batch, int, int]:
        text = cut.text or self._decoded(cut.content)
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
            bytes_read=self._reader.bytes_read,
            line_of=lines,
        )
        return batch, len(found), Layout(cut.content, None).line_count()

    def _made_readable(self, record: Record, text: str, row: int, line: int | None) -> Record:
        """What could not be decoded is replaced, and said once for the row."""
        place = UNREADABLE.search(text, record.start, record.end)
        if place is None:
            return record
        if len(self.faults) < self._limits.faults:
            before = text[: place.start()].encode(self._codec, "surrogateescape")
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

    def _too_long(self, content: bytes) -> SourceUnreadable:
        row = self._row
        french, english = number(self._limits.record_bytes // MEGABYTE)
        quote = b'"' in content
        return unreadable(
            "source-error",
            Said(
                f"Ligne {row} : elle dépasse {french} Mo"
                + (", sans doute à cause d’un guillemet jamais fermé." if quote else "."),
                f"Row {row}: it is longer than {english} MB"
                + (", likely because of a quote never closed." if quote else "."),
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
