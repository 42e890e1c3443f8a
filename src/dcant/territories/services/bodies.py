"""The organisations that govern the territories of the reference: a territory is not an organisation, several may share one."""

from collections.abc import Iterator
from dataclasses import dataclass

from dcant.territories.models import College, Organisation, Territory
from dcant.territories.services.organisations import new_organisation

Place = tuple[str, str]  # kind and code
_COMMUNE, _EPCI = Territory.Kind.COMMUNE, Territory.Kind.EPCI
_DEPARTEMENT, _REGION = Territory.Kind.DEPARTEMENT, Territory.Kind.REGION
PARIS = "75056"


@dataclass(frozen=True, slots=True)
class Body:
    """An organisation, not yet saved, and the places it governs; the first is its main one."""

    organisation: Organisation
    governs: tuple[Territory, ...]


@dataclass(frozen=True, slots=True)
class _Single:
    """One collectivity that governs several départements or régions."""

    slug: str
    name: str
    kind: str
    places: tuple[Place, ...]


_SINGLES = (
    _Single(
        "collectivite-de-corse",
        "Collectivité de Corse",
        "region",
        ((_REGION, "94"), (_DEPARTEMENT, "2A"), (_DEPARTEMENT, "2B")),
    ),
    _Single(
        "collectivite-europeenne-d-alsace",
        "Collectivité européenne d'Alsace",
        "departement",
        ((_DEPARTEMENT, "67"), (_DEPARTEMENT, "68")),
    ),
    _Single(
        "collectivite-territoriale-de-martinique",
        "Collectivité territoriale de Martinique",
        "region",
        ((_REGION, "02"), (_DEPARTEMENT, "972")),
    ),
    _Single(
        "collectivite-territoriale-de-guyane",
        "Collectivité territoriale de Guyane",
        "region",
        ((_REGION, "03"), (_DEPARTEMENT, "973")),
    ),
    _Single(
        "departement-de-mayotte",
        "Département de Mayotte",
        "departement",
        ((_DEPARTEMENT, "976"), (_REGION, "06")),
    ),
)


def bodies_of(territories: dict[Place, Territory]) -> Iterator[Body]:
    """Every body that governs: single collectivities first, then régions, départements, EPCI and communes.

    `territories` by kind and code. The Métropole de Lyon is the EPCI, beside the Département du Rhône; Paris governs its
    commune and its département. Overseas collectivities, and EPT, have no body here: their sources say too little.
    """
    taken: set[Place] = {(_DEPARTEMENT, "75")}
    for single in _SINGLES:
        yield _body(single.name, single.kind, [territories[place] for place in single.places], slug=single.slug)
        taken.update(single.places)
    for place, territory in territories.items():
        overseas = territory.zone == Territory.OVERSEAS and territory.kind != _COMMUNE
        if place not in taken and not overseas:
            yield from _own_body(territory, territories)


def _own_body(territory: Territory, territories: dict[Place, Territory]) -> Iterator[Body]:
    if territory.kind == _COMMUNE:
        also = [territories[_DEPARTEMENT, "75"]] if territory.code == PARIS else []
        name = f"Commune {territory.of_name}"
        yield _body(
            name, "commune", [territory, *also], siren=territory.siren, slug=f"commune-{territory.code}".lower()
        )
    elif territory.kind == _EPCI:
        yield _body(territory.name, "epci", [territory], siren=territory.siren)
    elif territory.kind == _DEPARTEMENT:
        # The Territoire de Belfort is a département whose name does not bear the word.
        name = territory.name if territory.code == "90" else f"Département {territory.of_name}"
        yield _body(name, "departement", [territory], slug=f"departement-{territory.code}".lower())
    elif territory.kind == _REGION:
        yield _body(f"Région {territory.name}", "region", [territory], slug=f"region-{territory.code}".lower())


def _body(name: str, kind: str, governs: list[Territory], *, siren: str = "", slug: str = "") -> Body:
    organisation = new_organisation(
        name=name, kind=kind, siren=siren, slug=slug, college=College.TERRITORIES, territory=governs[0]
    )
    return Body(organisation, tuple(governs))
