"""Witnesses of a test's own, served on loopback, and a small log of the database that grows."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from django.db import transaction

from dcant.cli.witness_server import make_server
from dcant.record.keys import SigningKey
from dcant.record.note import VerifierKey
from dcant.record.publication import log_key, publish_log
from dcant.record.sequencer import sequence_entries
from dcant.record.services import digest, write_entry
from dcant.record.witness import Witness, application

NAME = "essai.example/registre"
STATE = SigningKey.new("etat.example/temoin", "witness")
TOWNS = SigningKey.new("communes.example/temoin", "witness")


@contextmanager
def served(key: SigningKey, log: VerifierKey, store: Path, port: int = 0) -> Iterator[int]:
    """A witness over real HTTP; gives its port."""
    server = make_server(application(Witness(key, [log], store, lambda: 1_530_000_000)), "127.0.0.1", port)
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def write_policy(data: Path, state: int, towns: int) -> Path:
    """The double majority, at these ports."""
    file = data / "witnesses.txt"
    lines = [
        f"log {log_key(data, NAME).public}",
        f"witness État {STATE.public} http://127.0.0.1:{state}/",
        f"witness communes {TOWNS.public} http://127.0.0.1:{towns}",
        "group équilibre all État communes",
        "quorum équilibre",
    ]
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return file


def say(numbers: range) -> None:
    """These entries, numbered."""
    for number in numbers:
        body = {"number": number}
        with transaction.atomic():
            write_entry(
                kind="test.said",
                actor="system:test",
                subject=digest(body),
                body=body,
                at=datetime(2026, 11, 21, tzinfo=UTC),
            )
    sequence_entries()


def grow(data: Path, numbers: range, cosigners=None) -> int:
    say(numbers)
    return publish_log(data=data, name=NAME, cosigners=cosigners)
