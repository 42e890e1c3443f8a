"""The shared budget of a half-year: an amount, projects with their costs, what each seat approves, the result and its hash."""

from django.db import models
from django.db.models import Q

from dcant.catalogue.models import Resource
from dcant.governance.models.cycles import Cycle
from dcant.governance.models.programme import Action
from dcant.governance.rules.machines import BUDGET


class Budget(models.Model):
    """A sum that colleges share, each with the same total. `step`: by how much the completion raises the total of each college.

    electorate and charter_hash are frozen when the vote opens; result is what the rule gave at the close, body of the hash.
    """

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="budgets")
    code = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=200)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    step = models.DecimalField(max_digits=14, decimal_places=2)
    state = models.CharField(max_length=10, default="proposing")
    opened_at = models.DateTimeField()
    electorate = models.JSONField(default=list)
    deadline = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    result = models.JSONField(null=True)
    hash = models.CharField(max_length=71, blank=True)
    demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["cycle", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(BUDGET)), name="governance_budget_state"),
            models.CheckConstraint(condition=Q(amount__gt=0, step__gt=0), name="governance_budget_above_zero"),
        ]

    def __str__(self) -> str:
        return self.title


class BudgetProject(models.Model):
    """An action or a resource to fund, at a cost that is sourced, or invented and then marked « démonstration »."""

    budget = models.ForeignKey(Budget, on_delete=models.CASCADE, related_name="projects")
    number = models.PositiveSmallIntegerField()
    action = models.ForeignKey(Action, on_delete=models.PROTECT, null=True, related_name="budgeted")
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, null=True, related_name="budgeted")
    cost = models.DecimalField(max_digits=14, decimal_places=2)
    source = models.CharField(max_length=300)
    seat = models.ForeignKey("governance.Seat", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["budget", "number"]
        constraints = [
            models.UniqueConstraint(fields=["budget", "number"], name="governance_budget_project_once"),
            models.UniqueConstraint(fields=["budget", "action"], name="governance_budget_action_once"),
            models.UniqueConstraint(fields=["budget", "resource"], name="governance_budget_resource_once"),
            models.CheckConstraint(condition=Q(cost__gt=0), name="governance_budget_cost_above_zero"),
            models.CheckConstraint(
                condition=Q(action=None, resource__isnull=False) | Q(action__isnull=False, resource=None),
                name="governance_budget_project_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def key(self) -> str:
        """Its name in ballots, in the result and in the log."""
        return f"p{self.number:03d}"

    @property
    def thing(self) -> Action | Resource:
        found = self.action or self.resource
        if found is None:
            raise ValueError("a project is an action or a resource")
        return found

    @property
    def title(self) -> str:
        return self.thing.title


class BudgetBallotQuerySet(models.QuerySet["BudgetBallot"]):
    def effective(self) -> "BudgetBallotQuerySet":
        """The last word of each seat; what was said before stays, superseded."""
        return self.filter(superseded_at=None)


class BudgetBallot(models.Model):
    """The projects that a seat approves, by their keys, in public. Said again before the deadline, the former stays and counts no more."""

    budget = models.ForeignKey(Budget, on_delete=models.CASCADE, related_name="ballots")
    seat = models.ForeignKey("governance.Seat", on_delete=models.PROTECT, related_name="budget_ballots")
    approves = models.JSONField(default=list)
    at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    objects = BudgetBallotQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["budget", "seat"], condition=Q(superseded_at=None), name="governance_one_budget_ballot"
            )
        ]

    def __str__(self) -> str:
        return f"{self.seat} : {', '.join(self.approves)}"
