"""What pages ask of adoption: who near us, how far it reaches, through whom. Few queries, whatever the number of events."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, Sum

from dcant.adoption.models import AdoptionState, AdoptionTally, Offer, Scope
from dcant.adoption.projection import peers_key
from dcant.adoption.rules import Coverage, Kind
from dcant.catalogue.models import Resource
from dcant.territories.models import College, Territory


@dataclass(slots=True)
class Use:
    """How many communes use a resource, from the nearest circle to the widest; 0 means that nobody declared it there."""

    epci: int = 0
    peers: int = 0
    departement: int = 0
    size: int = 0
    country: int = 0
    people: int = 0

    @property
    def is_near(self) -> bool:
        """Used in the same intercommunality, or else in the département."""
        return bool(self.epci or self.departement)

    @property
    def rank(self) -> tuple[int, int, int, int]:
        """Used near us first: same intercommunality, then alike in the département, then alike anywhere, then anywhere."""
        return (self.epci, self.peers or self.departement, self.size, self.country)


def circles_around(territory: Territory | None) -> dict[str, str]:
    """The circles of a territory, scope → key: five around a commune, its own and the country for a group."""
    keys: dict[str, str] = {Scope.COUNTRY: "FR"}
    if territory is None:
        return keys
    if territory.kind == Territory.Kind.EPCI:
        keys[Scope.EPCI] = territory.code
    elif territory.kind == Territory.Kind.DEPARTEMENT:
        keys[Scope.DEPARTEMENT] = territory.code
    elif territory.kind == Territory.Kind.COMMUNE:
        keys[Scope.DEPARTEMENT] = territory.departement_code
        if territory.epci_code:
            keys[Scope.EPCI] = territory.epci_code
        if territory.size_class is not None:
            keys[Scope.SIZE] = str(territory.size_class)
            keys[Scope.PEERS] = peers_key(territory.departement_code, territory.size_class)
    return keys


def uses_near(territory: Territory | None, resources: Collection[int] | None = None) -> dict[int, Use]:
    """Use of each resource in the circles of a territory (or in the country alone), by resource key. One query."""
    wanted = Q()
    for scope, key in circles_around(territory).items():
        wanted |= Q(scope=scope, key=key)
    tallies = AdoptionTally.objects.used().filter(wanted)
    if resources is not None:
        tallies = tallies.filter(resource__in=resources)
    uses: dict[int, Use] = defaultdict(Use)
    for resource, scope, communes, people in tallies.values_list("resource", "scope", "communes", "people"):
        use = uses[resource]
        setattr(use, scope, communes)
        if scope == Scope.COUNTRY:
            use.people = people
    return dict(uses)


def sides_that_use(today: date) -> dict[int, frozenset[str]]:
    """The colleges whose organisations have a use in force, by resource key; « » for organisations of no college. Two queries.

    Communes are read from their tally, however many they are; the others, few, from their states.
    """
    tallies = AdoptionTally.objects.used().filter(scope=Scope.COUNTRY)
    sides = {resource: {College.TERRITORIES} for resource in tallies.values_list("resource", flat=True)}
    others = AdoptionState.objects.filter(kind=Kind.USED, counted="", expires_on__gte=today)
    for resource, college in others.values_list("resource", "organisation__college").distinct():
        sides.setdefault(resource, set()).add(college or "")
    return {resource: frozenset(colleges) for resource, colleges in sides.items()}


def users_near(commune: Territory, *, limit: int = 12, resource: Resource | None = None) -> list[AdoptionState]:
    """Organisations of the same intercommunality that use something (or one resource), the latest first. One query.

    A commune that is in no intercommunality looks at its département.
    """
    near = Q(epci_code=commune.epci_code) if commune.epci_code else Q(departement_code=commune.departement_code)
    states = AdoptionState.objects.live().filter(near).exclude(organisation__territory=commune)
    if resource is not None:
        states = states.filter(resource=resource)
    return list(states.with_names().order_by("-day", "organisation__name", "pk")[:limit])


def users_alike(commune: Territory, *, resource: Resource, limit: int = 12) -> list[AdoptionState]:
    """Communes of the same département and size class that use a resource, the latest first. One query."""
    states = AdoptionState.objects.live().filter(
        resource=resource, departement_code=commune.departement_code, size_class=commune.size_class
    )
    return list(
        states.exclude(organisation__territory=commune)
        .with_names()
        .order_by("-day", "organisation__name", "pk")[:limit]
    )


def latest_users(*, resource: Resource, limit: int = 12) -> list[AdoptionState]:
    return list(AdoptionState.objects.live().filter(resource=resource).with_names().order_by("-day", "pk")[:limit])


def declared_by(commune: Territory, today: date) -> list[tuple[AdoptionState, str]]:
    """What a commune says of itself, with the state shown on a day. Refusals and withdrawals are its own affair: left out."""
    states = AdoptionState.objects.filter(organisation__territory=commune).exclude(
        kind__in=[Kind.REFUSED, Kind.WITHDRAWN]
    )
    return [(state, state.on(today)) for state in states.with_names().order_by("-day", "pk")]


def offers_for(commune: Territory) -> list[Offer]:
    """Offers of the operators that state they serve the département of a commune. One query."""
    offers = Offer.objects.with_names().filter(
        operator__departements__kind=Territory.Kind.DEPARTEMENT, operator__departements__code=commune.departement_code
    )
    return list(offers.order_by("operator__organisation__name", "resource__title", "demo"))


@dataclass(frozen=True, slots=True)
class Place:
    """A département in a coverage: its communes and its people, used over all."""

    code: str
    name: str
    coverage: Coverage


def coverage_by_departement(resource: Resource) -> list[Place]:
    """How far a resource reaches, département by département. Three queries."""
    wholes = dict(_wholes())
    tallies = AdoptionTally.objects.used().filter(scope=Scope.DEPARTEMENT, resource=resource)
    used = {key: (communes, people) for key, communes, people in tallies.values_list("key", "communes", "people")}
    names = Territory.objects.departements().order_by("code").values_list("code", "name")
    places = []
    for code, name in names:
        communes, people = used.get(code, (0, 0))
        of_communes, of_people = wholes.get(code, (0, 0))
        places.append(Place(code, name, Coverage(communes, of_communes, people, of_people)))
    return places


def _wholes() -> Iterable[tuple[str, tuple[int, int]]]:
    rows = Territory.objects.communes().values_list("departement_code").annotate(Count("pk"), Sum("population"))
    return ((code, (communes, people or 0)) for code, communes, people in rows.order_by())


def whole(places: Iterable[Place]) -> Coverage:
    """The same for the country: sums of places, which share nothing."""
    listed = [place.coverage for place in places]
    return Coverage(
        sum(one.communes for one in listed),
        sum(one.of_communes for one in listed),
        sum(one.people for one in listed),
        sum(one.of_people for one in listed),
    )
