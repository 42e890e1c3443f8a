"""`dcant worker`: the one process that numbers the entries of the record, lets uses lapse and keeps the index true.

With DCANT_HARVEST=1 it also has the sources read that are due, one at a time, each in a process of its own: a passage of an
hour must not stop the numbering, nor may a reader that crashes or grows take the worker with it.
"""

import argparse
import logging
import os
import signal
import sys
from datetime import date
from threading import Event
from typing import TYPE_CHECKING, Any

from dcant.cli.children import BUSY, Checks, Harvests
from dcant.cli.database import add_data, set_up
from dcant.cli.due import by_the_day, by_the_hour, due_sources

if TYPE_CHECKING:
    from dcant.record.cosigning import Cosigners
    from dcant.record.sequencer import SequencerSeat

BEAT = 0.5  # seconds between two looks at the outbox
MINUTE_BEATS = 120
HOUR_BEATS = 60 * MINUTE_BEATS
logger = logging.getLogger("dcant.worker")


def add_to(commands: "argparse._SubParsersAction[Any]") -> None:
    command = commands.add_parser("worker", help="numérote le journal, laisse expirer les usages, tient l’index à jour")
    command.add_argument(
        "--checks", action="store_true", help="fait les vérifications de tableaux qui attendent, puis s’arrête"
    )
    command.add_argument("--once", action="store_true", help="fait ce qui attend, puis s’arrête")
    add_data(command)
    command.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    set_up()
    from django.conf import settings
    from django.utils import timezone

    if args.checks:
        from dcant.standards.tasks import run_waiting

        return BUSY if run_waiting(now=timezone.now, data=settings.DATA) is None else 0
    from dcant.cli.witnesses import cosigners
    from dcant.record.sequencer import SequencerSeat

    stop = Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    harvests = Harvests([sys.executable, "-m", "dcant", "harvest", "--data", str(settings.DATA)])
    checks = Checks([sys.executable, "-m", "dcant", "worker", "--checks", "--data", str(settings.DATA)])
    turn, lapsed, waiting = 0, date.min, False
    seat, asked = SequencerSeat(settings.DATA), cosigners()
    try:
        while not stop.is_set():
            if is_ours(seat):
                lapsed = beat(turn, lapsed, harvests, asked)
                checks.turn()
                turn, waiting = turn + 1, False
            elif not waiting:
                logger.warning("worker: another one writes the log of this node; this one waits for its turn")
                waiting = True
            if args.once:
                break
            stop.wait(BEAT)
        if args.once:
            checks.wait()
    finally:
        harvests.stop()
        checks.stop()
        seat.leave()
    return 0


def is_ours(seat: "SequencerSeat") -> bool:
    """Is this process the one sequencer? No while that cannot be known."""
    from django.db import DatabaseError, close_old_connections

    try:
        return seat.taken()
    except (DatabaseError, OSError) as error:
        logger.warning("worker: %s, tried again at the next turn", type(error).__name__)
        close_old_connections()
        return False


def beat(turn: int, lapsed: date, harvests: Harvests, asked: "Cosigners") -> date:
    """One turn: entries at each, the index and the sources each minute, reports to erase each hour, expiries and letters once a
    day. A database out of reach is tried again.
    """
    from django.db import DatabaseError, close_old_connections
    from django.utils import timezone

    from dcant.catalogue.index import ensure_index
    from dcant.record.sequencer import BATCH, sequence_entries

    today = timezone.localdate()
    try:
        while sequence_entries() == BATCH:
            pass
        publish(asked)
        if turn % MINUTE_BEATS == 0:
            ensure_index()
            if os.environ.get("DCANT_HARVEST", "0") == "1":
                harvests.turn(due_sources, timezone.now())
        if turn % HOUR_BEATS == 0:
            by_the_hour(timezone.now())
        if today > lapsed:
            by_the_day(timezone.now())
            lapsed = today
    except DatabaseError as error:
        logger.warning("worker: %s, tried again at the next turn", type(error).__name__)
        close_old_connections()
    return lapsed


def publish(asked: "Cosigners") -> None:
    """Signs what was numbered and has it cosigned. An inconsistency stops the publication, not the site: the alarm is on /readyz
    until a person looks. A policy that does not read stops it too, until it does.
    """
    from django.conf import settings

    from dcant.record.note import Malformed
    from dcant.record.publication import publish_log
    from dcant.record.tile_writer import LogBusy, LogInconsistent

    try:
        publish_log(data=settings.DATA, name=settings.LOG_NAME, cosigners=asked)
    except LogBusy:
        logger.info("record: another process is writing; signed at the next turn")
    except (LogInconsistent, Malformed, OSError) as problem:
        logger.error("record: not signed: %s", problem)  # noqa: TRY400  # a sentence for an operator, no trace needed
