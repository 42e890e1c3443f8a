"""What the page of a shared budget shows, in a fixed number of queries: projects, ballots, who paid what, college by college."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from dcant.governance.models import Budget, BudgetBallot, BudgetProject, Seat
from dcant.governance.rules.budget import decimal
from dcant.governance.rules.budget.allocation import NO_SUPPORT
from dcant.governance.rules.budget.shared import by_college
from dcant.governance.rules.counting import DELIBERATIVE
from dcant.identifiers import Sentence


@dataclass(frozen=True, slots=True)
class CollegeLine:
    """One college: its voice, its seats, those who said something, what it started with; never added to another."""

    key: str
    voice: str
    seats: int
    heard: int
    start: str  # empty for a consultative college, which holds no money
    end: str  # after the completion; empty before the close


@dataclass(frozen=True, slots=True)
class Payment:
    """What one seat paid for one project, to the cent."""

    seat: str
    organisation: str
    college: str
    amount: str


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """A project: approvals and payments of each college in the order of the colleges; why it is not funded, once closed."""

    project: BudgetProject
    funded: bool | None
    approvals: tuple[tuple[str, int], ...]
    paid: tuple[tuple[str, str], ...]
    payments: tuple[Payment, ...]
    because: str


@dataclass(frozen=True, slots=True)
class BallotLine:
    """What a seat said; None when it said nothing yet."""

    seat: str
    organisation: str
    college: str
    approves: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class BudgetView:
    budget: Budget
    colleges: tuple[CollegeLine, ...]
    projects: tuple[ProjectLine, ...]
    ballots: tuple[BallotLine, ...]

    @property
    def spent(self) -> str:
        return decimal(Fraction(self.budget.result["spent"])) if self.budget.result else ""

    @property
    def payments(self) -> int:
        return sum(len(one.payments) for one in self.projects)


def budget_view(budget: Budget) -> BudgetView:
    """Three queries."""
    said: dict[str, BudgetBallot] = {
        one.seat.key: one for one in budget.ballots.effective().select_related("seat").order_by("pk")
    }
    keys = [one["seat"] for one in budget.electorate]
    seats = Seat.objects.filter(key__in=keys).select_related("organisation")
    names = {one.key: one.organisation.name for one in seats}
    projects = budget.projects.select_related("action", "resource", "seat__organisation")
    told = _Told({one["seat"]: one["college"] for one in budget.electorate}, said, names, budget.result)
    lines = tuple(told.line(one) for one in projects)
    ballots = tuple(
        BallotLine(
            seat=one["seat"],
            organisation=names.get(one["seat"], one["seat"]),
            college=one["college"],
            approves=tuple(said[one["seat"]].approves) if one["seat"] in said else None,
        )
        for one in budget.electorate
    )
    return BudgetView(budget, _colleges(budget, set(said)), lines, ballots)


def _colleges(budget: Budget, heard: set[str]) -> tuple[CollegeLine, ...]:
    sizes = Counter((one["college"], one["voice"]) for one in budget.electorate)
    voices = sum(voice == DELIBERATIVE for _college, voice in sizes)
    found = []
    for (college, voice), seats in sorted(sizes.items()):
        start = Fraction(budget.amount) / voices if voice == DELIBERATIVE else None
        raised = (budget.result or {}).get("raised")
        end = start + raised * Fraction(budget.step) if start is not None and raised is not None else None
        said = sum(one["seat"] in heard for one in budget.electorate if one["college"] == college)
        found.append(
            CollegeLine(
                college, voice, seats, said, decimal(start) if start else "", decimal(end) if end is not None else ""
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Told:
    """What is known of all projects at once: colleges and names by seat, ballots, the result when there is one."""

    colleges: Mapping[str, str]
    said: Mapping[str, BudgetBallot]
    names: Mapping[str, str]
    result: Mapping[str, Any] | None

    def line(self, project: BudgetProject) -> ProjectLine:
        result = self.result or {}
        paid: Mapping[str, str] = next(
            (one["paid"] for one in result.get("funded", ()) if one["project"] == project.key), {}
        )
        unfunded = next((one for one in result.get("unfunded", ()) if one["project"] == project.key), None)
        approving = [key for key, one in self.said.items() if key in self.colleges and project.key in one.approves]
        approvals, sums = Counter(self.colleges[key] for key in approving), by_college(paid, self.colleges)
        order = sorted(set(self.colleges.values()))
        return ProjectLine(
            project=project,
            funded=None if self.result is None else unfunded is None,
            approvals=tuple((college, approvals[college]) for college in order),
            paid=tuple((college, sums.get(college, "0")) for college in order) if paid else (),
            payments=tuple(
                Payment(seat, self.names.get(seat, seat), self.colleges[seat], decimal(Fraction(amount)))
                for seat, amount in sorted(paid.items())
            ),
            because=_because(unfunded) if unfunded else "",
        )


def _because(line: Mapping[str, str]) -> str:
    if line["because"] == NO_SUPPORT:
        return "Aucun siège délibératif ne le soutient."
    return Sentence(
        "Les sièges qui le soutiennent n’ont plus que {held} € : il manque {missing} €.",
        held=_euros(line["held"]),
        missing=_euros(line["missing"]),
    )


def _euros(amount: str) -> str:
    """« 12 345,67 », with thin unbreakable spaces."""
    whole, _point, cents = decimal(Fraction(amount)).partition(".")
    return f"{int(whole):,}".replace(",", "\u202f") + (f",{cents:0<2}" if cents else "")
