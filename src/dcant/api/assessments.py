"""What each seat says of each action at the end of a half-year."""

from datetime import datetime
from typing import Annotated

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from dcant.api.acting import ACT_ERRORS, HOW, SITE_SESSION, SeatKey, speaker
from dcant.api.cycles import cycle_named
from dcant.api.paging import Narrow, Paged, PageNumber, PageSize, narrowed, paged
from dcant.api.problems import ERRORS, NO_NUL
from dcant.governance.models import Action, Assessment
from dcant.governance.services.cycles import assess
from dcant.governance.services.speaking import seat_named

router = Router(tags=["assessments"])
Name = Annotated[str, Field(max_length=40, pattern=NO_NUL)]


class AssessmentOut(Schema):
    programme: str
    cycle: str
    action: str
    college: str
    seat: str
    grade: str
    evidence: str
    at: datetime


class AssessmentPage(Paged):
    results: list[AssessmentOut]


class AssessmentIn(Schema):
    programme: Name
    cycle: Name
    action: Name
    seat: SeatKey
    grade: Name
    evidence: Annotated[str, Field(max_length=400, pattern=NO_NUL)] = ""


@router.get("", response={200: AssessmentPage, **ERRORS}, summary="Les évaluations", operation_id="list_assessments")
def listing(
    request: HttpRequest,
    *,
    programme: Narrow = "",
    cycle: Narrow = "",
    action: Narrow = "",
    college: Narrow = "",
    page: PageNumber = 1,
    page_size: PageSize = 25,
) -> dict[str, object]:
    rows = Assessment.objects.select_related("cycle__programme", "action", "seat").order_by("-at", "-pk")
    asked = {"cycle__programme__slug": programme, "cycle__half_year": cycle, "action__code": action, "college": college}
    return paged(request, narrowed(rows, **asked), page, page_size, _assessment)


@router.post(
    "",
    response={200: AssessmentOut, **ACT_ERRORS},
    auth=SITE_SESSION,
    summary="Évaluer une action",
    description=HOW,
    operation_id="assess",
)
def say(request: HttpRequest, sent: AssessmentIn) -> dict[str, object]:
    cycle = cycle_named(sent.programme, sent.cycle)
    action = Action.objects.filter(code=sent.action, axis__programme=cycle.programme).first()
    if action is None:
        raise Http404(f"Ce programme n’a pas d’action « {sent.action} ».")
    said = assess(
        cycle=cycle,
        action=action,
        seat=seat_named(cycle.programme, sent.seat),
        grade=sent.grade,
        evidence=sent.evidence,
        speaker=speaker(request),
        at=timezone.now(),
    )
    return _assessment(said)


def _assessment(found: Assessment) -> dict[str, object]:
    return {
        "programme": found.cycle.programme.slug,
        "cycle": found.cycle.half_year,
        "action": found.action.code,
        "college": found.college_id,
        "seat": found.seat.key,
        "grade": found.grade,
        "evidence": found.evidence,
        "at": found.at,
    }
