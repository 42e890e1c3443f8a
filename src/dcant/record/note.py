"""Signed notes: a text, then lines of signatures that each name their key (C2SP signed-note).

Parsing is strict: what is read prints back to the very same bytes, or is refused with a code.
"""

from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ED25519, COSIGNATURE, ML_DSA_44 = 0x01, 0x04, 0x06
KEY_BYTES = {ED25519: 32, COSIGNATURE: 32, ML_DSA_44: 1312}
MAX_BYTES, MAX_SIGNATURES = 1_000_000, 100
_DASH = "— "


class Malformed(ValueError):
    """Bytes that are not what they should be: a stable `code` for programs, a French sentence for people."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = shown(message)
        super().__init__(self.message)


def shown(text: str) -> str:
    """Text of a stranger, safe to show on one line of a terminal: what does not print is replaced."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def encode(data: bytes) -> str:
    return b64encode(data).decode()


def decode(text: str) -> bytes:
    """Base64 in its one canonical form: Python's own decoder takes stray characters and stray bits."""
    try:
        data = b64decode(text, validate=True)
    except (Error, ValueError):
        data = b""
    if not text or encode(data) != text:
        raise Malformed("base64", f"Ce n’est pas du base64 canonique : « {text[:60]} ».")
    return data


def text_of(data: bytes, what: str) -> str:
    """UTF-8 without control characters but newline. Raises Malformed."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = "\0"
    if len(data) > MAX_BYTES or any(char < " " and char != "\n" for char in text):
        raise Malformed(
            f"{what}-text", "Ce n’est pas un texte UTF-8 sans caractère de contrôle, d’un million d’octets au plus."
        )
    return text


def is_name(name: str) -> bool:
    """A key name: not empty, no space of any kind, no plus, no control character."""
    return bool(name) and not any(char.isspace() or char < " " or char == "+" for char in name)


@dataclass(frozen=True, slots=True)
class Signature:
    """One line: the name of a key, its id (4 bytes), and what it signed with."""

    name: str
    key_id: bytes
    body: bytes

    def __str__(self) -> str:
        return f"{_DASH}{self.name} {encode(self.key_id + self.body)}\n"

    @property
    def key(self) -> str:
        """The short name that people compare: name+hexadecimal id."""
        return f"{self.name}+{self.key_id.hex()}"


@dataclass(frozen=True, slots=True)
class Note:
    """A text ending in a newline, and its signatures, none of them checked yet."""

    text: str
    signatures: tuple[Signature, ...]

    @classmethod
    def parse(cls, data: bytes) -> "Note":
        """Raises Malformed."""
        whole = text_of(data, "note")
        head, blank, tail = whole.rpartition("\n\n")
        lines = tail.split("\n")
        if not blank or lines[-1] or not 1 < len(lines) <= MAX_SIGNATURES + 1:
            raise Malformed("note-shape", "Une note est un texte, une ligne vide, puis de 1 à 100 lignes de signature.")
        return cls(head + "\n", tuple(_signature(line) for line in lines[:-1]))

    def __bytes__(self) -> bytes:
        return (self.text + "\n" + "".join(map(str, self.signatures))).encode()

    def with_signatures(self, more: Iterable[Signature]) -> "Note":
        """The same note with more lines; a key that signs again replaces its own line."""
        lines = {line.key: line for line in (*self.signatures, *more)}
        return Note(self.text, tuple(lines.values()))


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with its name, written `name+id+base64(type ‖ key)`. Types: Ed25519, cosignature, ML-DSA-44."""

    name: str
    kind: int
    public: bytes

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        """Raises Malformed: wrong shape, wrong id, unknown type or a key of the wrong length."""
        name, _, rest = text.partition("+")
        key_id, _, encoded = rest.partition("+")
        data = decode(encoded)
        key = cls(name, data[0], data[1:])
        if not is_name(name) or key.key_id.hex() != key_id or KEY_BYTES.get(key.kind) != len(key.public):
            raise Malformed("vkey", f"Cette clé publique est mal écrite, ou d’un type inconnu : « {text[:60]} ».")
        return key

    def __str__(self) -> str:
        return f"{self.short}+{encode(bytes([self.kind]) + self.public)}"

    @property
    def key_id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    @property
    def short(self) -> str:
        return f"{self.name}+{self.key_id.hex()}"

    @property
    def checkable(self) -> bool:
        """ML-DSA-44 keys are recognised, so that policies may name them, but their signatures are not read yet."""
        return self.kind in {ED25519, COSIGNATURE}

    def signed(self, text: str, body: bytes) -> bool:
        """Is this the body of a signature of this text by this key?"""
        message = text.encode()
        if self.kind == COSIGNATURE:
            message = cosigned(text, int.from_bytes(body[:8], "big"))
            body = body[8:] if len(body) == 72 else b""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(body, message)
        except (InvalidSignature, ValueError):
            return False
        return True


def cosigned(text: str, time: int) -> bytes:
    """What a witness signs: the checkpoint's text, and when it saw it (POSIX seconds)."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


@dataclass(frozen=True, slots=True)
class Opened:
    """What the lines of a note are worth for one who trusts these keys."""

    verified: tuple[VerifierKey, ...]
    wrong: tuple[Signature, ...]  # a trusted key, and a signature that is not its own: the note is refused
    ignored: tuple[Signature, ...]  # unknown keys, or of a type that is not read

    @property
    def accepted(self) -> bool:
        return bool(self.verified) and not self.wrong


def open_note(note: Note, keys: Iterable[VerifierKey]) -> Opened:
    """Checks each line whose name and id are those of a trusted key. Accepted: one at least verifies, and none fails."""
    known = {key.short: key for key in keys if key.checkable}
    verified: dict[str, VerifierKey] = {}
    wrong, ignored = [], []
    for line in note.signatures:
        key = known.get(line.key)
        if key is None:
            ignored.append(line)
        elif key.signed(note.text, line.body):
            verified[key.short] = key
        else:
            wrong.append(line)
    return Opened(tuple(verified.values()), tuple(wrong), tuple(ignored))


def _signature(line: str) -> Signature:
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space or not is_name(name):
        raise Malformed("note-signature", f"Cette ligne de signature est mal écrite : « {line[:60]} ».")
    data = decode(encoded)
    if len(data) < 5:
        raise Malformed("note-signature", f"Cette signature est trop courte : « {line[:60]} ».")
    return Signature(name, data[:4], data[4:])
