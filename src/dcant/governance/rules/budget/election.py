"""What a participatory budget file tells: projects, ballots, the rule and the winners it publishes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from dcant.governance.rules.budget.allocation import Project

APPROVAL, CHOOSE_ONE, ORDINAL, CUMULATIVE, SCORING = "approval", "choose-1", "ordinal", "cumulative", "scoring"
VOTE_TYPES = (APPROVAL, CHOOSE_ONE, ORDINAL, CUMULATIVE, SCORING)


@dataclass(frozen=True, slots=True)
class Ballot:
    """A ballot: projects in the voter's order, and what each is worth to it (1, points, or points of its rank)."""

    voter: str
    choices: tuple[str, ...]
    points: tuple[Fraction | int, ...]


@dataclass(frozen=True, slots=True)
class Election:
    """`selected`: the column of that name by project, None when the file publishes no winners. `meta`: as written."""

    meta: Mapping[str, str]
    budget: Fraction
    vote_type: str
    projects: tuple[Project, ...]
    ballots: tuple[Ballot, ...]
    threshold: Fraction = Fraction(0)
    selected: Mapping[str, str] | None = field(default=None)

    def scores(self) -> dict[str, Fraction]:
        """What ballots give each project, in all."""
        found: dict[str, Fraction | int] = dict.fromkeys((one.key for one in self.projects), 0)
        for ballot in self.ballots:
            for key, points in zip(ballot.choices, ballot.points, strict=True):
                found[key] += points
        return {key: Fraction(score) for key, score in found.items()}

    def approvals(self) -> dict[str, frozenset[str]]:
        """What each voter supports: the projects it gives more than zero."""
        return {
            one.voter: frozenset(key for key, points in zip(one.choices, one.points, strict=True) if points > 0)
            for one in self.ballots
        }

    def barred(self) -> frozenset[str]:
        """Projects below the score that the file asks for."""
        if not self.threshold:
            return frozenset()
        return frozenset(key for key, score in self.scores().items() if score < self.threshold)

    @property
    def published(self) -> frozenset[str] | None:
        """The winners by the rule of the election; another mark than 1 is a project funded for another reason."""
        if self.selected is None:
            return None
        return frozenset(key for key, mark in self.selected.items() if mark == "1")
