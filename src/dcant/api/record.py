"""The public log, newest first, and the proof of each entry."""

from typing import Annotated, Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Path, Query, Router, Schema

from dcant.api.paging import Narrow, Paged, PageNumber, PageSize, narrowed, paged
from dcant.api.problems import ERRORS, NO_NUL
from dcant.record.models import Entry
from dcant.record.questions import proof_of

router = Router(tags=["record"])


class EntryOut(Schema):
    id: str
    index: int | None
    leaf: dict[str, Any]


class EntryPage(Paged):
    results: list[EntryOut]


@router.get(
    "/entries", response={200: EntryPage, **ERRORS}, summary="Les entrées du journal", operation_id="list_entries"
)
def entries(
    request: HttpRequest,
    *,
    kind: Annotated[str, Query(alias="type", max_length=60, pattern=NO_NUL)] = "",
    actor: Narrow = "",
    subject: Narrow = "",
    page: PageNumber = 1,
    page_size: PageSize = 25,
) -> dict[str, object]:
    rows = narrowed(Entry.objects.order_by("-pk"), type=kind, actor=actor, subject=subject)
    return paged(request, rows, page, page_size, _entry)


@router.get("/entries/{entry_id}", response={200: EntryOut, **ERRORS}, summary="Une entrée", operation_id="get_entry")
def one(request: HttpRequest, entry_id: Annotated[str, Path(pattern=NO_NUL)]) -> dict[str, object]:
    return _entry(_find(entry_id))


@router.get(
    "/entries/{entry_id}/proof",
    response={200: str, **ERRORS},
    summary="La preuve d’une entrée, à vérifier hors ligne",
    operation_id="get_entry_proof",
    openapi_extra={"responses": {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}},
)
def proof(request: HttpRequest, entry_id: Annotated[str, Path(pattern=NO_NUL)]) -> HttpResponse:
    """A C2SP tlog-proof towards the last checkpoint and its cosignatures: what `dcant record proof` reads."""
    entry = _find(entry_id)
    found = proof_of(entry, data=settings.DATA)
    if found is None:
        raise Http404("Cette entrée n’est pas encore dans un point de contrôle signé : sa preuve viendra avec lui.")
    response = HttpResponse(bytes(found), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{entry.entry_id}.tlog-proof"'
    response["Cache-Control"] = "max-age=2"
    return response


def _find(entry_id: str) -> Entry:
    entry = Entry.objects.filter(entry_id=entry_id).first()
    if entry is None:
        raise Http404("Le journal n’a pas cette entrée.")
    return entry


def _entry(entry: Entry) -> dict[str, object]:
    return {"id": entry.entry_id, "index": entry.index, "leaf": entry.document}
