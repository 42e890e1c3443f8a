"""The public log, newest first."""

from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import Path, Query, Router, Schema

from dcant.api.paging import Paged, PageNumber, PageSize, paged
from dcant.api.problems import ERRORS, NO_NUL
from dcant.record.models import Entry

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
    kind: Annotated[str, Query(alias="type", max_length=60, pattern=NO_NUL)] = "",
    page: PageNumber = 1,
    page_size: PageSize = 25,
) -> dict[str, object]:
    rows = Entry.objects.order_by("-pk")
    return paged(request, rows.filter(type=kind) if kind else rows, page, page_size, _entry)


@router.get("/entries/{entry_id}", response={200: EntryOut, **ERRORS}, summary="Une entrée", operation_id="get_entry")
def one(request: HttpRequest, entry_id: Annotated[str, Path(pattern=NO_NUL)]) -> dict[str, object]:
    entry = Entry.objects.filter(entry_id=entry_id).first()
    if entry is None:
        raise Http404("Le journal n’a pas cette entrée.")
    return _entry(entry)


def _entry(entry: Entry) -> dict[str, object]:
    return {"id": entry.entry_id, "index": entry.index, "leaf": entry.document}
