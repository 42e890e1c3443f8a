"""How a page acts for the programme: who speaks, the act, then back to a page, or the reason of the refusal."""

from collections.abc import Callable
from datetime import UTC, datetime, time

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from dcant.governance.models import Programme, Seat
from dcant.governance.services import speaking
from dcant.governance.services.speaking import Speaker, speaker_of
from dcant.identifiers import IdentifierError, Permit, Refused
from dcant.web.acting import acting, today
from dcant.web.asked import posted
from dcant.web.errors import refused


def speaker(request: HttpRequest) -> Speaker:
    """The mandate of this session."""
    who = acting(request)
    return speaker_of(who.mandate if who else None)


def my_seats(request: HttpRequest, programme: Programme) -> list[Seat]:
    """The seats for which the person of this session may speak today."""
    spoken = speaker(request)
    return spoken.seats(programme, today()) if spoken.organisation.pk else []


def seat_named(request: HttpRequest, programme: Programme) -> Seat:
    """The seat a form speaks for. Raises Refused when it is not one of this programme."""
    return speaking.seat_named(programme, posted(request, "seat", longest=40))


def act(request: HttpRequest, do: Callable[[], object], to: str, *args: object) -> HttpResponse:
    """Does it, then goes to a page; a refusal is a page with its reason, and nothing was written."""
    try:
        do()
    except Refused as refusal:
        return refused(request, refusal)
    except IdentifierError as error:
        return refused(request, Refused(Permit.no(error.message), code="DCANT-A400"))
    return redirect(to, *args)


def moment(text: str) -> datetime:
    """A deadline written « 2026-03-01 » (the end of that day) or « 2026-03-01T12:00 », in local time. Raises Refused."""
    try:
        found = datetime.fromisoformat(text)
        if len(text) == len("2026-03-01"):
            found = datetime.combine(found, time(23, 59, 59))
        return (found if found.tzinfo else timezone.make_aware(found)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refused(Permit.no("Écrivez une date comme 2026-03-01."), code="DCANT-G001") from None
