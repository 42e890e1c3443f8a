"""The common base: the list, with search and filters; one resource, seen from a commune or from nowhere."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dcant.adoption.models import AdoptionState, Offer
from dcant.adoption.questions import Use, latest_users, offers_for, users_alike, users_near, uses_near
from dcant.adoption.reusable import ANYONE, Reusable, applicant_of, found_anywhere, found_from
from dcant.adoption.usage import usage_of
from dcant.catalogue.index import EVERYTHING, search_base, theme_label
from dcant.catalogue.models import Relation, Resource, UsageSnapshot
from dcant.catalogue.rules import autonomy
from dcant.catalogue.rules.following import words_of_search
from dcant.catalogue.search import SearchQuery, SearchResult
from dcant.catalogue.sources import source_titles
from dcant.harvest.models import Item
from dcant.identifiers import CommuneCode, IdentifierError
from dcant.territories.models import Territory
from dcant.web.acting import acting, today
from dcant.web.asked import asked
from dcant.web.branches import branches_of
from dcant.web.documents import csv_document, json_document
from dcant.web.errors import Missing
from dcant.web.sheets import blocks_of

PAGE = 20
FacetValue = tuple[str, str, int, bool]  # as filtered, as shown, how many, chosen or not
FILTERS = {
    "genre": "kind",
    "theme": "theme",
    "acces": "access",
    "public": "audience",
    "niveau": "producer_level",
    "phase": "phase",
    "departement": "departement",
    "licence": "licence",
    "origine": "source",
}


def commune_of(request: HttpRequest) -> Territory | None:
    """The commune from which a page is looked at (`?commune=35345`), if it is one."""
    code = request.GET.get("commune", "") or request.POST.get("commune", "")
    try:
        return Territory.objects.communes().filter(code=str(CommuneCode(code))).first()
    except IdentifierError:
        return None


def resource_list(request: HttpRequest) -> HttpResponse:
    commune = commune_of(request)
    text = asked(request, "q", longest=200)
    chosen = {name: request.GET.getlist(name) for name in FILTERS if request.GET.getlist(name)}
    if "theme" in chosen:  # a box is ticked whatever the case in which an address names its theme
        chosen["theme"] = list(dict.fromkeys(map(theme_label, chosen["theme"])))
    number = _page_number(request)
    found = search_base(
        SearchQuery(
            text=text,
            filters={FILTERS[name]: frozenset(values) for name, values in chosen.items()},
            limit=EVERYTHING if commune else PAGE,
            offset=0 if commune else (number - 1) * PAGE,
            literal="tel-quel" in request.GET,
        )
    )
    rows, pages = _rows(found, commune, number)
    return render(
        request,
        "web/resources/list.html",
        {
            "commune": commune,
            "query": text,
            "found": found,
            "rows": rows,
            "number": number,
            "pages": pages,
            "facets": _facets(found, chosen),
            "chosen": chosen,
            "followed": words_of_search(text, {FILTERS[name]: values for name, values in chosen.items()}),
            "keep": urlencode([("q", text)] if text else [])
            + "".join(f"&{urlencode({name: value})}" for name, values in chosen.items() for value in values)
            + (f"&commune={commune.code}" if commune else "")
            + ("&tel-quel=1" if "tel-quel" in request.GET else ""),
        },
    )


def _rows(found: SearchResult, commune: Territory | None, number: int) -> tuple[list[Reusable], int]:
    """One page of hits. From a commune: what is for it first, then used near it, then the order of the text."""
    if commune is None:
        return found_anywhere(found), max(1, -(-found.total // PAGE))
    paginator = Paginator(found_from(found, commune, today()), PAGE)
    return list(paginator.get_page(number).object_list), paginator.num_pages


def _page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    return max(1, min(int(text), 500)) if text.isascii() and text.isdigit() and len(text) < 10 else 1


def _facets(found: SearchResult, chosen: Mapping[str, list[str]]) -> list[tuple[str, list[FacetValue]]]:
    facets = []
    for name, facet in FILTERS.items():
        counts = found.facets.get(facet, {})
        values = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:15]
        names: Mapping[str, str] = {}
        if facet == "departement":
            names = _names_of_departements(value for value, _count in values)
        elif facet == "source":
            names = source_titles()
        if values:
            facets.append(
                (
                    name,
                    [(value, names.get(value, value), count, value in chosen.get(name, ())) for value, count in values],
                )
            )
    return facets


def _names_of_departements(codes: Iterable[str]) -> dict[str, str]:
    """« Ille-et-Vilaine (35) » for « 35 ». One query, none without a code."""
    known = Territory.objects.departements().filter(code__in=list(codes))
    return {code: f"{name} ({code})" for code, name in known.values_list("code", "name")}


def resource_list_json(request: HttpRequest) -> HttpResponse:
    rows = Resource.objects.shown().defer("sheet").select_related("usage_snapshot")
    listed = [
        {name: getattr(row, name) for name in ("slug", "kind", "title", "purpose", "producer_name")}
        | {"changed_at": row.changed_at.isoformat(), "usage": _last_known(row)}
        for row in rows
    ]
    return json_document({"count": len(listed), "resources": listed})


def _last_known(row: Resource) -> dict[str, object] | None:
    """Its use as it was last counted, with the day; None is « non renseigné »."""
    kept: UsageSnapshot | None = getattr(row, "usage_snapshot", None)
    return kept.view.document() | {"as_of": kept.as_of.isoformat()} if kept else None


def resource_list_csv(request: HttpRequest) -> HttpResponse:
    columns = ("slug", "kind", "title", "purpose", "producer_name", "producer_level")
    return csv_document(columns, Resource.objects.shown().values_list(*columns), "ressources")


def find_resource(slug: str) -> Resource:
    """The resource of an address; a former address gives the resource itself. Raises Missing (404)."""
    found = Resource.objects.at_address(slug)
    if found is None:
        raise Missing(_("Le socle commun n’a pas de ressource « %(slug)s ».") % {"slug": slug})
    return found


def resource(request: HttpRequest, slug: str) -> HttpResponse:
    shown = find_resource(slug)
    if shown.slug != slug:
        return redirect("resource", slug=shown.slug, permanent=True)
    commune = commune_of(request)
    who = acting(request)
    if (
        commune is None
        and who
        and who.organisation.territory
        and who.organisation.territory.kind == Territory.Kind.COMMUNE
    ):
        commune = who.organisation.territory
    return render(request, "web/resources/detail.html", _context(shown, commune))


def _context(shown: Resource, commune: Territory | None) -> dict[str, object]:
    use = uses_near(commune, [shown.pk]).get(shown.pk, Use())
    relations = [relation.seen_from(shown) for relation in Relation.objects.around(shown)]
    return {
        "resource": shown,
        "commune": commune,
        "eligibility": shown.eligibility_for(applicant_of(commune) if commune else ANYONE),
        "use": use,
        "near": users_near(commune, resource=shown) if commune else [],
        "alike": users_alike(commune, resource=shown) if commune else [],
        "latest": [] if commune else latest_users(resource=shown),
        "offers": _offers(shown, commune),
        "state": _state(shown, commune),
        "relations": relations,
        "drawing": branches_of(shown.title, [(word, other) for word, other in relations if other]),
        "items": list(Item.objects.filter(holding__resource=shown)),
        "blocks": blocks_of(shown),
        "autonomy_standard": autonomy.STANDARD,
        "autonomy_version": autonomy.VERSION,
        "today": today(),
    }


def _offers(shown: Resource, commune: Territory | None) -> list[tuple[Offer, object]]:
    if commune is None:
        offers = list(shown.offers.with_names().order_by("demo", "operator__organisation__name")[:40])
        return [(offer, offer.price_for(None)) for offer in offers]
    return [
        (offer, offer.price_for(commune.population)) for offer in offers_for(commune) if offer.resource_id == shown.pk
    ]


def _state(shown: Resource, commune: Territory | None) -> tuple[AdoptionState, str] | None:
    """What the commune said of it. A refusal or a withdrawal is its own affair, and is not shown."""
    if commune is None:
        return None
    state = (
        AdoptionState.objects.filter(resource=shown, organisation__territory=commune)
        .select_related("event__entry")
        .first()
    )
    if state is None or state.kind in {"refused", "withdrawn"}:
        return None
    return state, state.on(today())


def resource_json(request: HttpRequest, slug: str) -> HttpResponse:
    shown = find_resource(slug)
    if shown.slug != slug:
        return redirect("resource-json", slug=shown.slug, permanent=True)
    use = uses_near(None, [shown.pk]).get(shown.pk)
    usage = usage_of(shown, today=today(), near=commune_of(request))
    return json_document(
        {
            "slug": shown.slug,
            "kind": shown.kind,
            "state": shown.state,
            "title": shown.title,
            "sheet": shown.sheet,
            "relations": [
                {
                    "name": relation.name,
                    "from": relation.subject.slug,
                    "to": relation.target.slug if relation.target else None,
                }
                for relation in Relation.objects.around(shown)
            ],
            "used_by_communes": use.country if use else None,
            "people": use.people if use else None,
            "usage": usage.document() if usage else None,
            "changed_at": shown.changed_at.isoformat(),
        },
    )
