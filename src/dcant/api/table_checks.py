"""A check of a table from a program: send the file, follow it, take the report, publish it. Open to all, as on pages."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone
from ninja import Header, Router, Schema

from dcant.api.problems import ERRORS, Problem, problem
from dcant.identifiers import Permit, Refused
from dcant.standards.check_questions import (
    ahead_of,
    is_theirs,
    key_of,
    worker_is_absent,
)
from dcant.standards.models import TableCheck
from dcant.standards.questions import NoSuchVersion, document_of
from dcant.standards.services import ask_check, cancel_check, erase_check, publish_check, withdraw_check
from dcant.standards.services.check_files import annotated_of
from dcant.standards.services.checks import visitor_name
from dcant.standards.uploads import NotReceived, ToFolder, Waiting

router = Router(tags=["table-checks"])
State = TableCheck.State
MODES = ("fr", "exact", "equal", "subset", "superset", "partial")  # those of the engine, which is not loaded here
REFUSED = {403: Problem}
HOW = (
    "Sans compte ni mandat : une vérification est ouverte à tous, deux à la fois pour une même adresse du réseau. L’adresse de la "
    "vérification ne se devine pas : qui la tient lit le rapport. Une fois le rapport publié, la clé rendue à l’envoi (en-tête "
    "« Check-Key ») est demandée pour voir les cellules et pour agir."
)
OPTIONS = {
    "columns": f"comment les colonnes se reconnaissent : auto, {', '.join(MODES)} ; auto par défaut",
    "encoding": "l’encodage du fichier ; reconnu par défaut",
    "delimiter": "le séparateur, un caractère ou « tab » ; reconnu par défaut",
    "sheet": "la feuille du classeur ; la première par défaut",
    "member": "le fichier de l’archive, quand elle en a plusieurs",
}
FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file", "schema"],
                    "properties": {
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "description": "le tableau, au plus DCANT_CHECK_MB",
                        },
                        "schema": {
                            "type": "string",
                            "maxLength": 200,
                            "description": "owner/slug, owner/slug@latest ou owner/slug@1.2.0, du registre de ce site",
                        },
                    }
                    | {
                        name: {"type": "string", "maxLength": 200, "description": said}
                        for name, said in OPTIONS.items()
                    },
                }
            }
        },
    }
}
CheckKey = Annotated[str, Header(alias="Check-Key", max_length=100, pattern=r"^[!-~]*$")]


class Progress(Schema):
    """How far the reading is; `bytes_total` is null when it cannot be known."""

    bytes_read: int
    bytes_total: int | None
    rows: int
    errors: int


class TableCheckOut(Schema):
    """`state`: received → running → done, failed or cancelled → expired. `ahead`: how many pass before, while it waits.
    `worker_absent`: nothing moves until the program that checks is back; the file is kept.
    """

    id: str
    address: str
    page: str
    state: str
    standard: str
    version: str
    schema_sha256: str
    file_size: int
    received_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    ahead: int | None
    worker_absent: bool | None
    progress: Progress | None
    failure: str | None
    conforms: bool | None
    rows: int | None
    errors: int | None
    sha256: str | None
    report: str | None
    errors_csv: str | None
    annotated: str | None
    published_at: datetime | None
    record_entry: str | None
    badge: str | None


class TableCheckAsked(TableCheckOut):
    """`key`: given this once; it is asked for as « Check-Key » once the report is public."""

    key: str


@router.post(
    "",
    response={202: TableCheckAsked, **ERRORS, **REFUSED, 413: Problem, 507: Problem},
    summary="Envoyer un tableau à vérifier",
    description=HOW,
    operation_id="ask_table_check",
    openapi_extra=FORM,
)
def ask(request: HttpRequest) -> HttpResponse:
    with ToFolder(settings.TABLE_CHECK_BYTES) as handler:
        request.upload_handlers = [handler]
        try:
            upload, name = _sent(request, handler)
        except NotReceived as refusal:
            return problem(refusal.status, "Fichier non reçu", str(refusal), "DCANT-T003")
        asked = {option: request.POST.get(option, "") for option in ("schema", *OPTIONS)}
        wrong = _wrong(asked)
        if wrong:
            return problem(422, "Paramètre refusé", wrong, "DCANT-A422")
        if asked["delimiter"] == "tab":
            asked["delimiter"] = "\t"
        try:
            document = document_of(asked.pop("schema"))
        except NoSuchVersion as missing:
            return problem(404, "Schéma inconnu", str(missing), "schema-not-found")
        check = ask_check(
            document=document,
            upload=upload,
            file_name=name,
            options=asked,
            visitor=visitor_name(f"api {request.META.get('REMOTE_ADDR', '')}"),
            at=timezone.now(),
            data=settings.DATA,
        )
    said = TableCheckAsked(**_check(request, check, theirs=True), key=key_of(check.pk))
    response = HttpResponse(said.model_dump_json().encode(), status=202, content_type="application/json")
    response["Location"] = said.address
    return response


def _sent(request: HttpRequest, handler: ToFolder) -> tuple[Path, str]:
    """The file that was sent, and its name. Raises NotReceived."""
    try:
        sent = request.FILES.get("file")
    except (MultiPartParserError, SuspiciousOperation, OSError) as unreadable:
        said = (
            "Ce formulaire ne se lit pas : envoyez en « multipart/form-data » le fichier (file) et son schéma (schema)."
        )
        raise NotReceived(400, said) from unreadable
    if not isinstance(sent, Waiting):
        return handler.received(None), ""
    return handler.received(sent.path), sent.name or ""


def _wrong(asked: Mapping[str, str]) -> str:
    """What no check could be made by; empty when nothing is."""
    for option, value in asked.items():
        if len(value) > 200 or "\0" in value:
            return f"{option} : deux cents caractères au plus, sans NUL."
    return "" if asked["columns"] in {"", "auto", *MODES} else f"columns : auto, {', '.join(MODES)}."


@router.get(
    "/{check_id}",
    response={200: TableCheckOut, **ERRORS},
    summary="Où en est une vérification",
    operation_id="get_table_check",
)
def state(request: HttpRequest, check_id: str, key: CheckKey = "") -> dict[str, object]:
    check = check_named(check_id)
    return _check(request, check, theirs=is_theirs(check, key=key))


@router.delete(
    "/{check_id}",
    response={200: TableCheckOut, **ERRORS, **REFUSED},
    summary="Annuler une vérification, ou effacer son rapport",
    description=f"Ce qui attend est annulé, ce qui court s’arrête de lui-même, ce qui est fini est effacé. {HOW}",
    operation_id="cancel_table_check",
)
def cancel(request: HttpRequest, check_id: str, key: CheckKey = "") -> dict[str, object]:
    check, at = theirs_named(check_id, key), timezone.now()
    if check.published_at is not None:
        raise Refused(Permit.no("Un rapport publié se retire avant d’être effacé."), code="DCANT-T002")
    if check.state in {State.RECEIVED, State.RUNNING}:
        cancel_check(check_id=check.pk, at=at, data=settings.DATA)
    else:
        erase_check(check_id=check.pk, at=at, data=settings.DATA)
    return _check(request, check_named(check_id), theirs=True)


@router.post(
    "/{check_id}/publication",
    response={200: TableCheckOut, **ERRORS, **REFUSED},
    summary="Publier le rapport, sans ses cellules",
    description=HOW,
    operation_id="publish_table_check",
)
def publish(request: HttpRequest, check_id: str, key: CheckKey = "") -> dict[str, object]:
    publish_check(check_id=theirs_named(check_id, key).pk, at=timezone.now())
    check = check_named(check_id)
    return _check(request, check, theirs=is_theirs(check, key=key))


@router.delete(
    "/{check_id}/publication",
    response={200: TableCheckOut, **ERRORS, **REFUSED},
    summary="Retirer un rapport publié",
    description=HOW,
    operation_id="withdraw_table_check",
)
def withdraw(request: HttpRequest, check_id: str, key: CheckKey = "") -> dict[str, object]:
    withdraw_check(check_id=theirs_named(check_id, key).pk, at=timezone.now())
    return _check(request, check_named(check_id), theirs=True)


def check_named(check_id: str) -> TableCheck:
    found = None
    if "\0" not in check_id:
        found = TableCheck.objects.select_related("document__version__standard").filter(pk=check_id).first()
    if found is None:
        raise Http404("Aucune vérification à cette adresse : elle a pu être effacée.")
    return found


def theirs_named(check_id: str, key: str) -> TableCheck:
    """A check on which the one who asks may act. Raises Refused."""
    check = check_named(check_id)
    if not is_theirs(check, key=key):
        because = "Ce rapport est publié : sa clé, rendue à l’envoi, est demandée dans l’en-tête « Check-Key »."
        raise Refused(Permit.no(because), code="DCANT-T004")
    return check


def _check(request: HttpRequest, check: TableCheck, *, theirs: bool) -> dict[str, Any]:
    """What is told of a check. Where its cells are is told only to whom may read them."""
    address = request.build_absolute_uri(f"/api/v1/table-checks/{check.pk}")
    page = request.build_absolute_uri(f"/verifier/table/{check.pk}/")
    waits, done = check.state in {State.RECEIVED, State.RUNNING}, check.state == State.DONE
    version = check.document.version
    return {
        "id": check.pk,
        "address": address,
        "page": page,
        "state": check.state,
        "standard": version.standard.slug,
        "version": version.number,
        "schema_sha256": check.document.sha256,
        "file_size": check.file_size,
        "received_at": check.received_at,
        "started_at": check.started_at,
        "ended_at": check.ended_at,
        "ahead": ahead_of(check) if check.state == State.RECEIVED else None,
        "worker_absent": worker_is_absent(settings.DATA, timezone.now()) if waits else None,
        "progress": {"bytes_read": 0, "bytes_total": None, "rows": 0, "errors": 0} | check.progress if waits else None,
        "failure": check.failure or None,
        "conforms": check.conforms,
        "rows": check.rows,
        "errors": check.errors,
        "sha256": check.sha256 or None,
        "report": f"{address}/report" if done and theirs else None,
        "errors_csv": f"{address}/errors.csv" if done and theirs else None,
        "annotated": f"{address}/annotated.xlsx" if theirs and annotated_of(check, settings.DATA).is_file() else None,
        "published_at": check.published_at,
        "record_entry": check.record_entry or None,
        "badge": f"{page}badge.svg" if check.published_at else None,
    }
