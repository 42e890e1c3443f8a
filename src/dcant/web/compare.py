"""Two to four resources side by side, at an address that can be sent to an elected official."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dcant.adoption.questions import Use, uses_near
from dcant.adoption.reusable import ANYONE, applicant_of
from dcant.catalogue.comparing import MOST, Comparison, compare_resources
from dcant.catalogue.models import Resource
from dcant.web.asked import asked_all
from dcant.web.documents import csv_document, json_document
from dcant.web.resources import commune_of


def _compared(request: HttpRequest) -> Comparison:
    return compare_resources(asked_all(request, "r", longest=80))


def page(request: HttpRequest) -> HttpResponse:
    compared = _compared(request)
    chosen = compared.resources
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
                for row in (compared.rows if len(chosen) > 1 else ())
            ],
            "alike": alike.order_by("title", "slug")[:300],
            "room": len(chosen) < MOST,
            "query": request.GET.urlencode(),
        },
    )


def page_json(request: HttpRequest) -> HttpResponse:
    compared = _compared(request)
    return json_document(
        {
            "resources": [one.slug for one in compared.resources],
            "rows": [{"field": row.field, "differs": row.differs, "values": list(row.values)} for row in compared.rows],
        }
    )


def page_csv(request: HttpRequest) -> HttpResponse:
    compared = _compared(request)
    rows = [
        (
            row.field,
            "oui" if row.differs else "non",
            *("; ".join(map(str, value)) if isinstance(value, list) else value for value in row.values),
        )
        for row in compared.rows
    ]
    return csv_document(("champ", "diffère", *(one.slug for one in compared.resources)), rows, "comparaison")
