"""Checks whose process is killed with -9 at a chosen place, then taken up by another. Run in a node of its own:
`python -m standards.killed` prints one JSON document, place by place.

It forks before it touches the database, so that each process that dies has its own connection.
"""

import json
import os
import resource
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import django

if __name__ == "__main__":
    django.setup()

from django.conf import settings
from django.db import connections
from django.utils import timezone

from dcant.standards import tasks
from dcant.standards.models import Document, TableCheck
from dcant.standards.services import check_files, checks
from dcant.standards.tables import annotate
from standards.checked import BAD, a_standard, ask

ROWS = 40
# Where the process dies: in what is called, instead of it.
PLACES: dict[str, tuple[object, str]] = {
    "before the file is read": (tasks, "_report"),
    "while it is read": (tasks._Watch, "note"),
    "while the annotated copy is written": (annotate._Annotated, "_listing"),
    "before the end is written": (tasks, "end_check"),
    "after the end, before the file is erased": (checks, "file_of"),
}


def die(*_given: object, **_named: object) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")


def in_a_process(do: Callable[[], object]) -> int:
    """The signal that ended it; 0 when it ended by itself and well."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            do()
            status = 0
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, status
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def run(place: str = "") -> int:
    """What the worker's process does, dying there."""

    def do() -> None:
        if place:
            setattr(*PLACES[place], die)
        tasks.run_waiting(now=timezone.now, data=settings.DATA)

    return in_a_process(do)


def without_room() -> int:
    """What the worker's process does when nothing more than a few kilobytes of the annotated copy can be written."""
    whole = annotate.annotate

    def cramped(*given: Any, **named: Any) -> None:
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, hard))
        try:
            whole(*given, **named)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    def do() -> None:
        annotate.annotate = cramped
        tasks.run_waiting(now=timezone.now, data=settings.DATA)

    return in_a_process(do)


def seen(check_id: str) -> dict[str, Any]:
    folder = check_files.folder_of(settings.DATA)
    check = TableCheck.objects.get(pk=check_id)
    left = sorted(path.name.replace(check_id, "ID") for path in folder.iterdir() if path.name != ".lock")
    return {"state": check.state, "attempts": check.attempts, "conforms": check.conforms, "left": left}


def asked(document: Document) -> TableCheck:
    header, *rows = BAD.splitlines(keepends=True)
    return ask(document, header + "".join(rows) * (ROWS // len(rows)), timezone.now(), settings.DATA)


def forgotten(check: TableCheck) -> dict[str, Any]:
    """What is seen of it last; then it is as if it had never been."""
    last = seen(check.pk)
    TableCheck.objects.filter(pk=check.pk).delete()
    check_files.annotated_of(check, settings.DATA).unlink(missing_ok=True)
    return last


def killed_at(place: str, document: Document, times: int, *, cancelled: bool = False) -> dict[str, Any]:
    """What is seen after each death, and once another process has gone to its end."""
    check = asked(document)
    after = []
    for _ in range(times):
        assert run(place) == signal.SIGKILL, place
        after.append(seen(check.pk))
    if cancelled:
        checks.cancel_check(check_id=check.pk, at=timezone.now(), data=settings.DATA)
    assert run() == 0
    return {"after": after, "end": forgotten(check)}


def main() -> None:
    tasks.NOTED_EVERY = 0.0
    in_a_process(partial(a_standard, timezone.now()))
    document = Document.objects.order_by("pk")[1]
    found = {place: killed_at(place, document, 1) for place in PLACES}
    found["twice"] = killed_at("while it is read", document, 2)
    cramped = asked(document)
    assert without_room() == 0
    found["without room"] = forgotten(cramped)
    found["cancelled"] = killed_at("while it is read", document, 1, cancelled=True)
    Path(os.environ["TOLD"]).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
