"""The Method of Equal Shares with cost utility and the Add1 completion, in exact rationals.

Source: Peters, Pierczyński, Skowron, « Proportional Participatory Budgeting with Additive Utilities » (2021); the completion
as cities apply it: raise every endowment by one step, start again, keep the last run that stays within the budget.

How it stays exact and quick: voters with one ballot and one endowment are one class; all money is kept as integers over one common
denominator, which grows at each purchase by the number of those who share its cost; and since money is only ever spent, the price
of a project only rises, so that only the cheapest known one is looked at again.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from heapq import heapify, heappop, heappush
from math import gcd, lcm

from dcant.governance.rules.budget.allocation import (
    BELOW_THRESHOLD,
    NO_SUPPORT,
    SUPPORTERS_SHORT,
    TOO_DEAR,
    Allocation,
    Project,
    Purchase,
    Unfunded,
)

RULE = "equal-shares"
ADD1, NONE = "add1", "none"
COMPLETIONS = (ADD1, NONE)


@dataclass(frozen=True, slots=True)
class Voter:
    """What a voter approves, by keys of projects, its endowment, and by how much a step of the completion raises it."""

    key: str
    approves: frozenset[str]
    endowment: Fraction
    step: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class _Market:
    """The election in integers, once: classes of voters, projects in the order of ties, amounts over `unit`."""

    unit: int
    projects: tuple[Project, ...]
    costs: tuple[int, ...]
    supporters: tuple[tuple[int, ...], ...]  # classes that approve each project
    members: tuple[tuple[str, ...], ...]  # voters of each class
    sizes: tuple[int, ...]
    endowments: tuple[int, ...]
    steps: tuple[int, ...]

    def support(self, place: int) -> int:
        return sum(self.sizes[one] for one in self.supporters[place])


@dataclass(slots=True)
class _Run:
    """One run: what was bought, in order, with the class payments over `scale`; what each class has left at the end."""

    bought: list[int]
    prices: list[tuple[int, int, int]]  # shared cost, sharers, scale at that moment
    scale: int
    left: list[int]
    cost: int


def equal_shares(
    *,
    budget: Fraction,
    projects: Collection[Project],
    voters: Collection[Voter],
    completion: str = ADD1,
    barred: Collection[str] = (),
    watch: Callable[[int], object] = lambda _runs: None,
) -> Allocation:
    """Who is funded, whatever the order of projects and voters.

    A project is affordable at ρ when its supporters, each paying at most ρ times its cost, pay exactly its cost; the least ρ is
    bought, until nothing is affordable. Ties: more supporters, then lower cost, then key. A project dearer than the budget is left
    out from the start, and so is one of `barred` (a local condition). Add1 stops at the first run that spends more than the
    budget and keeps the one before, or as soon as every project that has a supporter is bought: thousands of runs where a dear project
    has few supporters; `watch` is told their number after each.
    Raises ValueError for two projects or two voters of one key, endowments below zero or beyond the budget together, a step that is not above zero.
    """
    market = _market(budget, projects, voters, frozenset(barred))
    limit = budget * market.unit
    kept = _run(market, 0)
    runs, raised = 1, 0
    wanted = sum(bool(one) for one in market.supporters)
    while completion == ADD1 and len(kept.bought) < wanted:
        following = _run(market, raised + 1)
        runs += 1
        watch(runs)
        if following.cost > limit:
            break
        kept, raised = following, raised + 1
    funded, has = _told(market, kept, raised)
    winners = {one.project.key for one in funded}
    losers = [one for one in projects if one.key not in winners]
    unfunded = [_unfunded(one, budget, voters, frozenset(barred), has) for one in losers]
    order = sorted(unfunded, key=lambda one: (-one.support, one.project.cost, one.project.key))
    return Allocation(RULE, budget, funded, tuple(order), runs, raised, tuple(sorted(has.items())))


def _market(
    budget: Fraction, projects: Collection[Project], voters: Collection[Voter], barred: frozenset[str]
) -> _Market:
    _check(budget, projects, voters)
    classes: dict[tuple[frozenset[str], Fraction, Fraction], list[str]] = defaultdict(list)
    eligible = {one.key: one for one in projects if one.cost <= budget and one.key not in barred}
    for voter in voters:
        classes[voter.approves.intersection(eligible), voter.endowment, voter.step].append(voter.key)
    groups = sorted(classes.items(), key=lambda one: min(one[1]))
    supporters: dict[str, list[int]] = {key: [] for key in eligible}
    for place, ((approved, _endowment, _step), _members) in enumerate(groups):
        for key in approved:
            supporters[key].append(place)
    sizes = tuple(len(members) for _class, members in groups)
    counted = {key: sum(sizes[one] for one in those) for key, those in supporters.items()}
    ordered = sorted(eligible.values(), key=lambda one: (-counted[one.key], one.cost, one.key))
    amounts = [one.cost for one in ordered] + [part for (_a, start, step), _m in groups for part in (start, step)]
    unit = lcm(*(one.denominator for one in amounts)) if amounts else 1
    return _Market(
        unit=unit,
        projects=tuple(ordered),
        costs=tuple(int(one.cost * unit) for one in ordered),
        supporters=tuple(tuple(supporters[one.key]) for one in ordered),
        members=tuple(tuple(sorted(members)) for _class, members in groups),
        sizes=sizes,
        endowments=tuple(int(start * unit) for (_approved, start, _step), _members in groups),
        steps=tuple(int(step * unit) for (_approved, _start, step), _members in groups),
    )


def _check(budget: Fraction, projects: Collection[Project], voters: Collection[Voter]) -> None:
    if len({one.key for one in projects}) != len(projects) or len({one.key for one in voters}) != len(voters):
        raise ValueError("a project or a voter is there twice")
    if any(one.endowment < 0 or one.step <= 0 for one in voters):
        raise ValueError("an endowment is not below zero, a step is above it")
    if sum(one.endowment for one in voters) > budget:
        raise ValueError("endowments are not beyond the budget together")


def _run(market: _Market, raised: int) -> _Run:
    """The method once, every endowment raised by that many steps."""
    sizes, supporters = market.sizes, market.supporters
    money = [start + raised * step for start, step in zip(market.endowments, market.steps, strict=True)]
    run = _Run([], [], 1, money, 0)
    # (price, place in the order of ties, purchases already made when it was computed): a price of zero is only a floor.
    waiting = [(Fraction(0), place, -1) for place, those in enumerate(supporters) if those]
    heapify(waiting)
    while waiting:
        price, place, seen = heappop(waiting)
        those, cost = supporters[place], market.costs[place] * run.scale
        share, sharers = _shares(cost, those, run.left, sizes)
        if not sharers:
            continue
        if seen != len(run.bought):
            price = Fraction(share, sharers * cost)
            entry = (price, place, len(run.bought))
            if waiting and waiting[0] < entry:
                heappush(waiting, entry)
                continue
        run.bought.append(place)
        run.prices.append((share, sharers, run.scale))
        run.cost += market.costs[place]
        _charge(run, those, share, sharers)
    return run


def _shares(cost: int, those: Sequence[int], left: Sequence[int], sizes: Sequence[int]) -> tuple[int, int]:
    """(share, sharers): those who can pay `share / sharers` each do, the others give all they have. (0, 0): they hold too little."""
    able = those
    while able:
        sharers = sum([sizes[one] for one in able])
        floor = -(-cost // sharers)  # money is whole: who holds less than the ceiling holds less than the share
        poor = [one for one in able if left[one] < floor]
        if not poor:
            return cost, sharers
        cost -= sum([left[one] * sizes[one] for one in poor])
        able = [one for one in able if left[one] >= floor]
    return (cost, 0)


def _charge(run: _Run, those: Sequence[int], share: int, sharers: int) -> None:
    """Takes the money, on a common denominator fine enough for it."""
    finer = sharers // gcd(share, sharers)
    if finer > 1:
        run.left = [one * finer for one in run.left]
        run.scale *= finer
    each, left = share * finer // sharers, run.left
    for one in those:
        left[one] = max(left[one] - each, 0)


def _told(market: _Market, run: _Run, raised: int) -> tuple[tuple[Purchase, ...], dict[str, Fraction]]:
    """The run again, voter by voter: what each paid for each project, and what each has left."""
    has = {
        key: Fraction(start + raised * step, market.unit)
        for members, start, step in zip(market.members, market.endowments, market.steps, strict=True)
        for key in members
    }
    funded = []
    for place, (share, sharers, scale) in zip(run.bought, run.prices, strict=True):
        each = Fraction(share, sharers * scale * market.unit)
        payments = []
        for key in sorted(key for one in market.supporters[place] for key in market.members[one]):
            paid = min(has[key], each)
            has[key] -= paid
            if paid:
                payments.append((key, paid))
        funded.append(Purchase(market.projects[place], Fraction(market.support(place)), tuple(payments)))
    return tuple(funded), has


def _unfunded(
    project: Project, budget: Fraction, voters: Collection[Voter], barred: frozenset[str], has: dict[str, Fraction]
) -> Unfunded:
    supporters = [one.key for one in voters if project.key in one.approves]
    held = sum((has[key] for key in supporters), Fraction(0))
    because = SUPPORTERS_SHORT
    if project.key in barred:
        because = BELOW_THRESHOLD
    elif project.cost > budget:
        because = TOO_DEAR
    elif not supporters:
        because = NO_SUPPORT
    return Unfunded(project, Fraction(len(supporters)), because, held)
