"""Blocks of whole rows, cut from a stream of bytes, and read in bulk when it is sure to give what the exact reader gives.

The bulk reader (pyarrow) and the exact one (Python's csv) agree where every quote opens or closes a cell, or is doubled
inside one. `layout` proves it on the bytes; a block for which it cannot goes to the exact reader.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from dcant.standards.tables.sources.dialect import Dialect, records
from dcant.standards.tables.values import RaggedRow, Rows

_QUOTE, _LF, _CR = 0x22, 0x0A, 0x0D
_BOM = b"\xef\xbb\xbf"

Mask: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True)
class Layout:
    """Where the quotes of some bytes are, when every one of them opens or closes a cell: even ones open, odd ones close."""

    content: bytes
    quotes: Rows | None  # None when there is none

    @property
    def open(self) -> bool:
        """Whether the last quote opens a cell that these bytes do not close."""
        return self.quotes is not None and len(self.quotes) % 2 == 1

    def up_to(self, end: int) -> "Layout":
        quotes = None if self.quotes is None else self.quotes[: np.searchsorted(self.quotes, end)]
        return Layout(self.content[:end], quotes if quotes is not None and len(quotes) else None)

    @cached_property
    def line_ends(self) -> Rows:
        """Places of the last byte of each line end, those inside quotes included."""
        seen = np.frombuffer(self.content, np.uint8)
        feeds = np.flatnonzero(seen == _LF)
        if b"\r" not in self.content:
            return feeds
        returns = np.flatnonzero(seen == _CR)
        alone = returns[(returns + 1 == len(seen)) | (seen[np.minimum(returns + 1, len(seen) - 1)] != _LF)]
        return np.sort(np.concatenate([feeds, alone]))

    @cached_property
    def record_ends(self) -> Rows:
        """Places of the line ends that end a row: those outside quotes."""
        if self.quotes is None:
            return self.line_ends
        outside: Rows = self.line_ends[np.searchsorted(self.quotes, self.line_ends) % 2 == 0]
        return outside

    def lines_before(self, record: int) -> int | None:
        """The number of lines before that row, counted from 0; None when there is no such row."""
        if not 0 <= record <= len(self.record_ends):
            return None
        return int(np.searchsorted(self.line_ends, self.record_ends[record - 1])) + 1 if record else 0

    def blank_records(self) -> Rows:
        """Which rows are lines with nothing at all on them: numbers from 0."""
        ends = self.line_ends
        if b"\r" not in self.content and ends[:1].any() and np.diff(ends).min(initial=2) > 1:
            return np.zeros(0, np.int64)
        ends = self.record_ends
        starts = np.concatenate([[0], ends[:-1] + 1])
        seen = np.frombuffer(self.content, np.uint8)
        first = seen[starts]
        return np.flatnonzero((first == _LF) | (first == _CR))

    def last_end(self) -> int:
        """Where the last row that is surely complete ends; 0 when there is none."""
        if self.quotes is None:
            return last_line_end(self.content, len(self.content))
        edge = len(self.content)
        for place in range(len(self.quotes) - len(self.quotes) % 2, -1, -2):
            stop = int(self.quotes[place]) if place < len(self.quotes) else edge
            start = int(self.quotes[place - 1]) + 1 if place else 0
            found = last_line_end(self.content, stop, start)
            if found:
                return found
        return 0


def last_line_end(content: bytes, stop: int, start: int = 0) -> int:
    """Just after the last line end of `content[start:stop]`; a lone return at the very end may be half of one: not counted."""
    found = content.rfind(b"\n", start, stop)
    if found >= 0:
        return found + 1
    return content.rfind(b"\r", start, min(stop, len(content) - 1)) + 1


def layout(content: bytes, dialect: Dialect) -> Layout | None:
    """The layout of bytes that begin with a row, or None when the bulk reader might not read them as the exact one."""
    if not dialect.delimiter.isascii() or content.startswith(_BOM):  # pyarrow would drop the mark, a cell here
        return None
    delimiter = dialect.delimiter.encode()
    if dialect.skip_initial_space and _blank_begins_cell(content, delimiter):
        return None
    if b'"' not in content:
        return Layout(content, None)
    seen = np.frombuffer(content, np.uint8)
    found = seen == _QUOTE
    if np.count_nonzero(found) * 3 > len(content):  # more quotes than cells could want: not worth arrays of places
        return None
    quotes = np.flatnonzero(found)
    borders = np.zeros(256, np.bool_)
    borders[[_QUOTE, _LF, _CR, delimiter[0]]] = True
    opening, closing = quotes[0::2], quotes[1::2]
    fine_before = borders[seen[np.maximum(opening - 1, 0)]] | (opening == 0)
    fine_after = borders[seen[np.minimum(closing + 1, len(seen) - 1)]] | (closing + 1 == len(seen))
    if not (fine_before.all() and fine_after.all()):
        return None
    return Layout(content, quotes)


def _blank_begins_cell(content: bytes, delimiter: bytes) -> bool:
    return content.startswith(b" ") or any(mark + b" " in content for mark in (delimiter, b"\n", b"\r"))


@dataclass(frozen=True, slots=True)
class BulkRows:
    """What the bulk reader made of a block: columns without the ragged rows, whose numbers count from 0."""

    columns: tuple[pa.Array, ...]
    ragged: tuple[RaggedRow, ...]
    count: int  # rows, ragged ones included


class BulkReader:
    """pyarrow, told to give text alone and to set ragged rows apart."""

    def __init__(self, dialect: Dialect, width: int) -> None:
        self._dialect, self._width = dialect, width
        self._names = [str(place) for place in range(width)]
        self._convert = arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(self._names, pa.string()), strings_can_be_null=False, check_utf8=False
        )

    def read(self, layout: Layout) -> BulkRows:
        """The block must be valid UTF-8 and hold whole rows, at least one."""
        ragged: list[RaggedRow] = []
        blank = layout.blank_records()
        filled_before = blank - np.arange(len(blank))

        def set_apart(row: arrow_csv.InvalidRow) -> str:
            cells = next(iter(records(row.text, self._dialect))).cells
            number = row.number - 1 + int(np.searchsorted(filled_before, row.number - 1, side="right"))
            ragged.append(RaggedRow(number, tuple(cells)))
            return "skip"

        table = arrow_csv.read_csv(
            pa.BufferReader(layout.content),
            arrow_csv.ReadOptions(use_threads=False, block_size=len(layout.content) + 1, column_names=self._names),
            arrow_csv.ParseOptions(
                delimiter=self._dialect.delimiter,
                newlines_in_values=layout.quotes is not None,
                ignore_empty_lines=True,  # neither read nor numbered: they have no cell at all
                invalid_row_handler=set_apart,
            ),
            self._convert,
        )
        count = table.num_rows + len(ragged) + len(blank)
        if len(blank):
            ragged += [RaggedRow(row, ()) for row in blank.tolist()]
            ragged.sort(key=lambda row: row.row)
        return BulkRows(tuple(_one(column) for column in table.columns), tuple(ragged), count)


def _one(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks or [pa.array([], pa.string())])


def rows_without(start: int, count: int, ragged: Iterator[int]) -> Rows:
    """The numbers from `start` on, but for those of the ragged rows (counted from 0)."""
    rows = np.arange(start, start + count, dtype=np.int64)
    apart = np.fromiter(ragged, np.int64)
    return np.delete(rows, apart) if len(apart) else rows
