"""How far a resource reaches: communes and people, never one without the other, département by département."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dcant.adoption.models import AdoptionTally, Scope
from dcant.adoption.questions import Place, coverage_by_departement, whole
from dcant.catalogue.models import Resource
from dcant.web.asked import asked
from dcant.web.documents import csv_document, json_document
from dcant.web.drawing import LEGEND, coverage_map
from dcant.web.resources import find_resource


@dataclass(frozen=True, slots=True)
class _Chosen:
    resource: Resource
    places: list[Place]


def _choices() -> list[tuple[str, str, int]]:
    """Resources that some commune uses, the most used first."""
    rows = AdoptionTally.objects.used().filter(scope=Scope.COUNTRY, resource__state=Resource.State.ACTIVE)
    listed = rows.order_by("-communes", "resource__title").values_list("resource__slug", "resource__title", "communes")
    return [(slug, title, communes) for slug, title, communes in listed[:60]]


def _chosen(request: HttpRequest, choices: list[tuple[str, str, int]]) -> _Chosen | None:
    """The resource asked for, else the most used one; None when no commune uses anything. Raises Missing."""
    slug = asked(request, "ressource", longest=80) or (choices[0][0] if choices else "")
    if not slug:
        return None
    resource = find_resource(slug)
    return _Chosen(resource, coverage_by_departement(resource))


def coverage(request: HttpRequest) -> HttpResponse:
    choices = _choices()
    chosen = _chosen(request, choices)
    context: dict[str, object] = {"choices": choices, "chosen": chosen}
    if chosen:
        context |= {"whole": whole(chosen.places), "map": coverage_map(chosen.places), "legend": LEGEND}
    return render(request, "web/coverage.html", context)


def coverage_json(request: HttpRequest) -> HttpResponse:
    chosen = _chosen(request, _choices())
    rows = chosen.places if chosen else []
    return json_document(
        {
            "resource": chosen.resource.slug if chosen else None,
            "departements": [
                {
                    "code": place.code,
                    "name": place.name,
                    "communes": place.coverage.communes,
                    "of_communes": place.coverage.of_communes,
                    "people": place.coverage.people,
                    "of_people": place.coverage.of_people,
                    "need": None,
                }
                for place in rows
            ],
        },
    )


def coverage_csv(request: HttpRequest) -> HttpResponse:
    chosen = _chosen(request, _choices())
    rows = [
        (
            one.code,
            one.name,
            one.coverage.communes,
            one.coverage.of_communes,
            one.coverage.people,
            one.coverage.of_people,
            None,
        )
        for one in (chosen.places if chosen else [])
    ]
    header = ("departement", "nom", "communes", "sur_communes", "habitants", "sur_habitants", "besoin")
    return csv_document(header, rows, "couverture")
