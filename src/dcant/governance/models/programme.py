"""The programme State and territories decide together: axes, actions, and the resources actions build on."""

from django.db import models

from dcant.catalogue.models import Resource


class Programme(models.Model):
    """A programme over a period, in the words of its source."""

    slug = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=200)
    period = models.CharField(max_length=40)
    summary = models.TextField()
    source = models.JSONField()
    played = models.BooleanField(
        default=False
    )  # decided on this site, half-year by half-year; else told by its sources
    demo = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.title


class Axis(models.Model):
    """One of the axes, its title word for word as published."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="axes")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=300)
    plain = models.CharField(max_length=300)
    address = models.CharField(max_length=100)
    source = models.JSONField()

    class Meta:
        ordering = ["programme", "number"]
        constraints = [models.UniqueConstraint(fields=["programme", "number"], name="governance_axis_once")]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"


class Action(models.Model):
    """An action known from a source. Its place under an axis is our own classification, and the page says so."""

    class Nature(models.TextChoices):
        ANNOUNCED = "announced", "Action annoncée"
        QUOTED = "quoted", "Contribution citée"
        BESIDE = "beside", "Présentée à côté du programme"
        PROPOSED = "proposed", "Proposée sur ce site"

    code = models.CharField(max_length=40, unique=True)
    axis = models.ForeignKey(Axis, on_delete=models.PROTECT, related_name="actions")
    nature = models.CharField(max_length=12, choices=Nature)
    title = models.CharField(max_length=300)
    statement = models.TextField()
    source = models.JSONField()
    state = models.CharField(
        max_length=12, blank=True
    )  # of rules.machines.ACTION; empty for an action only told by a source
    split_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="split_into")
    demo = models.BooleanField(default=False)
    resources: "models.ManyToManyField[Resource, ActionResource]" = models.ManyToManyField(
        Resource, through="ActionResource", related_name="actions"
    )

    class Meta:
        ordering = ["axis", "code"]

    def __str__(self) -> str:
        return self.title


class ActionResource(models.Model):
    """An action builds on a resource of the common base. `order` keeps the choice of the reviewed file."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="links")
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="action_links")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["action", "resource"], name="governance_link_once")]

    def __str__(self) -> str:
        return f"{self.action} → {self.resource}"
