"""Decisions: read with their ballots, objections and reservations; opened, closed and reconvened by the secretariat."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Path, Router, Schema, Status

from dcant.api.acting import ACT_ERRORS, HOW, SITE_SESSION, Moment, speaker
from dcant.api.actions import CodeText, draft_of
from dcant.api.paging import Narrow, Paged, PageNumber, PageSize, narrowed, paged
from dcant.api.problems import ERRORS, NO_NUL
from dcant.governance.export.decision import decision_document
from dcant.governance.models import Decision
from dcant.governance.services.calling import call_on_draft
from dcant.governance.services.decisions import close_decision, open_decision, reconvene
from dcant.governance.services.freezing import target_of

router = Router(tags=["decisions"])
of_action = Router(tags=["decisions"])
DecisionCode = Annotated[str, Path(pattern=NO_NUL, max_length=40)]


class DecisionOut(Schema):
    decision: str
    programme: str
    cycle: str | None
    purpose: str
    title: str
    rule: str
    state: str
    target: dict[str, Any]
    text_hash: str | None
    charter_hash: str
    opened_at: datetime | None
    deadline: datetime | None
    closed_at: datetime | None
    reconvened: bool
    outcome: dict[str, Any] | None
    demo: bool


class DecisionPage(Paged):
    results: list[DecisionOut]


class DecisionSheet(DecisionOut):
    """`file` is what `dcant governance outcome` reads; `outcome` is the count as it stands."""

    text: str
    file: dict[str, Any]


class DecisionIn(Schema):
    """`consent`: unless an objection stands; else by the rule of the charter."""

    rule: Literal["charter", "consent"] = "charter"


class DeadlineIn(Schema):
    """Until when seats are heard. Without an offset it is the local time of the site."""

    deadline: Moment


@router.get("", response={200: DecisionPage, **ERRORS}, summary="Les décisions", operation_id="list_decisions")
def listing(
    request: HttpRequest,
    *,
    programme: Narrow = "",
    cycle: Narrow = "",
    purpose: Narrow = "",
    state: Narrow = "",
    page: PageNumber = 1,
    page_size: PageSize = 25,
) -> dict[str, object]:
    asked = {"programme__slug": programme, "cycle__half_year": cycle, "purpose": purpose, "state": state}
    rows = _decisions().defer("text", "electorate").order_by("-pk")
    return paged(request, narrowed(rows, **asked), page, page_size, _decision)


@router.get("/{code}", response={200: DecisionSheet, **ERRORS}, summary="Une décision", operation_id="get_decision")
def one(request: HttpRequest, code: DecisionCode) -> dict[str, object]:
    found = decision_named(code)
    document = decision_document(found)
    return _decision(found) | {"text": found.text, "file": document["file"], "outcome": document["outcome"]}


@of_action.post(
    "/{code}/decisions",
    response={201: DecisionOut, **ACT_ERRORS},
    auth=SITE_SESSION,
    summary="Préparer une décision sur son brouillon",
    description=HOW,
    operation_id="draft_decision",
)
def prepare(request: HttpRequest, code: CodeText, sent: DecisionIn) -> Status[dict[str, object]]:
    made = call_on_draft(version=draft_of(code), speaker=speaker(request), consent=sent.rule == "consent")
    return Status(201, decision_document_of(made.code))


@router.post(
    "/{code}/open",
    response={200: DecisionOut, **ACT_ERRORS},
    auth=SITE_SESSION,
    summary="Ouvrir une décision : texte, charte et corps électoral sont figés",
    description=HOW,
    operation_id="open_decision",
)
def open_vote(request: HttpRequest, code: DecisionCode, sent: DeadlineIn) -> dict[str, object]:
    found = decision_named(code)
    open_decision(decision=found, deadline=sent.deadline, speaker=speaker(request), at=timezone.now())
    return decision_document_of(code)


@router.post(
    "/{code}/close",
    response={200: DecisionOut, **ACT_ERRORS},
    auth=SITE_SESSION,
    summary="Clore une décision : le résultat suit la règle",
    description=HOW,
    operation_id="close_decision",
)
def close_vote(request: HttpRequest, code: DecisionCode) -> dict[str, object]:
    close_decision(decision=decision_named(code), speaker=speaker(request), at=timezone.now())
    return decision_document_of(code)


@router.post(
    "/{code}/reconvene",
    response={200: DecisionOut, **ACT_ERRORS},
    auth=SITE_SESSION,
    summary="Reconvoquer, une fois, une décision sans quorum",
    description=HOW,
    operation_id="reconvene_decision",
)
def again(request: HttpRequest, code: DecisionCode, sent: DeadlineIn) -> dict[str, object]:
    found = decision_named(code)
    reconvene(decision=found, deadline=sent.deadline, speaker=speaker(request), at=timezone.now())
    return decision_document_of(code)


def decision_document_of(code: str) -> dict[str, object]:
    """A decision as lists show it, read again from the database."""
    return _decision(decision_named(code))


def decision_named(code: str) -> Decision:
    found = _decisions().filter(code=code).first()
    if found is None:
        raise Http404(f"Aucune décision n’a le code « {code} ».")
    return found


def _decisions() -> QuerySet[Decision]:
    targets = ("version__action", "ending__action", "roadmap__cycle", "balance_sheet__cycle", "new_charter")
    return Decision.objects.select_related("programme", "cycle", "charter", *targets)


def _decision(found: Decision) -> dict[str, object]:
    return {
        "decision": found.code,
        "programme": found.programme.slug,
        "cycle": found.cycle.half_year if found.cycle else None,
        "purpose": found.purpose,
        "title": found.title,
        "rule": found.rule,
        "state": found.state,
        "target": target_of(found),
        "text_hash": found.text_hash or None,
        "charter_hash": found.charter.hash,
        "opened_at": found.opened_at,
        "deadline": found.deadline,
        "closed_at": found.closed_at,
        "reconvened": found.reconvened,
        "outcome": found.outcome,
        "demo": found.demo,
    }
