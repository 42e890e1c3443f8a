"""Territories: find one, read one, and what it may reuse."""

from typing import Annotated

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from dcant.adoption.reusable import Reusable, overview
from dcant.api.paging import Paged, PageNumber, PageSize, paged
from dcant.api.problems import ERRORS
from dcant.identifiers import CommuneCode
from dcant.territories.models import Territory
from dcant.territories.search import CommuneMatch, find_communes

router = Router(tags=["territories"])


class Match(Schema):
    code: str
    name: str
    departement_code: str
    departement_name: str
    postcodes: list[str]
    population: int | None
    because: str


class TerritoryOut(Schema):
    code: str
    kind: str
    name: str
    departement: str | None
    region: str | None
    epci: str | None
    siren: str | None
    postcodes: list[str]
    population: int | None
    population_kind: str | None
    population_year: int | None
    source: str


class ReusableOut(Schema):
    resource: str
    kind: str
    title: str
    eligibility: str
    because: str
    used_in_epci: int
    used_by_peers: int
    used_in_country: int
    declared: str | None


class ReusablePage(Paged):
    results: list[ReusableOut]


@router.get("", response={200: list[Match], **ERRORS}, summary="Trouver une commune", operation_id="find_communes")
def find(
    request: HttpRequest,
    q: Annotated[str, Query(min_length=1, max_length=100)],
    limit: Annotated[int, Query(ge=1, le=50)] = 6,
) -> list[dict[str, object]]:
    return [_match(match) for match in find_communes(q, limit=limit)]


def _match(match: CommuneMatch) -> dict[str, object]:
    return {field: getattr(match, field) for field in Match.model_fields} | {"postcodes": list(match.postcodes)}


@router.get("/{code}", response={200: TerritoryOut, **ERRORS}, summary="Une commune", operation_id="get_commune")
def one(request: HttpRequest, code: str) -> dict[str, object]:
    return find_commune(code).public_facts


@router.get(
    "/{code}/reusable",
    response={200: ReusablePage, **ERRORS},
    summary="Ce qu’elle peut reprendre",
    operation_id="list_reusable",
)
def reusable(request: HttpRequest, code: str, page: PageNumber = 1, page_size: PageSize = 25) -> dict[str, object]:
    return paged(request, overview(find_commune(code), timezone.localdate()).reusable, page, page_size, _reusable)


def _reusable(one: Reusable) -> dict[str, object]:
    return {
        "resource": one.resource.slug,
        "kind": one.resource.kind,
        "title": one.resource.title,
        "eligibility": str(one.eligibility.verdict),
        "because": one.eligibility.because,
        "used_in_epci": one.use.epci,
        "used_by_peers": one.use.peers,
        "used_in_country": one.use.country,
        "declared": one.state_today or None,
    }


def find_commune(code: str) -> Territory:
    place = Territory.objects.communes().filter(code=str(CommuneCode(code))).first()
    if place is None:
        raise Http404(f"Aucune commune ne porte le code « {code} ».")
    return place
