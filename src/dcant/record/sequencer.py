"""The one sequencer: it alone gives the entries of the log their place."""

from django.db import connection, transaction

from dcant.record.models import Entry

_LOCK = 0x64_63_61_6E_74  # "dcant": one advisory lock for the whole database
BATCH = 1000


@transaction.atomic
def sequence_entries(*, limit: int = BATCH) -> int:
    """Gives the next indices to the oldest waiting entries, gapless; returns how many.

    Two sequencers cannot interleave: PostgreSQL takes an advisory lock, SQLite opens an IMMEDIATE transaction.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    waiting = list(Entry.objects.waiting().only("pk")[:limit])
    if not waiting:
        return 0
    for index, entry in enumerate(waiting, start=Entry.objects.next_index()):
        entry.index = index
    Entry.objects.bulk_update(waiting, ["index"], batch_size=200)
    return len(waiting)
