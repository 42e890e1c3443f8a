"""Programmes: their axes, their charter in force, their seats."""

from datetime import date
from typing import Annotated, Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Path, Router, Schema
from pydantic import Field

from dcant.api.acting import ACT_ERRORS, HOW, SITE_SESSION, ActKey, once, speaker
from dcant.api.paging import Narrow, Paged, PageNumber, PageSize, narrowed, paged
from dcant.api.problems import ERRORS, NO_NUL
from dcant.governance.models import Charter, Programme, Seat
from dcant.governance.services.seats import import_seats, preview_seats
from dcant.governance.services.speaking import require_secretariat

router = Router(tags=["programmes"])
SlugText = Annotated[str, Path(pattern=NO_NUL, max_length=40)]


class AxisOut(Schema):
    number: int
    title: str


class CharterOut(Schema):
    number: int
    hash: str
    charter: dict[str, Any]


class ProgrammeSheet(Schema):
    programme: str
    title: str
    period: str
    played: bool
    demo: bool
    axes: list[AxisOut]
    charter: CharterOut | None


class ProgrammePage(Paged):
    results: list[ProgrammeSheet]


class SeatOut(Schema):
    seat: str
    college: str
    organisation: str
    name: str
    valid_from: date
    valid_to: date | None


class SeatPage(Paged):
    results: list[SeatOut]


class SeatTableIn(Schema):
    """Two columns, `college` and `organisation`, as in a spreadsheet; `dry_run` looks and opens nothing."""

    text: Annotated[str, Field(max_length=200_000)]
    dry_run: bool = False


class SeatLineOut(Schema):
    line: int
    college: str
    organisation: str
    name: str
    fault: str


class SeatImport(Schema):
    """`opened`: keys of the new seats; `lines` and `fault`: what was read, when it was only looked at."""

    opened: list[str]
    ready: bool
    fault: str
    lines: list[SeatLineOut]


@router.get("", response={200: ProgrammePage, **ERRORS}, summary="Les programmes", operation_id="list_programmes")
def listing(
    request: HttpRequest, *, played: bool | None = None, page: PageNumber = 1, page_size: PageSize = 25
) -> dict[str, object]:
    """`played`: decided on this site; else told by its sources."""
    rows = _programmes().order_by("-period", "slug")
    return paged(request, rows if played is None else rows.filter(played=played), page, page_size, _programme)


@router.get(
    "/{slug}", response={200: ProgrammeSheet, **ERRORS}, summary="Un programme", operation_id="get_programme_by_slug"
)
def one(request: HttpRequest, slug: SlugText) -> dict[str, object]:
    return _programme(_find(slug))


@router.get(
    "/{slug}/seats", response={200: SeatPage, **ERRORS}, summary="Les sièges d’un programme", operation_id="list_seats"
)
def seats(
    request: HttpRequest, slug: SlugText, college: Narrow = "", page: PageNumber = 1, page_size: PageSize = 25
) -> dict[str, object]:
    """Closed ones too: `valid_to` says until when."""
    rows = Seat.objects.filter(programme=_find(slug)).select_related("organisation").order_by("college", "key")
    return paged(request, narrowed(rows, college=college), page, page_size, _seat)


@router.post(
    "/{slug}/seats/import",
    response={200: SeatImport, **ACT_ERRORS},
    auth=SITE_SESSION,
    summary="Ouvrir des sièges d’après un tableau",
    description=HOW,
    operation_id="import_seats",
)
def open_seats(request: HttpRequest, slug: SlugText, sent: SeatTableIn, key: ActKey = "") -> dict[str, object]:
    found, who, now = _find(slug, played=True), speaker(request), timezone.now()

    def do() -> dict[str, object]:
        made = import_seats(programme=found, text=sent.text, speaker=who, at=now)
        return {"opened": [seat.key for seat in made], "ready": True, "fault": "", "lines": []}

    if not sent.dry_run:
        return once(request, key, do)
    require_secretariat(who)
    table = preview_seats(programme=found, text=sent.text, at=now)
    lines = [
        {
            "line": line.number,
            "college": line.college,
            "organisation": line.organisation,
            "name": line.name,
            "fault": str(line.fault),
        }
        for line in table.lines
    ]
    return {"opened": [], "ready": table.ready, "fault": str(table.fault), "lines": lines}


def _programmes() -> QuerySet[Programme]:
    published = Charter.objects.filter(state="published").order_by("-number")
    return Programme.objects.prefetch_related("axes", Prefetch("charters", published, to_attr="published"))


def _find(slug: str, *, played: bool = False) -> Programme:
    """played: only one that is decided on this site, where acts are."""
    rows = _programmes().filter(slug=slug)
    found = (rows.filter(played=True) if played else rows).first()
    if found is None:
        raise Http404(f"Aucun programme ne s’appelle « {slug} » ici.")
    return found


def _programme(found: Programme) -> dict[str, object]:
    published: list[Charter] = getattr(found, "published", [])
    return {
        "programme": found.slug,
        "title": found.title,
        "period": found.period,
        "played": found.played,
        "demo": found.demo,
        "axes": [{"number": axis.number, "title": axis.title} for axis in found.axes.all()],
        "charter": _charter(published[0]) if published else None,
    }


def _charter(found: Charter) -> dict[str, object]:
    return {"number": found.number, "hash": found.hash, "charter": found.body}


def _seat(found: Seat) -> dict[str, object]:
    return {
        "seat": found.key,
        "college": found.college_id,
        "organisation": found.organisation.actor,
        "name": found.organisation.name,
        "valid_from": found.valid_from,
        "valid_to": found.valid_to,
    }
