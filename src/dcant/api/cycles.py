"""Half-years, their roadmaps and balance sheets."""

from datetime import datetime
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import Path, Router, Schema

from dcant.api.paging import Narrow, Paged, PageNumber, PageSize, narrowed, paged
from dcant.api.problems import ERRORS, NO_NUL
from dcant.governance.models import BalanceSheet, Cycle, Roadmap

router = Router(tags=["cycles"])
roadmaps = Router(tags=["cycles"])
balance_sheets = Router(tags=["cycles"])


class CycleOut(Schema):
    programme: str
    cycle: str
    state: str
    opened_at: datetime | None
    closed_at: datetime | None
    demo: bool


class CyclePage(Paged):
    results: list[CycleOut]


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
    return paged(request, narrowed(rows, programme__slug=programme, state=state), page, page_size, _cycle)


@router.get("/{programme}/{cycle}", response={200: CycleOut, **ERRORS}, summary="Un semestre", operation_id="get_cycle")
def one(
    request: HttpRequest,
    programme: Annotated[str, Path(pattern=NO_NUL, max_length=40)],
    cycle: Annotated[str, Path(pattern=NO_NUL, max_length=10)],
) -> dict[str, object]:
    return _cycle(cycle_named(programme, cycle))


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


def cycle_named(programme: str, half_year: str) -> Cycle:
    found = Cycle.objects.select_related("programme").filter(programme__slug=programme, half_year=half_year).first()
    if found is None:
        raise Http404(f"Le programme « {programme} » n’a pas de semestre « {half_year} ».")
    return found


def _cycle(found: Cycle) -> dict[str, object]:
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
