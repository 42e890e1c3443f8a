"""The life of a check asked for on a page: one table of states, from which the database's constraint is made too."""

from datetime import timedelta

ARROWS: dict[str, frozenset[str]] = {
    "received": frozenset({"running", "cancelled", "failed"}),
    "running": frozenset({"received", "done", "failed", "cancelled"}),  # back in the queue when its process died, once
    "done": frozenset({"expired"}),
    "failed": frozenset({"expired"}),
    "cancelled": frozenset({"expired"}),
    "expired": frozenset(),
}
WAITING = ("received", "running")
ENDED = ("done", "failed", "cancelled")
KEPT = timedelta(days=30)  # a report nobody published
UPLOAD_KEPT = timedelta(hours=1)  # a file that no check awaits, while its sender looks for its standard
SILENT = timedelta(seconds=30)  # a worker that has not been heard for so long is not there
ANNOTATED_KEPT = timedelta(hours=24)  # the annotated copy holds the rows themselves
MOST_ATTEMPTS = 2
MOST_WAITING_BY_VISITOR = 2


def may_become(state: str, wanted: str) -> bool:
    """Whether a check in this state may go to that one."""
    return wanted in ARROWS[state]
