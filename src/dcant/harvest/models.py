"""Runs, items, lines and statements: what came in, when, from where, and what became of it."""

from datetime import datetime

from django.db import models

from dcant.harvest.rules import LINK_PREFIX


class RunState(models.TextChoices):
    RUNNING = "running", "en cours"
    COMPLETE = "complete", "complet"
    PARTIAL = "partial", "partiel"
    SUSPECT = "suspect", "suspect"
    FAILED = "failed", "échoué"
    INTERRUPTED = "interrupted", "interrompu"


class ItemState(models.TextChoices):
    SEEN = "seen", "vu"
    UNSEEN = "unseen", "non vu"
    WITHDRAWN = "withdrawn", "retiré"
    RETURNED = "returned", "revenu"


class Outcome(models.TextChoices):
    CREATED = "created", "créé"
    UPDATED = "updated", "mis à jour"
    UNCHANGED = "unchanged", "inchangé"
    MOVED = "moved", "déplacé"
    WARNED = "warned", "signalé"
    REJECTED = "rejected", "rejeté"
    UNSEEN = "unseen", "non vu"
    WITHDRAWN = "withdrawn", "retiré"
    RETURNED = "returned", "revenu"


# The `ref` of a run over the bytes kept of former runs, in place of the name of a folder.
KEPT = "octets gardés"


_THROUGH = ("created", "updated", "unchanged", "rejected")


class RunQuerySet(models.QuerySet["Run"]):
    def of(self, source: str) -> "RunQuerySet":
        """The runs of one source, last first: by number, never by clock."""
        return self.filter(source=source).order_by("-number")

    def passages(self) -> "RunQuerySet":
        """The runs that looked at the source itself, not at the bytes kept of it."""
        return self.exclude(ref=KEPT)

    def advancing(self) -> "RunQuerySet":
        """The runs by which absence counts."""
        return self.passages().filter(state__in=[RunState.COMPLETE, RunState.PARTIAL])

    def finished(self) -> "RunQuerySet":
        return self.exclude(state=RunState.RUNNING)


