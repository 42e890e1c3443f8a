"""For whoever runs the site: is the process alive, can it serve, is the log being written?"""

from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from dcant.record.models import Entry
from dcant.record.publication import alarm
from dcant.territories.models import LoadedReference

LATE = timedelta(minutes=5)


def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, the territories are loaded and no entry has waited too long for its index."""
    problems: dict[str, str] = {}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not LoadedReference.objects.exists():
            problems["territories"] = "not loaded: dcant territories load"
        if Entry.objects.waiting().filter(at__lt=timezone.now() - LATE).exists():
            problems["record"] = "entries are waiting: is `dcant worker` running?"
    except DatabaseError as error:
        problems["database"] = type(error).__name__
    stopped = alarm(settings.DATA)
    if stopped:
        problems["log"] = stopped
    return JsonResponse(
        {"status": "ready" if not problems else "not ready", "problems": problems}, status=503 if problems else 200
    )
