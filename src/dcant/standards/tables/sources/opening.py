"""Open any table people really send: what it is shows in its content, more than in its name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from dcant.standards.tables.sources import content, packed
from dcant.standards.tables.sources.faults import detected, shown, unreadable
from dcant.standards.tables.sources.limits import Limits
from dcant.standards.tables.sources.origin import ByteReader, Origin, PlainReader
from dcant.standards.tables.sources.sheets import SheetSource
from dcant.standards.tables.sources.text import Asked, TextSource
from dcant.standards.tables.sources.workbook import workbook_format
from dcant.standards.tables.values import Detected, Said, Source


def open_source(
    path: str | Path | BinaryIO,
    *,
    plan_labels: Sequence[str] = (),
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
    member: str | None = None,
    limits: Limits | None = None,
) -> Source:
    """The table at `path`, or in this stream. `plan_labels`: the names of the schema's fields, which help to find the
    delimiter; what is declared always wins over what is found. Raises SourceUnreadable, and then nothing stays open.
    A stream given stays the caller's to close.
    """
    limits = limits or Limits()
    origin = Origin(path, limits)
    try:
        asked = Asked(tuple(plan_labels), encoding, delimiter)
        return _Opening(origin, asked, sheet, member, limits).source()
    except BaseException:
        origin.close()
        raise


@dataclass(frozen=True, slots=True)
class _Opening:
    origin: Origin
    asked: Asked
    sheet: str | None
    member: str | None
    limits: Limits

    def source(self) -> Source:
        head = self.origin.head(content.HEAD_BYTES)
        if head.startswith(content.OLE):
            return self._workbook(self._whole(PlainReader(self.origin)))
        if head.startswith((content.ZIP, content.EMPTY_ZIP)):
            return self._zip()
        if head.startswith(content.GZIP):
            name = self.origin.name
            return self._inside(lambda: packed.GzipReader(self.origin, self.limits), _without_gz(name), "gz", None)
        self._must_not_name_member()
        return self._text(lambda: PlainReader(self.origin), head, self.origin.name)

    def _zip(self) -> Source:
        """A workbook is a zip too: told by what it holds."""
        found = packed.members(self.origin, self.limits)
        names = {one.filename for one in found}
        if packed.looks_like_office(names):
            return self._workbook(self._whole(PlainReader(self.origin)))
        chosen = packed.choose(found, self.member)
        return self._inside(
            lambda: packed.ZipReader(self.origin, chosen, self.limits), chosen.filename, "zip", chosen.filename
        )

    def _inside(self, reader: Callable[[], ByteReader], name: str, how: str, member: str | None) -> Source:
        """The table of an archive, which may be a workbook, but no other archive."""
        before = [detected("compression", how, "reconnu au contenu", "told by the content")]
        if member is not None:
            before.append(detected("member", shown(member), "fichier de l’archive", "file of the archive"))
        else:
            self._must_not_name_member()
        head = reader().read(content.HEAD_BYTES)
        if packed.is_workbook(head):
            whole = self._whole(reader())
            kind = workbook_format(whole)
            if kind is not None:
                return self._sheets(whole, kind, member, before)
        packed.must_not_be_packed_again(head, name)
        return self._text(reader, head, name, member, before)

    def _text(
        self,
        reader: Callable[[], ByteReader],
        head: bytes,
        name: str,
        member: str | None = None,
        before: Sequence[Detected] = (),
    ) -> Source:
        content.must_be_text(head, name, declared=self.asked.encoding is not None)
        if self.sheet is not None:
            raise unreadable(
                "format-error",
                Said("Un fichier texte n’a pas de feuilles.", "A text file has no sheets."),
                Said("Ne choisissez pas de feuille pour ce fichier.", "Do not choose a sheet for this file."),
            )
        asked = Asked(
            self.asked.labels, self.asked.encoding, self.asked.delimiter, tabs=name.lower().endswith((".tsv", ".tab"))
        )
        return TextSource(self.origin, reader, asked, self.limits, member=member, before=before)

    def _workbook(self, whole: bytes) -> Source:
        self._must_not_name_member()
        kind = workbook_format(whole)
        if kind is None:
            raise content.not_a_table("un document", "a document")
        return self._sheets(whole, kind, None, ())

    def _sheets(self, whole: bytes, kind: str, member: str | None, before: Sequence[Detected]) -> Source:
        said = detected("format", kind, "reconnu au contenu", "told by the content")
        return SheetSource(
            self.origin, whole, kind, sheet=self.sheet, limits=self.limits, member=member, before=(*before, said)
        )

    def _whole(self, reader: ByteReader) -> bytes:
        return packed.whole(reader, self.limits)

    def _must_not_name_member(self) -> None:
        if self.member is not None:
            raise unreadable(
                "compression-error",
                Said("Ce fichier n’est pas une archive zip.", "This file is not a zip archive."),
                Said("Ne choisissez pas de fichier d’archive.", "Do not choose a file of an archive."),
            )


def _without_gz(name: str) -> str:
    return name[: -len(".gz")] if name.lower().endswith(".gz") else name
