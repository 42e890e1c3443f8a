"""Checkpoints: the size and root of a log at a moment, as the text of a signed note (C2SP tlog-checkpoint)."""

from dataclasses import dataclass

from dcant.record.merkle import HASH, LARGEST
from dcant.record.note import Malformed, Note, decode, encode


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The log `origin` has `size` entries, under this root. Extension lines are kept as they are and mean nothing here."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """Raises Malformed: a checkpoint has one form only."""
        lines = text.split("\n")
        if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
            raise Malformed("checkpoint-shape", "Un point de contrôle a trois lignes : origine, taille, racine.")
        size, root = number(lines[1]), decode(lines[2])
        if len(root) != HASH:
            raise Malformed("checkpoint-root", "La racine d’un point de contrôle a 32 octets.")
        return cls(lines[0], size, root, tuple(lines[3:-1]))

    @classmethod
    def read(cls, data: bytes) -> tuple["Checkpoint", Note]:
        """A checkpoint with its signatures, none of them checked. Raises Malformed."""
        note = Note.parse(data)
        return cls.parse(note.text), note

    def __str__(self) -> str:
        return "".join(f"{line}\n" for line in (self.origin, self.size, encode(self.root), *self.extensions))


def number(text: str) -> int:
    """A decimal without sign, space or leading zero, below 2^63. Raises Malformed."""
    if not (text.isascii() and text.isdecimal()) or (text[0] == "0" and text != "0") or len(text) > 19:
        raise Malformed("number", f"Ce n’est pas un nombre entier bien écrit : « {text[:60]} ».")
    value = int(text)
    if value >= LARGEST:
        raise Malformed("number", f"Ce nombre est trop grand : {text}.")
    return value
