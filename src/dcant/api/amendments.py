"""Amendments: written on a named text, answered by those who pilot it. A text that changed meanwhile is 412, with both."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Header, Path, Router, Schema, Status
from pydantic import Field

from dcant.api.acting import ACT_ERRORS, HOW, SITE_SESSION, SeatKey, speaker
from dcant.api.actions import CodeText, Text, draft_of
from dcant.api.paging import Narrow, Paged, PageNumber, PageSize, narrowed, paged
from dcant.api.problems import ERRORS, NO_NUL, Stale, StaleProblem
from dcant.governance.models import ActionVersion, Amendment
from dcant.governance.rules.texts import StaleBase
from dcant.governance.services.actions import amended_text, close_amendment, rebase_amendment, submit_amendment
from dcant.governance.services.speaking import seat_named

router = Router(tags=["amendments"])
of_action = Router(tags=["amendments"])
Number = Annotated[int, Path(ge=1, le=2**63 - 1)]
Reason = Annotated[str, Field(max_length=400, pattern=NO_NUL)]
WRITTEN_ON = (
    "Le nom (`hash`) du texte sur lequel on écrit, entre guillemets. S’il a changé : 412, avec les deux textes."
)
Match = Annotated[str, Header(alias="If-Match", max_length=120, pattern=NO_NUL, description=WRITTEN_ON)]
STALE = {412: StaleProblem}


class AmendmentOut(Schema):
    """`operations`: paragraphs of the base, counted from 0; `wanted`: the text that comes out."""

    amendment: int
    action: str
    version: int
    seat: str
    state: str
    reason: str
    base_hash: str
    operations: list[dict[str, Any]]
    wanted: str
    answer: str
    at: datetime
    closed_at: datetime | None


class AmendmentPage(Paged):
    results: list[AmendmentOut]


class AmendmentIn(Schema):
    """The whole text as one wants it: what differs becomes the amendment."""

    seat: SeatKey
    wanted: Text
    reason: Reason


class AnswerIn(Schema):
    """A copilot integrates or rejects (with a reason), the author withdraws."""

    arrow: Literal["integrate", "reject", "withdraw"]
    answer: Reason = ""


class CarriedIn(Schema):
    wanted: Text


@router.get("", response={200: AmendmentPage, **ERRORS}, summary="Les amendements", operation_id="list_amendments")
def listing(
    request: HttpRequest,
    *,
    programme: Narrow = "",
    action: Narrow = "",
    seat: Narrow = "",
    state: Narrow = "",
    page: PageNumber = 1,
    page_size: PageSize = 25,
) -> dict[str, object]:
    asked = {
        "version__action__axis__programme__slug": programme,
        "version__action__code": action,
        "seat__key": seat,
        "state": state,
    }
    return paged(request, narrowed(_amendments().order_by("-at", "-pk"), **asked), page, page_size, _amendment)


@router.get(
    "/{amendment}", response={200: AmendmentOut, **ERRORS}, summary="Un amendement", operation_id="get_amendment"
)
def one(request: HttpRequest, amendment: Number) -> dict[str, object]:
    return _amendment(_find(amendment))


@of_action.post(
    "/{code}/amendments",
    response={201: AmendmentOut, **ACT_ERRORS, **STALE},
    auth=SITE_SESSION,
    summary="Amender un brouillon",
    description=HOW,
    operation_id="submit_amendment",
)
def submit(request: HttpRequest, code: CodeText, sent: AmendmentIn, match: Match) -> Status[dict[str, object]]:
    draft = draft_of(code)
    try:
        made = submit_amendment(
            version=draft,
            base_hash=_named(match),
            wanted=sent.wanted,
            reason=sent.reason,
            seat=seat_named(draft.action.axis.programme, sent.seat),
            speaker=speaker(request),
            at=timezone.now(),
        )
    except StaleBase as stale:
        raise _stale(stale, draft, sent.wanted) from stale
    return Status(201, _amendment(_find(made.pk)))


@router.post(
    "/{amendment}/answer",
    response={200: AmendmentOut, **ACT_ERRORS, **STALE},
    auth=SITE_SESSION,
    summary="Intégrer, rejeter ou retirer un amendement",
    description=HOW,
    operation_id="answer_amendment",
)
def answer(request: HttpRequest, amendment: Number, sent: AnswerIn) -> dict[str, object]:
    found = _find(amendment)
    try:
        close_amendment(
            amendment=found, arrow=sent.arrow, answer=sent.answer, speaker=speaker(request), at=timezone.now()
        )
    except StaleBase as stale:
        raise _stale(stale, found.version, amended_text(found)) from stale
    return _amendment(_find(amendment))


@router.post(
    "/{amendment}/rebase",
    response={200: AmendmentOut, **ACT_ERRORS, **STALE},
    auth=SITE_SESSION,
    summary="Reporter un amendement caduc sur le texte d’aujourd’hui",
    description=HOW,
    operation_id="rebase_amendment",
)
def carry(request: HttpRequest, amendment: Number, sent: CarriedIn, match: Match) -> dict[str, object]:
    found = _find(amendment)
    try:
        rebase_amendment(
            amendment=found,
            base_hash=_named(match),
            wanted=sent.wanted,
            speaker=speaker(request),
            at=timezone.now(),
        )
    except StaleBase as stale:
        raise _stale(stale, found.version, sent.wanted) from stale
    return _amendment(_find(amendment))


def _named(match: str) -> str:
    """The entity-tag of If-Match, without its quotes."""
    return match.strip().removeprefix("W/").strip('"')


def _stale(because: StaleBase, version: ActionVersion, yours: str) -> Stale:
    version.refresh_from_db()
    return Stale(str(because), current=version.text, yours=yours)


def _amendments() -> QuerySet[Amendment]:
    return Amendment.objects.select_related("version__action__axis__programme", "seat__programme")


def _find(number: int) -> Amendment:
    found = _amendments().filter(pk=number).first()
    if found is None:
        raise Http404("Aucun amendement n’a ce numéro.")
    return found


def _amendment(found: Amendment) -> dict[str, object]:
    return {
        "amendment": found.pk,
        "action": found.version.action.code,
        "version": found.version.number,
        "seat": found.seat.key,
        "state": found.state,
        "reason": found.reason,
        "base_hash": found.base_hash,
        "operations": found.operations,
        "wanted": amended_text(found),
        "answer": found.answer,
        "at": found.at,
        "closed_at": found.closed_at,
    }
