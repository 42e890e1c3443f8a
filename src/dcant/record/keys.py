"""Private keys: those that sign a log's checkpoints and those that cosign them, one file each."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dcant.record.note import (
    COSIGNATURE,
    ED25519,
    Malformed,
    Note,
    Signature,
    VerifierKey,
    cosigned,
    decode,
    encode,
    is_name,
)

KINDS = {"log": ED25519, "witness": COSIGNATURE}
_PREFIX = "PRIVATE+KEY+"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An Ed25519 key with its name and its one use. Its secret is in no repr."""

    name: str
    kind: int
    seed: bytes = field(repr=False)

    @classmethod
    def new(cls, name: str, use: str) -> "SigningKey":
        """use: `log` or `witness`. Raises Malformed for a name that a note cannot carry."""
        if not is_name(name):
            raise Malformed("key-name", "Le nom d’une clé n’a ni espace ni signe plus.")
        return cls(name, KINDS[use], Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def read(cls, file: Path) -> "SigningKey":
        """Raises Malformed, and OSError."""
        line = file.read_text(encoding="utf-8", errors="replace")
        name, _, rest = line.removeprefix(_PREFIX).removesuffix("\n").partition("+")
        data = decode(rest.partition("+")[2])
        key = cls(name, data[0], data[1:])
        if key.kind not in KINDS.values() or len(key.seed) != 32 or line != key._line():
            raise Malformed("key-file", f"{file.name} n’est pas un fichier de clé privée.")
        return key

    def write(self, file: Path) -> None:
        """For its owner alone (mode 0600), durably. Raises FileExistsError: a key is never written over."""
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            out.write(self._line())
            out.flush()
            os.fsync(descriptor)

    @property
    def public(self) -> VerifierKey:
        return VerifierKey(self.name, self.kind, self._private().public_key().public_bytes_raw())

    def sign(self, text: str) -> Note:
        """The text, ending in a newline, as a note signed by this key of a log."""
        if self.kind != ED25519:
            raise ValueError("a witness's key signs nothing but cosignatures")
        return Note(text, (Signature(self.name, self.public.key_id, self._private().sign(text.encode())),))

    def cosign(self, text: str, time: int) -> Signature:
        """The line by which a witness says that it saw this checkpoint at this POSIX time, and none that contradicts it."""
        if self.kind != COSIGNATURE:
            raise ValueError("a log's key signs no cosignature")
        body = time.to_bytes(8, "big") + self._private().sign(cosigned(text, time))
        return Signature(self.name, self.public.key_id, body)

    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    def _line(self) -> str:
        return f"{_PREFIX}{self.public.short}+{encode(bytes([self.kind]) + self.seed)}\n"
