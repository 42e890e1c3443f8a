"""Who speaks for a seat: days and commitments for everyone, names for the secretariat alone."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from dcant.governance.models import Seat, SeatHolder
from dcant.governance.services.holders import end_holder, erase_person, name_holder
from dcant.web.acts import act, speaker
from dcant.web.asked import posted
from dcant.web.colleges import is_secretariat
from dcant.web.documents import json_document


def _seat(programme: str, seat: str) -> Seat:
    return get_object_or_404(
        Seat.objects.select_related("programme", "organisation", "college"), programme__slug=programme, key=seat
    )


def holders(request: HttpRequest, programme: str, seat: str) -> HttpResponse:
    """The people who held the seat, one after the other, and the forms to name, end and erase."""
    shown = _seat(programme, seat)
    said = {"seat": shown, "holders": list(shown.holders.all()), "may": is_secretariat(request)}
    return render(request, "web/governance/holders.html", said)


def holders_json(request: HttpRequest, programme: str, seat: str) -> HttpResponse:
    """What the log tells, and no name, whoever asks."""
    shown = _seat(programme, seat)
    held = [
        {
            "part": one.part,
            "commitment": one.commitment,
            "from": one.valid_from.isoformat(),
            "to": one.valid_to.isoformat() if one.valid_to else None,
            "erased": one.erased_at is not None,
        }
        for one in shown.holders.all()
    ]
    body = {"seat": shown.key, "college": shown.college_id, "organisation": shown.organisation.name, "holders": held}
    return json_document(body)


@require_POST
def name(request: HttpRequest, programme: str, seat: str) -> HttpResponse:
    shown = _seat(programme, seat)

    def do() -> None:
        name_holder(
            seat=shown,
            name=posted(request, "name", longest=200),
            part=posted(request, "part", longest=10),
            speaker=speaker(request),
            at=timezone.now(),
        )

    return act(request, do, "holders", programme, seat)


@require_POST
def step(request: HttpRequest, programme: str, seat: str) -> HttpResponse:
    """Ends a mandate, or erases the person behind it."""
    number = posted(request, "holder", longest=12)
    held = SeatHolder.objects.filter(seat=_seat(programme, seat)).select_related("seat__programme")
    holder = get_object_or_404(held, pk=int(number) if number.isascii() and number.isdigit() else 0)
    steps = {"end": end_holder, "erase": erase_person}
    chosen = steps.get(posted(request, "step", longest=10))

    def do() -> None:
        if chosen is not None:
            chosen(holder=holder, speaker=speaker(request), at=timezone.now())

    return act(request, do, "holders", programme, seat)
