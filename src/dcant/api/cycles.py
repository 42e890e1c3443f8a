"""Half-years, their roadmaps and balance sheets: read by anyone, run by the secretariat."""

from datetime import datetime
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Path, Router, Schema, Status
from pydantic import Field

from dcant.api.acting import ACT_ERRORS, HOW, SITE_SESSION, speaker
from dcant.api.decisions import DecisionOut, decision_document_of
from dcant.api.paging import Narrow, Paged, PageNumber, PageSize, narrowed, paged
from dcant.api.problems import ERRORS, NO_NUL
from dcant.governance.models import BalanceSheet, Cycle, Programme, Roadmap
from dcant.governance.services.calling import call_on_balance_sheet, call_on_roadmap
from dcant.governance.services.cycles import begin_review, open_cycle, plan_cycle
from dcant.identifiers import HalfYear

router = Router(tags=["cycles"])
roadmaps = Router(tags=["cycles"])
balance_sheets = Router(tags=["cycles"])
ProgrammeSlug = Annotated[str, Path(pattern=NO_NUL, max_length=40)]
CycleName = Annotated[str, Path(pattern=NO_NUL, max_length=10)]


class CycleOut(Schema):
    programme: str
    cycle: str
    state: str
    opened_at: datetime | None
    closed_at: datetime | None
    demo: bool


class CyclePage(Paged):
    results: list[CycleOut]


class CycleIn(Schema):
    """A half-year as « 2027-S1 »."""

    cycle: Annotated[str, Field(max_length=10, pattern=NO_NUL)]


class DocumentOut(Schema):
    """Published, it never changes; a correction is the next number."""

    programme: str
    cycle: str
    number: int
    state: str
    hash: str | None
    published_at: datetime | None
    body: list[dict[str, Any]]


class DocumentPage(Paged):
    results: list[DocumentOut]


@router.get("", response={200: CyclePage, **ERRORS}, summary="Les semestres", operation_id="list_cycles")
def listing(
    request: HttpRequest,
    *,
    programme: Narrow = "",
    state: Narrow = "",
    page: PageNumber = 1,
    page_size: PageSize = 25,
) -> dict[str, object]:
    rows = Cycle.objects.select_related("programme").order_by("-half_year", "pk")
    return paged(request, narrowed(rows, programme__slug=programme, state=state), page, page_size, cycle_document)


@router.get("/{programme}/{cycle}", response={200: CycleOut, **ERRORS}, summary="Un semestre", operation_id="get_cycle")
def one(
    request: HttpRequest,
    programme: ProgrammeSlug,
    cycle: CycleName,
) -> dict[str, object]:
    return cycle_document(cycle_named(programme, cycle))


@roadmaps.get("", response={200: DocumentPage, **ERRORS}, summary="Les feuilles de route", operation_id="list_roadmaps")
def list_roadmaps(
    request: HttpRequest,
    *,
    programme: Narrow = "",
    cycle: Narrow = "",
    state: Narrow = "",
    page: PageNumber = 1,
    page_size: PageSize = 25,
) -> dict[str, object]:
    rows = Roadmap.objects.select_related("cycle__programme").order_by("-cycle__half_year", "cycle", "-number")
    asked = {"cycle__programme__slug": programme, "cycle__half_year": cycle, "state": state}
    return paged(request, narrowed(rows, **asked), page, page_size, _document)


@balance_sheets.get(
    "", response={200: DocumentPage, **ERRORS}, summary="Les bilans", operation_id="list_balance_sheets"
)
def list_balance_sheets(
    request: HttpRequest,
    *,
    programme: Narrow = "",
    cycle: Narrow = "",
    state: Narrow = "",
    page: PageNumber = 1,
    page_size: PageSize = 25,
) -> dict[str, object]:
    """The grades of the two colleges, side by side; a missing one is said."""
    rows = BalanceSheet.objects.select_related("cycle__programme").order_by("-cycle__half_year", "cycle", "-number")
    asked = {"cycle__programme__slug": programme, "cycle__half_year": cycle, "state": state}
    return paged(request, narrowed(rows, **asked), page, page_size, _document)


