"""With how much each voter starts: everyone the same, or each college the same total shared among its seats."""

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction

from dcant.governance.rules.budget.equal_shares import Voter


def equal_voters(budget: Fraction, approvals: Mapping[str, frozenset[str]]) -> list[Voter]:
    """The budget in equal parts, one for each ballot, an empty one too; a step of the completion is one unit of currency each."""
    each = Fraction(budget, len(approvals) or 1)
    return [Voter(key, approved, each) for key, approved in approvals.items()]


def balanced_voters(
    *,
    budget: Fraction,
    colleges: Mapping[str, str],
    approvals: Mapping[str, frozenset[str]],
    step: Fraction,
) -> list[Voter]:
    """The budget in equal parts, one for each college, each shared among the seats of that college.

    colleges: key of the seat → college, deliberative ones only: the whole electorate, whoever voted. approvals: what each seat approves;
    a silent seat approves nothing, and its part stays unspent. step: by how much the completion raises the total of each college.
    Neither side can be outspent by the other having more seats.
    """
    sizes = Counter(colleges.values())
    return [
        Voter(
            key=seat,
            approves=approvals.get(seat, frozenset()),
            endowment=budget / (len(sizes) * sizes[college]),
            step=step / sizes[college],
        )
        for seat, college in colleges.items()
    ]
