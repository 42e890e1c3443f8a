"""What organisations say they use: events, never changed; and two projections of them, always rebuildable."""

from datetime import date

from django.db import models
from django.db.models import Q

from dcant.adoption.rules import EXPIRED, STATE_WORDS, Kind, Price, PriceBasis, price_for, state_of
from dcant.catalogue.models import Resource
from dcant.record.models import Entry
from dcant.territories.models import Operator, Organisation

KINDS = [(kind.value, STATE_WORDS[kind]) for kind in Kind]


class AdoptionEvent(models.Model):
    """An organisation said something of a resource, for a day. Append-only: the database refuses any change (migration 0002)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="adoptions")
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="adoptions")
    kind = models.CharField(max_length=12, choices=KINDS)
    day = models.DateField()
    expires_on = models.DateField(null=True)
    at = models.DateTimeField()
    via = models.ForeignKey(Operator, on_delete=models.PROTECT, null=True, related_name="+")
    supersedes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    evidence = models.CharField(max_length=300, blank=True)
    declared_by = models.CharField(max_length=80)  # a salted commitment: the person cannot be read from it
    salt = models.BinaryField()
    demo = models.BooleanField(default=False)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["organisation", "resource", "day"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="used") | Q(expires_on__isnull=True), name="adoption_only_use_expires"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.resource} · {self.kind}"


class StateQuerySet(models.QuerySet["AdoptionState"]):
    def live(self, state: str = Kind.USED) -> "StateQuerySet":
        """States that count: neither expired, refused, withdrawn nor merely proposed."""
        return self.filter(counted=state)

    def with_names(self) -> "StateQuerySet":
        return self.select_related(
            "organisation", "organisation__territory", "resource", "via__organisation", "event__entry"
        )


class AdoptionState(models.Model):
    """Where an organisation stands with a resource: a projection of its events, one row a pair.

    `counted` is the kind that tallies hold for it now (empty: none). The place of a commune is copied from its
    territory so that « near us » is one index look-up.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="states")
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="states")
    event = models.ForeignKey(AdoptionEvent, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=KINDS)
    day = models.DateField()
    expires_on = models.DateField(null=True)
    via = models.ForeignKey(Operator, on_delete=models.PROTECT, null=True, related_name="+")
    demo = models.BooleanField(default=False)
    counted = models.CharField(max_length=12, blank=True)
    epci_code = models.CharField(max_length=9, blank=True)
    departement_code = models.CharField(max_length=3, blank=True)
    size_class = models.SmallIntegerField(null=True)
    population = models.IntegerField(null=True)

    objects = StateQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "resource"], name="adoption_state_once")]
        indexes = [
            models.Index(fields=["epci_code", "counted", "-day"]),
            models.Index(fields=["resource", "counted", "departement_code", "-day"]),
            models.Index(fields=["counted", "expires_on"]),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.resource} · {self.kind}"

    def on(self, day: date) -> str:
        """The state shown on a day: the kind, or « expired »."""
        return state_of(self, day)


class Scope(models.TextChoices):
    """Where communes are counted together."""

    COUNTRY = "country", "France"
    DEPARTEMENT = "departement", "département"
    EPCI = "epci", "intercommunalité"
    PEERS = "peers", "communes de même taille du département"
    SIZE = "size", "communes de même taille"


class TallyQuerySet(models.QuerySet["AdoptionTally"]):
    def used(self) -> "TallyQuerySet":
        return self.filter(kind=Kind.USED, communes__gt=0)


class AdoptionTally(models.Model):
    """How many communes, and how many people, stand at a kind for a resource, within a scope. A projection of states."""

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="tallies")
    scope = models.CharField(max_length=12, choices=Scope)
    key = models.CharField(max_length=12)
    kind = models.CharField(max_length=12, choices=KINDS)
    communes = models.IntegerField(default=0)
    people = models.BigIntegerField(default=0)

    objects = TallyQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key", "kind", "resource"], name="adoption_tally_once")]
        indexes = [models.Index(fields=["resource", "scope", "kind"])]

    def __str__(self) -> str:
        return f"{self.resource} {self.scope}:{self.key} {self.kind} {self.communes}"


class OfferQuerySet(models.QuerySet["Offer"]):
    def with_names(self) -> "OfferQuerySet":
        return self.select_related("operator__organisation", "resource")


class Offer(models.Model):
    """An operator brings a resource to the communes of its départements. Price and exit are shown even when unknown."""

    operator = models.ForeignKey(Operator, on_delete=models.CASCADE, related_name="offers")
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="offers")
    price_basis = models.CharField(
        max_length=16, choices=[(basis.value, basis.value) for basis in PriceBasis], default="unknown"
    )
    amount_cents = models.BigIntegerField(null=True)
    exit_terms = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=300)
    source_url = models.URLField(blank=True)
    read_on = models.DateField(null=True)
    demo = models.BooleanField(default=False)

    objects = OfferQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["operator", "resource", "demo"], name="adoption_offer_once")]

    def __str__(self) -> str:
        return f"{self.operator} → {self.resource}"

    def price_for(self, population: int | None) -> Price:
        return price_for(
            basis=self.price_basis,
            amount_cents=self.amount_cents,
            population=population,
            operator=self.operator.organisation.name,
        )


__all__ = ["EXPIRED", "AdoptionEvent", "AdoptionState", "AdoptionTally", "Offer", "Scope"]
