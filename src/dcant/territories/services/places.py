"""The rows of the shipped reference as territories, not yet saved."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from dcant.identifiers.folding import fold_words
from dcant.territories.models import Territory
from dcant.territories.rules.names import guess_article
from dcant.territories.rules.sizes import size_class
from dcant.territories.shipped import AreaRow, CommuneRow, GroupRow, Reference

MUNICIPAL = "municipal"
GROUPS_YEAR = 2022  # of the municipal populations in the EPCI file; those of Mayotte are of 2017


@dataclass(slots=True)
class _People:
    """A sum over communes: None when no commune is known, and the year that counts most people."""

    known: list[int] = field(default_factory=list)
    years: Counter[int | None] = field(default_factory=Counter)

    def add(self, row: CommuneRow) -> None:
        if row.population is not None:
            self.known.append(row.population)
            self.years[row.population_year] += row.population

    def values(self) -> tuple[int | None, int | None]:
        return (sum(self.known), self.years.most_common(1)[0][0]) if self.known else (None, None)


def territories_of(reference: Reference) -> Iterator[Territory]:
    """Régions, départements, EPCI, EPT, then communes."""
    source = f"{reference.about['attribution']} ; {reference.about['package']}, {reference.about['vintage']}"
    departements: defaultdict[str, _People] = defaultdict(_People)
    regions: defaultdict[str, _People] = defaultdict(_People)
    over: dict[str, str] = {}
    for row in reference.communes:
        departements[row.departement].add(row)
        regions[row.region].add(row)
        if row.ept:
            over[row.ept] = row.epci
    yield from (_area(Territory.Kind.REGION, row, regions[row.code], source) for row in reference.regions)
    yield from (
        _area(Territory.Kind.DEPARTEMENT, row, departements[row.code], source) for row in reference.departements
    )
    areas = {row.code: row for row in reference.departements}
    yield from (_group(Territory.Kind.EPCI, row, areas[row.departement], row.siren, source) for row in reference.epci)
    yield from (
        _group(Territory.Kind.EPT, row, areas[row.departement], over[row.siren], source) for row in reference.ept
    )
    yield from (_commune(row, source) for row in reference.communes)


def _area(kind: Territory.Kind, row: AreaRow, people: _People, source: str) -> Territory:
    population, year = people.values()
    is_region = kind == Territory.Kind.REGION
    return Territory(
        kind=kind,
        code=row.code,
        name=row.name,
        article=row.article,
        sort_key=fold_words(row.name),
        zone=row.zone,
        departement_code="" if is_region else row.code,
        region_code=row.code if is_region else row.region,
        population=population,
        population_kind=MUNICIPAL if population is not None else "",
        population_year=year,
        source=f"{source} ; somme des communes"[:200],
    )


def _group(kind: Territory.Kind, row: GroupRow, area: AreaRow, epci: str, source: str) -> Territory:
    return Territory(
        kind=kind,
        code=row.siren,
        name=row.name,
        sort_key=fold_words(row.name),
        zone=area.zone,
        departement_code=area.code,
        region_code=area.region,
        epci_code=epci,
        ept_code=row.siren if kind == Territory.Kind.EPT else "",
        siren=row.siren,
        population=row.population,
        population_kind=MUNICIPAL,
        population_year=2017 if area.code == "976" else GROUPS_YEAR,
        category=row.category,
        source=source,
    )


def _commune(row: CommuneRow, source: str) -> Territory:
    return Territory(
        kind=Territory.Kind.COMMUNE,
        code=row.code,
        name=row.name,
        article=guess_article(row.name) if row.article is None else row.article,
        sort_key=fold_words(row.name),
        zone=row.zone,
        departement_code=row.departement,
        region_code=row.region,
        epci_code=row.epci,
        ept_code=row.ept,
        siren=row.siren,
        postcodes=row.postcodes.split(),
        population=row.population,
        population_kind=MUNICIPAL if row.population is not None else "",
        population_year=row.population_year,
        size_class=size_class(row.population),
        source=source,
    )
