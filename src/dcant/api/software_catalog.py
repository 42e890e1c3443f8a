"""The Software Catalog API, read side, under /v1/: the software of the base as other catalogues harvest it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.views.decorators.csrf import csrf_exempt

from dcant.api.problems import MEDIA_TYPE
from dcant.catalogue.exports.site import Site
from dcant.catalogue.exports.software import (
    BadCursor,
    at_repository,
    catalogs,
    cursor,
    log_objects,
    publisher_object,
    publishers,
    read_cursor,
    software_lines,
    software_objects,
    software_of,
    software_rows,
)
from dcant.catalogue.models import Resource
from dcant.harvest.models import Line

DEFAULT_SIZE, LARGEST = 25, 100
_LONGEST = 1000  # signs of an address asked for


class Wrong(Exception):
    """A parameter that breaks its rule: answered 422, naming it."""

    def __init__(self, field: str, rule: str, value: str) -> None:
        super().__init__(field)
        self.errors = [{"field": field, "rule": rule, "value": value[:200]}]


class Nothing(Exception):
    """No such thing here: answered 404."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The parameters that every list takes."""

    size: int
    after: str
    before: str
    since: datetime | None
    until: datetime | None
    everything: bool

    @classmethod
    def of(cls, request: HttpRequest) -> "Asked":
        size = request.GET.get("page[size]", str(DEFAULT_SIZE))
        if not (size.isascii() and size.isdigit() and len(size) <= 3 and 1 <= int(size) <= LARGEST):
            raise Wrong("page[size]", f"min=1,max={LARGEST}", size)
        everything = request.GET.get("all", "false")
        if everything not in {"true", "false"}:
            raise Wrong("all", "boolean", everything)
        after, before = request.GET.get("page[after]", ""), request.GET.get("page[before]", "")
        return cls(int(size), after, before, _moment(request, "from"), _moment(request, "to"), everything == "true")

    def place(self, parts: int) -> list[str]:
        """What the cursor of this request is made of. Raises Wrong for one that was not given here."""
        name = "after" if self.after else "before"
        try:
            return read_cursor(self.after or self.before, parts)
        except BadCursor as error:
            raise Wrong(f"page[{name}]", "cursor", self.after or self.before) from error

    def window(self, field: str) -> Q:
        """The moments asked for, both included."""
        wanted = Q()
        if self.since is not None:
            wanted &= Q(**{f"{field}__gte": self.since})
        if self.until is not None:
            wanted &= Q(**{f"{field}__lte": self.until})
        return wanted


@dataclass(frozen=True, slots=True)
class Order:
    """A list in its order: what follows a place, what precedes it (from the nearest on), and the place of a row."""

    following: Callable[[list[str]], Any]
    preceding: Callable[[list[str]], Any]
    whole: Any
    place: Callable[[Any], tuple[object, ...]]

    def page(self, asked: Asked, parts: int) -> tuple[list[Any], dict[str, str | None]]:
        """One page, and the addresses of its neighbours: they neither skip nor repeat a row when others come meanwhile."""
        if asked.before and not asked.after:
            found = list(self.preceding(asked.place(parts))[: asked.size + 1])
            rows, is_first, is_last = found[: asked.size][::-1], len(found) <= asked.size, False
        else:
            found = list((self.following(asked.place(parts)) if asked.after else self.whole)[: asked.size + 1])
            rows, is_first, is_last = found[: asked.size], not asked.after, len(found) <= asked.size
        ends = {"prev": rows[0] if rows and not is_first else None, "next": rows[-1] if rows and not is_last else None}
        return rows, {name: cursor(*self.place(row)) if row is not None else None for name, row in ends.items()}


def _answer(request: HttpRequest, order: Order, parts: int, shape: Callable[[list[Any]], object]) -> HttpResponse:
    rows, cursors = order.page(Asked.of(request), parts)
    links = {
        name: _link(request, "before" if name == "prev" else "after", place) if place else None
        for name, place in cursors.items()
    }
    return _json({"data": shape(rows), "links": links})


def _link(request: HttpRequest, way: str, place: str) -> str:
    """The same question from another place on: relative, as other catalogues write it."""
    kept = [(name, request.GET[name]) for name in ("page[size]", "all", "url", "from", "to") if name in request.GET]
    return f"?page[{way}]={place}" + "".join(f"&{name}={quote(value, safe='')}" for name, value in kept)


