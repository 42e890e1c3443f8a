"""Meetings: prepared, convened in time, held, and told in minutes that never change."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from dcant.governance.letters import tell_meeting
from dcant.governance.models import AgendaItem, Attendance, Cycle, Decision, Meeting, Minutes, Seat
from dcant.governance.rules.machines import MEETING, follow
from dcant.governance.rules.meetings import (
    ABSENT,
    PRESENT,
    can_convene,
    can_note_attendance,
    can_open_at_meeting,
    can_plan_meeting,
    can_publish_minutes,
    minutes_body,
)
from dcant.governance.rules.permits import can_follow
from dcant.governance.services.founding import charter_in_force
from dcant.governance.services.speaking import Speaker, alone, log, require, require_secretariat
from dcant.identifiers import Permit
from dcant.record.services import digest


@transaction.atomic
def plan_meeting(
    *,
    cycle: Cycle,
    title: str,
    place: str,
    starts_at: datetime,
    decisions: Sequence[Decision],
    speaker: Speaker,
) -> Meeting:
    """A meeting to come, still nobody's business but the secretariat's; its agenda is made of decisions not yet taken."""
    require_secretariat(speaker)
    alone(cycle.programme)
    title = title.strip()[:200]
    require(can_plan_meeting(title=title, items=len(decisions)))
    if any(
        one.programme_id != cycle.programme_id or one.state not in {"draft", "open", "no_quorum"} for one in decisions
    ):
        require(Permit.no("Une décision de l’ordre du jour n’est plus à prendre dans ce programme."))
    meeting = Meeting.objects.create(
        programme=cycle.programme,
        cycle=cycle,
        code=f"{cycle.programme.slug}-seance-{Meeting.objects.filter(programme=cycle.programme).count() + 1}",
        title=title,
        place=place.strip()[:200],
        starts_at=starts_at,
        demo=cycle.programme.demo,
    )
    AgendaItem.objects.bulk_create(
        AgendaItem(meeting=meeting, decision=one, order=order) for order, one in enumerate(decisions, start=1)
    )
    return meeting


@transaction.atomic
def convene_meeting(*, meeting: Meeting, speaker: Speaker, at: datetime) -> Meeting:
    """Everyone is told, as long before as the charter asks; from here on the agenda and the moment change no more."""
    require_secretariat(speaker)
    meeting = _locked(meeting)
    agenda = list(meeting.agenda.order_by("order").values_list("decision__code", flat=True))
    charter = charter_in_force(meeting.programme)
    if charter is None:
        require(Permit.no("La charte n’est pas encore publiée : on ne sait pas encore décider."))
        raise AssertionError
    notice_days = int(charter.body["notice_days"])
    require(
        can_convene(
            state=meeting.state, items=len(agenda), starts_at=meeting.starts_at, now=at, notice_days=notice_days
        )
    )
    meeting.state, meeting.noticed_at = follow(MEETING, meeting.state, "convene"), at
    meeting.save()
    body = _named(meeting) | {
        "starts_at": meeting.starts_at.isoformat(timespec="seconds"),
        "agenda": agenda,
        "notice_days": notice_days,
        "charter": charter.hash,
    }
    log("meeting.noticed", speaker, body, at, demo=meeting.demo)
    transaction.on_commit(lambda: tell_meeting(meeting, at))
    return meeting


@transaction.atomic
def cancel_meeting(*, meeting: Meeting, speaker: Speaker, at: datetime) -> Meeting:
    """It will not take place; calendars hear of it. Another day is another meeting, convened anew."""
    require_secretariat(speaker)
    meeting = _locked(meeting)
    require(can_follow(machine=MEETING, state=meeting.state, arrow="cancel"))
    told = meeting.noticed_at is not None
    meeting.state, meeting.cancelled_at = follow(MEETING, meeting.state, "cancel"), at
    meeting.sequence += 1
    meeting.save()
    if told:
        log("meeting.cancelled", speaker, _named(meeting), at, demo=meeting.demo)
        transaction.on_commit(lambda: tell_meeting(meeting, at))
    return meeting


@transaction.atomic
def note_attendance(*, meeting: Meeting, presences: Mapping[str, str], speaker: Speaker, at: datetime) -> None:
    """presences: seat key → present, excused or absent; a seat not named keeps what was noted."""
    require_secretariat(speaker)
    meeting = _locked(meeting)
    seats = {one.key: one for one in _seats(meeting)}
    published = meeting.minutes.filter(state="published").exists()
    for key, presence in presences.items():
        may = can_note_attendance(
            state=meeting.state, starts_at=meeting.starts_at, now=at, presence=presence, published=published
        )
        require(may)
        if key not in seats:
            require(Permit.no("Ce siège n’existait pas le jour de la séance."))
        if presence == ABSENT:
            Attendance.objects.filter(meeting=meeting, seat=seats[key]).delete()
        else:
            Attendance.objects.update_or_create(meeting=meeting, seat=seats[key], defaults={"presence": presence})


def draft_minutes(meeting: Meeting) -> dict[str, object]:
    """The minutes as the facts make them now: who was there, and what each decision of the agenda became. Three queries."""
    presences = dict(meeting.attendances.values_list("seat__key", "presence"))
    items = meeting.agenda.order_by("order").select_related("decision")
    return minutes_body(
        meeting=meeting.code,
        starts_at=meeting.starts_at.isoformat(timespec="seconds"),
        presences=presences,
        colleges={one.key: one.college_id for one in _seats(meeting)},
        decisions=[
            {
                "decision": one.decision.code,
                "text": one.decision.text_hash,
                "state": one.decision.state,
                "outcome": _without_null(one.decision.outcome),
            }
            for one in items
        ],
    )


@transaction.atomic
def publish_minutes(*, meeting: Meeting, speaker: Speaker, at: datetime) -> Minutes:
    """Frozen by their hash and published for ever; said again when a decision has moved since, they are the next number."""
    require_secretariat(speaker)
    meeting = _locked(meeting)
    body = draft_minutes(meeting)
    last = meeting.minutes.order_by("-number").first()
    present = meeting.attendances.filter(presence=PRESENT).count()
    require(
        can_publish_minutes(
            state=meeting.state,
            starts_at=meeting.starts_at,
            now=at,
            present=present,
            same=last is not None and last.hash == digest(body),
        )
    )
    minutes = Minutes.objects.create(
        meeting=meeting,
        number=last.number + 1 if last else 1,
        body=body,
        hash=digest(body),
        supersedes=last.hash if last else "",
        state="published",
        published_at=at,
    )
    if meeting.state == "convened":
        meeting.state = follow(MEETING, meeting.state, "hold")
        meeting.save()
    told = _named(meeting) | {"number": minutes.number, "hash": minutes.hash, "body": body}
    log("minutes.published", speaker, told | ({"supersedes": last.hash} if last else {}), at, demo=meeting.demo)
    return minutes


def require_notice(decision: Decision, at: datetime) -> None:
    """A decision on the agenda of a meeting waits for its notice; one that stands on none opens by itself."""
    item = (
        AgendaItem.objects.filter(decision=decision)
        .exclude(meeting__state="cancelled")
        .select_related("meeting")
        .order_by("-pk")
        .first()
    )
    if item is not None:
        notice_days = int(decision.charter.body["notice_days"])
        meeting = item.meeting
        require(
            can_open_at_meeting(state=meeting.state, noticed_at=meeting.noticed_at, now=at, notice_days=notice_days)
        )


def _named(meeting: Meeting) -> dict[str, object]:
    return {"programme": meeting.programme.slug, "cycle": meeting.cycle.half_year, "meeting": meeting.code}


def _seats(meeting: Meeting) -> list[Seat]:
    """Those that existed on the day of the meeting."""
    return list(Seat.objects.open_on(meeting.starts_at.date()).filter(programme=meeting.programme).order_by("key"))


def _without_null(outcome: dict[str, object] | None) -> dict[str, object]:
    """The record holds no null: a decision that is not closed has an empty outcome."""
    return outcome or {}


def _locked(meeting: Meeting) -> Meeting:
    return Meeting.objects.select_for_update(of=("self",)).select_related("programme", "cycle").get(pk=meeting.pk)
