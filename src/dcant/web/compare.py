"""Two to four resources side by side, at an address that can be sent to an elected official."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dcant.adoption.questions import Use, uses_near
from dcant.adoption.reusable import applicant_of
from dcant.catalogue.models import Resource
from dcant.catalogue.rules.compare import Row, compare
from dcant.web.asked import asked_all
from dcant.web.documents import csv_document, json_document
from dcant.web.resources import ANYONE, commune_of

MOST = 4


def _chosen(request: HttpRequest) -> list[Resource]:
    """The resources of the address, in its order, each once, four at most; unknown slugs are left out."""
    slugs = asked_all(request, "r", longest=80)[:MOST]
    found = Resource.objects.shown().by_slugs(slugs)
    return [found[slug] for slug in slugs if slug in found]


def _rows(chosen: list[Resource]) -> list[Row]:
    return compare([{field: shown["value"] for field, shown in one.sheet.items()} for one in chosen])


def page(request: HttpRequest) -> HttpResponse:
    chosen = _chosen(request)
    commune = commune_of(request)
    applicant = applicant_of(commune) if commune else ANYONE
    uses = uses_near(commune, [one.pk for one in chosen])
    alike = Resource.objects.shown().exclude(slug__in=[one.slug for one in chosen]).only("slug", "title", "kind")
    if chosen:
        alike = alike.filter(kind=chosen[0].kind)
    return render(
        request,
        "web/resources/compare.html",
        {
            "commune": commune,
            "chosen": [(one, one.eligibility_for(applicant), uses.get(one.pk, Use())) for one in chosen],
            "rows": [
                (row, [(value, one.sheet.get(row.field)) for value, one in zip(row.values, chosen, strict=True)])
                for row in (_rows(chosen) if len(chosen) > 1 else [])
            ],
            "alike": alike.order_by("title", "slug")[:300],
            "room": len(chosen) < MOST,
            "query": request.GET.urlencode(),
        },
    )


def page_json(request: HttpRequest) -> HttpResponse:
    chosen = _chosen(request)
    return json_document(
        {
            "resources": [one.slug for one in chosen],
            "rows": [{"field": row.field, "differs": row.differs, "values": list(row.values)} for row in _rows(chosen)],
        }
    )


def page_csv(request: HttpRequest) -> HttpResponse:
    chosen = _chosen(request)
    rows = [
        (
            row.field,
            "oui" if row.differs else "non",
            *("; ".join(map(str, value)) if isinstance(value, list) else value for value in row.values),
        )
        for row in _rows(chosen)
    ]
    return csv_document(("champ", "diffère", *(one.slug for one in chosen)), rows, "comparaison")
