"""The report of a check, for a program: JSON, its errors as CSV, the table itself with what is to be mended."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Router

from dcant.api.problems import ERRORS, Gone, Problem
from dcant.api.table_checks import REFUSED, CheckKey, theirs_named
from dcant.identifiers.cells import csv_text
from dcant.standards.check_questions import ERROR_COLUMNS, error_rows
from dcant.standards.models import TableCheck
from dcant.standards.services.check_files import annotated_of

router = Router(tags=["table-checks"])
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ANSWERS = {**ERRORS, **REFUSED, 410: Problem}


@router.get(
    "/{check_id}/report",
    response={200: dict[str, object], **ANSWERS},
    summary="Le rapport",
    operation_id="get_table_check_report",
)
def report(request: HttpRequest, check_id: str, key: CheckKey = "") -> HttpResponse:
    check = _readable(check_id, key)
    return HttpResponse(check.report_json.encode(), content_type="application/json")


@router.get(
    "/{check_id}/errors.csv",
    response={200: str, **ANSWERS},
    summary="Les erreurs, une ligne chacune",
    operation_id="get_table_check_errors",
    openapi_extra={"responses": {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}},
)
def errors(request: HttpRequest, check_id: str, key: CheckKey = "") -> HttpResponse:
    check = _readable(check_id, key)
    return HttpResponse(csv_text(ERROR_COLUMNS, error_rows(check)).encode(), content_type="text/csv; charset=utf-8")


@router.get(
    "/{check_id}/annotated.xlsx",
    response={200: bytes, **ANSWERS},
    summary="Le tableau annoté, à corriger",
    operation_id="get_table_check_annotated",
    openapi_extra={"responses": {200: {"content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}}},
)
def annotated(request: HttpRequest, check_id: str, key: CheckKey = "") -> HttpResponse:
    check = _readable(check_id, key)
    try:
        return HttpResponse(annotated_of(check, settings.DATA).read_bytes(), content_type=XLSX)
    except OSError as absent:
        raise Http404(
            "Pas de classeur annoté : rien n’est à corriger, ou ses vingt-quatre heures sont passées."
        ) from absent


def _readable(check_id: str, key: str) -> TableCheck:
    """A check whose cells may be read now. Raises Refused, Gone, Http404."""
    check = theirs_named(check_id, key)
    if check.state == TableCheck.State.EXPIRED:
        raise Gone(
            "Ce rapport n’est plus là : effacé au bout de trente jours, ou à la demande. Envoyez le fichier de nouveau."
        )
    if check.state != TableCheck.State.DONE:
        raise Http404("Pas de rapport à cette adresse : la vérification n’est pas terminée, ou n’a pas abouti.")
    return check
