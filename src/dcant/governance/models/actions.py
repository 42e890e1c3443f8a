"""Texts of actions, the amendments that change them, and how an action ends."""

from django.db import models
from django.db.models import Q

from dcant.governance.models.programme import Action
from dcant.governance.rules.endings import ARROWS, ending_body
from dcant.governance.rules.machines import AMENDMENT
from dcant.governance.rules.texts import text_hash


class ActionVersion(models.Model):
    """The text of an action. A draft changes by amendments; an adopted one never does: the next number follows it."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    hash = models.CharField(max_length=71)
    deliverables = models.TextField(blank=True)
    due = models.CharField(max_length=7, blank=True)
    copilots = models.ManyToManyField("governance.Seat", related_name="piloted")
    state = models.CharField(max_length=10, default="draft")
    created_at = models.DateTimeField()
    adopted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["action", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["action", "number"], name="governance_version_once"),
            models.UniqueConstraint(fields=["action"], condition=Q(state="draft"), name="governance_one_draft"),
            models.CheckConstraint(condition=Q(state__in=["draft", "adopted"]), name="governance_version_state"),
        ]

    def __str__(self) -> str:
        return f"{self.action} v{self.number}"

    def rewrite(self, text: str) -> None:
        """A new text for a draft, and its name."""
        self.text, self.hash = text, text_hash(text)


class Ending(models.Model):
    """How an adopted action is proposed to end, named by its hash. It never changes: another proposal is another row."""

    action = models.ForeignKey("governance.Action", on_delete=models.PROTECT, related_name="endings")
    version = models.CharField(max_length=71)  # hash of the text in force when it was proposed
    fate = models.CharField(max_length=10)
    into = models.ForeignKey("governance.Action", on_delete=models.PROTECT, null=True, related_name="absorbed")
    reason = models.TextField()
    seat = models.ForeignKey("governance.Seat", on_delete=models.PROTECT, related_name="+")
    hash = models.CharField(max_length=71)
    at = models.DateTimeField()

    class Meta:
        ordering = ["action", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(fate__in=list(ARROWS)), name="governance_ending_fate"),
            models.CheckConstraint(
                condition=Q(fate="merged", into__isnull=False) | (~Q(fate="merged") & Q(into=None)),
                name="governance_ending_into",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} : {self.fate}"

    @property
    def body(self) -> dict[str, object]:
        """What its hash is of."""
        into = self.into.code if self.into else ""
        return ending_body(action=self.action.code, version=self.version, fate=self.fate, into=into, reason=self.reason)


class Amendment(models.Model):
    """A change of a draft, paragraph by paragraph, bound to the text it was written on."""

    version = models.ForeignKey(ActionVersion, on_delete=models.CASCADE, related_name="amendments")
    base = models.TextField()
    base_hash = models.CharField(max_length=71)
    operations = models.JSONField()
    reason = models.CharField(max_length=400)
    seat = models.ForeignKey("governance.Seat", on_delete=models.PROTECT, related_name="amendments")
    state = models.CharField(max_length=12, default="submitted")
    answer = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(AMENDMENT)), name="governance_amendment_state")
        ]

    def __str__(self) -> str:
        return f"Amendement {self.pk} à {self.version}"
