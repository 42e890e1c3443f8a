"""For whoever runs the site: is the process alive, can it serve, is the log being written?"""

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from dcant.record.questions import log_state
from dcant.territories.models import LoadedReference


def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, the territories are loaded and the log goes on: no entry waits too long, no tree
    fails to extend the last one signed, no witness says that it saw another past.
    """
    problems: dict[str, str] = {}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not LoadedReference.objects.exists():
            problems["territories"] = "not loaded: dcant territories load"
        state = log_state(data=settings.DATA, witnesses=settings.WITNESSES, now=timezone.now())
        if state.late:
            problems["record"] = "entries are waiting: is `dcant worker` running, can it write?"
        if state.stopped or state.unreadable:
            problems["log"] = state.stopped or state.unreadable
        if state.contradicted:
            problems["witnesses"] = ", ".join(f"{one.witness}: {one.reason}" for one in state.contradicted)
    except DatabaseError as error:
        problems["database"] = type(error).__name__
    return JsonResponse(
        {"status": "ready" if not problems else "not ready", "problems": problems}, status=503 if problems else 200
    )
