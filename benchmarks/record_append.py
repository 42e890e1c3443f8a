"""How many entries a second the outbox holds durably, and how long an act waits to be in a signed checkpoint. SQLite, then PostgreSQL.

    python benchmarks/record_append.py [--entries 20000] [--batch 1000] [--rounds 3] [--rate 50] [--seconds 30] [--sqlite]

Protocol. One process for each new database, durable as in production: SQLite in WAL with synchronous FULL, PostgreSQL with fsync and
synchronous_commit on (without DATABASE_URL, a throw-away server started so by scripts/with-postgres --durable). Entries of some 430 bytes go through
the acts' own `write_entries`, canonical form included: one by commit, then by batches, in turns; medians. What follows is told beside: numbering them,
and writing and signing their tiles. Then `dcant worker` runs with its two witnesses, each a process on this machine, and acts of one entry are
committed at an even rate by this process; an act waits from its beginning until the published checkpoint covers its index, looked at every 10 ms.
Bars: 5,000 durable entries/s by batches, 10 times one by one in the same run; 2 s at the 99th percentile.
"""

import argparse
import math
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from both_databases import add_options, on_both
from machine import load

DURABLE, RATIO, P99_S = 5000, 10, 2.0
ONE_BY_ONE = 300
POLL = 0.01


def drafts(first: int, count: int) -> list[Any]:
    from django.utils import timezone

    from dcant.record.services import Draft, digest

    body = {"adopter": "217500016", "resource": "parcours-citoyen", "kind": "used", "note": "é" * 60, "demo": True}
    bodies = [body | {"number": number} for number in range(first, first + count)]
    now = timezone.now()
    return [Draft("test.said", "org:siren:217500016", digest(body), body, now) for body in bodies]


def write(count: int, batch: int) -> float:
    """Entries a second, each batch in a transaction of its own; what is written is made ready within the time."""
    from django.db import transaction

    from dcant.record.services import write_entries

    start = time.perf_counter()
    for first in range(0, count, batch):
        with transaction.atomic():
            write_entries(drafts(first, min(batch, count - first)))
    return count / (time.perf_counter() - start)


def durability() -> str:
    """As the server itself says it. Stops when a crash of the machine could lose what it acknowledged."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous")
            level = cursor.fetchone()[0]
            said, durable = f"synchronous {level}", level >= 2  # 2 is FULL
        else:
            values = {}
            for name in ("fsync", "synchronous_commit"):
                cursor.execute("SELECT current_setting(%s)", [name])
                values[name] = cursor.fetchone()[0]
            said, durable = (
                ", ".join(f"{name} {value}" for name, value in values.items()),
                set(values.values()) == {"on"},
            )
    if not durable:
        sys.exit(f"this database is not durable ({said}): nothing is measured")
    return said


def publish() -> tuple[float, float]:
    """Seconds to number all that waits, then to write and sign it."""
    from django.conf import settings

    from dcant.record.publication import publish_log
    from dcant.record.sequencer import BATCH, sequence_entries

    start = time.perf_counter()
    while sequence_entries() == BATCH:
        pass
    numbered = time.perf_counter()
    publish_log(data=settings.DATA, name=settings.LOG_NAME)
    return numbered - start, time.perf_counter() - numbered


def signed_size(data: Path) -> int:
    from dcant.record.checkpoint import Checkpoint
    from dcant.record.publication import current_note

    note = current_note(data)
    return Checkpoint.parse(note.text).size if note else 0


def waits(rate: int, seconds: int) -> list[float]:
    """Seconds from the beginning of each act until a checkpoint covers it, cosigned or not."""
    from django.conf import settings
    from django.db import transaction

    from dcant.cli.demo_witnesses import two_witnesses
    from dcant.record.models import Entry
    from dcant.record.publication import log_key
    from dcant.record.services import write_entries

    data = Path(settings.DATA)
    begun: dict[str, float] = {}
    seen: list[tuple[float, int]] = []
    with two_witnesses(data, log_key(data, settings.LOG_NAME).public, Path(settings.WITNESSES)):
        worker = subprocess.Popen([sys.executable, "-m", "dcant", "worker"])
        try:
            before = signed_size(data)
            with transaction.atomic():
                write_entries(drafts(0, 1))
            while signed_size(data) == before:  # the worker is up
                time.sleep(POLL)
            start, count = time.perf_counter(), rate * seconds
            while len(begun) < count or seen[-1][1] < before + 1 + count:
                if len(begun) < count and time.perf_counter() >= start + len(begun) / rate:
                    now = time.perf_counter()
                    with transaction.atomic():
                        begun[write_entries(drafts(len(begun), 1))[0].entry_id] = now
                elif not seen or time.perf_counter() > seen[-1][0] + POLL:
                    seen.append((time.perf_counter(), signed_size(data)))
                else:
                    time.sleep(POLL / 10)
        finally:
            worker.terminate()
            worker.wait()
    places = dict(Entry.objects.filter(entry_id__in=list(begun)).values_list("entry_id", "index"))
    covered = iter(seen)
    at, size = next(covered)
    found = []
    for entry, index in sorted(places.items(), key=lambda one: one[1]):
        while size <= index:
            at, size = next(covered)
        found.append(max(0.0, at - begun[entry]))
    return found


def measure(options: argparse.Namespace) -> int:
    import django

    django.setup()
    from dcant.cli.database import migrate

    migrate()
    print(f"\n{options.measure}: {durability()}; {load()}")
    rates: dict[str, list[float]] = {"one": [], "batch": []}
    for _round in range(options.rounds):
        rates["one"].append(write(ONE_BY_ONE, 1))
        rates["batch"].append(write(options.entries, options.batch))
    one, batch = (statistics.median(rates[name]) for name in ("one", "batch"))
    written = options.rounds * (ONE_BY_ONE + options.entries)
    numbering, signing = publish()
    print(
        f"durable: {one:.0f} entries/s one by one, {batch:.0f} by {options.batch} (x{batch / one:.1f}), medians of {options.rounds}"
    )
    print(
        f"then {written} entries: numbered in {numbering:.1f} s ({written / numbering:.0f}/s), tiles written and signed in {signing:.1f} s ({written / signing:.0f}/s)"
    )
    times = sorted(waits(options.rate, options.seconds))
    p50, p99 = times[len(times) // 2], times[math.ceil(len(times) * 0.99) - 1]
    print(
        f"{len(times)} acts at {options.rate}/s, in a signed checkpoint after: p50 {p50:.2f} s, p99 {p99:.2f} s, at most {times[-1]:.2f} s; {load()}"
    )
    bars = {f"{DURABLE}/s": batch >= DURABLE, f"x{RATIO}": batch >= RATIO * one, f"p99 {P99_S:g} s": p99 <= P99_S}
    print("bars: " + ", ".join(f"{name} {'met' if good else 'MISSED'}" for name, good in bars.items()))
    return 0 if all(bars.values()) else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=20_000)
    parser.add_argument("--batch", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rate", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=30)
    add_options(parser)
    options = parser.parse_args()
    if options.measure:
        return measure(options)
    return on_both(__file__, options, durable=True)


if __name__ == "__main__":
    sys.exit(main())
