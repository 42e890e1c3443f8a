"""A half-year as a path: where we are, who must do what, then roadmap, assessments, balance sheet."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from dcant.governance.export.facts import facts_of
from dcant.governance.export.half_year import FORMATS, TYPES
from dcant.governance.export.place import Place
from dcant.governance.half_year_view import half_year_view
from dcant.governance.models import Action, Programme
from dcant.governance.rules.grades import SCALE
from dcant.governance.services.calling import call_on_balance_sheet, call_on_roadmap
from dcant.governance.services.cycles import (
    assess,
    begin_review,
    open_cycle,
    plan_cycle,
)
from dcant.identifiers import HalfYear
from dcant.web.acts import act, my_seats, seat_named, speaker
from dcant.web.asked import asked, posted
from dcant.web.colleges import is_secretariat
from dcant.web.cycle_addresses import asked_cycle, cycle_address

PAGE = 60  # decisions of a half-year at a time


def cycle(request: HttpRequest, code: str) -> HttpResponse:
    shown, others = asked_cycle(request, code)
    decisions = list(shown.decisions.order_by("pk").values("code", "title", "state"))
    return render(
        request,
        "web/governance/cycle.html",
        {
            "cycle": shown,
            "others": others,
            "view": half_year_view(shown, timezone.now()),
            "page": Paginator(decisions, PAGE).get_page(asked(request, "page", longest=6)),
            "keep": f"&programme={shown.programme.slug}" if others else "",
            "may": is_secretariat(request),
            "seats": my_seats(request, shown.programme),
            "grade_scale": SCALE,
        },
    )


def cycle_document(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """The half-year as data: what `dcant governance export` writes, with the addresses of this site."""
    shown, _ = asked_cycle(request, code)
    place = Place(settings.LOG_NAME, request.build_absolute_uri("/").rstrip("/"))
    response = HttpResponse(FORMATS[form](facts_of(shown), place), content_type=TYPES[form])
    if form == "csv":
        response["Content-Disposition"] = f'attachment; filename="{shown.programme.slug}-{shown.half_year}.csv"'
    return response


@require_POST
def plan(request: HttpRequest, programme: str) -> HttpResponse:
    shown = get_object_or_404(Programme.objects.filter(played=True), slug=programme)

    def do() -> None:
        plan_cycle(
            programme=shown,
            half_year=HalfYear.parse(posted(request, "half_year", longest=10)),
            speaker=speaker(request),
            at=timezone.now(),
        )

    return act(request, do, "programme")


@require_POST
def move(request: HttpRequest, code: str) -> HttpResponse:
    """Opens the half-year, its review, or prepares its roadmap or balance sheet for the vote."""
    shown, _ = asked_cycle(request, code)
    who, now = speaker(request), timezone.now()
    steps = {
        "open": lambda: open_cycle(cycle=shown, speaker=who, at=now),
        "begin_review": lambda: begin_review(cycle=shown, speaker=who, at=now),
        "roadmap": lambda: call_on_roadmap(cycle=shown, speaker=who),
        "balance_sheet": lambda: call_on_balance_sheet(cycle=shown, speaker=who),
    }
    step = steps.get(posted(request, "step", longest=20), lambda: None)
    return act(request, step, cycle_address(shown))


@require_POST
def grade(request: HttpRequest, code: str) -> HttpResponse:
    shown, _ = asked_cycle(request, code)

    def do() -> None:
        assess(
            cycle=shown,
            action=get_object_or_404(
                Action, code=posted(request, "action", longest=40), axis__programme=shown.programme
            ),
            seat=seat_named(request, shown.programme),
            grade=posted(request, "grade", longest=20),
            evidence=posted(request, "evidence", longest=400),
            speaker=speaker(request),
            at=timezone.now(),
        )

    return act(request, do, cycle_address(shown))