class Run(models.Model):
    """One passage over one source. `collections` gives counts by collection; `record_entry` is filled by the caller."""

    source = models.CharField(max_length=80)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=RunState.choices, default=RunState.RUNNING)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    parser_version = models.PositiveIntegerField()
    ref = models.CharField(max_length=200, blank=True)
    totals = models.JSONField(default=dict)
    collections = models.JSONField(default=dict)
    summary_hash = models.CharField(max_length=64, blank=True)
    record_entry = models.CharField(max_length=100, blank=True)
    loss_accepted_at = models.DateTimeField(null=True, blank=True)
    loss_reason = models.CharField(max_length=300, blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering = ["source", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["source", "number"], name="run_number_once_by_source"),
            models.UniqueConstraint(
                fields=["source"], condition=models.Q(state="running"), name="run_one_running_by_source"
            ),
            models.CheckConstraint(condition=models.Q(state__in=RunState.values), name="run_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.source} n° {self.number}"

    @property
    def progress(self) -> tuple[int, int]:
        """How many items it is through with, and how many it saw: of a run under way, what it has told so far."""
        through = sum(counts.get(one, 0) for counts in self.collections.values() for one in _THROUGH)
        return through, sum(counts.get("seen", 0) for counts in self.collections.values())


class ItemQuerySet(models.QuerySet["Item"]):
    def of(self, source: str) -> "ItemQuerySet":
        return self.filter(source=source)

    def held(self) -> "ItemQuerySet":
        """What the source still holds, or has not been found missing for long enough."""
        return self.exclude(state=ItemState.WITHDRAWN)

    def present(self) -> "ItemQuerySet":
        """What the last run that counts has seen."""
        return self.filter(state__in=[ItemState.SEEN, ItemState.RETURNED])


class Item(models.Model):
    """One thing of one source, whatever it is. `last_seen_at` is kept for items gone: an unchanged one writes nothing,
    so a present item was last seen by the last run of its source that counts.
    """

    source = models.CharField(max_length=80)
    collection = models.CharField(max_length=80)
    remote_id = models.CharField(max_length=300)
    path = models.CharField(max_length=500)
    title = models.CharField(max_length=500, blank=True)
    kind = models.CharField(max_length=40, blank=True)
    content_hash = models.CharField(max_length=64)
    parser_version = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=ItemState.choices, default=ItemState.SEEN)
    unseen_since_run = models.PositiveIntegerField(null=True, blank=True)
    unseen_runs = models.PositiveIntegerField(default=0)
    unseen_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=200, blank=True)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    objects = ItemQuerySet.as_manager()

    class Meta:
        ordering = ["source", "collection", "remote_id"]
        constraints = [
            models.UniqueConstraint(fields=["source", "collection", "remote_id"], name="item_once_by_source"),
            models.CheckConstraint(condition=models.Q(state__in=ItemState.values), name="item_state_known"),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        """How links of the same source name this item."""
        return f"{self.source}:{self.collection}/{self.remote_id}"


class LineQuerySet(models.QuerySet["Line"]):
    def about(self, item: Item) -> "LineQuerySet":
        """What the runs said of an item, last first."""
        return self.filter(run__source=item.source, collection=item.collection, remote_id=item.remote_id).order_by(
            "-run__number", "-pk"
        )


class Line(models.Model):
    """What a run says of one item, in public. An unchanged item has no line: the counts of its run suffice."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="lines")
    collection = models.CharField(max_length=80)
    remote_id = models.CharField(max_length=300)
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    code = models.CharField(max_length=40, blank=True)
    place = models.CharField(max_length=500, blank=True)
    message = models.TextField(blank=True)
    remedy = models.TextField(blank=True)

    objects = LineQuerySet.as_manager()

    class Meta:
        ordering = ["run", "pk"]
        indexes = [models.Index(fields=["collection", "remote_id"], name="line_by_item")]
        constraints = [
            models.CheckConstraint(condition=models.Q(outcome__in=Outcome.values), name="line_outcome_known")
        ]

    def __str__(self) -> str:
        return f"{self.collection}/{self.remote_id} : {self.get_outcome_display()}"


class StatementQuerySet(models.QuerySet["Statement"]):
    def current(self) -> "StatementQuerySet":
        """What the source says now."""
        return self.filter(ended_at__isnull=True)

    def at(self, day: datetime) -> "StatementQuerySet":
        """What was said at that moment, for as much as we had read."""
        return self.filter(fetched_at__lte=day).filter(models.Q(ended_at__isnull=True) | models.Q(ended_at__gt=day))

    def facts(self) -> "StatementQuerySet":
        return self.exclude(field__startswith=LINK_PREFIX)

    def links(self, name: str = "") -> "StatementQuerySet":
        """Relations, or those of one name."""
        return self.filter(field=LINK_PREFIX + name) if name else self.filter(field__startswith=LINK_PREFIX)


class Statement(models.Model):
    """A source says that a field of an item has this value. Never changed, only ended; a new value is a new row."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="statements")
    field = models.CharField(max_length=100)
    value = models.JSONField()
    language = models.CharField(max_length=20, blank=True)
    source_url = models.CharField(max_length=1000, blank=True)
    citation = models.JSONField(null=True, blank=True)
    fetched_at = models.DateTimeField()
    raw_hash = models.CharField(max_length=64)
    parser_version = models.PositiveIntegerField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=40, blank=True)

    objects = StatementQuerySet.as_manager()

    class Meta:
        ordering = ["item", "field", "pk"]
        indexes = [
            models.Index(fields=["item", "field"], condition=models.Q(ended_at=None), name="statement_current_by_item"),
            models.Index(fields=["field"], condition=models.Q(ended_at=None), name="statement_current_by_field"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.field}"
