"""Every address of the site, each with one example that answers in the small world of tests."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from dcant.catalogue.exports.site import Site
from factories import EPCI, TREVERIEN, World
from governance.played import CLOSED, PLANNED, UNDER_WAY
from standards.checked import SLUG
from web.api_addresses import API_POSTED, governance_documents

NODE = Site("http://testserver", settings.LOG_NAME)
COMPARED = "?r=rdv-service-public&r=monservicesecurise&r=hostile"
# They act: no page of their own.
POSTED = {
    *API_POSTED,
    "set_language",
    "adopt",
    "enter",
    "leave",
    "join-decide",
    "loss-accept",
    "seat-add",
    "holder-name",
    "holder-step",
    "seat-close",
    "charter",
}
POSTED |= {
    "cycle-plan",
    "cycle-move",
    "cycle-grade",
    "action-pilot",
    "action-enrich",
    "action-vote",
    "amendment-answer",
    "ending-vote",
    "college-new",
}
POSTED |= {"falsify", "budget-open", "indicator-measure", "follow", "unfollow", "following-seen", "digest-ask"}
POSTED |= {f"budget-{act}" for act in ("project", "step", "ballot")}
POSTED.add("table-check-step")
POSTED |= {"meeting-step", "meeting-attendance"}
POSTED |= {"infrastructure-operator"}
POSTED |= {"infrastructure-operator", "experience-step", "error-answer"}
POSTED |= {f"decision-{act}" for act in ("step", "ballot", "proxy", "objection", "reservation")}


def names(resolver: URLResolver | None = None, space: str = "") -> Iterator[str]:
    """The name of each address; those of the API, named by their function alone, by their route."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern, pattern.namespace or space)
        elif isinstance(pattern, URLPattern):
            yield f"api/{pattern.pattern}" if space else str(pattern.name)


def indicator_codes(world: World) -> list[str]:
    """Measured, not measured, and told by a source alone."""
    return [*(one.code for one in world.played.indicators), "charte-2022-departements"]


