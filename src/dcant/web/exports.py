"""The sheets in the formats that other catalogues read: DCAT-AP in Turtle and JSON-LD, publiccode.yml."""

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import http_date
from django.utils.translation import gettext as _

from dcant.catalogue.exports.dcat import catalogue_iri, catalogue_nodes, page_node, resource_nodes
from dcant.catalogue.exports.descriptor import descriptors
from dcant.catalogue.exports.graph import Node
from dcant.catalogue.exports.jsonld import jsonld
from dcant.catalogue.exports.redistribution import given
from dcant.catalogue.exports.site import Site
from dcant.catalogue.exports.turtle import turtle
from dcant.catalogue.models import Kind, Resource
from dcant.web.documents import json_document
from dcant.web.errors import Missing
from dcant.web.resources import find_resource

PER_PAGE = 100


def site_of(request: HttpRequest) -> Site:
    """The node, as the address of the request names it."""
    return Site(request.build_absolute_uri("/").rstrip("/"), settings.LOG_NAME)


def resource_ttl(request: HttpRequest, slug: str) -> HttpResponse:
    shown = find_resource(slug)
    if shown.slug != slug:
        return redirect("resource-ttl", slug=shown.slug, permanent=True)
    return _dated(_turtle(resource_nodes(given([shown]), site_of(request))), [shown])


def resource_jsonld(request: HttpRequest, slug: str) -> HttpResponse:
    shown = find_resource(slug)
    if shown.slug != slug:
        return redirect("resource-jsonld", slug=shown.slug, permanent=True)
    return _dated(_jsonld(resource_nodes(given([shown]), site_of(request))), [shown])


def resource_publiccode(request: HttpRequest, slug: str) -> HttpResponse:
    """The file of the author, or one composed whose first lines list what the producer must still supply."""
    shown = find_resource(slug)
    if shown.kind != Kind.SOFTWARE:
        raise Missing(_("Seul un logiciel a un publiccode.yml ; « %(slug)s » n’en est pas un.") % {"slug": slug})
    if shown.slug != slug:
        return redirect("resource-publiccode", slug=shown.slug, permanent=True)
    (descriptor,) = descriptors([shown], given([shown]), site_of(request), Path(settings.DATA))
    body = descriptor.text.encode(errors="replace")
    return _dated(HttpResponse(body, content_type="application/yaml; charset=utf-8"), [shown])


def catalogue_ttl(request: HttpRequest) -> HttpResponse:
    rows, nodes = _catalogue(request)
    return _dated(_turtle(nodes), rows)


def catalogue_jsonld(request: HttpRequest) -> HttpResponse:
    rows, nodes = _catalogue(request)
    return _dated(_jsonld(nodes), rows)


def _catalogue(request: HttpRequest) -> tuple[list[Resource], Iterable[Node]]:
    """One page of the whole base (`?page=2`). Raises Missing beyond the last. Four queries."""
    pages = Paginator(Resource.objects.shown().order_by("pk"), PER_PAGE)
    asked = request.GET.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 0
    if not 1 <= number <= pages.num_pages:
        raise Missing(_("Ce catalogue a %(pages)s pages.") % {"pages": pages.num_pages})
    rows = list(pages.page(number).object_list)
    site = site_of(request)

    def at(page: int) -> str:
        return site.address(f"{request.path}?page={page}") if 1 <= page <= pages.num_pages else ""

    view = page_node(
        at(number),
        of=catalogue_iri(site),
        first=at(1),
        previous=at(number - 1),
        following=at(number + 1),
        total=pages.count,
    )
    return rows, catalogue_nodes(rows, site, view)


def _turtle(nodes: Iterable[Node]) -> HttpResponse:
    return HttpResponse("".join(turtle(nodes)).encode(), content_type="text/turtle; charset=utf-8")


def _jsonld(nodes: Iterable[Node]) -> HttpResponse:
    response = json_document(jsonld(nodes))
    response["Content-Type"] = "application/ld+json"
    return response


def _dated(response: HttpResponse, rows: list[Resource]) -> HttpResponse:
    """With the day of the last change; the middleware answers 304 to a copy that is fresh."""
    if rows:
        response["Last-Modified"] = http_date(max(one.changed_at for one in rows).timestamp())
    return response
