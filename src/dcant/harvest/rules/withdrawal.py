"""When a thing that is not found any more is withdrawn: in two phases, counted in runs, never by one bad day.

seen → unseen (since run n) → withdrawn (reason) → returned. Only runs that are complete or partial count absence.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

State = Literal["seen", "unseen", "withdrawn", "returned"]
RunEnd = Literal["complete", "partial", "suspect"]

STATES: Mapping[str, State] = {"seen": "seen", "unseen": "unseen", "withdrawn": "withdrawn", "returned": "returned"}
ABSENT = "absent"
SAID_BY_SOURCE = "dit par la source : "
RUNS_BEFORE_WITHDRAWAL = 3
GRACE = timedelta(days=7)
MAX_LOSS_PERCENT = 10


@dataclass(frozen=True, slots=True)
class Presence:
    """Where an item stands. `unseen_at` is the time of the first run that missed it; `runs` how many in a row did."""

    state: State = "seen"
    since_run: int | None = None
    runs: int = 0
    unseen_at: datetime | None = None
    reason: str = ""


def seen(presence: Presence, *, changed: bool, tombstone: str | None = None) -> Presence:
    """The source shows the item. A tombstone withdraws at once; the same bytes under a tombstone stay withdrawn."""
    if tombstone is not None:
        return Presence(state="withdrawn", reason=SAID_BY_SOURCE + tombstone)
    if presence.state == "withdrawn":
        still_ended = presence.reason != ABSENT and not changed
        return presence if still_ended else Presence(state="returned")
    if presence.state == "unseen":
        return Presence()
    return presence


def missed(presence: Presence, *, run: int, at: datetime) -> Presence:
    """A run that counts did not find the item. Withdrawn when three such runs in a row, over seven days at least, missed
    it: a clock that jumps cannot do it alone, nor can many runs in one day.
    """
    if presence.state == "withdrawn":
        return presence
    first = presence.state != "unseen"
    presence = Presence(
        state="unseen",
        since_run=run if first else presence.since_run,
        runs=1 if first else presence.runs + 1,
        unseen_at=at if first or presence.unseen_at is None else presence.unseen_at,
    )
    if presence.runs >= RUNS_BEFORE_WITHDRAWAL and presence.unseen_at and at - presence.unseen_at >= GRACE:
        return replace(presence, state="withdrawn", reason=ABSENT)
    return presence


@dataclass(frozen=True, slots=True)
class Loss:
    """How many items of a collection the last run that counts had, and how many of them this one did not find."""

    before: int
    lost: int

    @property
    def suspect(self) -> bool:
        return self.lost * 100 > self.before * MAX_LOSS_PERCENT


def run_end(*, seen_items: int, rejected: int, losses: Mapping[str, Loss], accepted: bool) -> RunEnd:
    """How a run that reached its end is judged. Loss is measured by collection: over the whole it would hide ten lost
    services out of eighteen. A run that found nothing is suspect even the first time. `accepted`: a person accepts.
    """
    if not accepted and (seen_items == 0 or any(loss.suspect for loss in losses.values())):
        return "suspect"
    return "partial" if rejected else "complete"
