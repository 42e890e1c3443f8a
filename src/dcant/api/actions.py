"""Actions and the versions of their text: read by anyone, proposed and taken up by seats."""

from datetime import datetime
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Path, Router, Schema, Status
from pydantic import Field

from dcant.api.acting import ACT_ERRORS, HOW, SITE_SESSION, SeatKey, speaker
from dcant.api.paging import Narrow, Paged, PageNumber, PageSize, narrowed, paged
from dcant.api.problems import ERRORS, NO_NUL
from dcant.governance.models import Action, ActionVersion, Axis, Programme
from dcant.governance.services.actions import enrich_action, join_as_copilot, link_resources, propose_action
from dcant.governance.services.speaking import seat_named

router = Router(tags=["actions"])
CodeText = Annotated[str, Path(pattern=NO_NUL, max_length=40)]
Short = Annotated[str, Field(max_length=300, pattern=NO_NUL)]
Text = Annotated[str, Field(max_length=20_000, pattern=NO_NUL)]


class ActionSheet(Schema):
    """`state` is empty for an action that a source tells, and that nobody decided here."""

    action: str
    programme: str
    axis: int
    nature: str
    title: str
    statement: str
    state: str
    source: dict[str, Any]
    resources: list[str]
    demo: bool


class ActionPage(Paged):
    results: list[ActionSheet]


class ActionText(Schema):
    """`hash` names the text: an amendment is written on it (If-Match)."""

    action: str
    number: int
    state: str
    hash: str
    text: str
    deliverables: str
    due: str
    copilots: list[str]
    created_at: datetime
    adopted_at: datetime | None


class ActionTextPage(Paged):
    results: list[ActionText]


class ActionIn(Schema):
    programme: Annotated[str, Field(max_length=40, pattern=NO_NUL)]
    axis: Annotated[int, Field(ge=1, le=1000)]
    seat: SeatKey
    title: Short
    text: Text
    deliverables: Annotated[str, Field(max_length=2_000, pattern=NO_NUL)] = ""
    due: Annotated[str, Field(max_length=10, pattern=NO_NUL)] = ""
    resources: Annotated[list[Annotated[str, Field(max_length=100, pattern=NO_NUL)]], Field(max_length=10)] = []


class SeatIn(Schema):
    seat: SeatKey


@router.get("", response={200: ActionPage, **ERRORS}, summary="Les actions", operation_id="list_actions")
def listing(
    request: HttpRequest,
    *,
    programme: Narrow = "",
    state: Narrow = "",
    nature: Narrow = "",
    page: PageNumber = 1,
    page_size: PageSize = 25,
) -> dict[str, object]:
    asked = {"axis__programme__slug": programme, "state": state, "nature": nature}
    return paged(request, narrowed(_actions().order_by("code"), **asked), page, page_size, _action)


@router.get("/{code}", response={200: ActionSheet, **ERRORS}, summary="Une action", operation_id="get_action")
def one(request: HttpRequest, code: CodeText) -> dict[str, object]:
    return _action(action_named(code))


@router.get(
    "/{code}/versions", response={200: ActionTextPage, **ERRORS}, summary="Ses textes", operation_id="list_versions"
)
def versions(
    request: HttpRequest, code: CodeText, state: Narrow = "", page: PageNumber = 1, page_size: PageSize = 25
) -> dict[str, object]:
    """The newest first: a draft before what is in force."""
    rows = _versions().filter(action=action_named(code)).order_by("-number")
    return paged(request, narrowed(rows, state=state), page, page_size, _version)


@router.get(
    "/{code}/versions/{number}",
    response={200: ActionText, **ERRORS},
    summary="Un texte",
    operation_id="get_version",
)
def version(request: HttpRequest, code: CodeText, number: Annotated[int, Path(ge=1, le=32_767)]) -> dict[str, object]:
    found = _versions().filter(action__code=code, number=number).first()
    if found is None:
        raise Http404("Cette action n’a pas de version de ce numéro.")
    return _version(found)


@router.post(
    "",
    response={201: ActionSheet, **ACT_ERRORS},
    auth=SITE_SESSION,
    summary="Proposer une action",
    description=HOW,
    operation_id="propose_action",
)
def propose(request: HttpRequest, sent: ActionIn) -> Status[dict[str, object]]:
    axis = Axis.objects.filter(
        programme__in=Programme.objects.filter(played=True), programme__slug=sent.programme, number=sent.axis
    ).select_related("programme")
    found = axis.first()
    if found is None:
        raise Http404("Aucun programme de ce nom n’a cet axe ici.")
    seat, who, now = seat_named(found.programme, sent.seat), speaker(request), timezone.now()
    action = propose_action(
        axis=found,
        title=sent.title,
        text=sent.text,
        deliverables=sent.deliverables,
        due=sent.due,
        seat=seat,
        speaker=who,
        at=now,
    )
    link_resources(action=action, slugs=sent.resources, seat=seat, speaker=who, at=now)
    return Status(201, _action(action_named(action.code)))


@router.post(
    "/{code}/copilots",
    response={200: ActionText, **ACT_ERRORS},
    auth=SITE_SESSION,
    summary="Copiloter son brouillon",
    description=HOW,
    operation_id="join_as_copilot",
)
def pilot(request: HttpRequest, code: CodeText, sent: SeatIn) -> dict[str, object]:
    draft = draft_of(code)
    seat = seat_named(draft.action.axis.programme, sent.seat)
    join_as_copilot(version=draft, seat=seat, speaker=speaker(request), at=timezone.now())
    return _version(draft_of(code))


@router.post(
    "/{code}/versions",
    response={201: ActionText, **ACT_ERRORS},
    auth=SITE_SESSION,
    summary="Enrichir une action adoptée : un nouveau brouillon",
    description=HOW,
    operation_id="enrich_action",
)
def enrich(request: HttpRequest, code: CodeText, sent: SeatIn) -> Status[dict[str, object]]:
    action = action_named(code)
    seat = seat_named(action.axis.programme, sent.seat)
    enrich_action(action=action, seat=seat, speaker=speaker(request), at=timezone.now())
    return Status(201, _version(draft_of(code)))


def draft_of(code: str) -> ActionVersion:
    draft = _versions().filter(action__code=code, state="draft").first()
    if draft is None:
        raise Http404("Cette action n’a pas de brouillon.")
    return draft


def _actions() -> QuerySet[Action]:
    return Action.objects.select_related("axis__programme").prefetch_related("links__resource")


def _versions() -> QuerySet[ActionVersion]:
    return ActionVersion.objects.select_related("action__axis__programme").prefetch_related("copilots")


def action_named(code: str) -> Action:
    found = _actions().filter(code=code).first()
    if found is None:
        raise Http404(f"Aucune action n’a le code « {code} ».")
    return found


def _action(found: Action) -> dict[str, object]:
    return {
        "action": found.code,
        "programme": found.axis.programme.slug,
        "axis": found.axis.number,
        "nature": found.nature,
        "title": found.title,
        "statement": found.statement,
        "state": found.state,
        "source": found.source,
        "resources": [link.resource.slug for link in found.links.all()],
        "demo": found.demo,
    }


def _version(found: ActionVersion) -> dict[str, object]:
    return {
        "action": found.action.code,
        "number": found.number,
        "state": found.state,
        "hash": found.hash,
        "text": found.text,
        "deliverables": found.deliverables,
        "due": found.due,
        "copilots": sorted(seat.key for seat in found.copilots.all()),
        "created_at": found.created_at,
        "adopted_at": found.adopted_at,
    }
