"""Cutting a stream of bytes into blocks of whole rows, and proving which of them may be read in bulk."""

from collections.abc import Sequence
from dataclasses import dataclass

from dcant.standards.tables.sources.blocks import Layout, last_line_end, layout
from dcant.standards.tables.sources.dialect import Dialect, Record, records
from dcant.standards.tables.sources.encodings import Encoding, is_utf8
from dcant.standards.tables.sources.limits import Limits
from dcant.standards.tables.sources.origin import ByteReader


class NotInEncoding(Exception):
    """A byte that the supposed encoding does not have: `content[place]`, where `content` begins at `offset` of the file."""

    def __init__(self, content: bytes, place: int, offset: int) -> None:
        super().__init__(offset + place)
        self.content, self.place, self.offset = content, place, offset


class Unclosed(Exception):
    """A quote opens a cell and nothing closes it to the end of the file."""


class TooLong(Exception):
    """A row goes beyond its bound. `quoted`: a quote stands in it."""

    def __init__(self, *, quoted: bool) -> None:
        super().__init__()
        self.quoted = quoted


@dataclass(frozen=True, slots=True)
class Start:
    """Where the rows begin, once the header is read: bytes to skip, number of the first row, physical lines before it."""

    offset: int
    row: int
    line: int


@dataclass(frozen=True, slots=True)
class Cut:
    """Whole rows, at `offset` of the file: with their layout in UTF-8 when they may be read in bulk, else None, and then
    perhaps already decoded and read.
    """

    content: bytes
    offset: int
    bytes_read: int  # of the file, so far
    layout: Layout | None
    text: str = ""
    records: Sequence[Record] = ()


def decoded(content: bytes, encoding: Encoding, offset: int) -> str:
    """Bytes that are not in a declared encoding become lone surrogates, found again in the cells. Raises NotInEncoding
    when the encoding was only supposed.
    """
    try:
        return content.decode(encoding.codec_of_rows)
    except UnicodeDecodeError as error:
        if not encoding.sure:
            raise NotInEncoding(content, error.start, offset) from error
        return content.decode(encoding.codec_of_rows, "surrogateescape")


class Cutter:
    """Knows nothing of what was read before: only where it stands. So it may work ahead of the reading."""

    def __init__(self, reader: ByteReader, encoding: Encoding, dialect: Dialect, start: Start, limits: Limits) -> None:
        self._reader, self._encoding, self._dialect, self._limits = reader, encoding, dialect, limits
        self._codec = encoding.codec_of_rows
        self._skip = self._offset = start.offset
        self._rest = b""

    def next_cut(self) -> Cut | None:
        """The next whole rows. A row longer than a block makes the block grow, up to the bound of a row.
        Raises Unclosed, TooLong, NotInEncoding.
        """
        size = self._limits.block_bytes
        while True:
            found = self._read(size)
            content = self._rest + found
            if not content:
                return None
            cut = self._cut(content, ended=not found)
            if cut is not None:
                self._rest = content[len(cut.content) :]
                self._offset += len(cut.content)
                return cut
            if not found:
                raise Unclosed
            left = self._limits.record_bytes - len(content)
            if left <= 0:
                raise TooLong(quoted=b'"' in content)
            self._rest = content
            size = min(max(size, len(content)), left)  # never much more than one row may hold

    def _read(self, size: int) -> bytes:
        """The next bytes, past the header, which was read when the file was opened."""
        found = self._reader.read(size)
        while self._skip and found:
            skipped = min(self._skip, len(found))
            self._skip -= skipped
            found = found[skipped:] or self._reader.read(size)
        return found

    def _cut(self, content: bytes, *, ended: bool) -> Cut | None:
        found = layout(content, self._dialect)
        if found is None or (ended and found.open):
            return self._cut_exactly(content, ended=ended)
        if not ended:
            end = found.last_end()
            if not end:
                return None
            found = found.up_to(end)
        return Cut(found.content, self._offset, self._reader.bytes_read, self._in_utf8(found))

    def _in_utf8(self, found: Layout) -> Layout | None:
        """The layout of the same rows in UTF-8; None when they are not in the encoding, or not to be read in bulk there."""
        content = found.content
        if self._codec == "utf-8":
            return found if is_utf8(content) else None
        if content.isascii():
            return found
        try:
            return layout(content.decode(self._codec).encode(), self._dialect)
        except UnicodeError:
            return None

    def _cut_exactly(self, content: bytes, *, ended: bool) -> Cut | None:
        lines = content if ended else content[: last_line_end(content, len(content))]
        text = decoded(lines, self._encoding, self._offset)
        found = list(records(text, self._dialect))
        if not found:
            return None
        end = found[-1].end
        size = len(lines) if end == len(text) else len(text[:end].encode(self._codec, "surrogateescape"))
        return Cut(content[:size], self._offset, self._reader.bytes_read, None, text, found)
