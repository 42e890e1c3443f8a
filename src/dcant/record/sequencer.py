"""The one sequencer: it alone gives the entries of the log their place."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from django.db import connection, transaction

from dcant.record.models import Entry

_LOCK = 0x64_63_61_6E_74  # "dcant": one advisory lock for the whole database
_SEAT = _LOCK + 1
SEAT_FILE = "worker.lock"
BATCH = 1000


class SequencerSeat:
    """The right to be the one sequencer of a node, kept while this process lives; a second one asks again and waits.

    A lock file of the data folder and, on PostgreSQL, a lock of the session too: another host has another folder.
    """

    def __init__(self, data: Path) -> None:
        self._file = data / SEAT_FILE
        self._descriptor: int | None = None
        self._session: object = None

    def taken(self) -> bool:
        """Is the seat ours, now? Raises OSError and DatabaseError when that cannot be known."""
        if self._descriptor is None:
            descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o644)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                return False
            self._descriptor = descriptor
        return connection.vendor != "postgresql" or self._taken_in_session()

    def leave(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
        if self._session is not None and self._session is connection.connection:
            with suppress(Exception), connection.cursor() as cursor:  # a session that is gone has left already
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_SEAT])
        self._session = None

    def _taken_in_session(self) -> bool:
        connection.ensure_connection()
        if self._session is connection.connection:
            return True
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [_SEAT])
            row = cursor.fetchone()
        self._session = connection.connection if row and row[0] else None
        return self._session is not None


@transaction.atomic
def sequence_entries(*, limit: int = BATCH) -> int:
    """Gives the next indices to the oldest waiting entries, gapless; returns how many.

    Two sequencers cannot interleave: PostgreSQL takes an advisory lock, SQLite opens an IMMEDIATE transaction.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    first = Entry.objects.next_index()
    places = list(enumerate(Entry.objects.waiting().values_list("pk", flat=True)[:limit], start=first))
    with connection.cursor() as cursor:
        cursor.executemany('UPDATE record_entry SET "index" = %s WHERE id = %s', places)
    return len(places)
