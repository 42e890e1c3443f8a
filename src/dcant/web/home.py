"""Home: one screen, three bands."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dcant.catalogue.models import Resource
from dcant.governance.models import Cycle
from dcant.governance.questions import current_programme
from dcant.governance.services.cycles import UNDER_WAY
from dcant.identifiers import HalfYear
from dcant.record.models import Entry
from dcant.web.acting import today
from dcant.web.log_lines import log_lines


def home(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "web/home.html",
        {
            "programme": current_programme(),
            "under_way": Cycle.objects.filter(state__in=UNDER_WAY)
            .select_related("programme")
            .order_by("-half_year", "pk")
            .first(),
            "half_year": HalfYear.of(today()),
            "lines": log_lines(Entry.objects.order_by("-at", "-pk")[:3]),
            "resource_count": Resource.objects.shown().count(),
        },
    )
