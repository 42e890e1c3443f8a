"""What an action or a programme aims at, in numbers, and what was measured half-year by half-year."""

from django.db import models
from django.db.models import Q

from dcant.catalogue.models import Resource
from dcant.governance.models.programme import Action, Programme
from dcant.governance.rules.indicators import COMPUTED, COVERAGE, DIRECTIONS
from dcant.territories.models import Organisation


class IndicatorQuerySet(models.QuerySet["Indicator"]):
    def with_last(self) -> "IndicatorQuerySet":
        """Beside each: `last_value`, `last_period` and `last_demo` of its latest measure in force, None without any. No query more."""
        last = (
            Measurement.objects.filter(indicator=models.OuterRef("pk"), superseded_at=None).order_by("-period").values
        )
        return self.annotate(
            **{f"last_{field}": models.Subquery(last(field)[:1]) for field in ("value", "period", "demo")}
        )


class Indicator(models.Model):
    """A target and where one started. Numbers are canonical decimal text; an empty baseline is not known.

    `defined_at` is empty for one that is only told by a source, and may be corrected with it.
    """

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="indicators")
    action = models.ForeignKey(Action, on_delete=models.PROTECT, null=True, related_name="indicators")
    code = models.CharField(max_length=60, unique=True)
    title = models.CharField(max_length=200)
    unit = models.CharField(max_length=40)
    baseline = models.CharField(max_length=24, blank=True)
    target = models.CharField(max_length=24)
    direction = models.CharField(max_length=4)
    due = models.CharField(max_length=10, blank=True)
    source = models.JSONField()
    computed = models.CharField(max_length=10, default="none")
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, null=True, related_name="indicators")
    defined_at = models.DateTimeField(null=True)
    demo = models.BooleanField(default=False)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        ordering = ["programme", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(direction__in=DIRECTIONS), name="governance_indicator_direction"),
            models.CheckConstraint(
                condition=Q(computed__in=COMPUTED)
                & (Q(computed=COVERAGE, resource__isnull=False) | (~Q(computed=COVERAGE) & Q(resource__isnull=True))),
                name="governance_indicator_computed",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class MeasurementQuerySet(models.QuerySet["Measurement"]):
    def in_force(self) -> "MeasurementQuerySet":
        """What was said last of each half-year, in order of time."""
        return self.filter(superseded_at=None).order_by("period")


class Measurement(models.Model):
    """A value at a half-year, by whom and from where; said again, the former one stays, superseded.

    `people` beside `value` for a coverage: the share of people beside the share of communes, in per cent.
    """

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="measurements")
    period = models.CharField(max_length=7)
    value = models.CharField(max_length=24)
    people = models.CharField(max_length=24, blank=True)
    source = models.CharField(max_length=300)
    by = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)
    demo = models.BooleanField(default=False)

    objects = MeasurementQuerySet.as_manager()

    class Meta:
        ordering = ["indicator", "period", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "period"], condition=Q(superseded_at=None), name="governance_one_measure_in_force"
            )
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.period} : {self.value}"
