"""What became of a sheet, and what it stands beside: its history, a past day of it, its relations."""

from datetime import date, datetime, time
from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Router, Schema

from dcant.api.paging import Paged, PageNumber, PageSize, paged
from dcant.api.problems import ERRORS
from dcant.api.resources import SlugText, find
from dcant.catalogue.history import Change, changes, first_day, sheet_on
from dcant.catalogue.models import Relation

router = Router(tags=["resources"])
LATEST = 1000


class SheetChange(Schema):
    at: datetime
    source: str
    field: str
    before: Any
    after: Any
    reason: str


class HistoryPage(Paged):
    results: list[SheetChange]


class PastSheet(Schema):
    slug: str
    day: date
    sheet: dict[str, Any]


class RelationOut(Schema):
    name: str
    subject: str
    target: str
    source: str


class RelationPage(Paged):
    results: list[RelationOut]


@router.get(
    "/{slug}/history",
    response={200: HistoryPage, **ERRORS},
    summary="Ce qui a changé dans sa fiche",
    operation_id="list_changes",
)
def history(request: HttpRequest, slug: SlugText, page: PageNumber = 1, page_size: PageSize = 25) -> dict[str, object]:
    """The thousand latest changes, the latest first: `before` is null for a new field, `after` for one stated no more."""
    return paged(request, changes(find(slug), limit=LATEST), page, page_size, _change)


@router.get(
    "/{slug}/history/{day}",
    response={200: PastSheet, **ERRORS},
    summary="Sa fiche telle qu’elle était un jour passé",
    operation_id="get_past_sheet",
)
def past_sheet(request: HttpRequest, slug: SlugText, day: date) -> dict[str, object]:
    """At the end of that day. 404 before the first day on which a source presented it, and for a day to come."""
    resource = find(slug)
    if not first_day(resource) <= day <= timezone.localdate():
        raise Http404(f"La fiche « {resource.slug} » existe du {first_day(resource)} à aujourd’hui.")
    end = timezone.make_aware(datetime.combine(day, time.max))
    return {"slug": resource.slug, "day": day, "sheet": dict(sheet_on(resource, end))}


@router.get(
    "/{slug}/relations",
    response={200: RelationPage, **ERRORS},
    summary="Avec quoi elle se branche",
    operation_id="list_relations",
)
def relations(
    request: HttpRequest, slug: SlugText, page: PageNumber = 1, page_size: PageSize = 25
) -> dict[str, object]:
    """Relations read from both ends: `subject` and `target` are slugs, one of them the resource asked for."""
    return paged(request, Relation.objects.around(find(slug)), page, page_size, _relation)


def _change(change: Change) -> dict[str, object]:
    return {field: getattr(change, field) for field in SheetChange.model_fields}


def _relation(relation: Relation) -> dict[str, object]:
    return {
        "name": relation.name,
        "subject": relation.subject.slug,
        "target": relation.target.slug if relation.target else None,
        "source": relation.source,
    }
