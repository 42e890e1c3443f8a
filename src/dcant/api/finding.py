"""Finding and choosing: the search as the page makes it, and resources side by side."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import StringConstraints

from dcant.adoption.reusable import Reusable, found_anywhere, found_from
from dcant.api.filters import Filters
from dcant.api.paging import Paged, PageNumber, PageSize, paged
from dcant.api.problems import ERRORS, NO_NUL
from dcant.api.territories import find_commune
from dcant.catalogue.comparing import compare_resources
from dcant.catalogue.index import EVERYTHING, search_base
from dcant.catalogue.rules.compare import Row
from dcant.catalogue.search import SearchQuery

router = Router(tags=["resources"])
ComparedSlug = Annotated[str, StringConstraints(max_length=80, pattern=NO_NUL)]


class FoundOut(Schema):
    slug: str
    kind: str
    title: str
    purpose: str
    eligibility: str
    eligible_because: str
    used_in_epci: int
    used_by_peers: int
    used_in_country: int
    matches: list[str]


class FoundPage(Paged):
    corrected: str | None
    facets: dict[str, dict[str, int]]
    results: list[FoundOut]


class RowOut(Schema):
    field: str
    differs: bool
    values: list[Any]


class ComparisonPage(Paged):
    resources: list[str]
    unknown: list[str]
    results: list[RowOut]


@router.get(
    "/search",
    response={200: FoundPage, **ERRORS},
    summary="Chercher dans le socle, depuis une commune ou de nulle part",
    operation_id="search_resources",
)
def search(
    request: HttpRequest,
    q: Annotated[str, Query(min_length=1, max_length=200)],
    territory: Annotated[str, Query(max_length=10)] = "",
    *,
    filters: Query[Filters],
    literal: bool = False,
    page: PageNumber = 1,
    page_size: PageSize = 25,
) -> dict[str, object]:
    """From a commune (`territory`): what is for it first, then what is used near it and answers half as well as the
    best at least, then the order of the text. Ten thousand answers at most.

    `facets` counts, for each filter, what each of its values would leave. `matches` says why each is there: the words found,
    and in which field. `corrected` is the text searched when a word was unknown; `literal` asks for the text as it is.
    """
    found = search_base(SearchQuery(text=q, filters=filters.asked(), limit=EVERYTHING, literal=literal))
    rows = found_from(found, find_commune(territory), timezone.localdate()) if territory else found_anywhere(found)
    return paged(request, rows, page, page_size, _found) | {"corrected": found.corrected, "facets": found.facets}


def _found(one: Reusable) -> dict[str, object]:
    return {
        "slug": one.resource.slug,
        "kind": one.resource.kind,
        "title": one.resource.title,
        "purpose": one.resource.purpose,
        "eligibility": str(one.eligibility.verdict),
        "eligible_because": one.eligibility.because,
        "used_in_epci": one.use.epci,
        "used_by_peers": one.use.peers,
        "used_in_country": one.use.country,
        "matches": [f"{match.found} ({match.field})" for match in one.matches],
    }


@router.get(
    "/compare",
    response={200: ComparisonPage, **ERRORS},
    summary="Deux à quatre ressources côte à côte",
    operation_id="compare_resources",
)
def comparison(
    request: HttpRequest,
    r: Annotated[list[ComparedSlug], Query(min_length=2, max_length=4, description="Slugs, dans l’ordre voulu.")],
    page: PageNumber = 1,
    page_size: PageSize = 25,
) -> dict[str, object]:
    """Field by field, differences first; null where a sheet is silent. `unknown`: slugs that lead to no shown resource."""
    compared = compare_resources(r)
    slugs = [one.slug for one in compared.resources]
    return paged(request, compared.rows, page, page_size, _row) | {
        "resources": slugs,
        "unknown": [slug for slug in dict.fromkeys(r) if slug not in slugs],
    }


def _row(row: Row) -> dict[str, object]:
    return {"field": row.field, "differs": row.differs, "values": list(row.values)}