@router.post(
    "/{programme}",
    response={201: CycleOut, **ACT_ERRORS},
    auth=SITE_SESSION,
    summary="Prévoir un semestre",
    description=HOW,
    operation_id="plan_cycle",
)
def plan(request: HttpRequest, programme: ProgrammeSlug, sent: CycleIn) -> Status[dict[str, object]]:
    found = Programme.objects.filter(played=True, slug=programme).first()
    if found is None:
        raise Http404(f"Aucun programme ne se décide ici sous le nom « {programme} ».")
    half_year, who = HalfYear.parse(sent.cycle), speaker(request)
    return Status(201, cycle_document(plan_cycle(programme=found, half_year=half_year, speaker=who, at=timezone.now())))


@router.post(
    "/{programme}/{cycle}/open",
    response={200: CycleOut, **ACT_ERRORS},
    auth=SITE_SESSION,
    summary="Ouvrir un semestre",
    description=HOW,
    operation_id="open_cycle",
)
def begin(request: HttpRequest, programme: ProgrammeSlug, cycle: CycleName) -> dict[str, object]:
    found = cycle_named(programme, cycle)
    return cycle_document(open_cycle(cycle=found, speaker=speaker(request), at=timezone.now()))


@router.post(
    "/{programme}/{cycle}/review",
    response={200: CycleOut, **ACT_ERRORS},
    auth=SITE_SESSION,
    summary="Ouvrir l’évaluation",
    description=HOW,
    operation_id="begin_review",
)
def review(request: HttpRequest, programme: ProgrammeSlug, cycle: CycleName) -> dict[str, object]:
    found = cycle_named(programme, cycle)
    return cycle_document(begin_review(cycle=found, speaker=speaker(request), at=timezone.now()))


@router.post(
    "/{programme}/{cycle}/roadmaps",
    response={201: DecisionOut, **ACT_ERRORS},
    auth=SITE_SESSION,
    summary="Préparer le vote de la feuille de route",
    description=HOW,
    operation_id="call_on_roadmap",
)
def roadmap(request: HttpRequest, programme: ProgrammeSlug, cycle: CycleName) -> Status[dict[str, object]]:
    made = call_on_roadmap(cycle=cycle_named(programme, cycle), speaker=speaker(request))
    return Status(201, decision_document_of(made.code))


@router.post(
    "/{programme}/{cycle}/balance-sheets",
    response={201: DecisionOut, **ACT_ERRORS},
    auth=SITE_SESSION,
    summary="Préparer le vote du bilan",
    description=HOW,
    operation_id="call_on_balance_sheet",
)
def balance_sheet(request: HttpRequest, programme: ProgrammeSlug, cycle: CycleName) -> Status[dict[str, object]]:
    made = call_on_balance_sheet(cycle=cycle_named(programme, cycle), speaker=speaker(request))
    return Status(201, decision_document_of(made.code))


def cycle_named(programme: str, half_year: str) -> Cycle:
    found = Cycle.objects.select_related("programme").filter(programme__slug=programme, half_year=half_year).first()
    if found is None:
        raise Http404(f"Le programme « {programme} » n’a pas de semestre « {half_year} ».")
    return found


def cycle_document(found: Cycle) -> dict[str, object]:
    return {
        "programme": found.programme.slug,
        "cycle": found.half_year,
        "state": found.state,
        "opened_at": found.opened_at,
        "closed_at": found.closed_at,
        "demo": found.demo,
    }


def _document(found: Roadmap | BalanceSheet) -> dict[str, object]:
    return {
        "programme": found.cycle.programme.slug,
        "cycle": found.cycle.half_year,
        "number": found.number,
        "state": found.state,
        "hash": found.hash or None,
        "published_at": found.published_at,
        "body": found.body,
    }
