"""Atom feeds (RFC 4287): what is new in the base, in a search, from a source, of a type, on a sheet, in a territory."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dcant.adoption.models import AdoptionState
from dcant.catalogue.exports.graph import plain
from dcant.catalogue.exports.redistribution import given
from dcant.catalogue.exports.site import Site
from dcant.catalogue.history import changes
from dcant.catalogue.index import EVERYTHING, search_base
from dcant.catalogue.models import Kind, Resource
from dcant.catalogue.rules.entry import TYPES
from dcant.catalogue.search import SearchQuery
from dcant.catalogue.sources import SOURCES, load_source
from dcant.territories.models import Territory
from dcant.web.asked import asked
from dcant.web.context import site as words_of_site
from dcant.web.errors import Missing
from dcant.web.exports import site_of
from dcant.web.resources import FILTERS, find_resource
from dcant.web.sheets import FIELD_WORDS
from dcant.web.territories import find_place

LONGEST = 50
NEVER = datetime(2000, 1, 1, tzinfo=UTC)
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece of news: `name` is its own for ever, `updated` the moment of the change it tells."""

    name: str
    title: str
    link: str
    summary: str
    updated: datetime
    published: datetime | None = None


class _Feed(Atom1Feed):
    def latest_post_date(self) -> datetime:
        """The day of the last change; an empty feed has never changed, whenever it is asked for."""
        return max((item["updateddate"] for item in self.items), default=NEVER)


def news(request: HttpRequest) -> HttpResponse:
    """What changed last in the base; with the words and filters of a search, in what answers it."""
    text = asked(request, "q", longest=200)
    filters = {FILTERS[name]: frozenset(request.GET.getlist(name)) for name in FILTERS if request.GET.getlist(name)}
    rows = Resource.objects.shown()
    if text or filters:
        hits = search_base(SearchQuery(text=text, filters=filters, limit=EVERYTHING)).hits
        rows = rows.filter(slug__in=[hit.slug for hit in hits])
    title = _("Socle commun : « %(query)s »") % {"query": text} if text else _("Socle commun : les nouveautés")
    return _resources(request, title, reverse("resources"), rows)


def of_source(request: HttpRequest, name: str) -> HttpResponse:
    """What changed last among what a source holds."""
    if name not in SOURCES:
        raise Missing(_("Le socle commun n’a pas de source « %(name)s ».") % {"name": name})
    rows = Resource.objects.shown().filter(holdings__item__source=name).distinct()
    title = load_source(name)[0].title
    return _resources(request, title, reverse("source", args=[name]), rows)


def of_infrastructures(request: HttpRequest) -> HttpResponse:
    """What changed last in the registry of infrastructures, or among those of one type (`?type=cloud`)."""
    rows = Resource.objects.shown().filter(kind=Kind.INFRASTRUCTURE)
    wanted = request.GET.get("type", "")
    if wanted in TYPES:
        rows = rows.filter(sheet__infra_type__value=wanted)
    return _resources(request, _("Les infrastructures et leurs conditions d’accès"), reverse("infrastructures"), rows)


def of_resource(request: HttpRequest, slug: str) -> HttpResponse:
    """What changed on one sheet: which source, which fields; the values are on the page of its history."""
    shown = find_resource(slug)
    if shown.slug != slug:
        return redirect("resource-atom", slug=shown.slug, permanent=True)
    node, path = site_of(request), reverse("history", args=[shown.slug])
    entries = []
    moment_and_source = attrgetter("at", "source")
    for (at, source), found in groupby(
        sorted(changes(shown), key=moment_and_source, reverse=True), key=moment_and_source
    ):
        words = sorted({str(FIELD_WORDS.get(one.field, one.field.partition(":")[2] or one.field)) for one in found})
        number = ngettext("%(n)s champ changé", "%(n)s champs changés", len(words)) % {"n": len(words)}
        name = node.tag(f"ressources/{shown.slug}/{source}/{at.isoformat()}")
        entries.append(Entry(name, f"{shown.title} · {source} : {number}", path, ", ".join(words), at, at))
    return _answer(request, shown.title, reverse("resource", args=[shown.slug]), entries)


def of_territory(request: HttpRequest, code: str) -> HttpResponse:
    """What is newly used in a territory and, for a commune, around it; only uses that are declared and stand."""
    place = find_place(code)
    if place.code != code:
        return redirect("territory-atom", code=place.code, permanent=True)
    states = AdoptionState.objects.live().filter(_within(place)).with_names()
    node = site_of(request)
    entries = [_use(state, node) for state in states.order_by("-event__at", "pk")[:LONGEST]]
    title = _("%(name)s : ce qui sert dans le territoire") % {"name": place.name}
    return _answer(request, title, reverse("territory", args=[place.code]), entries)


def _within(place: Territory) -> Q:
    if place.kind == Territory.Kind.COMMUNE:
        return Q(epci_code=place.epci_code) if place.epci_code else Q(departement_code=place.departement_code)
    return Q(organisation__territory__in=Territory.objects.communes_of(place))


def _use(state: AdoptionState, node: Site) -> Entry:
    entry = state.event.entry
    since = _("Utilisée, d’après sa propre déclaration, depuis le %(day)s.") % {"day": f"{state.day:%d/%m/%Y}"}
    return Entry(
        node.tag(f"usages/{entry.entry_id if entry else state.event_id}"),
        f"{state.organisation.name} : {state.resource.title}",
        reverse("resource", args=[state.resource.slug]),
        f"{since} {_('Démonstration.')}" if state.demo else since,
        state.event.at,
        state.event.at,
    )


def _resources(request: HttpRequest, title: str, page: str, rows: QuerySet[Resource]) -> HttpResponse:
    node = site_of(request)
    latest = list(rows.order_by("-changed_at", "-pk")[:LONGEST])
    entries = [
        Entry(
            node.tag(f"ressources/{one.resource.slug}"),
            one.resource.title,
            reverse("resource", args=[one.resource.slug]),
            one.text("purpose") or _("Voir la fiche et ses sources."),
            one.resource.changed_at,
            one.resource.first_seen_at,
        )
        for one in given(latest)
    ]
    return _answer(request, title, page, entries)


def _answer(request: HttpRequest, title: str, page: str, entries: Iterable[Entry]) -> HttpResponse:
    """The feed, dated by its last change: a copy that is fresh is not sent again."""
    node, name = site_of(request), str(words_of_site(request)["site_name"])
    feed = _Feed(
        title=_clean(f"{title} · {name}"),
        link=node.address(page),
        description="",
        feed_url=request.build_absolute_uri(),
        feed_guid=node.tag(_clean(request.get_full_path().lstrip("/"))),
        author_name=_clean(name),
        language=request.LANGUAGE_CODE,
    )
    for one in entries:
        feed.add_item(
            title=_clean(one.title),
            link=node.address(one.link),
            description=_clean(one.summary),
            unique_id=one.name,
            pubdate=one.published,
            updateddate=one.updated,
        )
    response = HttpResponse(feed.writeString("utf-8").encode(), content_type=_Feed.content_type)
    response["Last-Modified"] = http_date(feed.latest_post_date().timestamp())
    return response


def _clean(text: str) -> str:
    """What XML can hold of a text that a source wrote."""
    return _NOT_IN_XML.sub(" ", plain(text))
