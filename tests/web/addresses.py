"""Every address of the site, each with one example that answers in the small world of tests."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver
from factories import EPCI, TREVERIEN, World

POSTED = {"set_language", "adopt", "enter", "leave"}  # they act: no page of their own


def names(resolver: URLResolver | None = None, space: str = "") -> Iterator[str]:
    """The names of all addresses, with their namespace."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}"


def pages(world: World) -> dict[str, list[str]]:
    """Name of the address → examples, as a reader would open them. HTML only."""
    rdv, entry = f"/ressources/{world.rdv.slug}/", world.written.entry.entry_id
    return {
        "home": ["/"],
        "territory-search": ["/territoires/", "/territoires/?q=voisine", "/territoires/?q=zzzzzz"],
        "territory": [f"/territoires/{TREVERIEN}/", f"/territoires/{EPCI}/", "/territoires/35/", "/territoires/22001/"],
        "mayor": [f"/territoires/{TREVERIEN}/fiche-maire/"],
        "resources": [
            "/ressources/",
            f"/ressources/?q=brique&commune={TREVERIEN}",
            "/ressources/?genre=software&page=1",
            "/ressources/?q=zzzzzz&genre=api",
        ],
        "sources": ["/ressources/sources/"],
        "source": ["/ressources/sources/seed/"],
        "run": [f"/ressources/sources/{source}/passages/{n}/" for source, n in (("seed", 1), ("apigouv", 1), ("apigouv", 2))],
        "resource": [rdv, f"{rdv}?commune={TREVERIEN}", "/ressources/hostile/", "/ressources/retiree/"],
        "adoption-form": [f"{rdv}nous-l-utilisons/", f"{rdv}nous-l-utilisons/?commune={TREVERIEN}"],
        "adopted": [
            f"/ressources/{event.resource.slug}/declare/{event.entry.entry_id}/" for event in (world.written, world.waiting)
        ],
        "letter": [f"/offres/{world.offer.pk}/lettre/?commune={TREVERIEN}"],
        "coverage": ["/couverture/", f"/couverture/?ressource={world.rdv.slug}"],
        "programme": ["/programme/"],
        "action": ["/actions/apis/"],
        "entries": ["/registre/", "/registre/?type=harvest.run"],
        "entry": [f"/registre/{entry}/", f"/registre/{world.waiting.entry.entry_id}/"],
        "visit": ["/visite/"],
        "accessibility": ["/accessibilite/"],
        "legal": ["/mentions-legales/"],
        "api-page": ["/api/"],
        "sign-in": ["/connexion/"],
    }


def documents(world: World) -> dict[str, list[str]]:
    """The data beside the pages, and what machines ask."""
    entry = world.written.entry.entry_id
    api = "/api/v1"
    return {
        "healthz": ["/healthz"],
        "territory-json": [f"/territoires/{TREVERIEN}.json", "/territoires/35.json"],
        "resources-json": ["/ressources.json"],
        "resources-csv": ["/ressources.csv"],
        "run-json": ["/ressources/sources/seed/passages/1.json"],
        "run-csv": ["/ressources/sources/seed/passages/1.csv"],
        "resource-json": [f"/ressources/{world.rdv.slug}.json"],
        "coverage-json": ["/couverture.json"],
        "coverage-csv": ["/couverture.csv"],
        "programme-json": ["/programme.json"],
        "action-json": ["/actions/apis.json"],
        "entries-json": ["/registre.json"],
        "entries-csv": ["/registre.csv"],
        "entry-json": [f"/registre/{entry}.json"],
        "api-1:openapi-json": [f"{api}/openapi.json"],
        "api-1:find_communes": [f"{api}/territories?q=treverien"],
        "api-1:get_commune": [f"{api}/territories/{TREVERIEN}"],
        "api-1:list_reusable": [f"{api}/territories/{TREVERIEN}/reusable"],
        "api-1:list_resources": [f"{api}/resources", f"{api}/resources?q=brique"],
        "api-1:get_resource": [f"{api}/resources/{world.rdv.slug}"],
        "api-1:list_adoptions": [f"{api}/resources/{world.rdv.slug}/adoptions"],
        "api-1:get_programme": [f"{api}/programme"],
        "api-1:list_entries": [f"{api}/record/entries"],
        "api-1:get_entry": [f"{api}/record/entries/{entry}"],
        "api-1:list_sources": [f"{api}/sources"],
        "api-1:list_runs": [f"{api}/sources/seed/runs"],
        "api-1:get_run": [f"{api}/sources/seed/runs/1"],
    }
