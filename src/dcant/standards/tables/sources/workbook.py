"""What must be known of a workbook before it is loaded whole: its kind, its true size, its hidden rows.

The loader makes the smallest rectangle that holds the cells of a sheet: two cells at opposite corners would ask for 500 GB
and end the process. So the places of cells are read first, from the XML, and a sheet too wide or too tall is refused aloud.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from xml.parsers import expat

from dcant.standards.tables.sources.content import OLE, not_a_table
from dcant.standards.tables.sources.corners import farthest
from dcant.standards.tables.sources.faults import SEND_A_TABLE, SEND_IT_AGAIN, number, unreadable
from dcant.standards.tables.sources.limits import MEGABYTE, Limits
from dcant.standards.tables.sources.packed import BROKEN
from dcant.standards.tables.values import Said, SourceUnreadable

_WORKBOOK_RATIO = 200  # unpacked over packed: a real one is near 12
_ROW_HIDDEN = re.compile(rb"""<(?:\w+:)?row\b(?=[^>]*\bhidden\s*=\s*["'](?:1|true)["'])[^>]*\br\s*=\s*["'](\d+)["']""")
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b([^>]*)>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b([^>]*)>")
_ATTRIBUTE = re.compile(rb"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_OVERLAP = 4096  # bytes kept from one block to the next, so that no tag is missed


@dataclass(frozen=True, slots=True)
class Workbook:
    """`format` as in `values.Source`; rows hidden in each sheet of an xlsx, by the place of the sheet (from 0)."""

    format: str
    hidden: dict[int, list[int]]


def workbook_format(content: bytes) -> str | None:
    """xlsx, ods or xls; None for a zip that is no workbook. Raises SourceUnreadable for other documents of office suites."""
    if content.startswith(OLE):
        return _ole_format(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            kind = archive.read("mimetype")[:100] if "mimetype" in names else b""
    except BROKEN as error:
        raise broken() from error
    if b"opendocument" in kind:
        if b"spreadsheet" in kind:
            return "ods"
        raise not_a_table("un document OpenDocument sans feuille de calcul", "an OpenDocument file without a sheet")
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        raise not_a_table("un classeur xlsb", "an xlsb workbook")
    if "word/document.xml" in names or "ppt/presentation.xml" in names:
        raise not_a_table("un document Word ou PowerPoint", "a Word or PowerPoint document")
    return None


def _ole_format(content: bytes) -> str:
    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in content

    if holds("EncryptedPackage"):
        raise encrypted()
    if holds("WordDocument") or holds("PowerPoint Document"):
        raise not_a_table("un document Word ou PowerPoint", "a Word or PowerPoint document")
    return "xls"


def inspect(content: bytes, kind: str, limits: Limits) -> Workbook:
    """Raises SourceUnreadable when loading this workbook would take more memory than it may."""
    try:
        if kind == "xlsx":
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                return _inspect_xlsx(archive, limits)
        if kind == "ods":
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                _inspect_ods(archive, limits)
    except (*BROKEN, expat.ExpatError) as error:
        raise broken() from error
    return Workbook(kind, {})


def _inspect_xlsx(archive: zipfile.ZipFile, limits: Limits) -> Workbook:
    unfolded = _Unfolded(limits)
    hidden_by_path: dict[str, list[int]] = {}
    for info in archive.infolist():
        if not info.filename.lower().endswith((".xml", ".rels", ".bin")):
            continue
        last_row = widest = 0
        hidden: list[int] = []
        is_sheet = "worksheets/" in info.filename.lower()
        for block in _blocks(archive, info, unfolded):
            if is_sheet:
                row, column = farthest(block)
                last_row, widest = max(last_row, row), max(widest, column)
                hidden += [int(row) for row in _ROW_HIDDEN.findall(block)] if b"hidden" in block else []
        if widest * last_row > limits.sheet_cells:
            raise too_many_cells(last_row, widest)
        hidden_by_path[info.filename] = sorted(set(hidden))
    return Workbook("xlsx", {place: hidden_by_path.get(path, []) for place, path in enumerate(_sheet_paths(archive))})


def _blocks(archive: zipfile.ZipFile, info: zipfile.ZipInfo, unfolded: "_Unfolded") -> Iterator[bytes]:
    """A member unpacked for nothing but to be looked at; each block begins with the end of the one before."""
    unfolded.begin(info)
    with archive.open(info) as member:
        kept = b""
        while found := member.read(MEGABYTE):
            unfolded.add(len(found))
            yield kept + found
            kept = found[-_OVERLAP:]


class _Unfolded:
    """The true size of a workbook, whatever its directory says: of each member beside its packed size, and of all."""

    def __init__(self, limits: Limits) -> None:
        self._limits, self._size = limits, 0
        self._of_member = self._packed = 0

    def begin(self, member: zipfile.ZipInfo) -> None:
        self._of_member, self._packed = 0, member.compress_size

    def add(self, size: int) -> None:
        self._size += size
        self._of_member += size
        folded = self._of_member > self._limits.ratio_from
        too_folded = folded and self._of_member > _WORKBOOK_RATIO * max(self._packed, 1)
        if too_folded or self._size > self._limits.sheet_bytes:
            french, english = number(self._size // MEGABYTE)
            raise unreadable(
                "compression-error",
                Said(
                    f"Le classeur décompressé dépasse {french} Mo : il ne peut pas être lu sans risque.",
                    f"Unpacked, the workbook is larger than {english} MB: it cannot be read safely.",
                ),
                _AS_CSV,
            )


def _sheet_paths(archive: zipfile.ZipFile) -> list[str]:
    """The member that holds each sheet, in the order of the workbook; those not found are empty texts."""
    try:
        relations = {
            named.get("Id"): named.get("Target", "")
            for named in map(_attributes, _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels")))
        }
        sheets = [_attributes(found) for found in _SHEET.findall(archive.read("xl/workbook.xml"))]
    except KeyError:
        return []
    targets = [
        relations.get(next((value for name, value in one.items() if name.endswith(":id")), "")) for one in sheets
    ]
    return [target.lstrip("/") if (target or "").startswith("/") else f"xl/{target}" for target in targets if target]


def _attributes(tag: bytes) -> dict[str, str]:
    return {
        name.decode("utf-8", "replace"): (double or single).decode("utf-8", "replace")
        for name, double, single in _ATTRIBUTE.findall(tag)
    }


def _inspect_ods(archive: zipfile.ZipFile, limits: Limits) -> None:
    """An ods says « this cell, 16,384 times; this row, 1,048,576 times »: what that makes is counted before it is made."""
    count = _RepeatedCells(limits)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = count.start
    parser.EndElementHandler = count.end
    parser.EntityDeclHandler = _no_entity
    with archive.open("content.xml") as member:
        unfolded = _Unfolded(limits)
        unfolded.begin(archive.getinfo("content.xml"))
        while found := member.read(MEGABYTE):
            unfolded.add(len(found))
            parser.Parse(found, False)  # noqa: FBT003 - named so by expat, taken by place alone
    parser.Parse(b"", True)  # noqa: FBT003


def _no_entity(*_: object) -> None:
    raise broken()


class _RepeatedCells:
    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._rows = 1
        self._column = self._width = self._total = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in {"table:table-cell", "table:covered-table-cell"}:
            self._column += _times(attributes.get("table:number-columns-repeated"))
            if "office:value-type" in attributes or "table:formula" in attributes:
                self._width = self._column
        elif name == "text:p":
            self._width = self._column
        elif name == "table:table-row":
            self._rows, self._column, self._width = _times(attributes.get("table:number-rows-repeated")), 0, 0

    def end(self, name: str) -> None:
        if name == "table:table-row":
            self._total += self._rows * self._width
            if self._total > self._limits.sheet_cells:
                raise too_many_cells(self._rows, self._width)


def _times(written: str | None) -> int:
    return int(written) if written and written.isdecimal() else 1


# ---- what is said

_AS_CSV = Said(
    "Enregistrez la feuille au format CSV (UTF-8), puis vérifiez ce fichier-là.",
    "Save the sheet as CSV (UTF-8), then check that file.",
)


def broken() -> SourceUnreadable:
    return unreadable(
        "format-error",
        Said("Le classeur est abîmé ou incomplet.", "The workbook is damaged or incomplete."),
        SEND_IT_AGAIN,
    )


def encrypted() -> SourceUnreadable:
    return unreadable(
        "format-error",
        Said("Le classeur est protégé par un mot de passe.", "The workbook is protected by a password."),
        Said("Enregistrez-le sans mot de passe, puis recommencez.", "Save it without a password, then try again."),
    )


def too_many_cells(rows: int, columns: int) -> SourceUnreadable:
    tall_french, tall_english = number(rows)
    wide_french, wide_english = number(columns)
    return unreadable(
        "format-error",
        Said(
            f"La feuille s’étend sur {tall_french} lignes et {wide_french} colonnes : trop pour être lue d’un coup.",
            f"The sheet spreads over {tall_english} rows and {wide_english} columns: too many to be read at once.",
        ),
        Said(
            "Supprimez les cellules perdues loin du tableau, ou enregistrez la feuille au format CSV (UTF-8).",
            "Delete stray cells far from the table, or save the sheet as CSV (UTF-8).",
        ),
    )


def no_sheet(wanted: str, names: list[str]) -> SourceUnreadable:
    listed = ", ".join(f"« {name[:40]} »" for name in names[:10])
    return unreadable(
        "format-error",
        Said(
            f"Le classeur n’a pas de feuille « {wanted[:60]} ». Il contient : {listed}.",
            f"The workbook has no sheet “{wanted[:60]}”. It holds: {listed}.",
        ),
        Said("Choisissez une de ces feuilles (option --sheet).", "Choose one of these sheets (option --sheet)."),
    )


def empty_workbook() -> SourceUnreadable:
    return unreadable(
        "source-error",
        Said("Le classeur n’a aucune feuille remplie.", "The workbook has no filled sheet."),
        SEND_A_TABLE,
    )
