"""A witness: it cosigns a checkpoint only when that extends the last one it saw of the same log (C2SP tlog-witness).

What it said is on the disk before it is said. Doors serve `application`, which is WSGI; nothing here opens a socket.
"""

import fcntl
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Any

from dcant.record.checkpoint import Checkpoint, number
from dcant.record.keys import SigningKey
from dcant.record.merkle import EMPTY_ROOT, verify_consistency
from dcant.record.note import Malformed, Note, VerifierKey, decode, open_note

MAX_BODY = 256 * 1024
_MAX_STEPS = 63
_PLAIN, _SIZE = "text/plain; charset=utf-8", "text/x.tlog.size"
_LAST = re.compile(r"/([0-9a-f]{64})/checkpoint", re.ASCII)


@dataclass(frozen=True, slots=True)
class Answer:
    status: HTTPStatus
    body: bytes = b""
    kind: str = _PLAIN


@dataclass(frozen=True, slots=True)
class _Request:
    """What is asked: to go from size `old` to this checkpoint, by this proof."""

    old: int
    proof: tuple[bytes, ...]
    checkpoint: Checkpoint
    note: Note


class Witness:
    """`logs`: the keys of the logs it follows, by origin. `store`: a folder of its own, one file for each log."""

    def __init__(self, key: SigningKey, logs: Iterable[VerifierKey], store: Path, now: Callable[[], int]) -> None:
        self._key = key
        self._logs: dict[str, list[VerifierKey]] = {}
        for log in logs:
            self._logs.setdefault(log.name, []).append(log)
        self._store = store
        self._now = now
        store.mkdir(parents=True, exist_ok=True)

    def add_checkpoint(self, body: bytes) -> Answer:
        """The answers in the order of the specification: 404, 403, 400, 409, 422, 200. Nothing is kept unless 200."""
        try:
            header, _, signed = body.partition(b"\n\n")
            note = Note.parse(signed)
        except Malformed as error:
            return _refusal(HTTPStatus.BAD_REQUEST, error.message)
        origin = note.text.partition("\n")[0]
        if origin not in self._logs:
            return _refusal(HTTPStatus.NOT_FOUND, "Ce témoin ne suit pas ce journal.")
        if not open_note(note, self._logs[origin]).accepted:
            return _refusal(HTTPStatus.FORBIDDEN, "Aucune signature du journal, ou une signature fausse.")
        try:
            asked = _read(header, note)
        except Malformed as error:
            return _refusal(HTTPStatus.BAD_REQUEST, error.message)
        with self._alone(origin) as file:
            return self._go(asked, file)

    def last(self, digest: str) -> bytes | None:
        """The last checkpoint cosigned of the log whose origin has this SHA-256 in hexadecimal."""
        known = {sha256(origin.encode()).hexdigest() for origin in self._logs}
        file = self._store / digest
        return file.read_bytes() if digest in known and file.exists() else None

    def _go(self, asked: _Request, file: Path) -> Answer:
        new = asked.checkpoint
        last = Checkpoint.read(file.read_bytes())[0] if file.exists() else None
        size, root = (last.size, last.root) if last else (0, EMPTY_ROOT)
        if asked.old != size:
            return Answer(HTTPStatus.CONFLICT, f"{size}\n".encode(), _SIZE)
        if size in {0, new.size}:
            fits = not asked.proof and (new.size > size or new.root == root)
        else:
            fits = verify_consistency(size, new.size, root, new.root, asked.proof)
        if not fits:
            return _refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "Ce point de contrôle ne prolonge pas le dernier cosigné.")
        line = self._key.cosign(asked.note.text, self._now())
        own = open_note(asked.note, self._logs[new.origin]).verified
        signed = [one for one in asked.note.signatures if one.key in {key.short for key in own}]
        _persist(file, bytes(Note(asked.note.text, (*signed, line))))
        return Answer(HTTPStatus.OK, str(line).encode())

    @contextmanager
    def _alone(self, origin: str) -> Iterator[Path]:
        """The file of a log, for one request at a time, whatever threads or processes share the store."""
        with (self._store / "lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield self._store / sha256(origin.encode()).hexdigest()


def application(witness: Witness, prefix: str = "") -> Callable[[dict[str, Any], Callable[..., Any]], Sequence[bytes]]:
    """The witness as WSGI, at this prefix. A body longer than MAX_BODY, or of unsaid length, is not read."""

    def answer(environ: dict[str, Any]) -> Answer:
        path, method = environ.get("PATH_INFO", ""), environ["REQUEST_METHOD"]
        found = _LAST.fullmatch(path.removeprefix(prefix))
        if not path.startswith(prefix) or (found is None and path != f"{prefix}/add-checkpoint"):
            return _refusal(HTTPStatus.NOT_FOUND, "Rien à cette adresse.")
        if method != ("GET" if found else "POST"):
            return _refusal(HTTPStatus.METHOD_NOT_ALLOWED, "Cette méthode n’est pas permise ici.")
        if found:
            last = witness.last(found[1])
            return (
                _refusal(HTTPStatus.NOT_FOUND, "Rien n’a été cosigné.") if last is None else Answer(HTTPStatus.OK, last)
            )
        length = environ.get("CONTENT_LENGTH") or ""
        if not (length.isascii() and length.isdecimal()):
            return _refusal(HTTPStatus.LENGTH_REQUIRED, "La longueur du corps est à dire.")
        if len(length) > 9 or int(length) > MAX_BODY:
            return _refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Le corps est trop long.")
        return witness.add_checkpoint(environ["wsgi.input"].read(int(length)))

    def serve(environ: dict[str, Any], start: Callable[..., Any]) -> Sequence[bytes]:
        given = answer(environ)
        headers = [
            ("Content-Type", given.kind),
            ("Content-Length", str(len(given.body))),
            ("Cache-Control", "no-store"),
        ]
        start(f"{given.status.value} {given.status.phrase}", headers)
        return [given.body]

    return serve


def _read(header: bytes, note: Note) -> _Request:
    lines = header.decode("ascii", errors="replace").split("\n")
    if not lines[0].startswith("old "):
        raise Malformed("witness-old", "La première ligne est « old », puis une taille.")
    old, proof = number(lines[0].removeprefix("old ")), tuple(map(decode, lines[1:]))
    checkpoint = Checkpoint.parse(note.text)
    if old > checkpoint.size or len(proof) > _MAX_STEPS:
        raise Malformed(
            "witness-old", "La taille connue dépasse celle du point de contrôle, ou la preuve est trop longue."
        )
    return _Request(old, proof, checkpoint, note)


def _refusal(status: HTTPStatus, said: str) -> Answer:
    return Answer(status, f"{said}\n".encode())


def _persist(file: Path, data: bytes) -> None:
    aside = file.with_suffix(".new")
    with aside.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    aside.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