def body_of(response: Any) -> bytes:
    """What an answer says, whether it comes whole or as it goes."""
    return b"".join(response.streaming_content) if response.streaming else response.content


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
        "joins": ["/ressources/sources/reunions/"],
        "source": ["/ressources/sources/seed/"],
        "run": [
            f"/ressources/sources/{source}/passages/{n}/" for source, n in (("seed", 1), ("apigouv", 1), ("apigouv", 2))
        ],
        "resource": [rdv, f"{rdv}?commune={TREVERIEN}", "/ressources/hostile/", "/ressources/retiree/"],
        "compare": [
            f"/ressources/comparer/{COMPARED}",
            f"/ressources/comparer/{COMPARED}&commune={TREVERIEN}",
            "/ressources/comparer/",
        ],
        "history": [f"{rdv}historique/", f"{rdv}historique/?jour=2026-11-20"],
        "maturity": [f"{rdv}maturite/", "/ressources/brique-00/maturite/", "/ressources/hostile/maturite/"],
        "experience": [f"{rdv}retours/", "/ressources/hostile/retours/"],
        "experience-new": [f"{rdv}retours/raconter/"],
        "experience-report": [f"{rdv}retours/{world.report.code}/"],
        "resource-errors": [f"{rdv}signaler/", "/ressources/hostile/signaler/"],
        "errors-told": ["/ressources/sources/erreurs/"],
        "adoption-form": [f"{rdv}nous-l-utilisons/", f"{rdv}nous-l-utilisons/?commune={TREVERIEN}"],
        "adopted": [
            f"/ressources/{event.resource.slug}/declare/{event.entry.entry_id}/"
            for event in (world.written, world.waiting)
        ],
        "letter": [f"/offres/{world.offer.pk}/lettre/?commune={TREVERIEN}"],
        "infrastructures": ["/infrastructures/", f"/infrastructures/?type=cloud&controle=state&commune={TREVERIEN}"],
        "infrastructure-new": ["/infrastructures/remplir/"],
        "infrastructure-fill": ["/infrastructures/nuage/remplir/"],
        "infrastructures-import": ["/infrastructures/importer/"],
        "coverage": ["/couverture/", f"/couverture/?ressource={world.rdv.slug}"],
        "following": ["/suivi/"],
        "digest": ["/suivi/courriel/nothing/"],
        "balance": ["/equilibre/", "/equilibre/?semestre=2001-S1"],
        "balance-list": [
            "/equilibre/liste/?mesure=produced&genre=service&niveau=inconnu",
            "/equilibre/liste/?mesure=amendments&college=territoires",
            "/equilibre/liste/?mesure=crossed&niveau=joint&semestre=zzz",
        ],
        "programme": ["/programme/"],
        "new-programme": ["/programme/nouveau/"],
        "seat-import": [f"/colleges/{world.played.slug}/sieges/"],
        "colleges": [f"/colleges/{world.played.slug}/"],
        "holders": [f"/colleges/{world.played.slug}/siege/{world.played.stage.seats['e1'].key}/"],
        "cycle": [f"/programme/{half_year}/" for half_year in (UNDER_WAY, CLOSED, PLANNED)],
        "meetings": ["/seances/"],
        "indicators": ["/indicateurs/"],
        "indicator": [f"/indicateurs/{code}/" for code in indicator_codes(world)],
        "indicator-new": [f"/colleges/{world.played.slug}/indicateur/"],
        "measurement-import": ["/mesures/"],
        "meeting": [f"/seances/{one.code}/" for one in world.played.meetings],
        "meeting-plan": [f"/programme/{UNDER_WAY}/seance/"],
        "to-do": ["/a-faire/", f"/a-faire/?programme={world.played.slug}"],
        "action": [f"/actions/{code}/" for code in ("apis", world.played.draft.code, world.played.adopted.code)],
        "action-propose": [f"/colleges/{world.played.slug}/proposer/"],
        "action-amend": [f"/actions/{world.played.draft.code}/amender/"],
        "ending-propose": [f"/actions/{world.played.adopted.code}/terminer/"],
        "decision": [f"/decisions/{one.code}/" for one in world.played.decisions],
        "budget": [f"/budgets/{one.code}/" for one in world.played.budgets],
        "entries": ["/registre/", "/registre/?type=harvest.run", "/registre/?par=zzzzzz"],
        "entry": [f"/registre/{entry}/", f"/registre/{world.waiting.entry.entry_id}/"],
        "standards": ["/standards/", "/standards/?q=bancs&verifiable=1", "/standards/?genre=package"],
        "standard": [f"/standards/{SLUG}/", f"/standards/{SLUG}/?version=0.9.0", "/standards/atelier/sentiers/"],
        "table-check": ["/verifier/table/", f"/verifier/table/?standard={SLUG}"],
        "table-report": [
            f"/verifier/table/{one.pk}/" for one in world.checked.by_state.values() if one.state != "expired"
        ],
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
    every_kind = (world.rdv.slug, "hostile", "retiree", "brique-00", "nuage", "scdl-deliberations")
    software = NODE.identifier("software", "brique-00")
    return {
        "healthz": ["/healthz"],
        "territory-json": [f"/territoires/{TREVERIEN}.json", "/territoires/35.json"],
        "resources-json": ["/ressources.json"],
        "resources-csv": ["/ressources.csv"],
        "compare-json": [f"/ressources/comparer.json{COMPARED}"],
        "compare-csv": [f"/ressources/comparer.csv{COMPARED}"],
        "run-json": ["/ressources/sources/seed/passages/1.json"],
        "run-csv": ["/ressources/sources/seed/passages/1.csv"],
        "resource-json": [f"/ressources/{world.rdv.slug}.json"],
        "maturity-json": [f"/ressources/{world.rdv.slug}/maturite.json"],
        "experience-json": [f"/ressources/{world.rdv.slug}/retours.json"],
        "experience-csv": [f"/ressources/{world.rdv.slug}/retours.csv"],
        "errors-told-json": ["/ressources/sources/erreurs.json"],
        "errors-told-csv": ["/ressources/sources/erreurs.csv"],
        "infrastructures-json": ["/infrastructures.json"],
        "infrastructures-csv": ["/infrastructures.csv"],
        "infrastructures-schema-json": ["/infrastructures/schema.json"],
        "infrastructures-registry-csv": ["/infrastructures/registre.csv"],
        "coverage-json": ["/couverture.json"],
        "coverage-csv": ["/couverture.csv"],
        "following-json": ["/suivi.json"],
        "balance-json": ["/equilibre.json"],
        "balance-csv": ["/equilibre.csv"],
        "balance-list-json": ["/equilibre/liste.json?mesure=seats&college=etat"],
        "balance-list-csv": ["/equilibre/liste.csv?mesure=produced&genre=service&niveau=inconnu"],
        "api/balance": [f"{api}/balance"],
        "api/resources/<slug>/history": [f"{api}/resources/{world.rdv.slug}/history"],
        "api/resources/<slug>/history/<day>": [
            f"{api}/resources/{world.rdv.slug}/history/{timezone.localdate(world.rdv.first_seen_at)}"
        ],
        "api/resources/<slug>/relations": [f"{api}/resources/{world.rdv.slug}/relations"],
        "api/infrastructures": [f"{api}/infrastructures", f"{api}/infrastructures?type=cloud&territory={TREVERIEN}"],
        "api/search": [f"{api}/search?q=brique", f"{api}/search?q=brique&territory={TREVERIEN}&kind=software"],
        "api/compare": [f"{api}/compare{COMPARED}"],
        "programme-json": ["/programme.json"],
        "action-json": ["/actions/apis.json"],
        "holders-json": [f"/colleges/{world.played.slug}/siege/{world.played.stage.seats['e1'].key}.json"],
        "cycle-json": [f"/programme/{half_year}.json" for half_year in (UNDER_WAY, CLOSED, PLANNED)],
        "meetings-json": ["/seances.json"],
        "indicators-json": ["/indicateurs.json"],
        "indicators-csv": ["/indicateurs.csv"],
        "indicator-json": [f"/indicateurs/{code}.json" for code in indicator_codes(world)],
        "indicator-csv": [f"/indicateurs/{code}.csv" for code in indicator_codes(world)],
        "meetings-csv": ["/seances.csv"],
        "meetings-ical": ["/seances.ics"],
        "meeting-json": [f"/seances/{one.code}.json" for one in world.played.meetings],
        "to-do-json": ["/a-faire.json"],
        "cycle-csv": [f"/programme/{half_year}.csv" for half_year in (PLANNED, CLOSED)],
        "cycle-akn": [f"/programme/{half_year}.akn.xml" for half_year in (UNDER_WAY, CLOSED, PLANNED)],
        "cycle-ical": [f"/programme/{half_year}.ics" for half_year in (UNDER_WAY, CLOSED, PLANNED)],
        "cycle-atom": [f"/programme/{half_year}.atom" for half_year in (UNDER_WAY, CLOSED, PLANNED)],
        "decision-json": [f"/decisions/{one.code}.json" for one in world.played.decisions],
        "standards-json": ["/standards.json"],
        "standards-csv": ["/standards.csv"],
        "standard-json": [f"/standards/{SLUG}.json"],
        "standard-document": [f"/standards/{SLUG}/1.1.0/schema.json"],
        "standard-changes-json": [f"/standards/{SLUG}/changements.json?de=1.0.0&a=1.1.0"],
        "standard-template-csv": [f"/standards/{SLUG}/1.1.0/vide.csv"],
        "standard-template-xlsx": [f"/standards/{SLUG}/1.1.0/vide.xlsx"],
        "table-check-json": [f"/verifier/table/{one.pk}.json" for one in world.checked.by_state.values()],
        "table-report-json": [f"/verifier/table/{world.checked.by_state['faulty'].pk}/rapport.json"],
        "table-report-csv": [f"/verifier/table/{world.checked.by_state['faulty'].pk}/erreurs.csv"],
        "table-report-xlsx": [f"/verifier/table/{world.checked.by_state['faulty'].pk}/a-corriger.xlsx"],
        "table-badge": [f"/verifier/table/{world.checked.by_state['published'].pk}/badge.svg"],
        "api/standards": [f"{api}/standards", f"{api}/standards?q=bancs"],
        "api/standards/<owner>/<name>": [f"{api}/standards/{SLUG}"],
        "api/standards/<owner>/<name>/versions/<number>/schema.json": [
            f"{api}/standards/{SLUG}/versions/1.1.0/schema.json"
        ],
        "api/table-checks/<check_id>": [f"{api}/table-checks/{one.pk}" for one in world.checked.by_state.values()],
        "api/table-checks/<check_id>/report": [f"{api}/table-checks/{world.checked.by_state['faulty'].pk}/report"],
        "api/table-checks/<check_id>/errors.csv": [
            f"{api}/table-checks/{world.checked.by_state['faulty'].pk}/errors.csv"
        ],
        "api/table-checks/<check_id>/annotated.xlsx": [
            f"{api}/table-checks/{world.checked.by_state['faulty'].pk}/annotated.xlsx"
        ],
        "api/standards/<owner>/<name>/compare": [f"{api}/standards/{SLUG}/compare?from=1.0.0&to=1.1.0"],
        "budget-json": [f"/budgets/{one.code}.json" for one in world.played.budgets],
        "budget-csv": [f"/budgets/{one.code}.csv" for one in world.played.budgets],
        "log-file": ["/registre/log/checkpoint"],
        "log-policy": ["/registre/politique.txt"],
        "entry-proof": [f"/registre/{entry}.tlog-proof"],
        "entry-leaf": [f"/registre/{entry}/entree.json"],
        "entries-json": ["/registre.json"],
        "entries-csv": ["/registre.csv"],
        "entry-json": [f"/registre/{entry}.json"],
        "resource-ttl": [f"/ressources/{slug}.ttl" for slug in every_kind],
        "resource-jsonld": [f"/ressources/{slug}.jsonld" for slug in every_kind],
        "resource-publiccode": ["/ressources/brique-00/publiccode.yml"],
        "resources-atom": ["/ressources.atom", "/ressources.atom?q=brique&genre=software"],
        "resource-atom": [f"/ressources/{slug}.atom" for slug in every_kind],
        "source-atom": ["/ressources/sources/seed.atom", "/ressources/sources/sill.atom"],
        "infrastructures-atom": ["/infrastructures.atom", "/infrastructures.atom?type=cloud"],
        "territory-atom": [f"/territoires/{code}.atom" for code in (TREVERIEN, EPCI, "35")],
        "catalogue-ttl": ["/catalogue.ttl", "/catalogue.ttl?page=1"],
        "catalogue-jsonld": ["/catalogue.jsonld"],
        "dump": [f"{api}/dump.jsonl.gz"],
        "software-list": ["/v1/software", "/v1/software?page[size]=2&all=true"],
        "software-one": [f"/v1/software/{software}"],
        "software-logs": [f"/v1/software/{software}/logs"],
        "software-log-list": ["/v1/logs"],
        "publisher-list": ["/v1/publishers"],
        "publisher-one": [f"/v1/publishers/{NODE.identifier('publisher', 'Atelier commun')}"],
        "catalog-list": ["/v1/catalogs"],
        "api/openapi.json": [f"{api}/openapi.json"],
        "api/territories": [f"{api}/territories?q=treverien"],
        "api/territories/<code>": [f"{api}/territories/{TREVERIEN}"],
        "api/territories/<code>/reusable": [f"{api}/territories/{TREVERIEN}/reusable"],
        "api/resources": [f"{api}/resources", f"{api}/resources?q=brique"],
        "api/resources/<slug>": [f"{api}/resources/{world.rdv.slug}"],
        "api/resources/<slug>/adoptions": [f"{api}/resources/{world.rdv.slug}/adoptions"],
        "api/resources/<slug>/readiness": [f"{api}/resources/{world.rdv.slug}/readiness"],
        "api/resources/<slug>/experience": [f"{api}/resources/{world.rdv.slug}/experience"],
        "api/programme": [f"{api}/programme"],
        "api/record/entries": [f"{api}/record/entries"],
        "api/record/entries/<entry_id>": [f"{api}/record/entries/{entry}"],
        "api/sources": [f"{api}/sources"],
        "api/sources/<name>/runs": [f"{api}/sources/seed/runs"],
        "api/sources/<name>/runs/<number>": [f"{api}/sources/seed/runs/1"],
        **governance_documents(world),
    }
