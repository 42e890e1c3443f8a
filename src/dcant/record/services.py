"""Writing to the public log: the line an act leaves, in its own transaction."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from dcant.record.canonical import digest, dumps, timestamp
from dcant.record.models import Entry

__all__ = ["Draft", "digest", "write_entries", "write_entry"]


@dataclass(frozen=True, slots=True)
class Draft:
    """A line to write. kind: « adoption.declared »…; actor: org:siret:…, org:siren:… or system:…; subject: sha256:….

    body holds no personal data; entry_id, when given, is the caller's own and unique.
    """

    kind: str
    actor: str
    subject: str
    body: Mapping[str, object]
    at: datetime
    entry_id: str = ""

    def entry(self) -> Entry:
        entry_id = self.entry_id or str(uuid.uuid4())
        value = {"v": 1, "type": self.kind, "id": entry_id, "at": timestamp(self.at), "actor": self.actor}
        leaf = dumps(value | {"subject": self.subject, "body": dict(self.body)})
        return Entry(entry_id=entry_id, type=self.kind, at=self.at, actor=self.actor, subject=self.subject, leaf=leaf)


def write_entry(*, kind: str, actor: str, subject: str, body: Mapping[str, object], at: datetime) -> Entry:
    """The line an act leaves, in the act's own transaction: if the act fails, there is no line.

    Raises LeafRefused for what the record cannot hold, and RuntimeError outside a transaction.
    """
    return write_entries([Draft(kind, actor, subject, body, at)])[0]


def write_entries(drafts: Iterable[Draft]) -> list[Entry]:
    """Many lines of one transaction, in order."""
    if not connection.in_atomic_block:
        raise RuntimeError("an entry of the record is written inside the transaction of its act")
    return Entry.objects.bulk_create([draft.entry() for draft in drafts], batch_size=500)
