"""A rule applied to an election, and its winners beside the published ones."""

from collections.abc import Callable
from dataclasses import dataclass

from dcant.governance.rules.budget.allocation import Allocation
from dcant.governance.rules.budget.election import Election
from dcant.governance.rules.budget.endowments import equal_voters
from dcant.governance.rules.budget.equal_shares import ADD1, NONE, RULE, equal_shares
from dcant.governance.rules.budget.greedy import GREEDY, NO_SKIP, greedy

RULES = (RULE, GREEDY, NO_SKIP)
# What a file calls its rule → ours, and its completion. Other names say conditions that the file does not fully state.
_NAMED = {
    "equalshares/add1": (RULE, ADD1),
    "equalshares": (RULE, NONE),
    "greedy": (GREEDY, NONE),
    "greedy-threshold": (GREEDY, NONE),
    "greedy-no-skip": (NO_SKIP, NONE),
}
# Conditions of a city that none of these rules applies: the result is shown with them.
_CONDITIONS = ("budget_per_category", "budget_per_neighborhood", "max_length_per_category", "leftover_budget")


@dataclass(frozen=True, slots=True)
class Difference:
    """Winners that only the rule names, and those that only the file names. False when there is none."""

    computed: tuple[str, ...]
    published: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.computed or self.published)


def rule_of(election: Election) -> tuple[str, str] | None:
    """The rule and the completion that the file names, None when they are none of ours."""
    return _NAMED.get(election.meta.get("rule", ""))


def allocate(
    election: Election,
    *,
    rule: str,
    completion: str = ADD1,
    watch: Callable[[int], object] = lambda _runs: None,
) -> Allocation:
    """The result of that rule; `watch` is told the number of runs of a completion. Equal shares hears a ballot with points or ranks as approving what it gives more than zero."""
    barred = election.barred()
    if rule == RULE:
        voters = equal_voters(election.budget, election.approvals())
        return equal_shares(
            budget=election.budget,
            projects=election.projects,
            voters=voters,
            completion=completion,
            barred=barred,
            watch=watch,
        )
    return greedy(
        budget=election.budget,
        projects=election.projects,
        scores=election.scores(),
        skip=rule == GREEDY,
        barred=barred,
    )


def difference(election: Election, allocation: Allocation) -> Difference | None:
    """None when the file publishes no winners."""
    if election.published is None:
        return None
    return Difference(
        tuple(sorted(allocation.winners - election.published)), tuple(sorted(election.published - allocation.winners))
    )


def not_applied(election: Election) -> tuple[str, ...]:
    """Conditions the file states and the rules do not apply."""
    return tuple(key for key in _CONDITIONS if key in election.meta)