def _reading(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Reading alone, and every refusal a problem document."""

    @csrf_exempt
    @wraps(view)
    def answered(request: HttpRequest, **parts: str) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            refused = _problem(405, "Méthode refusée", "Ce catalogue se lit ; il ne s’écrit pas par ici.", "DCANT-A405")
            refused["Allow"] = "GET, HEAD"
            return refused
        try:
            return view(request, **parts)
        except Wrong as wrong:
            said = "; ".join(f"{one['field']} : {one['rule']}" for one in wrong.errors)
            return _problem(422, "Paramètre refusé", said, "DCANT-A422", validationErrors=wrong.errors)
        except Nothing:
            return _problem(404, "Introuvable", "Ce catalogue n’a rien sous cet identifiant.", "DCANT-A404")

    return answered


def _problem(status: int, title: str, detail: str, code: str, **more: object) -> HttpResponse:
    body = {"title": title, "detail": detail, "status": status, "code": code} | more
    return HttpResponse(json.dumps(body, ensure_ascii=False).encode(), status=status, content_type=MEDIA_TYPE)


def _json(value: Mapping[str, object]) -> HttpResponse:
    # What a source wrote may hold half a character, which no UTF-8 does.
    body = json.dumps(value, ensure_ascii=False).encode(errors="replace")
    return HttpResponse(body, content_type="application/json")


def _moment(request: HttpRequest, name: str) -> datetime | None:
    text = request.GET.get(name, "")
    if not text:
        return None
    try:
        # A « + » that was not escaped is read as a space.
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError as error:
        raise Wrong(name, "rfc3339", text) from error
    if moment.tzinfo is None or "T" not in text.upper() or not 1 < moment.year < 9999:
        raise Wrong(name, "rfc3339", text)
    return moment


def _site(request: HttpRequest) -> Site:
    return Site(request.build_absolute_uri("/").rstrip("/"), settings.LOG_NAME)


def _objects(request: HttpRequest, rows: list[Resource]) -> list[dict[str, object]]:
    return software_objects(rows, _site(request), Path(settings.DATA))


@_reading
def software(request: HttpRequest) -> HttpResponse:
    """Software, in the order they came; those withdrawn only with `all=true`."""
    asked = Asked.of(request)
    rows = software_rows(with_withdrawn=asked.everything).filter(asked.window("first_seen_at"))
    if url := request.GET.get("url", "")[:_LONGEST]:
        rows = at_repository(rows, url)

    def beyond(way: str, place: list[str]) -> Q:
        at, pk = _stamp(place)
        return Q(**{f"first_seen_at__{way}": at}) | Q(**{"first_seen_at": at, f"pk__{way}": pk})

    order = Order(
        lambda place: rows.filter(beyond("gt", place)),
        lambda place: rows.filter(beyond("lt", place)).order_by("-first_seen_at", "-pk"),
        rows,
        lambda one: (one.first_seen_at.isoformat(), one.pk),
    )
    return _answer(request, order, 2, lambda found: _objects(request, found))


@_reading
def one_software(request: HttpRequest, identifier: str) -> HttpResponse:
    found = _software(request, identifier)
    if str(_site(request).software(found)) != str(UUID(identifier)):
        moved = HttpResponse(status=301)
        moved["Location"] = reverse("software-one", args=[_site(request).software(found)])
        return moved
    (told,) = _objects(request, [found])
    return _json(told)


@_reading
def software_logs(request: HttpRequest, identifier: str) -> HttpResponse:
    return _logs(request, software_lines(_software(request, identifier)))


@_reading
def logs(request: HttpRequest) -> HttpResponse:
    return _logs(request, software_lines())


def _logs(request: HttpRequest, lines: QuerySet[Line]) -> HttpResponse:
    rows = lines.filter(Asked.of(request).window("run__started_at"))
    order = Order(
        lambda place: rows.filter(pk__lt=_row(place[0])),
        lambda place: rows.filter(pk__gt=_row(place[0])).order_by("pk"),
        rows,
        lambda one: (one.pk,),
    )
    return _answer(request, order, 1, lambda found: log_objects(found, _site(request)))


@_reading
def publisher_list(request: HttpRequest) -> HttpResponse:
    """Publishers, in the order their first software came; those with none left only with `all=true`."""
    asked, site = Asked.of(request), _site(request)
    rows = [
        (one.created_at, identifier, one)
        for identifier, one in publishers(site).items()
        if (one.active or asked.everything)
        and (asked.since is None or one.created_at >= asked.since)
        and (asked.until is None or one.created_at <= asked.until)
    ]

    def place_of(place: list[str]) -> tuple[datetime, str]:
        return _day(place[0]), place[1]

    order = Order(
        lambda place: [row for row in rows if row[:2] > place_of(place)],
        lambda place: [row for row in rows if row[:2] < place_of(place)][::-1],
        rows,
        lambda row: (row[0].isoformat(), row[1]),
    )
    return _answer(request, order, 2, lambda found: [publisher_object(row[2], site) for row in found])


@_reading
def one_publisher(request: HttpRequest, identifier: str) -> HttpResponse:
    """By its identifier, or by its number (`alternativeId`)."""
    site = _site(request)
    known = publishers(site)
    found = known.get(identifier.lower()) or next((one for one in known.values() if one.siren == identifier), None)
    if found is None:
        raise Nothing
    return _json(publisher_object(found, site))


@_reading
def catalog_list(request: HttpRequest) -> HttpResponse:
    return _json({"data": catalogs(_site(request)), "links": {"prev": None, "next": None}})


@_reading
def status(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=204)


def _software(request: HttpRequest, identifier: str) -> Resource:
    try:
        found = software_of(UUID(identifier), _site(request))
    except ValueError as error:
        raise Nothing from error
    if found is None:
        raise Nothing
    return found


def _stamp(place: list[str]) -> tuple[datetime, int]:
    return _day(place[0]), _row(place[1])


def _day(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Wrong("page", "cursor", text) from error
    if moment.tzinfo is None or not 1 < moment.year < 9999:
        raise Wrong("page", "cursor", text)
    return moment


def _row(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Wrong("page", "cursor", text)
    return int(text)


urlpatterns = [
    path("software", software, name="software-list"),
    path("software/<str:identifier>", one_software, name="software-one"),
    path("software/<str:identifier>/logs", software_logs, name="software-logs"),
    path("publishers", publisher_list, name="publisher-list"),
    path("publishers/<str:identifier>", one_publisher, name="publisher-one"),
    path("logs", logs, name="software-log-list"),
    path("catalogs", catalog_list, name="catalog-list"),
    path("status", status, name="software-status"),
]
