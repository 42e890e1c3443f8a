"""Half-years: the roadmap at their beginning, the assessments and the balance sheet at their end."""

from django.db import models
from django.db.models import Q

from dcant.governance.models.programme import Action, Programme
from dcant.governance.rules.grades import NOT_ASSESSED, SCALE
from dcant.governance.rules.machines import CYCLE, DOCUMENT
from dcant.identifiers import HalfYear
from dcant.territories.models import College


class Cycle(models.Model):
    """One half-year of a programme. Only one is under way at a time."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="cycles")
    half_year = models.CharField(max_length=7)
    state = models.CharField(max_length=20, default="planned")
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["-half_year"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "half_year"], name="governance_cycle_once"),
            models.UniqueConstraint(
                fields=["programme"],
                condition=Q(state__in=["open", "roadmap_published", "review"]),
                name="governance_one_cycle_under_way",
            ),
            models.CheckConstraint(condition=Q(state__in=list(CYCLE)), name="governance_cycle_state"),
        ]

    def __str__(self) -> str:
        return self.half_year

    @property
    def parsed(self) -> HalfYear:
        return HalfYear.parse(self.half_year)


class Document(models.Model):
    """A body that a decision adopts by its hash: draft, frozen, published. A change is the next number."""

    number = models.PositiveSmallIntegerField()
    body = models.JSONField()
    hash = models.CharField(max_length=71, blank=True)
    state = models.CharField(max_length=10, default="draft")
    published_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class Roadmap(Document):
    """The actions of a half-year: body is a list of {action, version, fate, into}, in order."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="roadmaps")

    class Meta:
        ordering = ["cycle", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "number"], name="governance_roadmap_once"),
            models.CheckConstraint(condition=Q(state__in=list(DOCUMENT)), name="governance_roadmap_state"),
        ]

    def __str__(self) -> str:
        return f"Feuille de route {self.cycle}"


class BalanceSheet(Document):
    """What each college says of each action: body is a list of {action, grades: {college: grade}, evidence}."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="balance_sheets")

    class Meta:
        ordering = ["cycle", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "number"], name="governance_balance_once"),
            models.CheckConstraint(condition=Q(state__in=list(DOCUMENT)), name="governance_balance_state"),
        ]

    def __str__(self) -> str:
        return f"Bilan {self.cycle}"


class Assessment(models.Model):
    """One seat grades one action at the end of a half-year. The college's grade is their lower middle."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="assessments")
    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="assessments")
    college = models.ForeignKey(College, on_delete=models.PROTECT, related_name="+")
    seat = models.ForeignKey("governance.Seat", on_delete=models.PROTECT, related_name="+")
    grade = models.CharField(max_length=12)
    evidence = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cycle", "action", "seat"], name="governance_assessment_once"),
            models.CheckConstraint(condition=Q(grade__in=SCALE), name="governance_grade_of_scale"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.college_id} {self.grade or NOT_ASSESSED}"
