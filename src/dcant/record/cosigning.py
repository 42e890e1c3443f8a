"""A log asks the witnesses of its policy to cosign a checkpoint (C2SP tlog-witness, the log's side). Opens no socket: `Post`.

A witness that is down, slow or wrong only leaves its cosignature missing, with a code that says why; it is asked again later.
"""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

from dcant.record.checkpoint import Checkpoint, number
from dcant.record.note import Malformed, Note, Signature, encode, open_note
from dcant.record.policy import Party, Policy
from dcant.record.tile_reader import TileReader

_TRIES = 3
_FIRST_REST, _LONGEST_REST = 1.0, 60.0  # seconds before a witness that did not cosign is asked again

REASONS = {
    "waiting": "Sa cosignature est attendue.",
    "down": "Ce témoin ne répond pas ; il sera redemandé.",
    "fork": "Ce témoin refuse : ce journal ne prolonge pas celui qu’il a vu.",
    "ahead": "Ce témoin a cosigné un journal plus long : celui-ci a reculé.",
    "unknown-log": "Ce témoin ne suit pas ce journal.",
    "unknown-key": "Ce témoin ne reconnaît pas la clé de ce journal.",
    "answer": "La réponse de ce témoin ne se lit pas, ou n’est pas de sa clé.",
    "tiles": "Les tuiles de ce journal ne permettent pas la preuve que ce témoin demande.",
    "no-address": "La politique ne donne pas l’adresse de ce témoin : il ne peut pas être demandé.",
}
ALARMS = frozenset({"fork", "ahead", "tiles"})  # what a witness tells of the log itself
_REFUSALS: Mapping[int, str] = {
    HTTPStatus.FORBIDDEN: "unknown-key",
    HTTPStatus.NOT_FOUND: "unknown-log",
    HTTPStatus.UNPROCESSABLE_ENTITY: "fork",
}

Post = Callable[[str, bytes], tuple[int, bytes]]  # an address and a body → status and body; OSError when no reply came


class NotCosigned(Exception):
    """Why a witness did not cosign: a code of REASONS."""

    def __init__(self, code: str) -> None:
        super().__init__(REASONS[code])
        self.code = code


@dataclass(frozen=True, slots=True)
class Asked:
    """The cosignatures had, and for each witness without one (by its name in the policy) a code of REASONS."""

    signatures: tuple[Signature, ...] = ()
    missing: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Rest:
    """A witness that did not cosign: why, how often in a row, and until when it is left alone."""

    code: str
    times: int
    until: float


class Cosigners:
    """The witnesses of a policy file, which is read again at each passage; no file, no witness.

    They are asked together. One that does not cosign then rests, from 1 to 60 seconds: a dead witness slows nothing down.
    """

    def __init__(self, file: Path, *, post: Post, clock: Callable[[], float] = time.monotonic) -> None:
        self._file = file
        self._post = post
        self._clock = clock
        self._seen: dict[str, int] = {}
        self._resting: dict[str, _Rest] = {}

    def ask(self, note: Note, folder: Path) -> Asked:
        """What the witnesses say of this checkpoint of the log in `folder`. Raises Malformed and OSError, for the policy only."""
        policy = Policy.read(self._file)
        if policy is None:
            return Asked()
        held = {key.short for key in open_note(note, policy.keys(note.text.partition("\n")[0])).verified}
        wanted = [witness for witness in policy.witnesses if witness.key.short not in held]
        missing = {witness.name: "no-address" for witness in wanted if not _can_be_asked(witness)}
        due = []
        for witness in wanted:
            rest = self._resting.get(str(witness.key))
            if rest is not None and self._clock() < rest.until:
                missing.setdefault(witness.name, rest.code)
            elif witness.name not in missing:
                due.append(witness)
        signatures: list[Signature] = []
        with ThreadPoolExecutor(max_workers=max(1, min(8, len(due)))) as together:
            for witness, said in zip(due, together.map(lambda one: self._try(one, note, folder), due), strict=True):
                if isinstance(said, str):
                    missing[witness.name] = said
                else:
                    signatures.append(said)
        return Asked(tuple(signatures), missing)

    def _try(self, witness: Party, note: Note, folder: Path) -> Signature | str:
        """Its cosignature, or the code of what is wrong."""
        key = str(witness.key)
        checkpoint = Checkpoint.parse(note.text)
        try:
            line = ask_witness(witness, note, folder, old=self._seen.get(key, 0), post=self._post)
        except NotCosigned as refusal:
            last = self._resting.get(key)
            times = last.times + 1 if last else 0
            rest = min(_LONGEST_REST, _FIRST_REST * 2 ** min(times, 10))
            self._resting[key] = _Rest(refusal.code, times, self._clock() + rest)
            return refusal.code
        self._resting.pop(key, None)
        self._seen[key] = checkpoint.size
        return line


def ask_witness(witness: Party, note: Note, folder: Path, *, old: int, post: Post) -> Signature:
    """Its cosignature of this checkpoint, checked. Raises NotCosigned.

    `old`: the size that it is thought to have seen; when it says another (409), the proof is made again from that one.
    """
    checkpoint = Checkpoint.parse(note.text)
    address = f"{witness.url.rstrip('/')}/add-checkpoint"
    for _ in range(_TRIES):
        try:
            status, body = post(address, _request(note, checkpoint, folder, min(old, checkpoint.size)))
        except OSError as error:
            raise NotCosigned("down") from error
        if status == HTTPStatus.OK:
            return _line(witness, note, body)
        if status != HTTPStatus.CONFLICT:
            down = status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS
            raise NotCosigned("down" if down else _REFUSALS.get(status, "answer"))
        old = _size(body)
        if old > checkpoint.size:
            raise NotCosigned("ahead")
    raise NotCosigned("answer")


def _can_be_asked(witness: Party) -> bool:
    return bool(witness.url) and witness.key.checkable


def _request(note: Note, checkpoint: Checkpoint, folder: Path, old: int) -> bytes:
    """`old <size>`, the proof from that size, a blank line, the checkpoint."""
    try:
        steps = TileReader(folder, checkpoint.size).consistency(old)
    except (OSError, Malformed) as error:
        raise NotCosigned("tiles") from error
    lines = [f"old {old}", *map(encode, steps), "", ""]
    return "\n".join(lines).encode() + bytes(note)


def _line(witness: Party, note: Note, body: bytes) -> Signature:
    """The one line of its key, verified; a witness may send more."""
    try:
        lines = Note.parse(note.text.encode() + b"\n" + body).signatures
    except Malformed as error:
        raise NotCosigned("answer") from error
    for line in lines:
        if line.key == witness.key.short and witness.key.signed(note.text, line.body):
            return line
    raise NotCosigned("answer")


def _size(body: bytes) -> int:
    try:
        return number(body.decode("ascii", errors="replace").removesuffix("\n"))
    except Malformed as error:
        raise NotCosigned("answer") from error
