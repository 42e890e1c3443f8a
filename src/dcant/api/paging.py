"""Pages of a list: `page` from 1, `page_size` to 100; the answer gives the addresses of the next and the previous page."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from ninja import Query, Schema

from dcant.api.problems import NO_NUL

Row = TypeVar("Row", bound=Model)

PageNumber = Annotated[int, Query(ge=1, le=10_000)]
PageSize = Annotated[int, Query(ge=1, le=100)]

Narrow = Annotated[str, Query(max_length=80, pattern=NO_NUL)]


class Paged(Schema):
    count: int
    next: str | None
    previous: str | None


def paged(
    request: HttpRequest, rows: "QuerySet[Any] | Sequence[Any]", page: int, page_size: int, shape: Callable[[Any], Any]
) -> dict[str, object]:
    """One page of rows, each given its shape, with the count of all. Rows need a total order."""
    count = rows.count() if isinstance(rows, QuerySet) else len(rows)
    first = (page - 1) * page_size
    return {
        "count": count,
        "next": _address(request, page + 1) if first + page_size < count else None,
        "previous": _address(request, page - 1) if page > 1 else None,
        "results": [shape(row) for row in rows[first : first + page_size]],
    }


def narrowed(rows: "QuerySet[Row]", **asked: str) -> "QuerySet[Row]":
    """The rows that have each value asked for; what is empty narrows nothing."""
    return rows.filter(**{field: value for field, value in asked.items() if value})


def _address(request: HttpRequest, page: int) -> str:
    query = request.GET.copy()
    query["page"] = str(page)
    return f"{request.path}?{query.urlencode()}"
