"""The shown resources without their sheets, read once a process and again whenever one of them changed."""

from threading import Lock

from django.db.models import Count, Max

from dcant.catalogue.models import Resource

_Stamp = tuple[object, ...]
_lock = Lock()
_kept: list[tuple[_Stamp, tuple[Resource, ...]]] = []  # one at most


def shown_resources() -> tuple[Resource, ...]:
    """Every shown resource, to be read and never changed: a page that judges them all does not fetch them each time.

    One query tells whether any has changed since; a second reads them again.
    """
    of = Resource.objects.shown().aggregate(rows=Count("pk"), last=Max("changed_at"), newest=Max("pk"))
    stamp = (of["rows"], of["last"], of["newest"])
    with _lock:
        if not _kept or _kept[0][0] != stamp:
            rows = Resource.objects.shown().defer("sheet", "changed_at")
            _kept[:] = [(stamp, tuple(rows))]
        return _kept[0][1]


def forget_shown() -> None:
    """Reads them again at the next question: for another database under the same process."""
    with _lock:
        _kept.clear()
