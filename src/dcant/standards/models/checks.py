"""A check of a table asked for on a page. It holds the report, never the file."""

import gzip
from datetime import datetime

from django.db import models

from dcant.standards.models.register import Document
from dcant.standards.rules.checks import ARROWS, ENDED, WAITING


class TableCheckQuerySet(models.QuerySet["TableCheck"]):
    def waiting(self) -> "TableCheckQuerySet":
        return self.filter(state__in=WAITING)

    def due_to_expire(self, before: datetime) -> "TableCheckQuerySet":
        """Ended before that moment, and never published."""
        return self.filter(state__in=ENDED, ended_at__lt=before, published_at=None)


class TableCheck(models.Model):
    """Bound to the very bytes of a schema. `id` cannot be guessed: whoever holds the address may read the report."""

    class State(models.TextChoices):
        RECEIVED = "received", "en attente"
        RUNNING = "running", "en cours"
        DONE = "done", "terminée"
        FAILED = "failed", "impossible"
        CANCELLED = "cancelled", "annulée"
        EXPIRED = "expired", "effacée"

    id = models.CharField(max_length=40, primary_key=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="checks")
    state = models.CharField(max_length=10, choices=State.choices, default=State.RECEIVED)
    visitor = models.CharField(max_length=64, db_index=True)  # keyed hash of who asked, for the queue's limit
    options = models.JSONField(default=dict)  # columns, encoding, delimiter, sheet, member as asked
    file_name = models.CharField(max_length=200)
    file_size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    progress = models.JSONField(default=dict)  # bytes_read, bytes_total, rows, errors
    conforms = models.BooleanField(null=True)
    rows = models.PositiveBigIntegerField(null=True)
    errors = models.PositiveBigIntegerField(null=True)
    packed = models.BinaryField(default=bytes)  # the report: JSON, gzip
    engine = models.CharField(max_length=40, blank=True)
    failure = models.CharField(max_length=500, blank=True)  # one sentence for the person who waits
    attempts = models.PositiveSmallIntegerField(default=0)
    cancel_asked = models.BooleanField(default=False)
    received_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    record_entry = models.CharField(max_length=100, blank=True)

    objects = TableCheckQuerySet.as_manager()

    class Meta:
        ordering = ["received_at", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=list(ARROWS)), name="table_check_state_known")
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.state}"

    @property
    def report_json(self) -> str:
        """The report as the engine wrote it; empty when there is none."""
        return gzip.decompress(self.packed).decode() if self.packed else ""
