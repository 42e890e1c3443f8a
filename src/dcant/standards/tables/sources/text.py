"""A text table: what is found out about it when it is opened, then its rows."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from dcant.standards.tables.sources import delimiters, encodings
from dcant.standards.tables.sources.ahead import ahead
from dcant.standards.tables.sources.blocks import last_line_end
from dcant.standards.tables.sources.cuts import NotInEncoding, Start
from dcant.standards.tables.sources.delimiters import Delimiter
from dcant.standards.tables.sources.dialect import Dialect, records
from dcant.standards.tables.sources.encodings import UNREADABLE, Encoding, Transcoded, not_decoded
from dcant.standards.tables.sources.faults import SEND_A_TABLE, detected, number, unreadable
from dcant.standards.tables.sources.limits import Limits
from dcant.standards.tables.sources.origin import ByteReader, Origin
from dcant.standards.tables.sources.rows import RowStream
from dcant.standards.tables.values import Batch, Detected, Restart, Said, SourceFault, SourceUnreadable

HEAD_BYTES = 256 * 1024
_SEPARATOR_LINE = re.compile(r'"?sep=([^"\r\n])"?(\r\n|\r|\n)', re.IGNORECASE)
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person, or the schema, already says of the table."""

    labels: Sequence[str] = ()
    encoding: str | None = None
    delimiter: str | None = None
    tabs: bool = False


@dataclass(frozen=True, slots=True)
class Top:
    """What the first bytes of the file told."""

    encoding: Encoding
    dialect: Dialect
    delimiter: Delimiter
    labels: tuple[str, ...]
    start: Start
    faults: tuple[SourceFault, ...]
    blank_lines: int
    separator_line: bool


class TextSource:
    """A csv, tsv or txt table. See `values.Source`."""

    sheet: str | None = None

    def __init__(
        self,
        origin: Origin,
        open_bytes: Callable[[], ByteReader],
        asked: Asked,
        limits: Limits,
        *,
        member: str | None = None,
        before: Sequence[Detected] = (),
    ) -> None:
        self._origin, self._open, self._asked, self._limits = origin, open_bytes, asked, limits
        self._before = tuple(before)
        self.path, self.member = origin.path, member
        self.bytes_total: int | None = origin.size
        self.sha256: str | None = None
        self._settle(encodings.declared(asked.encoding) if asked.encoding else None)

    def _settle(self, encoding: Encoding | None) -> None:
        """Read the top of the file with this encoding, or with the one it shows."""
        self._top = read_top(self._open(), encoding, self._asked, self._limits)
        self._stream: RowStream | None = None
        self.encoding: str | None = self._top.encoding.found.value
        self.delimiter: str | None = self._top.dialect.delimiter
        self.format = "tsv" if self.delimiter == "\t" else "csv"
        self.labels = self._top.labels
        self.detected = self._detected()
        self._tell()

    def _detected(self) -> tuple[Detected, ...]:
        top = self._top
        said = [*self._before, top.encoding.found, top.delimiter.found]
        skipped = top.blank_lines + top.separator_line
        if skipped:
            french = "ligne(s) vide(s) ou « sep= » avant les titres de colonnes"
            said.append(detected("skipped-lines", str(skipped), french, "blank or “sep=” line(s) before the labels"))
        return tuple(said)

    def _tell(self, *more: SourceFault) -> None:
        """Bring `faults` up to date."""
        self.faults = (*self._top.faults, *(self._stream.faults if self._stream else ()), *more)

    def batches(self) -> Iterator[Batch]:
        """One block is read ahead while the caller works on the one before."""
        top = self._top
        reader = self._rows_reader(top.encoding)
        self._stream = RowStream(
            reader, top.encoding, top.dialect, width=len(top.labels), start=top.start, limits=self._limits
        )
        blocks = self._stream.batches()
        try:
            for batch in ahead(lambda: next(blocks, None)):
                self._tell()
                yield batch
            self._tell()
            self.sha256 = reader.finish()
        except NotInEncoding as wrong:
            self._settle(_next_encoding(top.encoding, wrong))
            raise Restart from wrong
        except SourceUnreadable as stopped:
            self._tell(stopped.fault)
            raise

    def _rows_reader(self, encoding: Encoding) -> ByteReader:
        reader = self._open()
        return reader if encoding.in_place else Transcoded(reader, encoding.name)

    def close(self) -> None:
        self._origin.close()


def _next_encoding(supposed: Encoding, wrong: NotInEncoding) -> Encoding:
    if supposed.name == "utf-8":
        return encodings.after_utf8(wrong.content, wrong.place, wrong.offset)
    return encodings.after_cp1252(wrong.offset + wrong.place)


def read_top(reader: ByteReader, encoding: Encoding | None, asked: Asked, limits: Limits) -> Top:
    """Encoding, delimiter and header: as many bytes as the header takes, within the bound of a row."""
    head = reader.read(HEAD_BYTES)
    whole = len(head) < HEAD_BYTES
    encoding = encoding or encodings.recognised(head, whole=whole)
    while True:
        text = _text(head, encoding, whole=whole)
        top = _top(text, encoding, asked, limits)
        if top is not None:
            return top
        if whole or len(head) > limits.record_bytes:
            raise _no_header(text, whole=whole)
        more = reader.read(len(head))
        whole = len(more) < len(head)
        head += more
        if not (encoding.sure or asked.encoding):
            encoding = encodings.recognised(head, whole=whole)


