"""Indicators with their target, and what was measured of them half-year by half-year."""

from datetime import datetime
from typing import Annotated, Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Path, Router, Schema, Status
from pydantic import Field

from dcant.api.acting import ACT_ERRORS, HOW, SITE_SESSION, ActKey, once, speaker
from dcant.api.paging import Narrow, Paged, PageNumber, PageSize, narrowed, paged
from dcant.api.problems import ERRORS, NO_NUL
from dcant.governance.models import Indicator, Measurement
from dcant.governance.services.indicators import compute_measurement, record_measurement

router = Router(tags=["indicators"])
IndicatorCode = Annotated[str, Path(pattern=NO_NUL, max_length=60)]


class IndicatorOut(Schema):
    """Numbers are texts, exact as they were written. `computed`: how its values come (« none »: somebody writes them)."""

    indicator: str
    programme: str
    action: str | None
    resource: str | None
    title: str
    unit: str
    baseline: str | None
    target: str
    direction: str
    due: str | None
    computed: str
    source: dict[str, Any]
    demo: bool


class IndicatorPage(Paged):
    results: list[IndicatorOut]


class MeasurementOut(Schema):
    """`superseded_at`: when another value of the same half-year took its place; nothing for the one in force."""

    indicator: str
    period: str
    value: str
    people: str | None
    source: str
    at: datetime
    superseded_at: datetime | None
    demo: bool


class MeasurementPage(Paged):
    results: list[MeasurementOut]


class MeasurementIn(Schema):
    """Nothing for an indicator whose values are computed: the value is that of the moment."""

    period: Annotated[str, Field(max_length=20, pattern=NO_NUL)] = ""
    value: Annotated[str, Field(max_length=40, pattern=NO_NUL)] = ""
    source: Annotated[str, Field(max_length=300, pattern=NO_NUL)] = ""


@router.get("", response={200: IndicatorPage, **ERRORS}, summary="Les indicateurs", operation_id="list_indicators")
def listing(
    request: HttpRequest, *, programme: Narrow = "", action: Narrow = "", page: PageNumber = 1, page_size: PageSize = 25
) -> dict[str, object]:
    rows = narrowed(_indicators().order_by("code"), programme__slug=programme, action__code=action)
    return paged(request, rows, page, page_size, _indicator)


@router.get("/{code}", response={200: IndicatorOut, **ERRORS}, summary="Un indicateur", operation_id="get_indicator")
def one(request: HttpRequest, code: IndicatorCode) -> dict[str, object]:
    return _indicator(_named(code))


@router.get(
    "/{code}/measurements",
    response={200: MeasurementPage, **ERRORS},
    summary="Ses mesures",
    operation_id="list_measurements",
)
def measurements(
    request: HttpRequest, code: IndicatorCode, page: PageNumber = 1, page_size: PageSize = 25
) -> dict[str, object]:
    """In order of time; those that were said again since are there too."""
    rows = Measurement.objects.filter(indicator=_named(code)).select_related("indicator").order_by("period", "pk")
    return paged(request, rows, page, page_size, _measurement)


@router.post(
    "/{code}/measurements",
    response={201: MeasurementOut, **ACT_ERRORS},
    auth=SITE_SESSION,
    summary="Mesurer",
    description=HOW,
    operation_id="measure",
)
def measure(
    request: HttpRequest, code: IndicatorCode, sent: MeasurementIn, key: ActKey = ""
) -> Status[dict[str, object]]:
    found = _named(code)

    def do() -> dict[str, object]:
        who, now = speaker(request), timezone.now()
        if found.resource_id:
            made = compute_measurement(indicator=found, speaker=who, at=now, demo=settings.DEMO)
        else:
            made = record_measurement(indicator=found, speaker=who, at=now, demo=settings.DEMO, **sent.model_dump())
        return MeasurementOut.model_validate(_measurement(made)).model_dump(mode="json")

    return Status(201, once(request, key, do))


def _indicators() -> QuerySet[Indicator]:
    return Indicator.objects.select_related("programme", "action", "resource")


def _named(code: str) -> Indicator:
    found = _indicators().filter(code=code).first()
    if found is None:
        raise Http404(f"Aucun indicateur n’a le code « {code} ».")
    return found


def _indicator(found: Indicator) -> dict[str, object]:
    return {
        "indicator": found.code,
        "programme": found.programme.slug,
        "action": found.action.code if found.action else None,
        "resource": found.resource.slug if found.resource else None,
        "title": found.title,
        "unit": found.unit,
        "baseline": found.baseline or None,
        "target": found.target,
        "direction": found.direction,
        "due": found.due or None,
        "computed": found.computed,
        "source": found.source,
        "demo": found.demo,
    }


def _measurement(found: Measurement) -> dict[str, object]:
    return {
        "indicator": found.indicator.code,
        "period": found.period,
        "value": found.value,
        "people": found.people or None,
        "source": found.source,
        "at": found.at,
        "superseded_at": found.superseded_at,
        "demo": found.demo,
    }
