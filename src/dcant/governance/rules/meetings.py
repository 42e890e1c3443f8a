"""Meetings: notice, agenda, attendance, minutes. Pure: states and moments are given; the because is shown to the person."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from dcant.governance.rules.machines import MEETING
from dcant.identifiers import Permit, Sentence

PRESENT, EXCUSED, ABSENT = "present", "excused", "absent"
PRESENCES = (PRESENT, EXCUSED)
MOST_ITEMS = 30  # the minutes and their counts stay within one line of the log


def can_plan_meeting(*, title: str, items: int) -> Permit:
    if not title:
        return Permit.no("Une séance a un titre.")
    if items > MOST_ITEMS:
        return Permit.no(Sentence("Un ordre du jour porte {most} décisions au plus.", most=str(MOST_ITEMS)))
    return Permit.yes("La séance peut se préparer.")


def can_convene(*, state: str, items: int, starts_at: datetime, now: datetime, notice_days: int) -> Permit:
    """The charter's days lie between the notice and the meeting, to the minute (invariant I12)."""
    if "convene" not in MEETING.get(state, {}):
        return Permit.no("Cette séance a déjà été convoquée.")
    if items == 0:
        return Permit.no("Un ordre du jour porte une décision au moins.")
    if starts_at <= now:
        return Permit.no("Cette séance est déjà passée.")
    if starts_at - now < timedelta(days=notice_days):
        earliest = (now + timedelta(days=notice_days)).date() + timedelta(days=1)
        return Permit.no(
            Sentence(
                "Convocation trop tardive : la charte demande {days} jours. Choisissez le {day} ou plus tard.",
                days=str(notice_days),
                day=f"{earliest:%d/%m/%Y}",
            )
        )
    return Permit.yes("Le délai de la charte est tenu.")


def can_open_at_meeting(*, state: str, noticed_at: datetime | None, now: datetime, notice_days: int) -> Permit:
    """A decision that stands on an agenda opens once everyone was convened, and the charter's days after (invariant I12)."""
    if state == "draft" or noticed_at is None:
        return Permit.no("Cette décision est à l’ordre du jour d’une séance : convoquez-la d’abord.")
    if now - noticed_at < timedelta(days=notice_days):
        return Permit.no(
            Sentence(
                "Cette décision est à l’ordre du jour d’une séance : elle s’ouvre {days} jours au moins après la convocation.",
                days=str(notice_days),
            )
        )
    return Permit.yes("Le délai de la charte est tenu.")


def can_note_attendance(
    *, state: str, starts_at: datetime, now: datetime, presence: str, published: bool = False
) -> Permit:
    """published: minutes have said who was there, and that changes no more."""
    if state not in {"convened", "held"} or now < starts_at:
        return Permit.no("La présence se note quand la séance a commencé.")
    if presence not in {*PRESENCES, ABSENT}:
        return Permit.no("Un siège est présent, excusé ou absent.")
    if published:
        return Permit.no("Le procès-verbal est publié : la présence ne change plus.")
    return Permit.yes("La séance a commencé.")


def can_publish_minutes(*, state: str, starts_at: datetime, now: datetime, present: int, same: bool) -> Permit:
    """same: the last minutes published say exactly this already."""
    if state not in {"convened", "held"} or now < starts_at:
        return Permit.no("Le procès-verbal se publie après la séance.")
    if present == 0:
        return Permit.no("Notez d’abord qui était présent.")
    if same:
        return Permit.no("Le procès-verbal publié dit déjà cela.")
    return Permit.yes("Les faits de la séance sont notés.")


def minutes_body(
    *, meeting: str, starts_at: str, presences: Mapping[str, str], colleges: Mapping[str, str],
    decisions: Sequence[Mapping[str, object]],
) -> dict[str, object]:  # fmt: skip
    """What the minutes say, by seats and codes alone, so that the log can hold them whole.

    presences: seat → present or excused; colleges: every seat of the day → its college; a seat of which nothing is said was absent.
    decisions: {decision, text, state, outcome} in the order of the agenda, outcome empty when it is not closed.
    """
    attendance: dict[str, dict[str, list[str]]] = {}
    for seat, college in sorted(colleges.items()):
        said = attendance.setdefault(college, {PRESENT: [], EXCUSED: [], ABSENT: []})
        said[presences.get(seat, ABSENT)].append(seat)
    return {
        "meeting": meeting,
        "starts_at": starts_at,
        "attendance": attendance,
        "decisions": [dict(one) for one in decisions],
    }
