"""« Est-elle prête à être reprise ? »: for its producer, what to do first; for anyone, item by item, and what it rests on."""

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from dcant.adoption.usage import usage_of
from dcant.catalogue.maturity import readiness_document, readiness_of, repositories_of
from dcant.catalogue.models import Resource
from dcant.catalogue.rules.readiness import LEVELS, Item
from dcant.web.acting import today
from dcant.web.documents import json_document
from dcant.web.resources import find_resource


def page(request: HttpRequest, slug: str) -> HttpResponse:
    shown = find_resource(slug)
    if shown.slug != slug:
        return redirect("maturity", slug=shown.slug, permanent=True)
    usage = usage_of(shown, today=today())
    found = readiness_of(shown, usage=usage, today=today())
    return render(
        request,
        "web/resources/maturity.html",
        {
            "resource": shown,
            "found": found,
            "levels": LEVELS,
            "next_level": found.level + 1,
            "usage": usage,
            "repositories": repositories_of(shown),
            "groups": [
                (group, [(item, _rests_on(shown, item)) for item in items])
                for group, items in groupby(found.items, key=lambda item: item.group)
            ],
        },
    )


def page_json(request: HttpRequest, slug: str) -> HttpResponse:
    shown = find_resource(slug)
    if shown.slug != slug:
        return redirect("maturity-json", slug=shown.slug, permanent=True)
    usage = usage_of(shown, today=today())
    found = readiness_of(shown, usage=usage, today=today())
    return json_document(readiness_document(shown, found, usage))


def _rests_on(resource: Resource, item: Item) -> list[tuple[str, dict[str, object]]]:
    return [(name, resource.sheet[name]) for name in item.fields]
