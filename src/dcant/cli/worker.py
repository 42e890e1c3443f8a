"""`dcant worker`: the one process that numbers the entries of the record, lets uses lapse and keeps the index true."""

import argparse
import logging
import signal
from datetime import date
from threading import Event
from typing import Any

from dcant.cli.database import add_data, set_up

BEAT = 0.5  # seconds between two looks at the outbox
INDEX_BEATS = 120
logger = logging.getLogger("dcant.worker")


def add_to(commands: "argparse._SubParsersAction[Any]") -> None:
    command = commands.add_parser("worker", help="numérote le journal, laisse expirer les usages, tient l’index à jour")
    command.add_argument("--once", action="store_true", help="fait ce qui attend, puis s’arrête")
    add_data(command)
    command.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    set_up()
    stop = Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    turn, lapsed = 0, date.min
    while not stop.is_set():
        lapsed = beat(turn, lapsed)
        turn += 1
        if args.once:
            break
        stop.wait(BEAT)
    return 0


def beat(turn: int, lapsed: date) -> date:
    """One turn: entries at each, the index each minute, expiries once a day. A database out of reach is tried again."""
    from django.db import DatabaseError, close_old_connections
    from django.utils import timezone

    from dcant.adoption.projection import expire_due
    from dcant.catalogue.index import ensure_index
    from dcant.record.sequencer import BATCH, sequence_entries

    today = timezone.localdate()
    try:
        while sequence_entries() == BATCH:
            pass
        if turn % INDEX_BEATS == 0:
            ensure_index()
        if today > lapsed:
            expire_due(today=today)
            lapsed = today
    except DatabaseError as error:
        logger.warning("worker: %s, tried again at the next turn", type(error).__name__)
        close_old_connections()
    return lapsed
