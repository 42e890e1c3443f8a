"""The registry of digital infrastructures: who may enter, by which door, with what exit; public ones first, private never ranked."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dcant.adoption.reusable import ANYONE, applicant_of
from dcant.catalogue.infrastructures import Entry, infrastructures_for
from dcant.catalogue.rules.entry import CONTROLS, TYPES
from dcant.territories.models import Operator, Territory
from dcant.web.acting import today
from dcant.web.asked import asked
from dcant.web.documents import csv_document, json_document
from dcant.web.drawing import TileMap, tile_map
from dcant.web.resources import commune_of

PAGE = 20


def _entries(request: HttpRequest) -> list[Entry]:
    commune = commune_of(request)
    return infrastructures_for(
        applicant_of(commune) if commune else ANYONE,
        today(),
        infra_type=request.GET.get("type", ""),
        control=request.GET.get("controle", ""),
    )


def page(request: HttpRequest) -> HttpResponse:
    entries = _entries(request)
    operators = (
        Operator.objects.exclude(source_id="demo").select_related("organisation").prefetch_related("departements")
    )
    by_departement: dict[str, list[str]] = {}
    for operator in operators:
        for departement in operator.departements.all():
            by_departement.setdefault(departement.code, []).append(operator.organisation.name)
    for entry in entries:
        for code in entry.sites:
            by_departement.setdefault(code, []).append(entry.resource.title)
    places = [
        (code, name, by_departement.get(code, []))
        for code, name in Territory.objects.departements().order_by("code").values_list("code", "name")
    ]
    return render(
        request,
        "web/infrastructures/list.html",
        {
            "commune": commune_of(request),
            "total": len(entries),
            "page": Paginator(entries, PAGE).get_page(asked(request, "page", longest=6)),
            "keep": f"&{_filters(request)}",
            "types": TYPES,
            "controls": CONTROLS,
            "type": request.GET.get("type", ""),
            "control": request.GET.get("controle", ""),
            "map": _map(places),
            "places": [place for place in places if place[2]],
            "query": _filters(request),
        },
    )


def _filters(request: HttpRequest) -> str:
    """The address without its page."""
    return urlencode([(name, value) for name, value in request.GET.items() if name != "page"])


def _map(places: list[tuple[str, str, list[str]]]) -> TileMap:
    return tile_map(
        {code: (min(2 * len(names), 5), f"{name} : {', '.join(names) or '—'}") for code, name, names in places}
    )


def page_json(request: HttpRequest) -> HttpResponse:
    return json_document({"infrastructures": [one.public_facts for one in _entries(request)]})


def page_csv(request: HttpRequest) -> HttpResponse:
    rows = [
        (
            one.resource.slug,
            one.resource.title,
            one.infra_type,
            one.control,
            str(one.eligibility.verdict),
            one.eligibility.because,
            " ".join(one.sites),
            "; ".join(f"{held.scheme} {held.scope} ({held.standing})" for held in one.qualifications),
        )
        for one in _entries(request)
    ]
    header = ("slug", "titre", "genre", "controle", "eligibilite", "pourquoi", "departements", "qualifications")
    return csv_document(header, rows, "infrastructures")
