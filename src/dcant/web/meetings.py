"""Meetings: convened in time, who was there, and the minutes that follow."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dcant.governance.export.facts import meeting_facts, meetings_of
from dcant.governance.export.meetings import HEADER, meeting_document, meeting_row, meetings_calendar
from dcant.governance.export.place import Place
from dcant.governance.models import Attendance, Decision, Meeting, Seat
from dcant.governance.rules.meetings import ABSENT, PRESENCES
from dcant.governance.services.meetings import (
    cancel_meeting,
    convene_meeting,
    note_attendance,
    plan_meeting,
    publish_minutes,
)
from dcant.identifiers import Permit, Refused
from dcant.web.acts import act, moment, speaker
from dcant.web.asked import posted
from dcant.web.colleges import is_secretariat
from dcant.web.cycle_addresses import asked_cycle
from dcant.web.documents import csv_document, json_document

PAGE = 50
MOST = 500  # in one table or calendar: years of meetings


def meetings(request: HttpRequest) -> HttpResponse:
    page = Paginator(Meeting.objects.select_related("programme"), PAGE).get_page(request.GET.get("page"))
    return render(request, "web/governance/meetings.html", {"page": page, "may": is_secretariat(request)})


def meetings_json(request: HttpRequest) -> HttpResponse:
    return json_document(
        {"meetings": [meeting_document(one) for one in meetings_of(Meeting.objects.convened()[:MOST])]}
    )


def meetings_csv(request: HttpRequest) -> HttpResponse:
    rows = (meeting_row(one) for one in meetings_of(Meeting.objects.convened()[:MOST]))
    return csv_document(HEADER, rows, "seances")


def meetings_ical(request: HttpRequest) -> HttpResponse:
    """To subscribe to: a meeting moved in time is cancelled here and convened again."""
    place = Place(settings.LOG_NAME, request.build_absolute_uri("/").rstrip("/"))
    written = meetings_calendar(_("Séances"), meetings_of(Meeting.objects.convened()[:MOST]), place)
    return HttpResponse(written, content_type="text/calendar; charset=utf-8")


def meeting(request: HttpRequest, code: str) -> HttpResponse:
    shown, may = _meeting(code), is_secretariat(request)
    published = list(shown.minutes.order_by("-number"))
    seats = Seat.objects.open_on(shown.starts_at.date()).filter(programme=shown.programme_id)
    names = {one.key: one.organisation.name for one in seats.select_related("organisation")}
    return render(
        request,
        "web/governance/meeting.html",
        {
            "meeting": shown,
            "agenda": list(shown.agenda.select_related("decision")),
            "published": published,
            "attendance": _by_college(published[0].body["attendance"], names) if published else [],
            "seats": _noted(shown, names) if may and not published else [],
            "presences": (*PRESENCES, ABSENT),
            "may": may,
            "begun": timezone.now() >= shown.starts_at,
        },
    )


def _by_college(
    attendance: Mapping[str, Mapping[str, Sequence[str]]], names: Mapping[str, str]
) -> list[tuple[str, list[tuple[str, list[str]]]]]:
    """College → presence → organisations; a presence of nobody is left out."""
    return [
        (college, [(presence, [names.get(key, key) for key in keys]) for presence, keys in said.items() if keys])
        for college, said in attendance.items()
    ]


def _noted(shown: Meeting, names: dict[str, str]) -> list[tuple[str, str, str]]:
    """Seat, organisation, and what is noted of it."""
    noted = dict(Attendance.objects.filter(meeting=shown).values_list("seat__key", "presence"))
    return [(key, name, noted.get(key, ABSENT)) for key, name in names.items()]


def _meeting(code: str) -> Meeting:
    return get_object_or_404(Meeting.objects.select_related("programme", "cycle__programme"), code=code)


def meeting_json(request: HttpRequest, code: str) -> HttpResponse:
    return json_document(meeting_document(meeting_facts(_meeting(code))))


def plan(request: HttpRequest, code: str) -> HttpResponse:
    """The form of a meeting of this half-year, its agenda among the decisions still to take; then the meeting, as a draft."""
    cycle, _others = asked_cycle(request, code)
    waiting = Decision.objects.filter(programme=cycle.programme, state__in=["draft", "open", "no_quorum"]).order_by(
        "pk"
    )
    if request.method != "POST":
        context = {"cycle": cycle, "decisions": waiting, "may": is_secretariat(request)}
        return render(request, "web/governance/new_meeting.html", context)
    made: list[Meeting] = []

    def do() -> None:
        chosen = set(request.POST.getlist("decision"))
        found = plan_meeting(
            cycle=cycle,
            title=posted(request, "title", longest=200),
            place=posted(request, "place", longest=200),
            starts_at=_moment(posted(request, "day", longest=10), posted(request, "hour", longest=5)),
            decisions=[one for one in waiting if one.code in chosen],
            speaker=speaker(request),
        )
        made.append(found)

    answer = act(request, do, "meetings")
    return redirect("meeting", made[0].code) if made else answer


def _moment(day: str, hour: str) -> datetime:
    if len(day) != len("2026-03-01") or len(hour) != len("09:00"):
        raise Refused(Permit.no("Écrivez une date comme 2026-03-01."), code="DCANT-G001")
    return moment(f"{day}T{hour}")


@require_POST
def step(request: HttpRequest, code: str) -> HttpResponse:
    """The secretariat convenes, cancels, or publishes the minutes."""
    shown, who, now = _meeting(code), speaker(request), timezone.now()
    steps = {
        "convene": lambda: convene_meeting(meeting=shown, speaker=who, at=now),
        "cancel": lambda: cancel_meeting(meeting=shown, speaker=who, at=now),
        "minutes": lambda: publish_minutes(meeting=shown, speaker=who, at=now),
    }
    return act(request, steps.get(posted(request, "step", longest=20), lambda: None), "meeting", shown.code)


@require_POST
def attendance(request: HttpRequest, code: str) -> HttpResponse:
    """One field a seat, named by its key."""
    shown = _meeting(code)
    sent = {
        name.removeprefix("seat-"): posted(request, name, longest=8) for name in request.POST if name[:5] == "seat-"
    }
    return act(
        request,
        lambda: note_attendance(meeting=shown, presences=sent, speaker=speaker(request), at=timezone.now()),
        "meeting",
        shown.code,
    )
