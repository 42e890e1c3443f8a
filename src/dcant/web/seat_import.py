"""Seats from a table: pasted or sent, looked at line by line, then opened all together."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from dcant.governance.models import Programme
from dcant.governance.rules.seat_file import SeatTable
from dcant.governance.services.seats import import_seats, preview_seats
from dcant.identifiers import Permit, Refused
from dcant.web.acts import act, speaker
from dcant.web.colleges import is_secretariat
from dcant.web.errors import refused

MOST_BYTES = 200_000


def page(request: HttpRequest, programme: str) -> HttpResponse:
    """The form; sent once it shows what the table would open, sent again with « ouvrir » it opens."""
    shown = get_object_or_404(Programme.objects.filter(played=True), slug=programme)
    if request.method != "POST":
        return _show(request, shown, "", None)
    if not is_secretariat(request):
        return refused(
            request, Refused(Permit.no("Seul le secrétariat du programme peut faire cela."), code="DCANT-G001")
        )
    text, now = _sent(request), timezone.now()
    if request.POST.get("open"):
        return act(
            request,
            lambda: import_seats(programme=shown, text=text, speaker=speaker(request), at=now),
            "colleges",
            shown.slug,
        )
    return _show(request, shown, text, preview_seats(programme=shown, text=text, at=now))


def _show(request: HttpRequest, programme: Programme, text: str, table: SeatTable | None) -> HttpResponse:
    context = {"programme": programme, "text": text, "table": table, "may": is_secretariat(request)}
    return render(request, "web/governance/import_seats.html", context)


def _sent(request: HttpRequest) -> str:
    """The file when there is one, else the text of the field. What is not UTF-8 is read as Windows writes it."""
    file = request.FILES.get("file")
    if file is None or not file.size:
        return request.POST.get("text", "")[:MOST_BYTES]
    raw: bytes = file.read(MOST_BYTES)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")
