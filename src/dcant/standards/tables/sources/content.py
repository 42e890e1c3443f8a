"""What a file is, by its first bytes: names lie, and a web page saved as csv is no table."""

import re
from dataclasses import dataclass

from dcant.standards.tables.sources.faults import SEND_A_TABLE, unreadable
from dcant.standards.tables.values import Said, SourceUnreadable

GZIP, ZIP, OLE = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
EMPTY_ZIP = b"PK\x05\x06"
HEAD_BYTES = 4096
_PAGE = re.compile(rb"\s*<(!doctype\s+html|html|head|body|\?xml|svg|rss|feed|table)\b", re.IGNORECASE)
_JSON = re.compile(rb'\s*(\{\s*("|\})|\[\s*(\{|\[|"|\]))')
# Those of texts that came from old machines: tab, line ends, vertical tab, form feed, escape.
_TEXT_CONTROLS = bytes([9, 10, 11, 12, 13, 27])
_CONTROLS = bytes(byte for byte in range(32) if byte not in _TEXT_CONTROLS)


@dataclass(frozen=True, slots=True)
class _Known:
    start: bytes
    french: str
    english: str


_NOT_TABLES = (
    _Known(b"%PDF", "un document PDF", "a PDF document"),
    _Known(b"\x89PNG", "une image PNG", "a PNG image"),
    _Known(b"\xff\xd8\xff", "une image JPEG", "a JPEG image"),
    _Known(b"GIF8", "une image GIF", "a GIF image"),
    _Known(b"II*\x00", "une image TIFF", "a TIFF image"),
    _Known(b"MM\x00*", "une image TIFF", "a TIFF image"),
    _Known(b"{\\rtf", "un document RTF", "an RTF document"),
    _Known(b"SQLite format 3\x00", "une base SQLite", "an SQLite database"),
    _Known(b"PAR1", "un fichier Parquet", "a Parquet file"),
    _Known(b"\x7fELF", "un programme", "a program"),
)
_OTHER_ARCHIVES = (
    _Known(b"7z\xbc\xaf\x27\x1c", "7z", "7z"),
    _Known(b"Rar!", "rar", "rar"),
    _Known(b"BZh", "bzip2", "bzip2"),
    _Known(b"\xfd7zXZ\x00", "xz", "xz"),
    _Known(b"\x28\xb5\x2f\xfd", "zstd", "zstd"),
)


def must_be_text(head: bytes, name: str, *, declared: bool) -> None:
    """Raises SourceUnreadable when these first bytes are those of something else than a text table.
    With a declared encoding, control characters are no proof.
    """
    for known in _NOT_TABLES:
        if head.startswith(known.start):
            raise not_a_table(known.french, known.english)
    for known in _OTHER_ARCHIVES:
        if head.startswith(known.start):
            raise _other_archive(known.french)
    if _PAGE.match(head.removeprefix(b"\xef\xbb\xbf")):
        if head.lstrip().removeprefix(b"\xef\xbb\xbf").startswith(b"<?xml"):
            raise not_a_table("un fichier XML", "an XML file")
        raise _web_page()
    if name.lower().endswith((".json", ".geojson")) and _JSON.match(head):
        raise not_a_table("un fichier JSON", "a JSON file")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or declared:
        return
    if len(head.translate(None, _CONTROLS)) < 0.7 * len(head):
        raise _binary()


def not_a_table(french: str, english: str) -> SourceUnreadable:
    message = Said(f"Ce fichier est {french}, pas un tableau.", f"This file is {english}, not a table.")
    return unreadable("format-error", message, SEND_A_TABLE, offset=0)


def _web_page() -> SourceUnreadable:
    return unreadable(
        "format-error",
        Said(
            "Ce fichier est une page web, pas un tableau : souvent une page de connexion ou d’erreur enregistrée à la place.",
            "This file is a web page, not a table: often a sign-in or error page saved instead.",
        ),
        Said(
            "Ouvrez l’adresse dans un navigateur, téléchargez le tableau lui-même, puis vérifiez ce fichier-là.",
            "Open the address in a browser, download the table itself, then check that file.",
        ),
        offset=0,
    )


def _other_archive(kind: str) -> SourceUnreadable:
    return unreadable(
        "compression-error",
        Said(f"La compression {kind} n’est pas lue ici.", f"{kind} compression is not read here."),
        Said("Décompressez le fichier, ou compressez-le en zip ou en gz.", "Unpack the file, or pack it as zip or gz."),
        offset=0,
    )


def _binary() -> SourceUnreadable:
    return unreadable(
        "format-error",
        Said(
            "Ce fichier n’est pas du texte : il contient trop de caractères de contrôle.",
            "This file is not text: it has too many control characters.",
        ),
        Said(
            "Enregistrez le tableau au format CSV (UTF-8) ; s’il est en UTF-16, déclarez l’encodage utf-16-le ou utf-16-be.",
            "Save the table as CSV (UTF-8); if it is in UTF-16, declare the encoding utf-16-le or utf-16-be.",
        ),
        offset=0,
    )
