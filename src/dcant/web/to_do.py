"""« À faire »: what is expected of whom in the half-year under way, one's own first, and what stands in the way."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from dcant.governance.models import Cycle, Seat
from dcant.governance.status import Block, Status, Task, current_cycles, grouped, status_of
from dcant.web.acting import acting, today
from dcant.web.acts import speaker
from dcant.web.asked import asked
from dcant.web.colleges import is_secretariat
from dcant.web.cycle_addresses import cycle_address
from dcant.web.documents import json_document

NAMES = 6
LINES = 60  # the data beside the page holds everything


@dataclass(frozen=True, slots=True)
class Line:
    """A task and of whom it is asked, or what stands in the way; and the page that speaks of it."""

    said: Task | Block
    address: str
    names: tuple[str, ...] = ()
    others: int = 0


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
            "mine": _asked_of(shown, mine),
            "theirs": _asked_of(shown, [one for one in status.tasks if one not in mine] if status else []),
            "blocks": _in_the_way(shown, status),
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


def _asked_of(cycle: Cycle | None, tasks: Sequence[Task]) -> list[Line]:
    """Each thing once, with some of the names: a page stays short whatever the number of seats."""
    if cycle is None:
        return []
    return [
        Line(task, _address(cycle, *task.about), tuple(names[:NAMES]), max(len(names) - NAMES, 0))
        for task, names in grouped(tasks)[:LINES]
    ]


def _in_the_way(cycle: Cycle | None, status: Status | None) -> list[Line]:
    return [Line(one, _address(cycle, *one.about)) for one in status.blocks[:LINES]] if cycle and status else []


def _address(cycle: Cycle, kind: str, code: str) -> str:
    return cycle_address(cycle) if kind == "cycle" else reverse(kind, args=[code])
