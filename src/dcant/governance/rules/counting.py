"""What colleges decided: an exact and pure function of charter, electorate, ballots and objections. No float, no clock.

Colleges are never added together. Source: the charter of the programme; docs/governance.md tells it in plain words.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

DOUBLE_MAJORITY, QUALIFIED, CONSENT = "double_majority", "qualified", "consent"
RULES: Final = frozenset({DOUBLE_MAJORITY, QUALIFIED, CONSENT})
DELIBERATIVE, CONSULTATIVE = "deliberative", "consultative"
FOR, AGAINST, ABSTAIN, ACK = "for", "against", "abstain", "ack"
DIRECT, PROXY = "direct", "proxy"
VALUES: Final = {
    DOUBLE_MAJORITY: frozenset({FOR, AGAINST, ABSTAIN}),
    QUALIFIED: frozenset({FOR, AGAINST, ABSTAIN}),
    CONSENT: frozenset({ACK, ABSTAIN}),
}
STANDING: Final = frozenset({"raised", "standing"})
OBJECTION_STATES: Final = STANDING | {"withdrawn", "integrated"}
ADOPTED, REJECTED, NO_QUORUM = "adopted", "rejected", "no_quorum"
_SHARE = re.compile(r"[0-9]{1,9}/0*[1-9][0-9]{0,8}", re.ASCII)


class DecisionRefused(ValueError):
    """Charter, electorate, ballots or objections that cannot be counted: a stable code, and what it is about."""

    def __init__(self, code: str, about: str) -> None:
        super().__init__(f"{code}: {about}")
        self.code = code
        self.about = about


def share_of(said: object) -> Fraction | None:
    """A share of the whole written as « 1/2 », in ]0, 1]; None for anything else."""
    if not isinstance(said, str) or not _SHARE.fullmatch(said):
        return None
    share = Fraction(said)
    return share if 0 < share <= 1 else None


@dataclass(frozen=True, slots=True)
class Charter:
    """The rule of a decision; quorum and threshold are exact shares in ]0, 1]."""

    rule: str
    quorum: Fraction = Fraction(1, 2)
    threshold: Fraction = Fraction(2, 3)

    def __post_init__(self) -> None:
        if self.rule not in RULES:
            raise DecisionRefused("unknown-rule", self.rule)
        for name, share in (("quorum", self.quorum), ("threshold", self.threshold)):
            if not 0 < share <= 1:
                raise DecisionRefused("fraction-out-of-range", f"{name} {share}")


@dataclass(frozen=True, slots=True)
class Seat:
    """One seat of the electorate, frozen when the decision was opened. One vote each."""

    seat: str
    college: str
    voice: str = DELIBERATIVE


@dataclass(frozen=True, slots=True)
class Ballot:
    """What a seat said: itself, or by the proxy that `holder`, a seat of its own college, holds for it."""

    seat: str
    value: str
    by: str = DIRECT
    holder: str = ""


@dataclass(frozen=True, slots=True)
class Objection:
    """An objection to a consent; at closing, raised counts as standing."""

    seat: str
    state: str


@dataclass(frozen=True, slots=True)
class Count:
    """One college: its seats S, the ballots recorded R (abstentions included), for, against, abstained; quorum met; carried."""

    voice: str
    seats: int
    recorded: int
    for_: int
    against: int
    abstain: int
    quorum: bool
    carried: bool

    def as_dict(self) -> dict[str, object]:
        return {
            "voice": self.voice,
            "seats": self.seats,
            "recorded": self.recorded,
            "for": self.for_,
            "against": self.against,
            "abstain": self.abstain,
            "quorum": self.quorum,
            "carried": self.carried,
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """adopted, rejected or no_quorum; each college apart; `because` says in codes which college or objection decided."""

    outcome: str
    colleges: dict[str, Count] = field(default_factory=dict)
    because: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        colleges = {key: count.as_dict() for key, count in self.colleges.items()}
        return {"outcome": self.outcome, "colleges": colleges, "because": list(self.because)}


def outcome(
    charter: Charter, electorate: Sequence[Seat], ballots: Iterable[Ballot], objections: Iterable[Objection] = ()
) -> Outcome:
    """The outcome, whatever the order of seats, ballots and objections. Raises DecisionRefused for what cannot be counted.

    Quorum a/b: b·R ≥ a·S and R ≥ 1 in every deliberative college, else no_quorum. Then, in every deliberative college:
    double majority F > A; qualified (threshold p/q) q·F ≥ p·(F+A) with F ≥ 1; consent: no objection standing.
    A consultative college is counted and shown, and never changes the outcome.
    """
    seats = _electorate(electorate)
    effective = _effective(charter, seats, list(ballots))
    standing = _standing(charter, seats, objections)
    counts = {
        college: _count(charter, [seat for seat in seats.values() if seat.college == college], effective, standing)
        for college in sorted({seat.college for seat in seats.values()})
    }
    deliberative = {key: count for key, count in counts.items() if count.voice == DELIBERATIVE}
    if len(deliberative) < 2:
        raise DecisionRefused("too-few-colleges", "deux collèges délibératifs au moins")
    missing = [f"quorum-missing:{key}" for key, count in deliberative.items() if not count.quorum]
    if missing:
        return Outcome(NO_QUORUM, counts, tuple(missing))
    against = [f"not-carried:{key}" for key, count in deliberative.items() if not count.carried]
    blocking = [f"objection-standing:{seat}" for seat in sorted(standing) if seats[seat].voice == DELIBERATIVE]
    if against:
        return Outcome(REJECTED, counts, tuple(against + blocking))
    return Outcome(ADOPTED, counts, tuple(f"carried:{key}" for key in deliberative))


def _electorate(electorate: Sequence[Seat]) -> dict[str, Seat]:
    seats: dict[str, Seat] = {}
    voices: dict[str, str] = {}
    for seat in electorate:
        if seat.seat in seats:
            raise DecisionRefused("duplicate-seat", seat.seat)
        if seat.voice not in {DELIBERATIVE, CONSULTATIVE}:
            raise DecisionRefused("unknown-voice", seat.voice)
        if voices.setdefault(seat.college, seat.voice) != seat.voice:
            raise DecisionRefused("two-voices", seat.college)
        seats[seat.seat] = seat
    return seats


def _effective(charter: Charter, seats: dict[str, Seat], ballots: list[Ballot]) -> dict[str, str]:
    """One value a seat: its own ballot, else that of its proxy."""
    for ballot in ballots:
        _check_ballot(charter, seats, ballot)
    for by, code in ((DIRECT, "two-direct-ballots"), (PROXY, "two-proxies")):
        for seat, times in Counter(ballot.seat for ballot in ballots if ballot.by == by).items():
            if times > 1:
                raise DecisionRefused(code, seat)
    for holder, times in Counter(ballot.holder for ballot in ballots if ballot.by == PROXY).items():
        if times > 1:
            raise DecisionRefused("holder-has-two", holder)
    said = {ballot.seat: ballot.value for ballot in ballots if ballot.by == PROXY}
    return said | {ballot.seat: ballot.value for ballot in ballots if ballot.by == DIRECT}


def _check_ballot(charter: Charter, seats: dict[str, Seat], ballot: Ballot) -> None:
    if ballot.seat not in seats:
        raise DecisionRefused("unknown-seat", ballot.seat)
    if ballot.value not in VALUES[charter.rule]:
        raise DecisionRefused("value-not-of-rule", f"{ballot.seat} {ballot.value}")
    if ballot.by not in {DIRECT, PROXY}:
        raise DecisionRefused("unknown-way", ballot.by)
    if ballot.by == PROXY:
        if ballot.holder not in seats:
            raise DecisionRefused("unknown-seat", ballot.holder)
        if ballot.holder == ballot.seat or seats[ballot.holder].college != seats[ballot.seat].college:
            raise DecisionRefused("holder-of-other-college", ballot.holder)


def _standing(charter: Charter, seats: dict[str, Seat], objections: Iterable[Objection]) -> set[str]:
    standing = set()
    for objection in objections:
        if objection.seat not in seats:
            raise DecisionRefused("unknown-seat", objection.seat)
        if objection.state not in OBJECTION_STATES:
            raise DecisionRefused("unknown-objection-state", objection.state)
        if objection.state in STANDING:
            standing.add(objection.seat)
    return standing if charter.rule == CONSENT else set()


def _count(charter: Charter, seats: list[Seat], effective: dict[str, str], standing: set[str]) -> Count:
    said = Counter(effective[seat.seat] for seat in seats if seat.seat in effective)
    recorded, for_, against = said.total(), said[FOR] + said[ACK], said[AGAINST]
    quorum = recorded >= 1 and charter.quorum.denominator * recorded >= charter.quorum.numerator * len(seats)
    return Count(
        voice=seats[0].voice,
        seats=len(seats),
        recorded=recorded,
        for_=for_,
        against=against,
        abstain=said[ABSTAIN],
        quorum=quorum,
        carried=_carried(charter, for_, against, objected=any(seat.seat in standing for seat in seats)),
    )


def _carried(charter: Charter, for_: int, against: int, *, objected: bool) -> bool:
    if charter.rule == DOUBLE_MAJORITY:
        return for_ > against
    if charter.rule == QUALIFIED:
        return for_ >= 1 and charter.threshold.denominator * for_ >= charter.threshold.numerator * (for_ + against)
    return not objected
