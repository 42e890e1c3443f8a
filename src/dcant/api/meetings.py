"""Meetings that people were convened to, with their agenda and their minutes: read by anyone, held by the secretariat."""

from datetime import datetime
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Path, Router, Schema, Status
from pydantic import Field

from dcant.api.acting import ACT_ERRORS, HOW, SITE_SESSION, Moment, speaker
from dcant.api.cycles import cycle_named
from dcant.api.paging import Narrow, Paged, PageNumber, PageSize, narrowed, paged
from dcant.api.problems import ERRORS, NO_NUL
from dcant.governance.export.facts import meeting_facts
from dcant.governance.export.meetings import meeting_document
from dcant.governance.models import Decision, Meeting
from dcant.governance.services.meetings import (
    cancel_meeting,
    convene_meeting,
    note_attendance,
    plan_meeting,
    publish_minutes,
)

router = Router(tags=["meetings"])
MeetingCode = Annotated[str, Path(pattern=NO_NUL, max_length=60)]


class MinutesOut(Schema):
    number: int
    hash: str
    body: dict[str, Any]


class MeetingOut(Schema):
    meeting: str
    title: str
    place: str | None
    starts_at: datetime
    state: str
    noticed_at: datetime | None
    cancelled_at: datetime | None
    agenda: list[str]
    minutes: MinutesOut | None
    demo: bool


class MeetingPage(Paged):
    results: list[MeetingOut]


class MeetingIn(Schema):
    """`agenda`: codes of decisions still to take. Without an offset the moment is the local time of the site."""

    programme: Annotated[str, Field(max_length=40, pattern=NO_NUL)]
    cycle: Annotated[str, Field(max_length=10, pattern=NO_NUL)]
    title: Annotated[str, Field(max_length=200, pattern=NO_NUL)]
    place: Annotated[str, Field(max_length=200, pattern=NO_NUL)] = ""
    starts_at: Moment
    agenda: Annotated[list[Annotated[str, Field(max_length=40, pattern=NO_NUL)]], Field(max_length=100)] = []


class AttendanceIn(Schema):
    """Seat → « present », « excused » or « absent »."""

    presences: Annotated[dict[str, Annotated[str, Field(max_length=8, pattern=NO_NUL)]], Field(max_length=500)]


@router.get("", response={200: MeetingPage, **ERRORS}, summary="Les séances", operation_id="list_meetings")
def listing(
    request: HttpRequest,
    *,
    programme: Narrow = "",
    cycle: Narrow = "",
    state: Narrow = "",
    page: PageNumber = 1,
    page_size: PageSize = 25,
) -> dict[str, object]:
    rows = Meeting.objects.convened().prefetch_related("agenda__decision", "minutes").order_by("-starts_at", "-pk")
    asked = {"programme__slug": programme, "cycle__half_year": cycle, "state": state}
    return paged(request, narrowed(rows, **asked), page, page_size, meeting_out)


@router.get("/{code}", response={200: MeetingOut, **ERRORS}, summary="Une séance", operation_id="get_meeting")
def one(request: HttpRequest, code: MeetingCode) -> dict[str, object]:
    found = Meeting.objects.convened().filter(code=code).first()
    if found is None:
        raise Http404(f"Aucune séance convoquée n’a le code « {code} ».")
    return meeting_out(found)


@router.post(
    "",
    response={201: MeetingOut, **ACT_ERRORS},
    auth=SITE_SESSION,
    summary="Préparer une séance",
    description=HOW,
    operation_id="plan_meeting",
)
def prepare(request: HttpRequest, sent: MeetingIn) -> Status[dict[str, object]]:
    """Nobody is told of it until it is convened."""
    cycle = cycle_named(sent.programme, sent.cycle)
    decisions = list(Decision.objects.filter(programme=cycle.programme, code__in=sent.agenda).order_by("pk"))
    unknown = sorted(set(sent.agenda) - {one.code for one in decisions})
    if unknown:
        raise Http404(f"Ce programme n’a pas de décision « {unknown[0]} ».")
    made = plan_meeting(
        cycle=cycle,
        title=sent.title,
        place=sent.place,
        starts_at=sent.starts_at,
        decisions=decisions,
        speaker=speaker(request),
    )
    return Status(201, meeting_out(made))


@router.post(
    "/{code}/convene",
    response={200: MeetingOut, **ACT_ERRORS},
    auth=SITE_SESSION,
    summary="Convoquer",
    description=HOW,
    operation_id="convene_meeting",
)
def convene(request: HttpRequest, code: MeetingCode) -> dict[str, object]:
    return meeting_out(convene_meeting(meeting=_meeting(code), speaker=speaker(request), at=timezone.now()))


@router.post(
    "/{code}/cancel",
    response={200: MeetingOut, **ACT_ERRORS},
    auth=SITE_SESSION,
    summary="Annuler une séance",
    description=HOW,
    operation_id="cancel_meeting",
)
def cancel(request: HttpRequest, code: MeetingCode) -> dict[str, object]:
    return meeting_out(cancel_meeting(meeting=_meeting(code), speaker=speaker(request), at=timezone.now()))


@router.post(
    "/{code}/attendance",
    response={200: MeetingOut, **ACT_ERRORS},
    auth=SITE_SESSION,
    summary="Noter qui est là",
    description=HOW,
    operation_id="note_attendance",
)
def attend(request: HttpRequest, code: MeetingCode, sent: AttendanceIn) -> dict[str, object]:
    note_attendance(meeting=_meeting(code), presences=sent.presences, speaker=speaker(request), at=timezone.now())
    return meeting_out(_meeting(code))


@router.post(
    "/{code}/minutes",
    response={201: MeetingOut, **ACT_ERRORS},
    auth=SITE_SESSION,
    summary="Publier le procès-verbal",
    description=HOW,
    operation_id="publish_minutes",
)
def minutes(request: HttpRequest, code: MeetingCode) -> Status[dict[str, object]]:
    publish_minutes(meeting=_meeting(code), speaker=speaker(request), at=timezone.now())
    return Status(201, meeting_out(_meeting(code)))


def meeting_out(found: Meeting) -> dict[str, object]:
    return meeting_document(meeting_facts(found))


def _meeting(code: str) -> Meeting:
    found = Meeting.objects.select_related("programme", "cycle__programme").filter(code=code).first()
    if found is None:
        raise Http404(f"Aucune séance n’a le code « {code} ».")
    return found
