"""What a half-year was, as values: read once from the database, then written in any format without it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from dcant.governance.models import BalanceSheet, Cycle, Decision, Roadmap
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
    """A roadmap or a balance sheet in force: its number, its hash, its lines."""

    number: int
    hash: str
    body: list[Mapping[str, object]]
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class HalfYearFacts:
    """A half-year of a programme; decisions in the order in which they were prepared."""

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


def facts_of(cycle: Cycle) -> HalfYearFacts:
    """Four queries, whatever was decided."""
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


def _published(document: Roadmap | BalanceSheet | None) -> Publication | None:
    if document is None:
        return None
    return Publication(document.number, document.hash, document.body, document.published_at)
