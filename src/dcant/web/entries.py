"""Operators keep their own infrastructures: the form, the table with its schema, its preview and its import."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dcant.accounts.rules import ACTING_ROLES
from dcant.catalogue.entering import (
    LONGEST,
    YEAR,
    CheckedLine,
    Filled,
    Speaking,
    can_name_operator,
    check_table,
    entered_values,
    fill_entries,
    kept_by,
    name_operator,
    permit_to_fill,
)
from dcant.catalogue.models import Kind, Resource
from dcant.catalogue.rules.entry import COLUMNS, HEADER, REVIEW, Column, is_day, read_cells, table_schema, write_cells
from dcant.catalogue.rules.entry_table import Table, as_text, read_table, table_row
from dcant.catalogue.rules.review import review_day
from dcant.identifiers import Permit, Refused
from dcant.territories.models import Organisation
from dcant.web.acting import acting, today
from dcant.web.asked import posted
from dcant.web.documents import csv_document, json_document
from dcant.web.errors import refused

NOBODY = Organisation(key="personne", name="")
MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of the form: what is written in it, what the sheet says today from others, and what is wrong."""

    column: Column
    text: str
    otherwise: object = None
    error: str = ""


def speaking(request: HttpRequest) -> Speaking:
    """The mandate of this session; a visitor or a reader speaks for nobody, and is refused with the words of the rule."""
    who = acting(request)
    if who is None or who.mandate.role not in ACTING_ROLES:
        return Speaking(NOBODY, "")
    return Speaking(who.organisation, who.mandate.role, demo=settings.DEMO)


def schema_json(request: HttpRequest) -> HttpResponse:
    """The published schema of the table."""
    return json_document(table_schema(request.build_absolute_uri(reverse("infrastructures"))))


def registry_csv(request: HttpRequest) -> HttpResponse:
    """The whole registry in the columns of the schema: what is shown of each, whoever says it."""
    rows = []
    for one in Resource.objects.shown().filter(kind=Kind.INFRASTRUCTURE):
        values = {column.field: one.value(column.field) for column in COLUMNS}
        review = review_day(one.sheet.get("title", {}).get("sources", ()))
        rows.append(table_row(one.slug, values, date.fromisoformat(review) if review else None))
    return csv_document(HEADER, rows, "registre-infrastructures")


def form(request: HttpRequest, slug: str = "") -> HttpResponse:
    """A new entry, or that of a sheet: the questions, then the act, then the sheet."""
    resource = _infrastructure(slug) if slug else None
    speaks = speaking(request)
    permit = permit_to_fill(speaks, resource)
    if request.method == "POST" and permit:
        return _fill(request, resource, speaks)
    values, review = entered_values(resource) if resource else ({}, None)
    return _form(request, resource, cells=write_cells(values), review=(review or today() + YEAR).isoformat(), errors={})


def _fill(request: HttpRequest, resource: Resource | None, speaks: Speaking) -> HttpResponse:
    cells = {column.name: posted(request, column.name, longest=column.longest + 1) for column in COLUMNS}
    written = posted(request, REVIEW, longest=20)
    values, problems = read_cells(cells)
    errors = {problem.column: problem.message for problem in problems}
    if not is_day(written):
        errors[REVIEW] = _("Écrivez une date comme 2026-03-01.")
    if errors:
        return _form(request, resource, cells=cells, review=written, errors=errors, status=400)
    entry = Filled(values, date.fromisoformat(written), resource)
    try:
        run = fill_entries(entries=[entry], speaking=speaks, at=timezone.localtime(), data=settings.DATA)
    except Refused as refusal:
        return refused(request, refusal)
    return redirect("resource", slug=resource.slug) if resource else redirect("run", name=run.source, number=run.number)


