"""Decisions: what is put to the vote, by whom, and what each seat said."""

from django.db import models
from django.db.models import Q

from dcant.governance.models.actions import ActionVersion, Ending
from dcant.governance.models.charter import Charter, Seat
from dcant.governance.models.cycles import BalanceSheet, Cycle, Roadmap
from dcant.governance.models.programme import Programme
from dcant.governance.rules.machines import DECISION, OBJECTION
from dcant.territories.models import Organisation

Target = ActionVersion | Ending | Roadmap | BalanceSheet | Charter


class Decision(models.Model):
    """An exact text, its hash, the charter and the electorate frozen at opening; the outcome follows by rule alone."""

    class Purpose(models.TextChoices):
        ACTION = "action", "Adopter une action"
        ROADMAP = "roadmap", "Adopter la feuille de route"
        BALANCE_SHEET = "balance_sheet", "Adopter le bilan"
        CHARTER = "charter", "Changer la charte"
        ENDING = "ending", "Terminer une action"

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="decisions")
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, null=True, related_name="decisions")
    code = models.CharField(max_length=40, unique=True)
    purpose = models.CharField(max_length=14, choices=Purpose)
    title = models.CharField(max_length=300)
    rule = models.CharField(max_length=16)
    text = models.TextField(blank=True)
    text_hash = models.CharField(max_length=71, blank=True)
    charter = models.ForeignKey(Charter, on_delete=models.PROTECT, related_name="decisions")
    electorate = models.JSONField(default=list)
    state = models.CharField(max_length=10, default="draft")
    opened_at = models.DateTimeField(null=True)
    deadline = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    reconvened = models.BooleanField(default=False)
    outcome = models.JSONField(null=True)
    version = models.ForeignKey(ActionVersion, on_delete=models.PROTECT, null=True, related_name="decisions")
    roadmap = models.ForeignKey(Roadmap, on_delete=models.PROTECT, null=True, related_name="decisions")
    balance_sheet = models.ForeignKey(BalanceSheet, on_delete=models.PROTECT, null=True, related_name="decisions")
    new_charter = models.ForeignKey(Charter, on_delete=models.PROTECT, null=True, related_name="+")
    ending = models.ForeignKey(Ending, on_delete=models.PROTECT, null=True, related_name="decisions")
    demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(condition=Q(state__in=list(DECISION)), name="governance_decision_state")]

    def __str__(self) -> str:
        return self.title

    @property
    def target(self) -> Target:
        """What it is about: a version of an action or its ending, a roadmap, a balance sheet or a charter."""
        found = self.version or self.ending or self.roadmap or self.balance_sheet or self.new_charter
        if found is None:
            raise ValueError("a decision is about something")
        return found


class BallotQuerySet(models.QuerySet["Ballot"]):
    def effective(self) -> "BallotQuerySet":
        """The last word of each seat, by itself and by its proxy; what was said before stays, superseded."""
        return self.filter(superseded_at=None)


class Ballot(models.Model):
    """What a seat said, in public. Said again before the deadline, the former ballot stays and counts no more."""

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="ballots")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="ballots")
    value = models.CharField(max_length=8)
    by = models.CharField(max_length=6, default="direct")
    holder = models.ForeignKey(Seat, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    objects = BallotQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "seat", "by"],
                condition=Q(superseded_at=None),
                name="governance_one_effective_ballot",
            )
        ]

    def __str__(self) -> str:
        return f"{self.seat} : {self.value}"


class Objection(models.Model):
    """A seat says why a consent cannot stand as it is."""

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="objections")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="objections")
    reason = models.CharField(max_length=600)
    state = models.CharField(max_length=10, default="raised")
    at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(OBJECTION)), name="governance_objection_state")
        ]

    def __str__(self) -> str:
        return f"Objection de {self.seat}"


class Reservation(models.Model):
    """Any territory may say, at any time, what it keeps from; printed beside the decision. Adopting binds nobody."""

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="reservations")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="reservations")
    text = models.CharField(max_length=600)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Réserve de {self.organisation}"
