"""Sources and what each passage did."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Router, Schema

from dcant.api.paging import Paged, PageNumber, PageSize, paged
from dcant.api.problems import ERRORS
from dcant.catalogue.sources import SOURCES, load_source
from dcant.harvest.models import Run

router = Router(tags=["sources"])


class SourceOut(Schema):
    name: str
    title: str
    address: str
    licence: str
    attribution: str
    redistributable: bool


class RunOut(Schema):
    source: str
    run: int
    state: str
    started_at: datetime
    ended_at: datetime | None
    totals: dict[str, int]
    collections: dict[str, Any]


class RunPage(Paged):
    results: list[RunOut]


@router.get("", response=list[SourceOut], summary="Les sources du socle", operation_id="list_sources")
def listing(request: HttpRequest) -> list[dict[str, object]]:
    return [
        {field: getattr(load_source(name)[0], field) for field in SourceOut.model_fields} for name in sorted(SOURCES)
    ]


@router.get(
    "/{name}/runs", response={200: RunPage, **ERRORS}, summary="Les passages d’une source", operation_id="list_runs"
)
def runs(request: HttpRequest, name: str, page: PageNumber = 1, page_size: PageSize = 25) -> dict[str, object]:
    if name not in SOURCES:
        raise Http404(f"Le socle commun n’a pas de source « {name} ».")
    return paged(request, Run.objects.of(name), page, page_size, _run)


@router.get("/{name}/runs/{number}", response={200: RunOut, **ERRORS}, summary="Un passage", operation_id="get_run")
def one(request: HttpRequest, name: str, number: int) -> dict[str, object]:
    run = Run.objects.of(name).filter(number=number).first() if 0 < number < 2**31 else None
    if run is None:
        raise Http404("Ce passage n’existe pas.")
    return _run(run)


def _run(run: Run) -> dict[str, object]:
    return {
        "source": run.source,
        "run": run.number,
        "state": run.state,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "totals": run.totals,
        "collections": run.collections,
    }
