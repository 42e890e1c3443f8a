"""Loading the shipped reference: all of it or nothing, and nothing at all when it is already there."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from django.db import models, transaction

from dcant.territories.models import (
    College,
    FormerCode,
    LoadedReference,
    Membership,
    Organisation,
    OrganisationTerritory,
    Territory,
)
from dcant.territories.services.bodies import Body, Place, bodies_of
from dcant.territories.services.operators import load_operators, operator_organisations
from dcant.territories.services.places import territories_of
from dcant.territories.shipped import Reference, read_reference

REFERENCE = "territoires"
_BATCH = 5_000
_COLLEGES = {College.STATE: "Collège de l’État", College.TERRITORIES: "Collège des territoires"}
_TERRITORY_VALUES = (
    "name",
    "article",
    "sort_key",
    "zone",
    "departement_code",
    "region_code",
    "epci_code",
    "ept_code",
    "siren",
    "postcodes",
    "population",
    "population_kind",
    "population_year",
    "size_class",
    "category",
    "source",
)
_ORGANISATION_VALUES = ("kind", "college_id", "name", "siren", "siret", "territory_id")

Row = TypeVar("Row", bound=models.Model)
Progress = Callable[[str, int, int], None]  # what is being written, how many are done, of how many


@dataclass(frozen=True, slots=True)
class LoadReport:
    """Rows created, updated, removed and left alone, all large tables together (operators and colleges are not counted).

    `vanished`: codes of the tables that the reference no longer has. They are kept, since facts keep the code of their day.
    """

    created: int
    updated: int
    removed: int
    unchanged: int
    vanished: tuple[str, ...] = ()


@dataclass(slots=True)
class _Tally:
    tell: Progress
    created: int = 0
    updated: int = 0
    removed: int = 0
    unchanged: int = 0
    vanished: list[str] = field(default_factory=list)

    def report(self) -> LoadReport:
        return LoadReport(self.created, self.updated, self.removed, self.unchanged, tuple(self.vanished))


@dataclass(frozen=True, slots=True)
class _Table:
    """How rows of a table are told apart (`key`) and which of their values the reference states."""

    label: str
    key: tuple[str, ...]
    values: tuple[str, ...] = ()


@transaction.atomic
def load_reference(*, on_progress: Progress | None = None) -> LoadReport:
    """Territories, their groups and former codes, the organisations that govern them, operators and the two colleges.

    One transaction: a load that is killed leaves nothing. When the tables already hold this reference, nothing is written.
    `on_progress` is told what is being written, how many are done, of how many.
    """
    reference = read_reference()
    # Made first: of two loads at once, the second waits here, then finds the work done.
    held, _ = LoadedReference.objects.select_for_update().get_or_create(name=REFERENCE, defaults={"digest": ""})
    tally = _Tally(on_progress or (lambda _label, _done, _total: None))
    if held.digest == reference.digest:
        tally.unchanged = _rows_held()
        return tally.report()
    _load(reference, tally)
    held.digest = reference.digest
    held.save()
    return tally.report()


def _rows_held() -> int:
    held: tuple[type[models.Model], ...] = (Territory, Membership, FormerCode, Organisation, OrganisationTerritory)
    return sum(model._default_manager.count() for model in held)  # noqa: SLF001 (Django’s documented attribute)


def _load(reference: Reference, tally: _Tally) -> None:
    for key, name in _COLLEGES.items():
        College.objects.update_or_create(key=key, defaults={"name": name})
    territories = list(territories_of(reference))
    _write(tally, _Table("territoires", ("kind", "code"), _TERRITORY_VALUES), territories)
    places: dict[Place, Territory] = {(row.kind, row.code): row for row in territories}
    known = Territory.objects.values_list("kind", "code")
    tally.vanished = [code for kind, code in known if (kind, code) not in places]
    ours = Membership.objects.filter(kind__in=(Membership.Kind.EPCI, Membership.Kind.EPT), valid_from=None)
    groups = _Table("appartenances", ("member_id", "group_id", "kind"))
    _write(tally, groups, list(_memberships(places)), among=ours)
    codes = _Table("anciens codes", ("old_code", "old_name", "territory_id"), ("via",))
    _write(tally, codes, list(_former(reference, places)), among=FormerCode.objects.all())
    _load_organisations(reference, places, tally)
    load_operators(reference.operators, places)


def _memberships(places: dict[Place, Territory]) -> Iterable[Membership]:
    for territory in places.values():
        if territory.kind != Territory.Kind.COMMUNE:
            continue
        if territory.epci_code:
            group = places[Territory.Kind.EPCI, territory.epci_code]
            yield Membership(member=territory, group=group, kind=Membership.Kind.EPCI)
        if territory.ept_code:
            group = places[Territory.Kind.EPT, territory.ept_code]
            yield Membership(member=territory, group=group, kind=Membership.Kind.EPT)


def _former(reference: Reference, places: dict[Place, Territory]) -> Iterable[FormerCode]:
    for row in reference.former:
        territory = places[Territory.Kind.COMMUNE, row.code]
        yield FormerCode(old_code=row.old_code, old_name=row.old_name, territory=territory, via=row.via)


def _load_organisations(reference: Reference, places: dict[Place, Territory], tally: _Tally) -> None:
    bodies: list[Body] = list(bodies_of(places))
    organisations = [body.organisation for body in bodies] + operator_organisations(reference.operators)
    _write(tally, _Table("organisations", ("key",), _ORGANISATION_VALUES), organisations)
    links = [
        OrganisationTerritory(organisation=body.organisation, territory=place)
        for body in bodies
        for place in body.governs
    ]
    _write(tally, _Table("compétences territoriales", ("organisation_id", "territory_id")), links)


def _write(tally: _Tally, table: _Table, wanted: Sequence[Row], among: "models.QuerySet[Row] | None" = None) -> None:
    """Make the table hold the wanted rows, writing only what differs; every wanted row has its primary key afterwards.

    `among`: the rows that may be removed when no longer wanted; None: no row may.
    """
    manager = type(wanted[0])._default_manager  # noqa: SLF001 (Django’s documented attribute)
    held = {tuple(getattr(row, name) for name in table.key): row for row in (manager.all() if among is None else among)}
    new: list[Row] = []
    changed: list[Row] = []
    for row in wanted:
        old = held.pop(tuple(getattr(row, name) for name in table.key), None)
        if old is None:
            new.append(row)
            continue
        row.pk = old.pk
        if any(getattr(old, name) != getattr(row, name) for name in table.values):
            changed.append(row)
    for start in range(0, len(new), _BATCH):
        manager.bulk_create(new[start : start + _BATCH])
        tally.tell(table.label, min(start + _BATCH, len(new)), len(new))
    if changed:
        manager.bulk_update(changed, table.values, batch_size=500)
    if among is not None and held:
        manager.filter(pk__in=[row.pk for row in held.values()]).delete()
        tally.removed += len(held)
    tally.created += len(new)
    tally.updated += len(changed)
    tally.unchanged += len(wanted) - len(new) - len(changed)
