"""Where facts come from: sources, their passages, and what each passage said of each item."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from dcant.catalogue.services import can_accept_loss
from dcant.catalogue.sources import SOURCES, load_source, remote_of
from dcant.harvest.cadence import next_reading
from dcant.harvest.models import Run, RunState
from dcant.harvest.rules import SourceFile
from dcant.harvest.services import last_run
from dcant.web.acting import acting
from dcant.web.documents import csv_document, json_document
from dcant.web.errors import Missing

PAGE = 100


def sources(request: HttpRequest) -> HttpResponse:
    last = {run.source: run for run in Run.objects.order_by("source", "number")}
    rows = [(_source(name), last.get(name)) for name in sorted(SOURCES)]
    return render(request, "web/sources/sources.html", {"rows": rows})


def source(request: HttpRequest, name: str) -> HttpResponse:
    runs = Paginator(Run.objects.of(name), 30).get_page(request.GET.get("page"))
    return render(request, "web/sources/source.html", {"source": _source(name), "page": runs} | _again(name))


def run(request: HttpRequest, name: str, number: int) -> HttpResponse:
    found = get_object_or_404(Run, source=name, number=number)
    page = Paginator(found.lines.order_by("pk"), PAGE).get_page(request.GET.get("page"))
    who = acting(request)
    last = Run.objects.of(name).passages().first()
    permit = can_accept_loss(
        acts_as=who.mandate.role if who else "", state=found.state, is_last=last is not None and last.pk == found.pk
    )
    context = {"source": _source(name), "run": found, "page": page, "loss_permit": permit}
    if found.state == RunState.RUNNING:
        context["still"] = "fixe" in request.GET
    elif found.state == RunState.FAILED and last is not None and last.pk == found.pk:
        context |= _again(name)
    return render(request, "web/sources/run.html", context)


def _again(name: str) -> dict[str, object]:
    """By the network or not, and when the worker reads the source again: at once when nothing is said."""
    if name not in SOURCES or remote_of(name) is None:
        return {"by_network": False}
    moment = next_reading(_source(name), last_run(name))
    return {"by_network": True, "next": moment if moment is not None and moment > timezone.now() else None}


def run_json(request: HttpRequest, name: str, number: int) -> HttpResponse:
    found = get_object_or_404(Run, source=name, number=number)
    return json_document(
        {
            "source": found.source,
            "run": found.number,
            "state": found.state,
            "started_at": found.started_at.isoformat(),
            "ended_at": found.ended_at.isoformat() if found.ended_at else None,
            "ref": found.ref,
            "totals": found.totals,
            "collections": found.collections,
            "lines": list(
                found.lines.order_by("pk").values(
                    "collection", "remote_id", "outcome", "code", "place", "message", "remedy"
                )
            ),
        },
    )


def run_csv(request: HttpRequest, name: str, number: int) -> HttpResponse:
    found = get_object_or_404(Run, source=name, number=number)
    columns = ("collection", "remote_id", "outcome", "code", "place", "message", "remedy")
    return csv_document(columns, found.lines.order_by("pk").values_list(*columns), f"{name}-{number}")


def _source(name: str) -> SourceFile:
    if name not in SOURCES:
        raise Missing(_("Le socle commun n’a pas de source « %(name)s ».") % {"name": name})
    return load_source(name)[0]
