"""Tables in gz or zip: one member, unpacked as it is read, with bounds against what unfolds without end."""

import gzip
import struct
import zipfile
import zlib
from typing import IO, cast

from dcant.standards.tables.sources.content import EMPTY_ZIP, GZIP, OLE, ZIP
from dcant.standards.tables.sources.faults import SEND_IT_AGAIN, number, shown, unreadable
from dcant.standards.tables.sources.limits import MEGABYTE, Limits
from dcant.standards.tables.sources.origin import ByteReader, Origin, PlainReader, read_exactly
from dcant.standards.tables.values import Said, SourceUnreadable

TABLE_NAMES = (".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xls", ".ods", ".xlsm", ".xlsb")
_ZIP_TAIL = 70_000  # the end of the list, with the longest comment
_MEMBER_BYTES = 1_000  # of that list, more than a file with a long name takes
_PACKED_NAMES = (".zip", ".gz", ".tgz", ".7z", ".rar", ".tar", ".bz2", ".xz")
# What the libraries raise on a damaged archive, their own slips included.
BROKEN = (
    OSError,
    EOFError,
    zlib.error,
    zipfile.BadZipFile,
    ValueError,
    LookupError,
    struct.error,
    NotImplementedError,
    RuntimeError,
)


class _Bound:
    """Counts what comes out, and refuses what unfolds too far."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._unpacked = 0

    def add(self, size: int, packed: int) -> None:
        self._unpacked += size
        limits = self._limits
        if self._unpacked > limits.unpacked_bytes:
            raise _too_big(limits.unpacked_bytes)
        if self._unpacked > limits.ratio_from and self._unpacked > limits.ratio * max(packed, 1):
            raise _bomb(self._unpacked, packed)


class GzipReader:
    """What a gz file holds; the hash is that of the gz file."""

    def __init__(self, origin: Origin, limits: Limits) -> None:
        self._packed = PlainReader(origin)
        self._file = gzip.GzipFile(fileobj=cast("IO[bytes]", _Raw(self._packed)), mode="rb")
        self._bound = _Bound(limits)
        self.bytes_read = 0

    def read(self, size: int) -> bytes:
        try:
            found = _filled(self._file, size)
        except BROKEN as error:
            raise _broken(self._packed.bytes_read) from error
        self.bytes_read = self._packed.bytes_read
        self._bound.add(len(found), self.bytes_read)
        return found

    def finish(self) -> str:
        return self._packed.finish()


class _Raw:
    """A reader as the file object that gzip wants."""

    def __init__(self, reader: ByteReader) -> None:
        self._reader = reader

    def read(self, size: int = -1) -> bytes:
        return self._reader.read(size if size >= 0 else MEGABYTE)


class ZipReader:
    """One member of a zip; the hash is that of the zip file, made apart since a zip is not read in order."""

    def __init__(self, origin: Origin, member: zipfile.ZipInfo, limits: Limits) -> None:
        self._origin, self._member = origin, member
        self._bound = _Bound(limits)
        self._unpacked = 0
        self.bytes_read = 0
        try:
            self._file = zipfile.ZipFile(origin.file).open(member)  # noqa: SIM115 - the origin closes
        except BROKEN as error:
            raise _cannot_unpack(member, error) from error

    def read(self, size: int) -> bytes:
        try:
            found = _filled(self._file, size)
        except BROKEN as error:
            raise _broken(None) from error
        self._unpacked += len(found)
        share = min(1.0, self._unpacked / max(self._member.file_size, 1))
        self.bytes_read = int(self._origin.size * share)
        self._bound.add(len(found), self._member.compress_size)
        return found

    def finish(self) -> str:
        return self._origin.sha256()


def _filled(file: IO[bytes] | gzip.GzipFile, size: int) -> bytes:
    """As many bytes as asked for, but at the end."""
    parts: list[bytes] = []
    while size and (found := file.read(size)):
        parts.append(found)
        size -= len(found)
    return b"".join(parts)


def members(origin: Origin, limits: Limits) -> list[zipfile.ZipInfo]:
    """What a zip holds, folders and the leavings of Macs apart."""
    _must_have_small_directory(origin, limits)
    try:
        with zipfile.ZipFile(origin.file) as archive:
            found = archive.infolist()
    except BROKEN as error:
        raise _broken(None) from error
    if len(found) > limits.members:
        raise _too_many_members(len(found), limits)
    return [one for one in found if one.filename and not one.is_dir() and not _is_litter(one.filename)]


def _must_have_small_directory(origin: Origin, limits: Limits) -> None:
    """The list of files at the end of a zip is read whole: its size is looked at first."""
    origin.file.seek(max(0, origin.size - _ZIP_TAIL))
    tail = read_exactly(origin.file, _ZIP_TAIL)
    end = tail.rfind(EMPTY_ZIP)
    size = int.from_bytes(tail[end + 12 : end + 16], "little") if end >= 0 else 0
    if size == 0xFFFFFFFF:  # a zip of more than 4 GB says it elsewhere
        end = tail.rfind(b"PK\x06\x06")
        size = int.from_bytes(tail[end + 40 : end + 48], "little") if end >= 0 else 0
    if size > limits.members * _MEMBER_BYTES:
        raise _too_many_members(size // _MEMBER_BYTES, limits)


def _is_litter(name: str) -> bool:
    return name.startswith("__MACOSX/") or name.rsplit("/", 1)[-1].startswith("._") or name.endswith(".DS_Store")


def choose(found: list[zipfile.ZipInfo], wanted: str | None) -> zipfile.ZipInfo:
    """The member asked for, or the only table. Raises SourceUnreadable with the list when there are several."""
    if wanted is not None:
        named = [one for one in found if wanted in {one.filename, one.filename.rsplit("/", 1)[-1]}]
        if len(named) != 1:
            raise _no_such_member(wanted, found)
        return named[0]
    tables = [one for one in found if one.filename.lower().endswith((*TABLE_NAMES, ".csv.gz"))]
    if not tables and len(found) == 1:
        tables = found
    if len(tables) != 1:
        raise _which_member(tables) if tables else _no_table(found)
    return tables[0]


def must_not_be_packed_again(head: bytes, name: str) -> None:
    if head.startswith((GZIP, ZIP, EMPTY_ZIP)) or name.lower().endswith(_PACKED_NAMES):
        raise unreadable(
            "compression-error",
            Said("L’archive contient une autre archive.", "The archive holds another archive."),
            Said("Décompressez-la une fois, puis vérifiez le tableau.", "Unpack it once, then check the table."),
        )


def whole(reader: ByteReader, limits: Limits) -> bytes:
    """A workbook, which is not read in order, in one piece."""
    parts: list[bytes] = []
    size = 0
    while found := reader.read(MEGABYTE):
        size += len(found)
        if size > limits.sheet_bytes:
            raise _too_big(limits.sheet_bytes)
        parts.append(found)
    return b"".join(parts)


def is_workbook(head: bytes) -> bool:
    """As far as the first bytes tell."""
    return head.startswith((ZIP, OLE))


def looks_like_office(names: set[str]) -> bool:
    return bool(names & {"mimetype", "[Content_Types].xml", "xl/workbook.xml", "xl/workbook.bin"})


def _broken(offset: int | None) -> SourceUnreadable:
    return unreadable(
        "compression-error",
        Said("Le fichier compressé est abîmé ou incomplet.", "The packed file is damaged or incomplete."),
        SEND_IT_AGAIN,
        offset=offset,
    )


def _cannot_unpack(member: zipfile.ZipInfo, error: Exception) -> SourceUnreadable:
    if member.flag_bits & 1:
        return unreadable(
            "compression-error",
            Said("L’archive est protégée par un mot de passe.", "The archive is protected by a password."),
            Said("Envoyez l’archive sans mot de passe.", "Send the archive without a password."),
        )
    if isinstance(error, NotImplementedError):
        return unreadable(
            "compression-error",
            Said("Cette compression n’est pas lue ici.", "This compression is not read here."),
            Said("Compressez le fichier en zip ordinaire ou en gz.", "Pack the file as an ordinary zip or gz."),
        )
    return _broken(None)


def _bomb(size: int, packed: int) -> SourceUnreadable:
    french, english = number(size // max(packed, 1))
    return unreadable(
        "compression-error",
        Said(
            f"Le fichier décompressé est plus de {french} fois plus gros que l’archive : il ressemble à un piège.",
            f"Unpacked, the file is more than {english} times larger than the archive: it looks like a trap.",
        ),
        Said("Décompressez-le vous-même, puis vérifiez le tableau.", "Unpack it yourself, then check the table."),
    )


def _too_big(limit: int) -> SourceUnreadable:
    french, english = number(limit // MEGABYTE)
    return unreadable(
        "compression-error",
        Said(f"Le fichier décompressé dépasse {french} Mo.", f"Unpacked, the file is larger than {english} MB."),
        Said("Décompressez-le vous-même, puis vérifiez le tableau.", "Unpack it yourself, then check the table."),
    )


def _too_many_members(count: int, limits: Limits) -> SourceUnreadable:
    french, english = number(count)
    most_french, most_english = number(limits.members)
    return unreadable(
        "compression-error",
        Said(
            f"L’archive contient {french} fichiers, plus que les {most_french} admis.",
            f"The archive holds {english} files, more than the {most_english} allowed.",
        ),
        Said("Envoyez une archive qui contient le seul tableau.", "Send an archive with the table alone."),
    )


def _listed(found: list[zipfile.ZipInfo]) -> str:
    names = ", ".join(f"« {shown(one.filename)} »" for one in found[:10])
    return f"{names}…" if len(found) > 10 else names


def _which_member(tables: list[zipfile.ZipInfo]) -> SourceUnreadable:
    names = _listed(tables)
    return unreadable(
        "compression-error",
        Said(
            f"L’archive contient {len(tables)} tableaux : {names}.", f"The archive holds {len(tables)} tables: {names}."
        ),
        Said("Choisissez-en un par son nom (option --member).", "Choose one by its name (option --member)."),
    )


def _no_such_member(wanted: str, found: list[zipfile.ZipInfo]) -> SourceUnreadable:
    names = _listed(found)
    return unreadable(
        "compression-error",
        Said(
            f"L’archive n’a pas un seul fichier « {shown(wanted)} ». Elle contient : {names}.",
            f"The archive has no single file “{shown(wanted)}”. It holds: {names}.",
        ),
        Said("Choisissez un de ces noms, chemin compris.", "Choose one of these names, path included."),
    )


def _no_table(found: list[zipfile.ZipInfo]) -> SourceUnreadable:
    names = _listed(found)
    return unreadable(
        "compression-error",
        Said(
            f"L’archive ne contient aucun tableau : {names}." if found else "L’archive est vide.",
            f"The archive holds no table: {names}." if found else "The archive is empty.",
        ),
        Said(
            "Envoyez une archive qui contient un fichier csv, xlsx, xls ou ods.",
            "Send an archive with a csv, xlsx, xls or ods file.",
        ),
    )
