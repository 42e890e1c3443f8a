"""What the lines read so far amount to: programmes, seats, texts, decisions, half-years, and what was found wrong."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypeVar

from dcant.governance.rules.continuity import STAYING, Item
from dcant.governance.rules.counting import CONSENT, DELIBERATIVE, Ballot, Outcome
from dcant.governance.rules.machines import CYCLE
from dcant.governance.rules.permits import ruled_as
from dcant.governance.rules.replay.lines import Broken, Line, mapping, text
from dcant.governance.rules.texts import Operation
from dcant.identifiers import Permit

Known = TypeVar("Known")
SLACK = timedelta(minutes=1)  # an act takes its moment before it waits for its turn to be written
UNDER_WAY = frozenset(CYCLE) - {"planned", "closed"}


@dataclass(frozen=True, slots=True)
class Finding:
    """The entry at fault, the code of the rule that it breaks, and a French sentence."""

    index: int
    rule: str
    message: str


@dataclass(slots=True)
class SeatState:
    """A seat from its opening day to its closing day, both included; `holders`: commitments to who speaks for it, the part and whether it lasts."""

    key: str
    programme: str
    college: str
    organisation: str
    since: date
    until: date | None = None
    holders: dict[str, tuple[str, bool]] = field(default_factory=dict)

    def open_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class CharterState:
    number: int
    hash: str
    body: Mapping[str, object]

    @property
    def voices(self) -> dict[str, str]:
        voices = mapping(self.body, "voices")
        return {college: text(voices, college) for college in voices}

    @property
    def deliberative(self) -> list[str]:
        return sorted(college for college, voice in self.voices.items() if voice == DELIBERATIVE)

    def rule_of(self, purpose: str) -> str:
        return text(mapping(self.body, "rules"), ruled_as(purpose))

    def allows(self, purpose: str, rule: str) -> bool:
        """The rule of this purpose, or consent where an action may choose it."""
        return rule == self.rule_of(purpose) or (rule == CONSENT and ruled_as(purpose) == "action")


@dataclass(slots=True)
class CycleState:
    """grades: what each seat said last of each action. `roadmap` and `sheet`: the last ones published."""

    programme: str
    half_year: str
    state: str = "planned"
    roadmap: list[Item] | None = None
    number: int = 0
    grades: dict[tuple[str, str], str] = field(default_factory=dict)
    sheet: list[Mapping[str, object]] | None = None

    @property
    def due(self) -> list[str]:
        """The actions that its balance sheet must speak of, in order."""
        return [item.action for item in self.roadmap or () if item.fate in STAYING]


@dataclass(slots=True)
class ProgrammeState:
    slug: str
    latest: datetime | None = None  # the last moment that a line of its decisions has said
    charters: list[CharterState] = field(default_factory=list)
    cycles: dict[str, CycleState] = field(default_factory=dict)

    @property
    def charter(self) -> CharterState:
        """The one in force."""
        if not self.charters:
            raise Broken("charter", f"Le programme « {self.slug} » n’a pas encore de charte publiée.")
        return max(self.charters, key=lambda charter: charter.number)

    @property
    def in_force(self) -> CycleState | None:
        """The half-year whose roadmap is in force."""
        published = [cycle for cycle in self.cycles.values() if cycle.roadmap is not None]
        return max(published, key=lambda cycle: cycle.half_year, default=None)

    def before(self, half_year: str) -> list[Item]:
        """The roadmap in force before this half-year."""
        published = [one for one in self.cycles.values() if one.roadmap is not None and one.half_year < half_year]
        last = max(published, key=lambda cycle: cycle.half_year, default=None)
        return list(last.roadmap or ()) if last else []

    @property
    def under_way(self) -> CycleState | None:
        return next((cycle for cycle in self.cycles.values() if cycle.state in UNDER_WAY), None)


@dataclass(slots=True)
class AmendmentState:
    """`operations` without their words; None when its line is of an older form. `wanted` is forgotten once carried over."""

    number: int
    base: str
    seat: str
    operations: list[Operation] | None
    wanted: str
    state: str = "submitted"


@dataclass(slots=True)
class ActionState:
    """`draft`: the number of the draft, 0 when there is none. `whole`: all its lines are of the present form."""

    code: str
    programme: str
    text: str
    copilots: set[str]
    whole: bool
    state: str = "drafting"
    draft: int = 1
    adopted: dict[int, str] = field(default_factory=dict)
    amendments: dict[int, AmendmentState] = field(default_factory=dict)
    into: str = ""  # the action it was merged into

    @property
    def in_force(self) -> str:
        """The hash of its last adopted version."""
        return self.adopted[max(self.adopted)] if self.adopted else ""


@dataclass(frozen=True, slots=True)
class EndingState:
    """How an action was proposed to end: the hash that names it, the text it was proposed on, its fate."""

    hash: str
    action: str
    version: str
    fate: str
    into: str


@dataclass(slots=True)
class DecisionState:
    """One decision. `said`: the last word of each seat, by itself and by proxy; `grades`: as they were when a balance sheet was put to the vote."""

    code: str
    index: int
    programme: ProgrammeState
    purpose: str
    rule: str
    text: str
    charter: CharterState
    electorate: dict[str, tuple[str, str]]
    deadline: datetime
    target: tuple[str, int] | None
    whole: bool
    state: str = "open"
    said: dict[tuple[str, str], Ballot] = field(default_factory=dict)
    objections: dict[int, tuple[str, str]] = field(default_factory=dict)
    reconvened: bool = False
    outcome: Outcome | None = None
    closed: int = -1
    applied: bool = False
    grades: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def waiting(self) -> int:
        """How many seats are still to be heard."""
        return len(self.electorate) - len({seat for seat, _by in self.said})

    def awaits(self, purpose: str, text: str) -> bool:
        """Adopted on this text, and what it decided not yet done."""
        return (self.state, self.applied, self.purpose, self.text) == ("adopted", False, purpose, text)


@dataclass(slots=True)
class MeetingState:
    """A meeting since everyone was told of it. `minutes`: the hashes of those published, in order."""

    code: str
    programme: str
    half_year: str
    starts_at: datetime
    noticed: datetime
    agenda: tuple[str, ...]
    state: str = "convened"
    minutes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class IndicatorState:
    """`computed`: how its values come, None for one that only a source tells; `values`: half-year → value, and share of people or nothing."""

    programme: str
    computed: str | None
    values: dict[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(slots=True)
class State:
    """All of it. What is not there is asked for by a method that raises Broken."""

    programmes: dict[str, ProgrammeState] = field(default_factory=dict)
    seats: dict[str, SeatState] = field(default_factory=dict)
    colleges: set[str] = field(default_factory=set)  # made beside those of the two sides
    actions: dict[str, ActionState] = field(default_factory=dict)
    endings: dict[str, EndingState] = field(default_factory=dict)
    decisions: dict[str, DecisionState] = field(default_factory=dict)
    meetings: dict[str, MeetingState] = field(default_factory=dict)
    indicators: dict[str, IndicatorState] = field(default_factory=dict)
    proxies: dict[str, dict[str, str]] = field(default_factory=dict)  # decision → giver → holder
    commitments: set[str] = field(default_factory=set)  # to the persons who held seats
    erased: set[str] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)  # of the entries read
    findings: list[Finding] = field(default_factory=list)
    read: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    older: int = 0  # lines of a form that says less: what they leave out was not checked

    def check(self, line: Line, rule: str, message: str, *, holds: bool) -> None:
        """A finding unless it holds; the line is read on."""
        if not holds:
            self.findings.append(Finding(line.index, rule, message))

    def permit(self, line: Line, rule: str, permit: Permit) -> None:
        self.check(line, rule, permit.because, holds=permit.allowed)

    def programme(self, slug: str) -> ProgrammeState:
        return _known(self.programmes, slug, "programme")

    def seat(self, key: str) -> SeatState:
        return _known(self.seats, key, "siège")

    def action(self, code: str) -> ActionState:
        return _known(self.actions, code, "action")

    def decision(self, code: str) -> DecisionState:
        return _known(self.decisions, code, "décision")

    def meeting(self, code: str) -> MeetingState:
        return _known(self.meetings, code, "séance")

    def adopted(self, line: Line, purpose: str, name: str) -> DecisionState:
        """The decision that the line carries out: adopted, of this purpose, on this very hash, and once (invariant I6)."""
        decision = self.decision(text(line.body, "decision"))
        if not decision.awaits(purpose, name):
            raise Broken(
                "decision", f"La décision {decision.code} n’a pas adopté ce texte : rien ne permet de le publier."
            )
        decision.applied = True
        return decision

    def cycle(self, programme: ProgrammeState, half_year: str) -> CycleState:
        return _known(programme.cycles, half_year, "semestre")

    def open_seats(self, programme: str, day: date) -> list[SeatState]:
        return [seat for seat in self.seats.values() if seat.programme == programme and seat.open_on(day)]

    def speaks(self, line: Line, key: str) -> SeatState:
        """The seat for which the line's actor speaks, that day (invariant I2)."""
        seat = self.seat(key)
        said = f"{line.actor} ne tient pas le siège {key} ce jour-là : seul qui le tient parle pour lui."
        self.check(line, "speaker", said, holds=seat.organisation == line.actor and seat.open_on(line.day))
        return seat

    def once(self, line: Line) -> None:
        """An entry said again under the same identifier is no second word of anybody. Raises Broken."""
        if line.entry_id in self.ids:
            raise Broken("twice", "Une entrée d’avant porte le même identifiant : celle-ci en est une redite.")
        self.ids.add(line.entry_id)

    def in_order(self, line: Line, programme: ProgrammeState) -> None:
        """What decisions hear comes in the order of the log (invariant I14): its date alone makes no late word an early one."""
        latest = programme.latest or line.at
        said = "Cette entrée se dit bien antérieure à ce que le journal avait déjà dit des décisions de ce programme."
        self.check(line, "order", said, holds=line.at >= latest - SLACK)
        programme.latest = max(latest, line.at)

    def under_vote(self, action: str, draft: int) -> bool:
        """Its text is put to the vote: it may not move."""
        return any(
            one.state == "open" and one.purpose == "action" and one.target == (action, draft)
            for one in self.decisions.values()
        )


def _known(among: Mapping[str, Known], key: str, word: str) -> Known:
    if key not in among:
        raise Broken("unknown", f"Aucune ligne d’avant n’a dit ce {word} : « {key} ».")
    return among[key]
