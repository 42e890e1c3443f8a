"""The rules most cities apply: projects by score, as long as the budget lasts."""

from collections.abc import Collection, Mapping
from fractions import Fraction

from dcant.governance.rules.budget.allocation import (
    AFTER_THE_STOP,
    BELOW_THRESHOLD,
    DOES_NOT_FIT,
    NO_SUPPORT,
    Allocation,
    Project,
    Purchase,
    Unfunded,
)

GREEDY, NO_SKIP = "greedy", "greedy-no-skip"


def greedy(
    *,
    budget: Fraction,
    projects: Collection[Project],
    scores: Mapping[str, Fraction],
    skip: bool = True,
    barred: Collection[str] = (),
) -> Allocation:
    """By score, then lower cost, then key. What no longer fits is skipped (`skip`), or ends the list.

    A project that nobody supports, or barred by a local condition, is not looked at.
    """
    left, stopped = budget, False
    funded, unfunded = [], []
    for project in sorted(projects, key=lambda one: (-scores.get(one.key, 0), one.cost, one.key)):
        score = Fraction(scores.get(project.key, 0))
        because = ""
        if project.key in barred:
            because = BELOW_THRESHOLD
        elif score <= 0:
            because = NO_SUPPORT
        elif stopped:
            because = AFTER_THE_STOP
        elif project.cost > left:
            because, stopped = DOES_NOT_FIT, not skip
        if because:
            unfunded.append(Unfunded(project, score, because, left))
            continue
        left -= project.cost
        funded.append(Purchase(project, score))
    return Allocation(GREEDY if skip else NO_SKIP, budget, tuple(funded), tuple(unfunded))
