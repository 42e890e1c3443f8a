"""Who decides and by which rule: the charter, the seats, the proxies."""

from datetime import date

from django.db import models
from django.db.models import Q

from dcant.governance.models.programme import Programme
from dcant.governance.rules.permits import HOLDER_PARTS
from dcant.territories.models import College, Organisation


class Charter(models.Model):
    """The rules in force, named by the hash of their body. Published once; a change is the next number.

    body: quorum and threshold (« 1/2 »), rules by purpose, voices by college, notice_days, consent_days, reconvene.
    """

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="charters")
    number = models.PositiveSmallIntegerField()
    body = models.JSONField()
    hash = models.CharField(max_length=71, blank=True)
    state = models.CharField(max_length=10, default="draft")
    published_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["programme", "-number"]
        constraints = [models.UniqueConstraint(fields=["programme", "number"], name="governance_charter_once")]

    def __str__(self) -> str:
        return f"Charte {self.number}"


class SeatQuerySet(models.QuerySet["Seat"]):
    def open_on(self, day: date) -> "SeatQuerySet":
        """Seats that exist that day."""
        return self.filter(Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gte=day))


class Seat(models.Model):
    """One vote, held by an organisation in its college."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="seats")
    college = models.ForeignKey(College, on_delete=models.PROTECT, related_name="seats")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="seats")
    key = models.CharField(max_length=40, unique=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        ordering = ["college", "key"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "organisation"], condition=Q(valid_to=None), name="governance_one_open_seat_each"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation} ({self.college_id})"


class SeatHolder(models.Model):
    """Who speaks for a seat, from a day to a day. The log holds the commitment alone; erased, no salt and no name is left behind it.

    personal: {name}. salt: 32 bytes; without it the commitment leads nowhere.
    """

    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="holders")
    part = models.CharField(max_length=10)
    commitment = models.CharField(max_length=71, unique=True)
    salt = models.BinaryField(null=True)
    personal = models.JSONField(null=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["seat", "valid_from", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(part__in=HOLDER_PARTS), name="governance_holder_part"),
            models.UniqueConstraint(
                fields=["seat", "part"], condition=Q(valid_to=None), name="governance_one_holder_each"
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(salt__isnull=True, personal__isnull=True),
                name="governance_holder_erased",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seat} {self.part}"

    @property
    def name(self) -> str:
        """Empty once erased."""
        return str(self.personal["name"]) if self.personal else ""


class Proxy(models.Model):
    """A seat lets another of its college speak for it, for one decision. Never passed on, one for each holder."""

    decision = models.ForeignKey("governance.Decision", on_delete=models.CASCADE, related_name="proxies")
    from_seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    to_seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["decision", "from_seat"], name="governance_proxy_given_once"),
            models.UniqueConstraint(fields=["decision", "to_seat"], name="governance_proxy_held_once"),
        ]

    def __str__(self) -> str:
        return f"{self.from_seat} → {self.to_seat}"
