"""Checking a file: ask, wait, read the report, publish it."""

from collections.abc import Mapping
from pathlib import Path

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from dcant.identifiers import Refused
from dcant.standards.check_questions import (
    ERROR_COLUMNS,
    ahead_of,
    badge_of,
    error_rows,
    is_theirs,
    newer_version,
    worker_is_absent,
)
from dcant.standards.models import TableCheck
from dcant.standards.questions import NoSuchVersion, checkable_versions, document_of, guesses
from dcant.standards.rules.badge import badge_svg
from dcant.standards.services import ask_check, cancel_check, erase_check, publish_check, withdraw_check
from dcant.standards.services.check_files import annotated_of, folder_of
from dcant.standards.services.checks import visitor_name
from dcant.standards.uploads import NotReceived, ToFolder, Waiting
from dcant.web.asked import asked, posted
from dcant.web.documents import csv_document, json_document
from dcant.web.errors import Missing, refused
from dcant.web.standards import XLSX

PAGE = 30
ENCODINGS = ("utf-8", "cp1252", "iso-8859-15", "utf-16")
State = TableCheck.State


@csrf_exempt  # the upload's own handler must be set before the form is read; `_checked` then asks for the token
def table_check(request: HttpRequest) -> HttpResponse:
    """The form, and what it sends."""
    if request.method != "POST":
        return _ask(request)
    with ToFolder(settings.TABLE_CHECK_BYTES) as handler:
        request.upload_handlers = [handler]
        return _checked(request, handler)


@csrf_protect
def _checked(request: HttpRequest, handler: ToFolder) -> HttpResponse:
    try:
        upload, name = _sent(request, handler)
    except NotReceived as refusal:
        return _ask(request, problem=_(str(refusal)), status=refusal.status)
    slug = posted(request, "standard", longest=200)
    if not slug:
        return _guessed(request, handler, upload, name)
    try:
        check = ask_check(
            document=document_of(slug),
            upload=upload,
            file_name=name,
            options=_options(request),
            visitor=_visitor(request),
            at=timezone.now(),
            data=settings.DATA,
        )
    except (NoSuchVersion, Refused) as problem:
        upload.unlink(missing_ok=True)
        if isinstance(problem, Refused):
            return refused(request, problem)
        return _ask(request, problem=str(problem), status=400)
    return redirect("table-report", check.pk)


def _sent(request: HttpRequest, handler: ToFolder) -> tuple[Path, str]:
    """The file sent now, or kept from the form before, or made of pasted lines. Raises NotReceived."""
    sent = request.FILES.get("file")
    if isinstance(sent, Waiting):
        return handler.received(sent.path), sent.name or "tableau"
    kept = posted(request, "kept", longest=60)
    if kept and "/" not in kept and not kept.startswith("."):
        path = folder_of(settings.DATA) / f"{kept}.part"
        if path.is_file():
            return path, posted(request, "kept_name", longest=200) or "tableau"
    pasted = posted(request, "pasted", longest=200_000)
    if not pasted:
        return handler.received(None), ""
    path = handler.received(handler.take(pasted + "\n"))
    # A spreadsheet copies cells with tabulations between them.
    return path, "lignes-collees.tsv" if "\t" in pasted.split("\n", 1)[0] else "lignes-collees.csv"


def _guessed(request: HttpRequest, handler: ToFolder, upload: Path, name: str) -> HttpResponse:
    """No standard was chosen: the file is kept a moment, and the three that its columns look like are shown."""
    from dcant.standards.tables import SourceUnreadable, open_source  # noqa: PLC0415  # a heavy engine

    try:
        source = open_source(upload)
        labels = [label for label in source.labels if label]
        source.close()
    except SourceUnreadable as problem:
        upload.unlink(missing_ok=True)
        return _ask(request, problem=f"{problem.fault.message.fr} {problem.fault.remedy.fr}", status=400)
    handler.keep(upload)
    found = guesses(labels)
    said = "" if found else _("Aucun référentiel n’a de colonnes de ce nom : choisissez-le dans la liste.")
    context = {"guesses": found, "kept": upload.stem, "kept_name": Path(name).name}
    return _ask(request, problem=said, more=context)


def _ask(
    request: HttpRequest, *, problem: str = "", status: int = 200, more: Mapping[str, object] | None = None
) -> HttpResponse:
    context = {
        "versions": list(checkable_versions()),
        "chosen": asked(request, "standard", longest=200) or posted(request, "standard", longest=200),
        "megabytes": settings.TABLE_CHECK_BYTES // 1_000_000,
        "encodings": ENCODINGS,
        "problem": problem,
    }
    return render(request, "web/standards/check.html", context | dict(more or {}), status=status)


def _options(request: HttpRequest) -> dict[str, str]:
    delimiter = posted(request, "delimiter", longest=3)
    encoding = posted(request, "encoding", longest=20)
    return {
        "columns": "exact" if posted(request, "columns", longest=5) == "exact" else "",
        "encoding": encoding if encoding in ENCODINGS else "",
        "delimiter": "\t" if delimiter == "tab" else delimiter if delimiter in {";", ",", "|"} else "",
        "sheet": posted(request, "sheet", longest=100),
    }


