"""The entries of the public log, waiting (no index yet) or written for ever."""

from django.db import models
from django.db.models import Max, Q

from dcant.record.canonical import loads


class EntryQuerySet(models.QuerySet["Entry"]):
    def written(self) -> "EntryQuerySet":
        """Entries that have their place in the log, the newest first."""
        return self.filter(index__isnull=False).order_by("-index")

    def waiting(self) -> "EntryQuerySet":
        """Entries of the outbox, in the order in which they will be written."""
        return self.filter(index__isnull=True).order_by("pk")

    def next_index(self) -> int:
        last = self.aggregate(last=Max("index"))["last"]
        return 0 if last is None else last + 1


class Entry(models.Model):
    """One line of the public log. `leaf` is the truth; the other columns only help to find it.

    The row is written by an act, in the act's own transaction, without index: it is then the outbox. The sequencer alone
    gives the index, gapless from 0; from then on the database refuses any change (migration 0002).
    """

    entry_id = models.CharField(max_length=36, unique=True)
    index = models.BigIntegerField(null=True, unique=True)
    type = models.CharField(max_length=60)
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    subject = models.CharField(max_length=80)
    leaf = models.BinaryField()

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["-index", "-pk"]
        indexes = [
            models.Index(fields=["type", "-index"]),
            models.Index(fields=["actor", "-index"]),
            models.Index(fields=["subject"]),
            models.Index(fields=["-at", "-id"]),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(index__isnull=True) | Q(index__gte=0), name="record_index_positive")
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.place}"

    @property
    def place(self) -> str:
        return "en attente" if self.index is None else f"n° {self.index}"

    @property
    def document(self) -> dict[str, object]:
        """The leaf as a value: {v, type, id, at, actor, subject, body}."""
        return loads(bytes(self.leaf))

    @property
    def body(self) -> dict[str, object]:
        body = self.document["body"]
        return body if isinstance(body, dict) else {}

    @property
    def is_demo(self) -> bool:
        return self.body.get("demo") is True
