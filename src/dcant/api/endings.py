"""How an action ends: proposed by a seat, put to the vote by the secretariat, decided like the rest."""

from datetime import datetime
from typing import Annotated, Literal

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Path, Router, Schema, Status
from pydantic import Field

from dcant.api.acting import ACT_ERRORS, HOW, SITE_SESSION, SeatKey, speaker
from dcant.api.actions import CodeText, Text, action_named
from dcant.api.decisions import DecisionIn, DecisionOut, decision_document_of
from dcant.api.paging import Paged, PageNumber, PageSize, paged
from dcant.api.problems import ERRORS, NO_NUL
from dcant.governance.models import Ending
from dcant.governance.services.calling import call_on_ending
from dcant.governance.services.endings import propose_ending
from dcant.governance.services.speaking import seat_named

router = Router(tags=["actions"])
HashText = Annotated[str, Path(pattern=r"^sha256:[0-9a-f]{64}$")]


class EndingOut(Schema):
    """`hash` names the proposal; `version` is the text in force when it was made; `decisions`: those taken or under way on it."""

    action: str
    fate: str
    into: str | None
    reason: str
    seat: str
    version: str
    hash: str
    at: datetime
    decisions: list[str]


class EndingPage(Paged):
    results: list[EndingOut]


class EndingIn(Schema):
    """`into`: the action that goes on with it, only for one that is merged."""

    seat: SeatKey
    fate: Literal["completed", "dropped", "merged"]
    into: Annotated[str, Field(max_length=40, pattern=NO_NUL)] = ""
    reason: Text


@router.get(
    "/{code}/endings",
    response={200: EndingPage, **ERRORS},
    summary="Comment elle se termine : ce qui fut proposé",
    operation_id="list_endings",
)
def listing(request: HttpRequest, code: CodeText, page: PageNumber = 1, page_size: PageSize = 25) -> dict[str, object]:
    return paged(request, _endings().filter(action=action_named(code)).order_by("pk"), page, page_size, _ending)


@router.post(
    "/{code}/endings",
    response={201: EndingOut, **ACT_ERRORS},
    auth=SITE_SESSION,
    summary="Proposer qu’une action se termine",
    description=HOW,
    operation_id="propose_ending",
)
def propose(request: HttpRequest, code: CodeText, sent: EndingIn) -> Status[dict[str, object]]:
    action = action_named(code)
    made = propose_ending(
        action=action,
        fate=sent.fate,
        into=action_named(sent.into) if sent.into else None,
        reason=sent.reason,
        seat=seat_named(action.axis.programme, sent.seat),
        speaker=speaker(request),
        at=timezone.now(),
    )
    return Status(201, _ending(_endings().get(pk=made.pk)))


@router.post(
    "/{code}/endings/{ending}/decisions",
    response={201: DecisionOut, **ACT_ERRORS},
    auth=SITE_SESSION,
    summary="Préparer une décision sur son terme",
    description=HOW,
    operation_id="call_on_ending",
)
def prepare(request: HttpRequest, code: CodeText, ending: HashText, sent: DecisionIn) -> Status[dict[str, object]]:
    found = _endings().filter(action__code=code, hash=ending).last()
    if found is None:
        raise Http404("Personne n’a proposé ce terme pour cette action.")
    made = call_on_ending(ending=found, speaker=speaker(request), consent=sent.rule == "consent")
    return Status(201, decision_document_of(made.code))


def _endings() -> QuerySet[Ending]:
    return Ending.objects.select_related("action__axis__programme", "into", "seat").prefetch_related("decisions")


def _ending(found: Ending) -> dict[str, object]:
    return {
        "action": found.action.code,
        "fate": found.fate,
        "into": found.into.code if found.into else None,
        "reason": found.reason,
        "seat": found.seat.key,
        "version": found.version,
        "hash": found.hash,
        "at": found.at,
        "decisions": [one.code for one in found.decisions.all()],
    }
