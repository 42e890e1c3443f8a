"""« Ce que d’autres en ont appris »: returns of experience, told in plain words, read again, published, answered."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dcant.catalogue.entering import Speaking
from dcant.catalogue.experience import (
    correct_report,
    permit_to_move,
    permit_to_reply,
    permit_to_tell,
    publish_report,
    reply_to_report,
    rewrite_report,
    submit_report,
    withdraw_report,
    write_report,
)
from dcant.catalogue.experience_view import report_document, reports_of, spreads_of
from dcant.catalogue.models import ExperienceReport, Resource
from dcant.catalogue.rules.experience import LONGEST, QUESTIONS, Again, State, read_report
from dcant.identifiers import Permit, Refused
from dcant.web.asked import posted
from dcant.web.documents import csv_document, json_document
from dcant.web.entries import speaking
from dcant.web.errors import Missing, refused
from dcant.web.resources import find_resource

SHOWN = 50
COLUMNS = ("code", "version", "organisation", "population_class", "published_on", "demo")


def page(request: HttpRequest, slug: str) -> HttpResponse:
    """What was told of a resource, the spread of what was planned against what happened, and the drafts of who reads."""
    resource = find_resource(slug)
    if resource.slug != slug:
        return redirect("experience", slug=resource.slug, permanent=True)
    speaks = speaking(request)
    reports = reports_of(resource)
    mine = ExperienceReport.objects.filter(
        resource=resource, organisation__key=speaks.organisation.key, state__in=[State.DRAFT, State.SUBMITTED]
    )
    return render(
        request,
        "web/experience/list.html",
        {
            "resource": resource,
            "reports": reports[:SHOWN],
            "count": len(reports),
            "spreads": spreads_of(reports),
            "permit": permit_to_tell(speaks, resource),
            "drafts": list(mine) if speaks.acts_as else [],
        },
    )


def page_json(request: HttpRequest, slug: str) -> HttpResponse:
    resource = find_resource(slug)
    reports = reports_of(resource)
    return json_document(
        {
            "resource": resource.slug,
            "count": len(reports),
            "spread": {
                name: {"n": one.n, "low": one.low, "high": one.high, "median": one.middle, "mean": one.average}
                for name, one in spreads_of(reports)
            },
            "reports": [report_document(one) for one in reports],
        }
    )


def page_csv(request: HttpRequest, slug: str) -> HttpResponse:
    resource = find_resource(slug)
    fields = [question.field for question in QUESTIONS]
    rows = []
    for one in reports_of(resource):
        document = report_document(one)
        rows.append(
            [document.get(name) for name in (*COLUMNS, *fields)] + [one.reply.text if hasattr(one, "reply") else ""]
        )
    return csv_document((*COLUMNS, *fields, "reply"), rows, f"retours-{resource.slug}")


def form(request: HttpRequest, slug: str, code: str = "") -> HttpResponse:
    """The questions: a first draft, or a draft taken up again. Kept as a draft, then shown as everyone will see it."""
    resource = find_resource(slug)
    speaks = speaking(request)
    draft = _own(resource, code, speaks) if code else None
    permit = permit_to_move(speaks, draft, State.DRAFT) if draft else permit_to_tell(speaks, resource)
    if request.method != "POST" or not permit:
        answers = {one.field: str(_or_empty(draft, one.field)) for one in QUESTIONS}
        return _form(request, resource, draft, permit=permit, answers=answers, errors={})
    answers = {one.field: posted(request, one.field, longest=LONGEST["long"] + 1) for one in QUESTIONS}
    said, errors = read_report(answers)
    if errors:
        return _form(request, resource, draft, permit=permit, answers=answers, errors=errors)
    now = timezone.now()
    try:
        if draft:
            draft = rewrite_report(report=draft, said=said, speaking=speaks, at=now)
        else:
            draft = write_report(resource=resource, said=said, speaking=speaks, at=now)
        submit_report(report=draft, speaking=speaks)
    except Refused as refusal:
        return refused(request, refusal)
    return redirect("experience-report", slug=resource.slug, code=draft.code)


def _or_empty(draft: ExperienceReport | None, field: str) -> object:
    value = getattr(draft, field) if draft else None
    return "" if value is None else value


def _form(
    request: HttpRequest,
    resource: Resource,
    draft: ExperienceReport | None,
    *,
    permit: Permit,
    answers: dict[str, str],
    errors: dict[str, str],
) -> HttpResponse:
    return render(
        request,
        "web/experience/form.html",
        {
            "resource": resource,
            "draft": draft,
            "permit": permit,
            "questions": [(one, answers[one.field], errors.get(one.field, "")) for one in QUESTIONS],
            "choices": [str(one) for one in Again],
            "errors": errors,
        },
        status=400 if errors else 200,
    )


def report(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """One return: the version asked (`?version=1`), else the one that stands, else, for its author, the draft as it would be."""
    resource = find_resource(slug)
    speaks = speaking(request)
    versions = _seen(resource, code, speaks)
    asked = request.GET.get("version", "")
    shown = next((one for one in versions if asked == str(one.version)), versions[0])
    return render(
        request,
        "web/experience/report.html",
        {
            "resource": resource,
            "report": shown,
            "versions": [one for one in versions if one.was_published],
            "may": {to: bool(permit_to_move(speaks, shown, State(to))) for to in State},
            "may_reply": bool(permit_to_reply(speaks, shown)),
        },
    )


def _seen(resource: Resource, code: str, speaks: Speaking) -> list[ExperienceReport]:
    """The versions of a return that this reader may see, the one to show first. Raises Missing when there is none.

    What was withdrawn is seen by nobody; a draft by its author alone, before what it corrects.
    """
    versions = ExperienceReport.objects.filter(resource=resource, code=code).exclude(state=State.WITHDRAWN)
    rows = versions.select_related("organisation__territory", "resource", "reply__organisation", "entry")
    seen = [
        one for one in rows.order_by("-version") if one.was_published or one.organisation.key == speaks.organisation.key
    ]
    standing = {State.PUBLISHED, State.DRAFT, State.SUBMITTED}
    if not any(one.state in standing for one in seen):
        raise Missing(_("Il n’y a pas de retour publié à cette adresse."))
    return seen


def _own(resource: Resource, code: str, speaks: Speaking) -> ExperienceReport:
    found = next((one for one in _seen(resource, code, speaks) if not one.was_published), None)
    if found is None:
        raise Missing(_("Il n’y a pas de brouillon à cette adresse."))
    return found


@require_POST
def step(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Publish, correct, withdraw, reply: the act, then the page where it shows."""
    resource = find_resource(slug)
    speaks = speaking(request)
    versions = _seen(resource, code, speaks)
    shown = next((one for one in versions if str(one.version) == request.POST.get("version")), versions[0])
    now = timezone.now()
    acts: dict[str, tuple[Callable[[], object], str]] = {
        "publier": (lambda: publish_report(report=shown, speaking=speaks, at=now), "experience-report"),
        "corriger": (lambda: correct_report(report=shown, speaking=speaks, at=now), "experience-edit"),
        "retirer": (lambda: withdraw_report(report=shown, speaking=speaks, at=now), "experience"),
        "repondre": (
            lambda: reply_to_report(
                report=shown, text=posted(request, "texte", longest=LONGEST["long"]), speaking=speaks, at=now
            ),
            "experience-report",
        ),
    }
    act, to = acts.get(request.POST.get("faire", ""), (None, "experience"))
    try:
        if act is not None:
            act()
    except Refused as refusal:
        return refused(request, refusal)
    return redirect(to, slug=resource.slug) if to == "experience" else redirect(to, slug=resource.slug, code=code)
