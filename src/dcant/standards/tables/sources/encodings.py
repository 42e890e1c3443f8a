"""Which characters the bytes stand for: the mark at the top, then strict UTF-8, then the Windows code page, then ISO-8859-15.

Never a guess from a sample: what is taken for UTF-8 is proved on every byte, and what proves wrong is read again.
"""

import codecs
import re
from dataclasses import dataclass

import pyarrow as pa

from dcant.standards.tables.sources.faults import detected, unreadable
from dcant.standards.tables.sources.origin import ByteReader
from dcant.standards.tables.values import Detected, Said, SourceFault

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_NOT_IN_CP1252 = bytes([0x81, 0x8D, 0x8F, 0x90, 0x9D])
_BYTE_PER_BYTE = ("iso8859", "cp125", "cp437", "cp85", "cp86", "koi8", "mac-", "latin", "ascii", "utf-8")

# What stands in a decoded text for bytes that could not be decoded.
UNREADABLE = re.compile("[\udc80-\udcff]+")
SAVE_AS_UTF8 = Said(
    "Enregistrez le fichier en « CSV UTF-8 », ou déclarez son véritable encodage.",
    "Save the file as “CSV UTF-8”, or declare its true encoding.",
)


@dataclass(frozen=True, slots=True)
class Encoding:
    """The name of an encoding as Python knows it, and whether it is sure (declared, or marked) or may yet prove wrong."""

    name: str
    found: Detected
    sure: bool = False

    @property
    def in_place(self) -> bool:
        """Whether ends of lines, quotes and delimiters are the same bytes as in ASCII, so that rows are cut before decoding."""
        return self.name.startswith(_BYTE_PER_BYTE)

    @property
    def codec_of_rows(self) -> str:
        """The encoding of the bytes that rows are cut from: that of the file, or UTF-8 once transcoded."""
        return self.name if self.in_place else "utf-8"


def declared(name: str) -> Encoding:
    """The encoding the person asks for. Raises SourceUnreadable when Python knows none of that name."""
    try:
        known = codecs.lookup(name.strip()).name
        "".encode(known)  # some are no encodings of texts, and some know no replacement
        codecs.getincrementaldecoder(known)("replace").decode(b"a\xff\n", final=True)
    except (LookupError, ValueError, TypeError) as error:
        raise unreadable(
            "encoding-error",
            Said(f"L’encodage « {name[:40]} » est inconnu.", f"Unknown encoding: “{name[:40]}”."),
            Said("Choisissez utf-8, cp1252, iso-8859-15 ou utf-16.", "Choose utf-8, cp1252, iso-8859-15 or utf-16."),
        ) from error
    known = {"utf-8-sig": "utf-8"}.get(known, known)
    return Encoding(known, detected("encoding", known, "déclaré", "declared"), sure=True)


def recognised(head: bytes, *, whole: bool) -> Encoding:
    """From the first bytes; `whole` when there is nothing after them."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            found = detected("encoding", name, "marque en tête du fichier", "mark at the top of the file")
            return Encoding(name, found, sure=True)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, final=whole)
    except UnicodeDecodeError as error:
        return after_utf8(head, error.start)
    return Encoding("utf-8", detected("encoding", "utf-8", "tous les octets sont de l’UTF-8", "every byte is UTF-8"))


def after_utf8(content: bytes, place: int, offset: int = 0) -> Encoding:
    """What is read when the byte at `content[place]` is not UTF-8; `offset` is that of `content` in the file."""
    at = offset + place
    french = f"l’octet {at} n’est pas de l’UTF-8"
    english = f"byte {at} is not UTF-8"
    if not content[:place].isascii():
        french += ", alors que d’autres accents le précèdent en UTF-8 : si le fichier est en UTF-8 abîmé, déclarez l’encodage utf-8"
        english += ", though other accents before it are: if the file is damaged UTF-8, declare the encoding utf-8"
    if any(byte in content for byte in _NOT_IN_CP1252):
        return _iso(
            f"{french}, et des octets n’existent pas en cp1252", f"{english}, and some bytes do not exist in cp1252"
        )
    return Encoding("cp1252", detected("encoding", "cp1252", french, english))


def after_cp1252(offset: int) -> Encoding:
    """What is read when the byte at `offset` does not exist in cp1252."""
    return _iso(
        f"l’octet {offset} n’existe ni en UTF-8 ni en cp1252", f"byte {offset} exists neither in UTF-8 nor in cp1252"
    )


def _iso(french: str, english: str) -> Encoding:
    return Encoding("iso8859-15", detected("encoding", "iso-8859-15", french, english), sure=True)


def not_decoded(encoding: Encoding, offset: int, *, row: int, line: int | None) -> SourceFault:
    """Said once for a row, at its first byte that could not be decoded (difference D4)."""
    name = encoding.found.value
    message = Said(
        f"Ligne {row} : des octets ne sont pas du texte en {name} ; ils sont lus « \ufffd ».",
        f"Row {row}: some bytes are not text in {name}; they are read as “\ufffd”.",
    )
    return SourceFault("encoding-error", "error", message, SAVE_AS_UTF8, row=row, line=line, offset=offset)


def is_utf8(content: bytes) -> bool:
    """Every byte looked at; much faster than decoding."""
    if content.isascii():
        return True
    ends = pa.py_buffer(len(content).to_bytes(4, "little").rjust(8, b"\0"))
    try:
        pa.StringArray.from_buffers(1, ends, pa.py_buffer(content)).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


class Transcoded:
    """Bytes in an encoding whose rows cannot be cut in place, given as UTF-8."""

    def __init__(self, reader: ByteReader, encoding: str) -> None:
        self._reader = reader
        self.bytes_read = 0
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        self._ended = False

    def read(self, size: int) -> bytes:
        while not self._ended:
            found = self._reader.read(size)
            self._ended = not found
            self.bytes_read = self._reader.bytes_read
            text = self._decoder.decode(found, final=self._ended)
            if text:
                return text.encode("utf-8", "replace")
        return b""

    def finish(self) -> str:
        return self._reader.finish()
