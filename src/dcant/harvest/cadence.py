"""When a source is to be read again. Pure: the last run and the time are given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dcant.harvest.rules import SourceFile

_FAILURES = ("failed", "interrupted")
RUNS_LOOKED_AT = 20  # enough to count failures in a row
_LONGEST_BACK_OFF = 10  # doublings: 2^10 hours is more than any cadence worth the name


@dataclass(frozen=True, slots=True)
class LastRun:
    """The last run of a source; `failures`: how many of the last runs in a row failed or were interrupted, itself included."""

    state: str
    began_at: datetime
    ended_at: datetime | None
    failures: int = 0

    @classmethod
    def of(cls, runs: Sequence[tuple[str, datetime, datetime | None]]) -> "LastRun | None":
        """From (state, beginning, end) of the last runs, last first; None when there is none."""
        if not runs:
            return None
        good = (place for place, (state, _, _) in enumerate(runs) if state not in _FAILURES)
        return cls(*runs[0], failures=next(good, len(runs)))


def next_reading(source: SourceFile, last_run: LastRun | None) -> datetime | None:
    """When to read this source again; None: at once, it never was. A cadence after the last run ended; after 1 h, 2 h, 4 h…
    when it failed, up to the cadence. One that runs is let run: a run that began more than a cadence (a day at least) ago
    is held for dead, and the lock of the source decides.
    """
    cadence = timedelta(hours=source.cadence_hours)
    if last_run is None:
        return None
    if last_run.ended_at is None:
        return last_run.began_at + max(cadence, timedelta(days=1))
    wait = cadence
    if last_run.failures:
        wait = min(cadence, timedelta(hours=2 ** min(last_run.failures - 1, _LONGEST_BACK_OFF)))
    return last_run.ended_at + wait


def due(source: SourceFile, last_run: LastRun | None, now: datetime) -> bool:
    """Is it time to read this source?"""
    moment = next_reading(source, last_run)
    return moment is None or now >= moment
