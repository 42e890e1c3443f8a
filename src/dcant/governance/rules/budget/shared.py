"""The shared budget of a half-year: what its result says, as one document that has a hash."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from fractions import Fraction

from dcant.governance.rules.budget.allocation import Allocation, Project, decimal
from dcant.governance.rules.budget.endowments import balanced_voters
from dcant.governance.rules.budget.equal_shares import ADD1, equal_shares
from dcant.governance.rules.counting import DELIBERATIVE

STEPS = 1000


def first_step(amount: Fraction) -> Fraction:
    """By how much the completion raises the total of each college: a thousandth of the budget, to the cent, one cent at least."""
    return max(Fraction(round(amount * 100 / STEPS), 100), Fraction(1, 100))


def share(
    *,
    amount: Fraction,
    step: Fraction,
    costs: Mapping[str, Fraction],
    electorate: Collection[Mapping[str, str]],
    approvals: Mapping[str, frozenset[str]],
) -> Allocation:
    """The result, from what is frozen and what seats approved. Only deliberative seats hold money; each college the same total."""
    colleges = {one["seat"]: one["college"] for one in electorate if one["voice"] == DELIBERATIVE}
    voters = balanced_voters(budget=amount, colleges=colleges, approvals=approvals, step=step)
    projects = [Project(key, cost) for key, cost in costs.items()]
    return equal_shares(budget=amount, projects=projects, voters=voters, completion=ADD1)


def told(found: Allocation, step: Fraction) -> dict[str, object]:
    """The document of the result: amounts as exact fractions, so that anyone finds the same hash."""
    return {
        "rule": found.rule,
        "completion": ADD1,
        "amount": str(found.budget),
        "step": str(step),
        "raised": found.raised,
        "spent": str(found.spent),
        "funded": [
            {
                "project": one.project.key,
                "cost": str(one.project.cost),
                "paid": {seat: str(amount) for seat, amount in one.payments},
            }
            for one in found.funded
        ],
        "unfunded": [
            {
                "project": one.project.key,
                "cost": str(one.project.cost),
                "because": one.because,
                "held": str(one.held),
                "missing": str(one.missing),
            }
            for one in found.unfunded
        ],
    }


def by_college(paid: Mapping[str, str], colleges: Mapping[str, str]) -> dict[str, str]:
    """What each college paid for one project, to the cent. The two are shown side by side, and never added."""
    sums: dict[str, Fraction] = defaultdict(Fraction)
    for seat, amount in paid.items():
        sums[colleges[seat]] += Fraction(amount)
    return {college: decimal(amount) for college, amount in sorted(sums.items())}
