"""A half-year as the charter's words tell it, in plain values: what the machine of the tests holds the site to. It imports nothing of the site."""

from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

SCALE = ("realisee", "engagee", "en_retard", "non_engagee", "abandonnee")
SIDES = {"e": "etat", "t": "territoires"}  # those that decide; c is heard and changes nothing


@dataclass
class Text:
    """An action: its draft (its hash, the seats that pilot it), its adopted versions, the amendments that wait for an answer."""

    code: str
    draft: str
    pilots: set[str]
    adopted: list[str] = field(default_factory=list)
    unanswered: int = 0

    @property
    def piloted(self) -> bool:
        return {"e", "t"} <= {seat[0] for seat in self.pilots}


@dataclass
class Vote:
    """A decision, from its opening: the seats of that day, the last word of each by itself and by proxy, who carries which proxy."""

    purpose: str
    about: str
    text: str
    rule: str
    quorum: Fraction
    seats: list[str]
    deadline: datetime
    grades: dict[str, dict[str, str]] = field(default_factory=dict)
    direct: dict[str, str] = field(default_factory=dict)
    proxied: dict[str, str] = field(default_factory=dict)
    carried: dict[str, str] = field(default_factory=dict)
    state: str = "open"
    again: bool = False

    @property
    def heard(self) -> dict[str, str]:
        return self.proxied | self.direct

    def takes(self, at: datetime) -> bool:
        return self.state == "open" and at <= self.deadline

    def may_close(self, at: datetime) -> bool:
        return self.state == "open" and (at > self.deadline or set(self.heard) == set(self.seats))

    def outcome(self) -> str:
        """Each side apart: enough of it heard, then more for than against, or two thirds of those who took sides."""
        for side in SIDES:
            seats = [seat for seat in self.seats if seat[0] == side]
            said = [self.heard[seat] for seat in seats if seat in self.heard]
            if not said or Fraction(len(said), len(seats)) < self.quorum:
                return "no_quorum"
        for side in SIDES:
            said = [value for seat, value in self.heard.items() if seat[0] == side]
            yes, no = said.count("for"), said.count("against")
            if self.rule == "double_majority" and yes <= no:
                return "rejected"
            if self.rule == "qualified" and (not yes or Fraction(yes, yes + no) < Fraction(2, 3)):
                return "rejected"
        return "adopted"


@dataclass
class HalfYearOf:
    """roadmap: action → (version, how it came); grades: (action, seat) → the last one; sheet: action → college → grade."""

    name: str
    state: str = "open"
    roadmap: dict[str, tuple[str, str]] = field(default_factory=dict)
    grades: dict[tuple[str, str], str] = field(default_factory=dict)
    sheet: dict[str, dict[str, str]] | None = None

    def graded(self) -> dict[str, dict[str, str]]:
        return {
            action: {college: self._grade(action, side) for side, college in SIDES.items()} for action in self.roadmap
        }

    def _grade(self, action: str, side: str) -> str:
        """The best grade that more than half of a side's graders reach or fall short of from above; silence is said."""
        said = [grade for (about, seat), grade in self.grades.items() if about == action and seat[0] == side]
        better = [
            grade for grade in SCALE if 2 * sum(SCALE.index(one) <= SCALE.index(grade) for one in said) > len(said)
        ]
        return better[0] if said else "non_evaluee"


def next_roadmap(texts: dict[str, Text], before: dict[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """Every adopted action, and how it comes; none of those before is forgotten, since nothing adopted goes away here."""
    found = {}
    for code, text in texts.items():
        if text.adopted:
            last = text.adopted[-1]
            came = "added" if code not in before else "kept" if before[code][0] == last else "enriched"
            found[code] = (last, came)
    return found
