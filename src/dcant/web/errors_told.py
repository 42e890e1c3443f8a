"""« Signaler une erreur », what was answered, and how fast each producer answers."""

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from dcant.catalogue.errors_told import answer_error, permit_to_answer, report_error, told_by_producer
from dcant.catalogue.models import ErrorReport, Resource
from dcant.catalogue.rules.error_report import LONGEST, NEXT, ProducerCounts, State, can_tell_error
from dcant.identifiers import Permit, Refused
from dcant.web.asked import posted
from dcant.web.documents import csv_document, json_document
from dcant.web.entries import speaking
from dcant.web.errors import refused
from dcant.web.resources import find_resource

LATEST = 50
ANY_WORDS = "…"


def page(request: HttpRequest, slug: str) -> HttpResponse:
    """The errors told of one resource, the form to tell one, and, for who may, the form to answer."""
    resource = find_resource(slug)
    speaks = speaking(request)
    if request.method == "POST":
        try:
            report_error(
                resource=resource,
                field=posted(request, "champ", longest=100),
                message=posted(request, "message", longest=LONGEST),
                speaking=speaks,
                at=timezone.now(),
            )
        except Refused as refusal:
            return refused(request, refusal)
        return redirect("resource-errors", slug=resource.slug)
    told = ErrorReport.objects.filter(resource=resource).select_related("organisation", "answered_by", "resource")
    return render(
        request,
        "web/experience/errors.html",
        {
            "resource": resource,
            "told": [
                (one, [to for to in NEXT[State(one.state)] if permit_to_answer(speaks, one, to, ANY_WORDS)])
                for one in told[:LATEST]
            ],
            "permit": can_tell_error(acts_as=speaks.acts_as, text=ANY_WORDS),
            "mail": _mail(resource),
            "fields": sorted(resource.sheet),
        },
    )


def _mail(resource: Resource) -> str:
    """The link that writes to the contact of the sheet, when it is a mailbox."""
    contact = resource.value("contact")
    if not isinstance(contact, str) or "@" not in contact or " " in contact or contact.startswith("http"):
        return ""
    return f"mailto:{quote(contact.removeprefix('mailto:'), safe='@.+-_')}?subject={quote(resource.title)}"


@require_POST
def answer(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    told = get_object_or_404(ErrorReport.objects.select_related("resource"), code=code, resource=find_resource(slug))
    try:
        to = State(request.POST.get("vers", ""))
    except ValueError:
        return refused(request, Refused(Permit.no("On répond d’abord ; puis l’erreur est corrigée, ou écartée avec une raison."), code="DCANT-K005"))  # fmt: skip
    try:
        answer_error(
            told=told,
            to=to,
            text=posted(request, "texte", longest=LONGEST),
            speaking=speaking(request),
            at=timezone.now(),
        )
    except Refused as refusal:
        return refused(request, refusal)
    return redirect("resource-errors", slug=told.resource.slug)


def producers(request: HttpRequest) -> HttpResponse:
    """Counts and delays, producer by producer, and the latest errors."""
    latest = ErrorReport.objects.select_related("resource", "organisation")[:LATEST]
    return render(
        request, "web/experience/producers.html", {"rows": told_by_producer(), "latest": latest, "states": list(State)}
    )


def producers_json(request: HttpRequest) -> HttpResponse:
    return json_document({"producers": [_counts(one) for one in told_by_producer()]})


def _counts(one: ProducerCounts) -> dict[str, object]:
    counts = {str(state): number for state, number in one.counts.items()}
    return {"producer": one.producer or None, "told": one.total, **counts, "median_days_to_answer": one.days}


def producers_csv(request: HttpRequest) -> HttpResponse:
    header = ("producer", "told", *(str(state) for state in State), "median_days_to_answer")
    rows = [list(_counts(one).values()) for one in told_by_producer()]
    return csv_document(header, rows, "erreurs-signalees")