def _form(
    request: HttpRequest,
    resource: Resource | None,
    *,
    cells: dict[str, str],
    review: str,
    errors: dict[str, str],
    status: int = 200,
) -> HttpResponse:
    speaks = speaking(request)
    stated = resource.sheet if resource else {}
    return render(
        request,
        "web/infrastructures/form.html",
        {
            "resource": resource,
            "permit": permit_to_fill(speaks, resource),
            "naming": can_name_operator(acts_as=speaks.acts_as, kept_by=kept_by(resource)) if resource else None,
            "organisation": speaks.organisation,
            "questions": [
                Asked(column, cells[column.name], _otherwise(column, stated), errors.get(column.name, ""))
                for column in COLUMNS
            ],
            "review": review,
            "review_error": errors.get(REVIEW, ""),
            "first": today() + timedelta(days=1),
            "last": today() + LONGEST,
            "errors": errors,
        },
        status=status,
    )


def _otherwise(column: Column, sheet: dict[str, dict[str, object]]) -> object:
    """What the sheet shows of a field, as a cell would write it; None when nobody states it."""
    shown = sheet.get(column.field)
    if shown is None:
        return None
    return shown["value"] if column.choices else write_cells({column.field: shown["value"]})[column.name]


def _infrastructure(slug: str) -> Resource:
    return get_object_or_404(Resource.objects.shown(), slug=slug, kind=Kind.INFRASTRUCTURE)


@require_POST
def operator(request: HttpRequest, slug: str) -> HttpResponse:
    """The secretariat says by its number which organisation keeps an infrastructure."""
    resource = _infrastructure(slug)
    number = posted(request, "numero", longest=20).replace(" ", "")
    found = Organisation.objects.filter(siret=number).first() if number else None
    found = found or Organisation.objects.filter(key=number).first()
    if found is None:
        because = "Aucune organisation connue ne porte ce numéro : écrivez un SIREN ou un SIRET."
        return refused(request, Refused(Permit.no(because), code="DCANT-K003"))
    try:
        name_operator(
            resource=resource, operator=found, speaking=speaking(request), at=timezone.localtime(), data=settings.DATA
        )
    except Refused as refusal:
        return refused(request, refusal)
    return redirect("resource", slug=resource.slug)


def table(request: HttpRequest) -> HttpResponse:
    """A table to bring in: read, shown line by line, then taken in; the lines that are wrong stay in hand, to be corrected."""
    speaks = speaking(request)
    permit = permit_to_fill(speaks, None)
    if request.method != "POST" or not permit:
        return _table(request, Table(), [], text="")
    text, problem = _sent(request)
    read = replace(Table(), problem=problem) if problem else read_table(text)
    checked = check_table(read, speaks, today())
    right = [one for one in checked if not one.problems]
    if request.POST.get("faire") != "enregistrer" or read.problem or not right:
        return _table(request, read, checked, text=text, status=400 if read.problem else 200)
    try:
        run = fill_entries(
            entries=[one.filled(today()) for one in right],
            speaking=speaks,
            at=timezone.localtime(),
            data=settings.DATA,
        )
    except Refused as refusal:
        return refused(request, refusal)
    left = [one for one in checked if one.problems]
    if not left:
        return redirect("run", name=run.source, number=run.number)
    header = list(left[0].line.cells)
    return _table(request, read, left, text=as_text(header, [one.line for one in left]), run=run, taken=len(right))


def _sent(request: HttpRequest) -> tuple[str, str]:
    """The text of the file, else the one written in the page, and why it cannot be read."""
    sent = request.FILES.get("fichier")
    if sent is None:
        text = str(request.POST.get("texte", ""))
        return text, "" if text.strip() else _("Choisissez un fichier, ou collez un tableau.")
    if (sent.size or 0) > MOST_BYTES:
        return "", _("Ce fichier dépasse un million d’octets : coupez le tableau en plusieurs.")
    try:
        return sent.read().decode().replace("\x00", ""), ""
    except UnicodeDecodeError:
        return "", _("Ce fichier n’est pas en UTF-8 : enregistrez-le de nouveau en « CSV UTF-8 ».")


def _table(
    request: HttpRequest, read: Table, checked: list[CheckedLine], *, text: str, status: int = 200, **more: object
) -> HttpResponse:
    return render(
        request,
        "web/infrastructures/table.html",
        {
            "permit": permit_to_fill(speaking(request), None),
            "table": read,
            "lines": checked,
            "right": sum(1 for one in checked if not one.problems),
            "text": text,
            **more,
        },
        status=status,
    )
