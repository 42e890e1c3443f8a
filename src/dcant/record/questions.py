"""What pages and commands ask of the log: how far it is signed, who cosigned it, what is wrong, the proof of one entry."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dcant.record.checkpoint import Checkpoint
from dcant.record.cosigning import ALARMS, REASONS
from dcant.record.models import Entry
from dcant.record.note import Malformed, Note, Signature, encode, open_note
from dcant.record.policy import Party, Policy
from dcant.record.proof import ProofFile
from dcant.record.publication import FOLDER, alarm, current_note, missing
from dcant.record.tile_reader import TileReader

LATE = timedelta(minutes=5)
_LAST_SECOND = 253_402_300_799  # of the year 9999: a witness may say anything, a date may not hold it


@dataclass(frozen=True, slots=True)
class Cosignature:
    """What one witness said of the last checkpoint: when it saw it, or a code of `cosigning.REASONS` while it is awaited."""

    witness: str
    key: str
    at: datetime | None = None
    reason: str = ""

    @property
    def because(self) -> str:
        return REASONS.get(self.reason, "")

    @property
    def document(self) -> dict[str, object]:
        seen = self.at.isoformat() if self.at else None
        return {"witness": self.witness, "key": self.key, "at": seen, "reason": self.reason or None}


@dataclass(frozen=True, slots=True)
class LogState:
    """Where the log is. `waiting`: entries without number; `unsigned`: numbered, in no checkpoint yet; `late`: for too long.

    `quorum`: do the witnesses who cosigned satisfy the policy? None when it asks for none. `stopped`: why nothing is signed
    any more; `unreadable`: why the policy does not read, which stops the signature too; both empty when all is well.
    """

    checkpoint: Checkpoint | None
    cosignatures: tuple[Cosignature, ...]
    quorum: bool | None
    waiting: int
    unsigned: int
    late: bool
    stopped: str = ""
    unreadable: str = ""

    @property
    def root(self) -> str:
        return encode(self.checkpoint.root) if self.checkpoint else ""

    @property
    def awaited(self) -> tuple[Cosignature, ...]:
        return tuple(one for one in self.cosignatures if one.at is None)

    @property
    def contradicted(self) -> tuple[Cosignature, ...]:
        """The witnesses that say this log is not the one they saw."""
        return tuple(one for one in self.cosignatures if one.reason in ALARMS)

    @property
    def alarms(self) -> tuple[str, ...]:
        """What a person must look at, in French; nothing when all is well. A witness that is awaited is no alarm."""
        said = [f"La publication du journal est arrêtée : {self.stopped}"] if self.stopped else []
        if self.unreadable:
            said.append(f"La politique des témoins ne se lit pas, rien n’est plus signé : {self.unreadable}")
        if self.late:
            said.append("Des entrées attendent depuis plus de cinq minutes d’être numérotées et signées.")
        return (*said, *(f"{one.witness} : {one.because}" for one in self.contradicted))

    @property
    def document(self) -> dict[str, object]:
        """The same, for a program."""
        return {
            "ok": not self.alarms,
            "origin": self.checkpoint.origin if self.checkpoint else None,
            "size": self.checkpoint.size if self.checkpoint else 0,
            "root": self.root or None,
            "waiting": self.waiting,
            "unsigned": self.unsigned,
            "quorum": self.quorum,
            "cosignatures": [one.document for one in self.cosignatures],
            "alarms": list(self.alarms),
        }


def log_state(*, data: Path, witnesses: Path, now: datetime) -> LogState:
    """Five queries and four small files. A policy that does not read stops the publication, and is said so."""
    note = current_note(data)
    policy, unreadable = None, ""
    try:
        policy = Policy.read(witnesses)
    except (Malformed, OSError) as error:
        unreadable = str(error)
    checkpoint = Checkpoint.parse(note.text) if note is not None else None
    signed = checkpoint.size if checkpoint is not None else 0
    cosignatures, quorum = _cosignatures(note, policy, missing(data)) if policy is not None else ((), None)
    return LogState(
        checkpoint,
        cosignatures,
        quorum,
        waiting=Entry.objects.waiting().count(),
        unsigned=max(0, Entry.objects.next_index() - signed),
        late=_is_late(signed, now),
        stopped=alarm(data),
        unreadable=unreadable,
    )


def proof_of(entry: Entry, *, data: Path) -> ProofFile | None:
    """The proof that this entry is in the last checkpoint; None while it is in none, or when tiles cannot be read."""
    note = current_note(data)
    if note is None or entry.index is None:
        return None
    size = Checkpoint.parse(note.text).size
    if entry.index >= size:
        return None
    try:
        return ProofFile(entry.index, tuple(TileReader(data / FOLDER, size).inclusion(entry.index)), note)
    except (OSError, Malformed):
        return None


def _is_late(signed: int, now: datetime) -> bool:
    waiting = Entry.objects.waiting().filter(at__lt=now - LATE).exists()
    return waiting or Entry.objects.filter(index=signed, at__lt=now - LATE).exists()


def _cosignatures(
    note: Note | None, policy: Policy, reasons: dict[str, str]
) -> tuple[tuple[Cosignature, ...], bool | None]:
    verified = open_note(note, policy.keys(note.text.partition("\n")[0])).verified if note is not None else ()
    lines = {line.key: line for line in note.signatures} if note is not None else {}
    listed = tuple(
        _cosigned(witness, lines[witness.key.short])
        if witness.key in verified
        else _awaited(witness, reasons.get(witness.name, "waiting"))
        for witness in policy.witnesses
    )
    return listed, None if policy.quorum is None else policy.satisfied(verified)


def _cosigned(witness: Party, line: Signature) -> Cosignature:
    seen = min(int.from_bytes(line.body[:8], "big"), _LAST_SECOND)
    return Cosignature(witness.name, witness.key.short, at=datetime.fromtimestamp(seen, UTC))


def _awaited(witness: Party, reason: str) -> Cosignature:
    return Cosignature(witness.name, witness.key.short, reason=reason if reason in REASONS else "waiting")