def _visitor(request: HttpRequest) -> str:
    """The visitor, for the limit of two checks and for who may see the cells once the report is published."""
    if request.session.session_key is None:
        request.session.create()
    return visitor_name(str(request.session.session_key))


def _found(check_id: str) -> TableCheck:
    found = TableCheck.objects.select_related("document__version__standard").filter(pk=check_id).first()
    if found is None:
        raise Missing(_("Aucune vérification à cette adresse : elle a pu être effacée."))
    return found


def _mine(request: HttpRequest, check: TableCheck) -> bool:
    session = request.session.session_key
    return is_theirs(check, visitor=visitor_name(session) if session else "")


def report(request: HttpRequest, check_id: str) -> HttpResponse:
    """Whatever state the check is in, at one address."""
    check = _found(check_id)
    version = check.document.version
    context: dict[str, object] = {"check": check, "slug": version.standard.slug, "version": str(version)}
    if check.state in {State.RECEIVED, State.RUNNING}:
        context |= {"ahead": ahead_of(check), "absent": worker_is_absent(settings.DATA, timezone.now())}
        return render(request, "web/standards/waiting.html", context)
    if check.state != State.DONE:
        return render(request, "web/standards/ended.html", context, status=410 if check.state == State.EXPIRED else 200)
    return render(request, "web/standards/report.html", context | _report_context(request, check))


def _report_context(request: HttpRequest, check: TableCheck) -> dict[str, object]:
    from dcant.standards.tables import Report  # noqa: PLC0415  # a heavy engine

    file = Report.from_json(check.report_json).files[0]
    mine = _mine(request, check)
    field, code = asked(request, "colonne", longest=300), asked(request, "code", longest=60)
    kept = [one for one in file.errors if (not field or one.field == field) and (not code or one.code == code)]
    columns = [(name, what, n) for name, counts in file.counts.by_field.items() for what, n in counts.items()]
    return {
        "file": file,
        "file_name": check.file_name if mine else "",
        "mine": mine,
        "causes": file.causes[:8] if mine else (),
        "rules_not_checked": file.schema.rules_not_checked,
        "columns": sorted(columns, key=lambda row: -row[2])[:60],
        "fields": sorted({one.field for one in file.errors if one.field}),
        "codes": sorted({one.code for one in file.errors}),
        "chosen_field": field,
        "chosen_code": code,
        "page": Paginator(kept, PAGE).get_page(request.GET.get("page")),
        "keep": f"&colonne={field}&code={code}" if field or code else "",
        "outdated": newer_version(check),
        "badge": badge_of(check).text,
        "annotated": mine and annotated_of(check, settings.DATA).is_file(),
    }


def table_badge(request: HttpRequest, check_id: str) -> HttpResponse:
    """The badge of a published report."""
    check = _found(check_id)
    if check.published_at is None:
        raise Missing(_("Ce rapport n’est pas publié."))
    response = HttpResponse(badge_svg(badge_of(check)), content_type="image/svg+xml")
    response["Cache-Control"] = "public, max-age=86400"
    return response


def state_json(request: HttpRequest, check_id: str) -> HttpResponse:
    check = _found(check_id)
    return json_document({"state": check.state, "progress": check.progress, "conforms": check.conforms})


def report_json(request: HttpRequest, check_id: str) -> HttpResponse:
    check = _private(request, check_id)
    return HttpResponse(check.report_json.encode(), content_type="application/json")


def report_csv(request: HttpRequest, check_id: str) -> HttpResponse:
    return csv_document(ERROR_COLUMNS, error_rows(_private(request, check_id)), "erreurs")


def report_xlsx(request: HttpRequest, check_id: str) -> HttpResponse:
    path = annotated_of(_private(request, check_id), settings.DATA)
    if not path.is_file():
        raise Missing(_("Le classeur annoté n’est plus là : il est gardé vingt-quatre heures."))
    response = HttpResponse(path.read_bytes(), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="a-corriger.xlsx"'
    return response


def _private(request: HttpRequest, check_id: str) -> TableCheck:
    """A check whose cells this visitor may see."""
    check = _found(check_id)
    if check.state != State.DONE or not _mine(request, check):
        raise Missing(_("Ce rapport ne se télécharge pas."))
    return check


@require_POST
def step(request: HttpRequest, check_id: str) -> HttpResponse:
    """Cancel, publish, take back, erase: the buttons of a check."""
    check = get_object_or_404(TableCheck, pk=check_id)
    if not _mine(request, check):
        raise Missing(_("Aucune vérification à cette adresse : elle a pu être effacée."))
    asked_for, at = posted(request, "step", longest=10), timezone.now()
    try:
        if asked_for == "cancel":
            cancel_check(check_id=check.pk, at=at, data=settings.DATA)
        elif asked_for == "publish":
            publish_check(check_id=check.pk, at=at)
        elif asked_for == "withdraw":
            withdraw_check(check_id=check.pk, at=at)
        elif asked_for == "erase":
            erase_check(check_id=check.pk, at=at, data=settings.DATA)
    except Refused as refusal:
        return refused(request, refusal)
    return redirect("table-report", check.pk)
