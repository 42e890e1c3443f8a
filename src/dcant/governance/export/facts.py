"""What a half-year was, as values: read once from the database, then written in any format without it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from dcant.governance.models import BalanceSheet, Cycle, Decision, Meeting, Minutes, Roadmap
from dcant.territories.models import College


@dataclass(frozen=True, slots=True)
class CollegeCount:
    """What one college said of one decision. Two of them are never added."""

    key: str
    name: str
    voice: str
    seats: int
    recorded: int
    for_: int
    against: int
    abstain: int
    quorum: bool
    carried: bool


@dataclass(frozen=True, slots=True)
class DecisionFacts:
    """A decision; `outcome` and `counts` are empty until it is closed."""

    code: str
    title: str
    purpose: str
    rule: str
    state: str
    text: str
    opened_at: datetime | None
    deadline: datetime | None
    closed_at: datetime | None
    outcome: str
    because: tuple[str, ...]
    counts: tuple[CollegeCount, ...]


@dataclass(frozen=True, slots=True)
class Publication:
    """A roadmap, a balance sheet or minutes in force: number, hash, lines (the minutes are one)."""

    number: int
    hash: str
    body: list[Mapping[str, object]]
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class MeetingFacts:
    """A meeting that people were convened to; `minutes` are the last published, None before."""

    code: str
    title: str
    place: str
    starts_at: datetime
    state: str
    sequence: int
    noticed_at: datetime | None
    cancelled_at: datetime | None
    agenda: tuple[str, ...]
    minutes: Publication | None
    demo: bool

    def present(self) -> dict[str, tuple[int, int]]:
        """College → seats there, seats in all, as the minutes say."""
        attendance = self.minutes.body[0].get("attendance") if self.minutes else None
        attendance = attendance if isinstance(attendance, dict) else {}
        return {
            college: (len(said["present"]), sum(map(len, said.values())))
            for college, said in sorted(attendance.items())
        }


@dataclass(frozen=True, slots=True)
class HalfYearFacts:
    """A half-year of a programme; decisions in the order in which they were prepared, meetings in that of time."""

    programme: str
    programme_title: str
    half_year: str
    state: str
    demo: bool
    opened_at: datetime | None
    closed_at: datetime | None
    decisions: tuple[DecisionFacts, ...]
    roadmap: Publication | None
    balance_sheet: Publication | None
    meetings: tuple[MeetingFacts, ...] = ()


def facts_of(cycle: Cycle) -> HalfYearFacts:
    """Eight queries at most, whatever was decided."""
    names = dict(College.objects.values_list("key", "name"))
    return HalfYearFacts(
        programme=cycle.programme.slug,
        programme_title=cycle.programme.title,
        half_year=cycle.half_year,
        state=cycle.state,
        demo=cycle.demo,
        opened_at=cycle.opened_at,
        closed_at=cycle.closed_at,
        decisions=tuple(decision_facts(one, names) for one in cycle.decisions.order_by("pk")),
        roadmap=_published(cycle.roadmaps.filter(state="published").order_by("-number").first()),
        balance_sheet=_published(cycle.balance_sheets.filter(state="published").order_by("-number").first()),
        meetings=tuple(meetings_of(Meeting.objects.convened().filter(cycle=cycle).order_by("starts_at", "pk"))),
    )


def meetings_of(meetings: QuerySet[Meeting]) -> list[MeetingFacts]:
    """Each with its agenda and its last minutes. Four queries."""
    return [meeting_facts(one) for one in meetings.prefetch_related("agenda__decision", "minutes")]


def meeting_facts(meeting: Meeting) -> MeetingFacts:
    last = max(meeting.minutes.all(), key=lambda one: one.number, default=None)
    return MeetingFacts(
        code=meeting.code,
        title=meeting.title,
        place=meeting.place,
        starts_at=meeting.starts_at,
        state=meeting.state,
        sequence=meeting.sequence,
        noticed_at=meeting.noticed_at,
        cancelled_at=meeting.cancelled_at,
        agenda=tuple(one.decision.code for one in meeting.agenda.all()),
        minutes=_published(last),
        demo=meeting.demo,
    )


def decision_facts(decision: Decision, names: Mapping[str, str]) -> DecisionFacts:
    """names: of the colleges, by key."""
    found = decision.outcome or {}
    counts = found.get("colleges", {})
    return DecisionFacts(
        code=decision.code,
        title=decision.title,
        purpose=decision.purpose,
        rule=decision.rule,
        state=decision.state,
        text=decision.text_hash,
        opened_at=decision.opened_at,
        deadline=decision.deadline,
        closed_at=decision.closed_at,
        outcome=found.get("outcome", ""),
        because=tuple(found.get("because", ())),
        counts=tuple(_count(key, names.get(key, key), counts[key]) for key in sorted(counts)),
    )


def _count(key: str, name: str, said: Mapping[str, object]) -> CollegeCount:
    numbers = {field: int(str(said[field])) for field in ("seats", "recorded", "against", "abstain")}
    return CollegeCount(
        key=key,
        name=name,
        voice=str(said["voice"]),
        for_=int(str(said["for"])),
        quorum=bool(said["quorum"]),
        carried=bool(said["carried"]),
        **numbers,
    )


def _published(document: Roadmap | BalanceSheet | Minutes | None) -> Publication | None:
    if document is None:
        return None
    body = document.body if isinstance(document.body, list) else [document.body]
    return Publication(document.number, document.hash, body, document.published_at)
