"""A decision: the exact text, who votes, both colleges side by side, and why the outcome is what it is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from dcant.governance.export.decision import decision_document, present_outcome
from dcant.governance.models import Decision, Objection, Proxy, Seat
from dcant.governance.questions import closing_entry
from dcant.governance.rules.counting import CONSENT
from dcant.governance.services.decisions import (
    cast_ballot,
    close_decision,
    close_objection,
    give_proxy,
    open_decision,
    raise_objection,
    reconvene,
    record_reservation,
)
from dcant.web.acting import acting
from dcant.web.acts import act, moment, my_seats, seat_named, speaker
from dcant.web.asked import posted
from dcant.web.colleges import is_secretariat
from dcant.web.documents import json_document


def _decision(code: str) -> Decision:
    related = (
        "programme",
        "cycle__programme",
        "charter",
        "version__action",
        "roadmap",
        "balance_sheet",
        "new_charter",
        "ending__action",
        "ending__into",
    )
    return get_object_or_404(Decision.objects.select_related(*related), code=code)


def decision(request: HttpRequest, code: str) -> HttpResponse:
    shown = _decision(code)
    ballots = list(
        shown.ballots.effective().select_related("seat__organisation", "holder__organisation").order_by("seat__key")
    )
    mine = my_seats(request, shown.programme)
    held = (
        list(Proxy.objects.filter(decision=shown, to_seat__in=mine).select_related("from_seat__organisation"))
        if mine
        else []
    )
    found = present_outcome(shown)
    return render(
        request,
        "web/governance/decision.html",
        {
            "decision": shown,
            "outcome": found,
            "colleges": [(key, count) for key, count in found.colleges.items()] if found else [],
            "ballots": ballots,
            "silent": _silent(shown, {one.seat.key for one in ballots}),
            "objections": list(shown.objections.select_related("seat__organisation").order_by("pk")),
            "reservations": list(shown.reservations.select_related("organisation").order_by("pk")),
            "entry": closing_entry(shown),
            "consent": shown.rule == CONSENT,
            "values": ("ack", "abstain") if shown.rule == CONSENT else ("for", "against", "abstain"),
            "seats": [*mine, *(one.from_seat for one in held)],
            "mine": mine,
            "fellows": _fellows(shown, mine),
            "may": is_secretariat(request),
            "signed_in": acting(request) is not None,
            "now": timezone.now(),
        },
    )


def _silent(shown: Decision, heard: set[str]) -> list[Seat]:
    keys = [one["seat"] for one in shown.electorate if one["seat"] not in heard]
    return list(Seat.objects.filter(key__in=keys).select_related("organisation")) if keys else []


def _fellows(shown: Decision, mine: list[Seat]) -> list[Seat]:
    """The other seats of one's own college, to whom a proxy may be given."""
    if not mine:
        return []
    seats = Seat.objects.filter(programme=shown.programme, college_id=mine[0].college_id, valid_to=None)
    return list(seats.exclude(pk__in=[one.pk for one in mine]).select_related("organisation"))


def decision_json(request: HttpRequest, code: str) -> HttpResponse:
    """The decision as a file that `dcant governance outcome` recomputes, with what surrounds it."""
    return json_document(decision_document(_decision(code)))


@require_POST
def step(request: HttpRequest, code: str) -> HttpResponse:
    """The secretariat opens, closes or reconvenes."""
    shown, who, now = _decision(code), speaker(request), timezone.now()
    deadline = posted(request, "deadline", longest=40)
    steps = {
        "open": lambda: open_decision(decision=shown, deadline=moment(deadline), speaker=who, at=now),
        "close": lambda: close_decision(decision=shown, speaker=who, at=now),
        "reconvene": lambda: reconvene(decision=shown, deadline=moment(deadline), speaker=who, at=now),
    }
    return act(request, steps.get(posted(request, "step", longest=20), lambda: None), "decision", shown.code)


@require_POST
def vote(request: HttpRequest, code: str) -> HttpResponse:
    shown = _decision(code)

    def do() -> None:
        seat = seat_named(request, shown.programme)
        cast_ballot(
            decision=shown,
            seat=seat,
            value=posted(request, "value", longest=20),
            speaker=speaker(request),
            at=timezone.now(),
        )

    return act(request, do, "decision", shown.code)


@require_POST
def proxy(request: HttpRequest, code: str) -> HttpResponse:
    shown = _decision(code)

    def do() -> None:
        to = get_object_or_404(Seat, programme=shown.programme, key=posted(request, "to", longest=40))
        seat = seat_named(request, shown.programme)
        give_proxy(decision=shown, from_seat=seat, to_seat=to, speaker=speaker(request), at=timezone.now())

    return act(request, do, "decision", shown.code)


@require_POST
def objection(request: HttpRequest, code: str) -> HttpResponse:
    """Raises an objection, or closes one."""
    shown = _decision(code)

    def do() -> None:
        number = posted(request, "objection", longest=20)
        if number.isascii() and number.isdigit() and len(number) < 12:
            found = get_object_or_404(
                Objection.objects.select_related("decision", "seat__programme"), pk=int(number), decision=shown
            )
            close_objection(
                objection=found, arrow=posted(request, "arrow", longest=20), speaker=speaker(request), at=timezone.now()
            )
            return
        seat = seat_named(request, shown.programme)
        reason = posted(request, "reason", longest=600)
        raise_objection(decision=shown, seat=seat, reason=reason, speaker=speaker(request), at=timezone.now())

    return act(request, do, "decision", shown.code)


@require_POST
def reservation(request: HttpRequest, code: str) -> HttpResponse:
    shown = _decision(code)
    text = posted(request, "text", longest=600)
    return act(
        request,
        lambda: record_reservation(decision=shown, text=text, speaker=speaker(request), at=timezone.now()),
        "decision",
        shown.code,
    )
