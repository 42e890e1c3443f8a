"""Proof files: all that shows, offline, that an entry is in a log (C2SP tlog-proof)."""

from dataclasses import dataclass

from dcant.record.checkpoint import Checkpoint, number
from dcant.record.merkle import HASH, leaf_hash, verify_inclusion
from dcant.record.note import Malformed, Note, decode, encode, text_of
from dcant.record.policy import Checked, Policy, check_signatures

_HEADER = "c2sp.org/tlog-proof@v1"
_MAX_STEPS = 63


@dataclass(frozen=True, slots=True)
class ProofFile:
    """An entry's index, its inclusion proof from the leaf up, and a signed checkpoint. `extra` is authenticated by nothing."""

    index: int
    hashes: tuple[bytes, ...]
    note: Note
    extra: bytes | None = None

    @classmethod
    def parse(cls, data: bytes) -> "ProofFile":
        """Raises Malformed. What is read prints back to the same bytes."""
        head, blank, checkpoint = text_of(data, "proof").partition("\n\n")
        lines = head.split("\n")
        extra = None
        if lines[1:] and lines[1].startswith("extra "):
            extra = decode(lines.pop(1).removeprefix("extra "))
        if not blank or lines[0] != _HEADER or not lines[1:] or not lines[1].startswith("index "):
            raise Malformed("proof-shape", "Ce n’est pas un fichier de preuve c2sp.org/tlog-proof@v1.")
        hashes = tuple(map(decode, lines[2:]))
        if len(hashes) > _MAX_STEPS or any(len(step) != HASH for step in hashes):
            raise Malformed("proof-hash", "Une preuve a au plus 63 empreintes, de 32 octets chacune.")
        return cls(number(lines[1].removeprefix("index ")), hashes, Note.parse(checkpoint.encode()), extra)

    def __bytes__(self) -> bytes:
        extra = [] if self.extra is None else [f"extra {encode(self.extra)}"]
        lines = [_HEADER, *extra, f"index {self.index}", *map(encode, self.hashes), "", ""]
        return "\n".join(lines).encode() + bytes(self.note)


def check_proof(proof: ProofFile, entry: bytes, policy: Policy) -> Checked:
    """Is this entry in a log that the policy trusts, at the index said? Raises Malformed for a note that is no checkpoint."""
    checkpoint = Checkpoint.parse(proof.note.text)
    checked = check_signatures(checkpoint, proof.note, policy)
    if verify_inclusion(leaf_hash(entry), proof.index, checkpoint.size, proof.hashes, checkpoint.root):
        return checked
    said = f"Cette entrée n’est pas la n° {proof.index} du journal de {checkpoint.size} entrées."
    return Checked((("inclusion", said), *checked.findings), checked.trusted, checked.ignored, checkpoint)
