"""Seven communes, seven resources and an operator: enough for rules about circles, limits, prices and figures."""

from dataclasses import dataclass
from datetime import UTC, datetime

import factories
from dcant.adoption.models import AdoptionState, AdoptionTally
from dcant.catalogue.models import Resource
from dcant.territories.models import College, Operator, OperatorService, Organisation, Territory

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
Tallies = dict[tuple[str, str, str, int], tuple[int, int]]
EPCI, OTHER_EPCI = "243500733", "243500741"
# code, name, EPCI, population: two size classes in one group, communes without group, one without known population
COMMUNES = (
    ("35345", "Trévérien", EPCI, 900),
    ("35308", "Saint-Thual", EPCI, 950),
    ("35085", "Combourg", EPCI, 6_100),
    ("35360", "Vitré", OTHER_EPCI, 18_000),
    ("35046", "Broualan", "", 400),
    ("22050", "Dinan", "", 14_000),
    ("22118", "Lanvallay", "", None),
)
RESOURCES = {
    "rdv-service-public": {"audience_local": "yes", "suite_service_ids": ["7"]},
    "messages": {"audience_local": "yes", "commune_population_max": "3499", "suite_service_ids": ["8"]},
    "api-entreprise": {"audience_local": "under_condition", "access_type": "restricted"},
    "adresse-ban": {"access_type": "open"},
    "nuage-pi": {"audience_local": "no"},
    "monservicesecurise": {},
    "franceconnect": {"audience_local": "yes"},
}


@dataclass(frozen=True)
class Neighbourhood:
    """Communes and their town halls by INSEE code, resources by slug, one operator that serves the département 35."""

    communes: dict[str, Territory]
    towns: dict[str, Organisation]
    resources: dict[str, Resource]
    operator: Operator


def neighbourhood() -> Neighbourhood:
    for key in (College.STATE, College.TERRITORIES):
        College.objects.create(key=key, name=key)
    ours = factories.departement("35", "Ille-et-Vilaine")
    factories.departement("22", "Côtes-d’Armor")
    groups = {code: factories.epci(code, f"Groupe {code}") for code in (EPCI, OTHER_EPCI)}
    communes = {
        code: factories.commune(code, name, group=groups.get(group), population=population)
        for code, name, group, population in COMMUNES
    }
    operator = factories.operator("Operateur voisin", [ours])
    for number, name in ((7, "Rendez-vous"), (8, "Messagerie"), (99, "Autre chose")):
        OperatorService.objects.create(
            operator=operator, service_id=number, name=name, url="https://operateur.example/"
        )
    return Neighbourhood(
        communes,
        {code: factories.town_hall(place) for code, place in communes.items()},
        {slug: bare_resource(slug, facts) for slug, facts in RESOURCES.items()},
        operator,
    )


def bare_resource(slug: str, facts: dict[str, object]) -> Resource:
    """A resource of which no more is known than the facts given."""
    title = slug.replace("-", " ").capitalize()
    return Resource.objects.create(slug=slug, kind="service", title=title, facts=facts, first_seen_at=AT, changed_at=AT)


def recounted() -> Tallies:
    """The tallies as a person would count them, state by state: (scope, key, kind, resource) → communes, people."""
    found: Tallies = {}
    for state in AdoptionState.objects.exclude(counted=""):
        circles = {"country": "FR", "departement": state.departement_code}
        if state.epci_code:
            circles["epci"] = state.epci_code
        if state.size_class is not None:
            circles |= {"size": str(state.size_class), "peers": f"{state.departement_code}:{state.size_class}"}
        for scope, key in circles.items():
            communes, people = found.get((scope, key, state.counted, state.resource_id), (0, 0))
            found[scope, key, state.counted, state.resource_id] = (communes + 1, people + (state.population or 0))
    return found


def held() -> Tallies:
    """The tallies as the database holds them, without those that came back to nothing."""
    rows = AdoptionTally.objects.exclude(communes=0, people=0)
    return {(row.scope, row.key, row.kind, row.resource_id): (row.communes, row.people) for row in rows}