def _text(head: bytes, encoding: Encoding, *, whole: bool) -> str:
    """The whole lines of the head: a line cut short would be taken for a whole one."""
    if not encoding.in_place:
        text = head.decode(encoding.name, "replace")
        return text if whole else text[: max(text.rfind("\n"), text.rfind("\r", 0, -1)) + 1]
    if not whole:
        head = head[: last_line_end(head, len(head))]
    return head.decode(encoding.name, "surrogateescape")


def _top(text: str, encoding: Encoding, asked: Asked, limits: Limits) -> Top | None:
    """None when the header is not complete in this text."""
    place = len(_BOM) if text.startswith(_BOM) else 0
    separator = _SEPARATOR_LINE.match(text, place)
    if separator:
        place = separator.end()
    blank_lines, at = _blank_lines(text, place)
    rest = text[at:]
    if asked.delimiter is not None:
        delimiter = delimiters.declared(asked.delimiter)
    elif separator:
        delimiter = delimiters.announced(separator[1])
    else:
        delimiter = delimiters.recognised(rest, asked.labels, tabs=asked.tabs)
    dialect = Dialect(delimiter.character, delimiters.skips_initial_space(rest, delimiter.character))
    header = next(records(rest, dialect), None)
    if header is None:
        return None
    if len(header.cells) > limits.columns:
        raise _too_many_columns(len(header.cells), limits)
    before = text[: at + header.end]
    return Top(
        encoding=encoding,
        dialect=dialect,
        delimiter=delimiter,
        labels=tuple(UNREADABLE.sub("\ufffd", cell) for cell in header.cells),
        faults=tuple(_top_faults(text, at, header.end, blank_lines, encoding)),
        start=Start(
            offset=len(before.encode(encoding.codec_of_rows, "surrogateescape" if encoding.in_place else "replace")),
            row=blank_lines + 2,
            line=_lines_in(before),
        ),
        blank_lines=blank_lines,
        separator_line=separator is not None,
    )


def _top_faults(text: str, at: int, size: int, blank_lines: int, encoding: Encoding) -> Iterator[SourceFault]:
    """What is wrong up to the header, which takes `size` characters from the place `at`."""
    if blank_lines:
        yield _blank_lines_skipped(blank_lines)
    place = UNREADABLE.search(text, at, at + size)
    if place is not None:
        offset = len(text[: place.start()].encode(encoding.codec_of_rows, "surrogateescape"))
        yield not_decoded(encoding, offset, row=1 + blank_lines, line=1 + _lines_in(text[:at]))


def _blank_lines(text: str, place: int) -> tuple[int, int]:
    """How many lines from `place` on hold nothing or blanks alone (tabs are cells), and where the next one begins."""
    count = 0
    while found := re.compile(r"[ \xa0]*(\r\n|\r|\n)").match(text, place):
        count += 1
        place = found.end()
    return count, place


def _lines_in(text: str) -> int:
    return text.count("\n") + text.count("\r") - text.count("\r\n")


def _no_header(text: str, *, whole: bool) -> SourceUnreadable:
    if whole and not text.strip("\ufeff\r\n\xa0 "):
        return unreadable(
            "source-error",
            Said("Le fichier est vide.", "The file is empty."),
            Said("Vérifiez que vous avez choisi le bon fichier.", "Check that you chose the right file."),
        )
    return unreadable(
        "source-error",
        Said(
            "La ligne des titres de colonnes ne se termine pas : un guillemet n’est pas fermé, ou ce n’est pas un tableau.",
            "The row of labels does not end: a quote is not closed, or this is not a table.",
        ),
        SEND_A_TABLE,
        row=1 + _blank_lines(text, 0)[0],
        line=1,
        offset=0,
    )


def _too_many_columns(count: int, limits: Limits) -> SourceUnreadable:
    french, english = number(count)
    most_french, most_english = number(limits.columns)
    return unreadable(
        "source-error",
        Said(
            f"Le tableau a {french} colonnes : plus que les {most_french} d’un tableur.",
            f"The table has {english} columns: more than the {most_english} of a spreadsheet.",
        ),
        Said(
            "Vérifiez le délimiteur et les fins de ligne du fichier.",
            "Check the delimiter and the line ends of the file.",
        ),
        row=1,
        line=1,
    )


def _blank_lines_skipped(count: int) -> SourceFault:
    return SourceFault(
        "blank-lines-skipped",
        "warning",
        Said(
            f"{count} ligne(s) vide(s) avant les titres de colonnes ont été passées.",
            f"{count} blank line(s) before the labels were skipped.",
        ),
        Said("Supprimez les lignes vides en haut du tableau.", "Delete the blank lines at the top of the table."),
        row=1,
        line=1,
    )
