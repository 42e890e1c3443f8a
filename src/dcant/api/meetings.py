"""Meetings that people were convened to, with their agenda and their minutes."""

from datetime import datetime
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import Path, Router, Schema

from dcant.api.paging import Narrow, Paged, PageNumber, PageSize, narrowed, paged
from dcant.api.problems import ERRORS, NO_NUL
from dcant.governance.export.facts import meeting_facts
from dcant.governance.export.meetings import meeting_document
from dcant.governance.models import Meeting

router = Router(tags=["meetings"])


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
    return paged(request, narrowed(rows, **asked), page, page_size, _meeting)


@router.get("/{code}", response={200: MeetingOut, **ERRORS}, summary="Une séance", operation_id="get_meeting")
def one(request: HttpRequest, code: Annotated[str, Path(pattern=NO_NUL, max_length=60)]) -> dict[str, object]:
    found = Meeting.objects.convened().filter(code=code).first()
    if found is None:
        raise Http404(f"Aucune séance convoquée n’a le code « {code} ».")
    return _meeting(found)


def _meeting(found: Meeting) -> dict[str, object]:
    return meeting_document(meeting_facts(found))
