"""The data beside the page: JSON and CSV. The ETag is set by the middleware, so that a copy is fetched only when it changed."""

import json
from collections.abc import Iterable, Mapping, Sequence

from django.http import HttpResponse

from dcant.identifiers.cells import csv_text


def json_document(value: Mapping[str, object]) -> HttpResponse:
    """One JSON document, readable, in UTF-8."""
    return HttpResponse(json.dumps(value, ensure_ascii=False, indent=1).encode(), content_type="application/json")


def csv_document(header: Sequence[str], rows: Iterable[Sequence[object]], name: str) -> HttpResponse:
    """RFC 4180, UTF-8 with a header; a text cell that a spreadsheet would run as a formula is made plain."""
    response = HttpResponse(csv_text(header, rows).encode(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
