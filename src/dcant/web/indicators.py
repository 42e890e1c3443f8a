"""Indicators: a target, what was measured, the curve and its table; saying a measure, bringing a table of them."""

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from dcant.catalogue.models import Resource
from dcant.governance.indicator_view import HEADER, IndicatorView, indicator_document, indicator_rows, indicator_views
from dcant.governance.models import Action, Indicator, Programme
from dcant.governance.rules.indicators import can_measure
from dcant.governance.rules.measurement_file import MeasureTable, as_csv
from dcant.governance.services.indicators import compute_measurement, define_indicator, record_measurement
from dcant.governance.services.measurements import MOST_BYTES, import_measurements, preview_measurements
from dcant.identifiers import HalfYear, Permit, Refused
from dcant.web.acting import today
from dcant.web.acts import act, my_seats, speaker
from dcant.web.asked import posted
from dcant.web.colleges import is_secretariat
from dcant.web.curves import curve_of
from dcant.web.documents import csv_document, json_document

PAGE = 30
MOST = 500  # in one document


def _all() -> QuerySet[Indicator]:
    return Indicator.objects.select_related("programme", "action", "resource")


def indicators(request: HttpRequest) -> HttpResponse:
    page = Paginator(_all(), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "views": indicator_views(page.object_list)}
    return render(request, "web/governance/indicators.html", context)


def indicators_json(request: HttpRequest) -> HttpResponse:
    listed = indicator_views(_all()[:MOST])
    return json_document({"indicators": [indicator_document(one) for one in listed]})


def indicators_csv(request: HttpRequest) -> HttpResponse:
    listed = indicator_views(_all()[:MOST])
    return csv_document(HEADER, (row for one in listed for row in indicator_rows(one)), "indicateurs")


def _view(code: str) -> IndicatorView:
    return indicator_views([_named(code)])[0]


def _named(code: str) -> Indicator:
    return get_object_or_404(_all(), code=code)


def indicator(request: HttpRequest, code: str) -> HttpResponse:
    view = _view(code)
    seats = my_seats(request, view.indicator.programme)
    context = {
        "view": view,
        "indicator": view.indicator,
        "curve": curve_of(view),
        "may": can_measure(role=speaker(request).role, seated=bool(seats)).allowed,
        "now": HalfYear.of(today()),
    }
    return render(request, "web/governance/indicator.html", context)


def indicator_json(request: HttpRequest, code: str) -> HttpResponse:
    return json_document(indicator_document(_view(code)))


def indicator_csv(request: HttpRequest, code: str) -> HttpResponse:
    view = _view(code)
    return csv_document(HEADER, indicator_rows(view), view.indicator.code)


@require_POST
def measure(request: HttpRequest, code: str) -> HttpResponse:
    """A value written, or computed now for an indicator that says so."""
    found, now, who = _named(code), timezone.now(), speaker(request)

    def do() -> None:
        if found.resource_id:
            compute_measurement(indicator=found, speaker=who, at=now, demo=settings.DEMO)
            return
        record_measurement(
            indicator=found,
            period=posted(request, "period", longest=20),
            value=posted(request, "value", longest=40),
            source=posted(request, "source", longest=300),
            speaker=who,
            at=now,
            demo=settings.DEMO,
        )

    return act(request, do, "indicator", code)


def define(request: HttpRequest, programme: str) -> HttpResponse:
    """The form of a new indicator of a programme decided here; then its page."""
    shown = get_object_or_404(Programme.objects.filter(played=True), slug=programme)
    if request.method != "POST":
        may = is_secretariat(request) or bool(my_seats(request, shown))
        actions = Action.objects.filter(axis__programme=shown).order_by("title")[:200]
        context = {"programme": shown, "actions": actions, "may": may}
        return render(request, "web/governance/new_indicator.html", context)
    made: list[Indicator] = []

    def do() -> None:
        code, slug = posted(request, "action", longest=40), posted(request, "resource", longest=80)
        action = Action.objects.select_related("axis").filter(code=code, axis__programme=shown).first()
        resource = Resource.objects.by_slugs([slug]).get(slug) if slug else None
        if (code and action is None) or (slug and resource is None):
            raise Refused(Permit.no("Cette action ou cette ressource n’est pas connue ici."), code="DCANT-G001")
        made.append(
            define_indicator(
                programme=shown,
                title=posted(request, "title", longest=200),
                unit=posted(request, "unit", longest=40),
                baseline=posted(request, "baseline", longest=40),
                target=posted(request, "target", longest=40),
                direction=posted(request, "direction", longest=4),
                due=posted(request, "due", longest=10),
                source=posted(request, "source", longest=300),
                action=action,
                resource=resource,
                speaker=speaker(request),
                at=timezone.now(),
            )
        )

    answer = act(request, do, "indicators")
    return redirect("indicator", made[0].code) if made else answer


def table(request: HttpRequest) -> HttpResponse:
    """The form; sent once it shows what the table would record, sent again with « enregistrer » it records."""
    if request.method != "POST":
        return _show_table(request, "", None)
    who, now, content = speaker(request), timezone.now(), _sent(request)
    if request.POST.get("record"):
        return act(
            request,
            lambda: import_measurements(content=content, speaker=who, at=now, demo=settings.DEMO),
            "indicators",
        )
    read = preview_measurements(content=content, speaker=who, at=now)
    return _show_table(request, as_csv(read) if read.lines else posted(request, "text", longest=MOST_BYTES), read)


def _show_table(request: HttpRequest, text: str, read: MeasureTable | None) -> HttpResponse:
    """A workbook comes back as text, to be corrected in place."""
    context = {"text": text, "table": read, "may": bool(speaker(request).organisation.pk)}
    return render(request, "web/governance/import_measurements.html", context)


def _sent(request: HttpRequest) -> bytes:
    """The file when there is one, else the text of the field; one byte more than may be shows that it is too large."""
    file = request.FILES.get("file")
    if file is not None and file.size:
        content: bytes = file.read(MOST_BYTES + 1)
        return content
    return request.POST.get("text", "")[: MOST_BYTES + 1].encode()
