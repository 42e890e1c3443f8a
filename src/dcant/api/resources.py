"""Resources: the list, the search, one sheet, and who uses it."""

from datetime import date, datetime
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from ninja import Path, Query, Router, Schema

from dcant.adoption.models import AdoptionState
from dcant.adoption.questions import uses_near
from dcant.api.filters import Filters
from dcant.api.paging import Paged, PageNumber, PageSize, paged
from dcant.api.problems import ERRORS, NO_NUL
from dcant.catalogue.index import EVERYTHING, search_base
from dcant.catalogue.models import Resource
from dcant.catalogue.search import SearchQuery

router = Router(tags=["resources"])
SlugText = Annotated[str, Path(pattern=NO_NUL)]


class ResourceOut(Schema):
    slug: str
    kind: str
    title: str
    purpose: str
    producer: str | None
    producer_level: str | None
    changed_at: datetime


class ResourcePage(Paged):
    results: list[ResourceOut]


class SheetOut(ResourceOut):
    state: str
    sheet: dict[str, Any]
    used_by_communes: int | None
    people: int | None


class Adoption(Schema):
    organisation: str
    name: str
    state: str
    since: date
    demo: bool
    entry: str | None


class AdoptionPage(Paged):
    results: list[Adoption]


@router.get(
    "", response={200: ResourcePage, **ERRORS}, summary="Les ressources du socle", operation_id="list_resources"
)
def listing(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=200)] = "",
    *,
    filters: Query[Filters],
    page: PageNumber = 1,
    page_size: PageSize = 25,
) -> dict[str, object]:
    """By slug; with a text, best answers first; with filters alone, by title."""
    rows: QuerySet[Resource] | list[Resource] = Resource.objects.shown().defer("sheet").order_by("slug")
    asked = filters.asked()
    if q.strip() or asked:
        hits = search_base(SearchQuery(text=q, filters=asked, limit=EVERYTHING)).hits
        found = Resource.objects.shown().defer("sheet").by_slugs([hit.slug for hit in hits])
        rows = [found[hit.slug] for hit in hits if hit.slug in found]
    return paged(request, rows, page, page_size, _resource)


@router.get("/{slug}", response={200: SheetOut, **ERRORS}, summary="Une ressource", operation_id="get_resource")
def one(request: HttpRequest, slug: SlugText) -> dict[str, object]:
    resource = find(slug)
    use = uses_near(None, [resource.pk]).get(resource.pk)
    return _resource(resource) | {
        "state": resource.state,
        "sheet": resource.sheet,
        "used_by_communes": use.country if use else None,
        "people": use.people if use else None,
    }


@router.get(
    "/{slug}/adoptions", response={200: AdoptionPage, **ERRORS}, summary="Qui l’utilise", operation_id="list_adoptions"
)
def adoptions(
    request: HttpRequest, slug: SlugText, page: PageNumber = 1, page_size: PageSize = 25
) -> dict[str, object]:
    """Only who uses it: nobody is listed for not using it."""
    states = AdoptionState.objects.live().filter(resource=find(slug)).with_names().order_by("-day", "pk")
    return paged(request, states, page, page_size, _adoption)


def find(slug: str) -> Resource:
    resource = Resource.objects.at_address(slug)
    if resource is None:
        raise Http404(f"Le socle commun n’a pas de ressource « {slug} ».")
    return resource


def _resource(resource: Resource) -> dict[str, object]:
    return {
        "slug": resource.slug,
        "kind": resource.kind,
        "title": resource.title,
        "purpose": resource.purpose,
        "producer": resource.producer_name or None,
        "producer_level": resource.producer_level or None,
        "changed_at": resource.changed_at,
    }


def _adoption(state: AdoptionState) -> dict[str, object]:
    return {
        "organisation": state.organisation.actor,
        "name": state.organisation.name,
        "state": state.counted,
        "since": state.day,
        "demo": state.demo,
        "entry": state.event.entry.entry_id if state.event.entry else None,
    }
