"""« À faire »: what is expected of whom in the half-year under way, one's own first, and what stands in the way."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from dcant.governance.models import Cycle, Seat
from dcant.governance.status import Block, Status, Task, current_cycles, status_of
from dcant.web.acting import acting, today
from dcant.web.acts import speaker
from dcant.web.asked import asked
from dcant.web.colleges import is_secretariat
from dcant.web.cycle_addresses import cycle_address
from dcant.web.documents import json_document


@dataclass(frozen=True, slots=True)
class Line:
    """A task, or what stands in the way, and the page that speaks of it."""

    said: Task | Block
    address: str


def to_do(request: HttpRequest) -> HttpResponse:
    seats = _my_seats(request)
    shown, others = _asked(request, {seat.programme_id for seat in seats})
    status = status_of(shown, timezone.now()) if shown else None
    keys = {seat.key for seat in seats}
    mine = status.of_seats(keys, secretariat=is_secretariat(request)) if status else []
    return render(
        request,
        "web/governance/to_do.html",
        {
            "cycle": shown,
            "others": others,
            "mine": _lines(status, mine),
            "theirs": _lines(status, [one for one in status.tasks if one not in mine] if status else []),
            "blocks": _lines(status, status.blocks if status else []),
            "signed_in": acting(request) is not None,
        },
    )


def to_do_json(request: HttpRequest) -> HttpResponse:
    """What is public, the same for everyone."""
    shown, _ = _asked(request, set())
    return json_document({"half_year": status_of(shown, timezone.now()).as_dict() if shown else None})


def _my_seats(request: HttpRequest) -> list[Seat]:
    organisation = speaker(request).organisation
    return list(Seat.objects.open_on(today()).filter(organisation=organisation)) if organisation.pk else []


def _asked(request: HttpRequest, mine: set[int]) -> tuple[Cycle | None, list[Cycle]]:
    """The half-year of the programme named in the address, else of one where this person sits, else the first; and the others."""
    slug = asked(request, "programme", longest=40)
    cycles = sorted(current_cycles(), key=lambda cycle: (cycle.programme.slug != slug, cycle.programme_id not in mine))
    return (cycles[0], cycles[1:]) if cycles else (None, [])


def _lines(status: Status | None, said: Sequence[Task | Block]) -> list[Line]:
    return [Line(one, _address(status.cycle, *one.about)) for one in said] if status else []


def _address(cycle: Cycle, kind: str, code: str) -> str:
    return cycle_address(cycle) if kind == "cycle" else reverse(kind, args=[code])
