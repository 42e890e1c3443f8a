"""Meetings: convened in time, with decisions as their agenda, who was there, and minutes that never change."""

from django.db import models
from django.db.models import Q

from dcant.governance.models.charter import Seat
from dcant.governance.models.cycles import Cycle, Document
from dcant.governance.models.decisions import Decision
from dcant.governance.models.programme import Programme
from dcant.governance.rules.machines import DOCUMENT, MEETING
from dcant.governance.rules.meetings import PRESENCES


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def convened(self) -> "MeetingQuerySet":
        """Those that people were told of, the cancelled ones too; what is still a draft is left out."""
        return self.filter(noticed_at__isnull=False)


class Meeting(models.Model):
    """Seats meet at a moment. `sequence` rises at each change that calendars must hear of."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="meetings")
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="meetings")
    code = models.CharField(max_length=60, unique=True)
    title = models.CharField(max_length=200)
    place = models.CharField(max_length=200, blank=True)
    starts_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="draft")
    noticed_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    sequence = models.PositiveSmallIntegerField(default=0)
    demo = models.BooleanField(default=False)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-pk"]
        constraints = [models.CheckConstraint(condition=Q(state__in=list(MEETING)), name="governance_meeting_state")]

    def __str__(self) -> str:
        return self.title


class AgendaItem(models.Model):
    """A decision on the agenda of a meeting, in order; nothing is added once people were convened."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="agenda")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="agenda_items")
    order = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["meeting", "order"]
        constraints = [models.UniqueConstraint(fields=["meeting", "decision"], name="governance_agenda_once")]

    def __str__(self) -> str:
        return f"{self.meeting} : {self.decision}"


class Attendance(models.Model):
    """A seat was there, or said that it would not be. A seat of which nothing is written was absent."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendances")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    presence = models.CharField(max_length=8)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "seat"], name="governance_attendance_once"),
            models.CheckConstraint(condition=Q(presence__in=PRESENCES), name="governance_presence"),
        ]

    def __str__(self) -> str:
        return f"{self.seat} : {self.presence}"


class Minutes(Document):
    """What happened, from facts alone: body is {meeting, starts_at, attendance, decisions}. Once a decision has moved, the next number says it."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="minutes")
    supersedes = models.CharField(max_length=71, blank=True)

    class Meta:
        ordering = ["meeting", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number"], name="governance_minutes_once"),
            models.CheckConstraint(condition=Q(state__in=list(DOCUMENT)), name="governance_minutes_state"),
        ]

    def __str__(self) -> str:
        return f"Procès-verbal {self.number} de {self.meeting}"
