"""Sharing a budget: equal shares against a naive twin, and what must hold for every election."""

from fractions import Fraction
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcant.governance.rules.budget import Project, Voter, decimal, equal_shares, greedy
from dcant.governance.rules.budget.endowments import balanced_voters, equal_voters

KEYS = "abcdef"


class Case(NamedTuple):
    """An election of one to eight voters, over one to six projects."""

    budget: Fraction
    projects: list[Project]
    voters: list[Voter]


@st.composite
def elections(draw: st.DrawFn, *, equal: bool = False) -> Case:
    budget = Fraction(draw(st.integers(4, 30)), draw(st.sampled_from([1, 2])))
    costs = draw(st.lists(st.integers(1, 40), min_size=1, max_size=6))
    projects = [Project(key, Fraction(cost, 2)) for key, cost in zip(KEYS, costs, strict=False)]
    keys = [one.key for one in projects]
    ballots = draw(st.lists(st.frozensets(st.sampled_from(keys)), min_size=1, max_size=8))
    if equal:
        return Case(budget, projects, equal_voters(budget, {f"v{n}": one for n, one in enumerate(ballots)}))
    colleges = {f"v{place}": draw(st.sampled_from(["etat", "territoires"])) for place in range(len(ballots))}
    approvals = {f"v{place}": ballot for place, ballot in enumerate(ballots)}
    step = draw(st.sampled_from([Fraction(1), Fraction(1, 2), Fraction(3)]))
    return Case(budget, projects, balanced_voters(budget=budget, colleges=colleges, approvals=approvals, step=step))


def naive_run(case: Case, raised: int) -> list[tuple[str, dict[str, Fraction]]]:
    """The definition, word for word: every project looked at again at each purchase, nothing remembered."""
    has = {one.key: one.endowment + raised * one.step for one in case.voters}
    waiting = [one for one in case.projects if one.cost <= case.budget]
    bought = []
    while True:
        best = None
        for project in waiting:
            supporters = sorted((one.key for one in case.voters if project.key in one.approves), key=has.__getitem__)
            if not supporters or sum(has[key] for key in supporters) < project.cost:
                continue
            rest, share = project.cost, Fraction(0)
            for place, key in enumerate(supporters):
                share = rest / (len(supporters) - place)
                if has[key] >= share:
                    break
                rest -= has[key]
            entry = (share / project.cost, -len(supporters), project.cost, project.key)
            if best is None or entry < best[0]:
                best = (entry, project, {key: min(has[key], share) for key in supporters})
        if best is None:
            return bought
        _entry, project, paid = best
        waiting.remove(project)
        for key, amount in paid.items():
            has[key] -= amount
        bought.append((project.key, {key: amount for key, amount in paid.items() if amount}))


def naive(case: Case) -> list[tuple[str, dict[str, Fraction]]]:
    costs = {one.key: one.cost for one in case.projects}
    wanted = {key for one in case.voters for key in one.approves if costs[key] <= case.budget}
    kept, raised = naive_run(case, 0), 0
    while len(kept) < len(wanted):
        raised += 1
        following = naive_run(case, raised)
        if sum(costs[key] for key, _paid in following) > case.budget:
            break
        kept = following
    return kept


def run(case: Case, completion: str = "add1"):
    return equal_shares(budget=case.budget, projects=case.projects, voters=case.voters, completion=completion)


def told(found):
    return [(one.project.key, dict(one.payments)) for one in found.funded]


@given(elections())
def test_equal_shares_does_what_the_definition_says_word_for_word(case):
    assert told(run(case)) == naive(case)
    assert told(run(case, "none")) == naive_run(case, 0)


@given(elections(), st.sampled_from(["add1", "none"]))
def test_no_more_is_spent_than_there_is_and_each_project_is_paid_exactly(case, completion):
    found = run(case, completion)
    assert found.spent <= case.budget
    for one in found.funded:
        assert sum(amount for _voter, amount in one.payments) == one.project.cost
        assert all(one.project.key in voter.approves for voter in case.voters if voter.key in dict(one.payments))


@given(elections(), st.sampled_from(["add1", "none"]))
def test_nobody_pays_more_than_it_starts_with(case, completion):
    found = run(case, completion)
    left = dict(found.left)
    for voter in case.voters:
        paid = sum(dict(one.payments).get(voter.key, Fraction(0)) for one in found.funded)
        assert paid + left[voter.key] == voter.endowment + found.raised * voter.step
        assert left[voter.key] >= 0


@given(elections())
def test_supporters_pay_the_same_or_give_all_they_have_left(case):
    found = run(case)
    for place, one in enumerate(found.funded):
        before = {
            voter.key: voter.endowment
            + found.raised * voter.step
            - sum(dict(other.payments).get(voter.key, Fraction(0)) for other in found.funded[:place])
            for voter in case.voters
        }
        for key in (voter.key for voter in case.voters if one.project.key in voter.approves):
            assert dict(one.payments).get(key, Fraction(0)) in {one.most, before[key]}


@given(elections(equal=True))
def test_voters_with_the_same_ballot_pay_the_same(case):
    found = run(case)
    for first in case.voters:
        for second in case.voters:
            if first.approves == second.approves:
                assert all(
                    dict(one.payments).get(first.key) == dict(one.payments).get(second.key) for one in found.funded
                )


@given(elections(), st.randoms())
def test_the_order_in_which_projects_and_ballots_come_changes_nothing(case, draw):
    projects, voters = list(case.projects), list(case.voters)
    draw.shuffle(projects)
    draw.shuffle(voters)
    assert run(Case(case.budget, projects, voters)) == run(case)


@given(elections())
def test_the_names_of_voters_change_no_winner(case):
    renamed = [Voter(f"z{90 - n}", one.approves, one.endowment, one.step) for n, one in enumerate(case.voters)]
    assert run(Case(case.budget, case.projects, renamed)).winners == run(case).winners


@given(elections())
def test_every_project_is_funded_or_told_why_not(case):
    found = run(case)
    assert sorted([one.project.key for one in (*found.funded, *found.unfunded)]) == sorted(
        one.key for one in case.projects
    )
    for one in found.unfunded:
        if one.because == "supporters-hold-too-little":
            assert one.missing > 0
        elif one.because == "no-support":
            assert one.support == 0
        else:
            assert one.because == "dearer-than-budget"
            assert one.project.cost > case.budget


@given(elections(equal=True))
def test_a_group_that_agrees_is_not_left_with_the_price_of_what_it_wants(case):
    """Those who approve one same project and hold its price at the end would have bought it."""
    found = run(case, "none")
    left = dict(found.left)
    for one in found.unfunded:
        if one.project.cost <= case.budget:
            assert sum(left[voter.key] for voter in case.voters if one.project.key in voter.approves) < one.project.cost


def test_a_college_with_more_seats_spends_no_more_than_the_other():
    colleges = {"e1": "etat", **{f"t{n}": "territoires" for n in range(5)}}
    projects = [Project("a", Fraction(50)), Project("b", Fraction(60))]
    approvals = {"e1": frozenset("a"), **{f"t{n}": frozenset("b") for n in range(5)}}
    voters = balanced_voters(budget=Fraction(100), colleges=colleges, approvals=approvals, step=Fraction(1))
    assert [one.endowment for one in voters] == [50, 10, 10, 10, 10, 10]
    found = equal_shares(budget=Fraction(100), projects=projects, voters=voters)
    assert found.winners == {"a"}
    assert [(one.because, one.missing) for one in found.unfunded] == [("supporters-hold-too-little", Fraction(1))]


def test_ties_go_to_more_supporters_then_to_the_cheaper_then_by_key():
    voters = equal_voters(Fraction(10), {"v": frozenset("abc")})
    projects = [Project("c", Fraction(5)), Project("b", Fraction(6)), Project("a", Fraction(5))]
    found = equal_shares(budget=Fraction(10), projects=projects, voters=voters)
    assert [one.project.key for one in found.funded] == ["a", "c"]


@pytest.mark.parametrize(("skip", "winners"), [(True, {"a", "c"}), (False, {"a"})])
def test_greedy_skips_what_does_not_fit_or_stops_there(skip, winners):
    projects = [
        Project("a", Fraction(6)),
        Project("b", Fraction(5)),
        Project("c", Fraction(4)),
        Project("d", Fraction(1)),
    ]
    scores = {"a": Fraction(9), "b": Fraction(5), "c": Fraction(3)}
    found = greedy(budget=Fraction(10), projects=projects, scores=scores, skip=skip)
    assert found.winners == winners
    assert found.unfunded[-1].because == "no-support"
    assert found.unfunded[0].because == "does-not-fit"
    assert found.unfunded[0].missing == 1


@pytest.mark.parametrize(
    "voters",
    [
        [Voter("v", frozenset(), Fraction(1)), Voter("v", frozenset(), Fraction(1))],
        [Voter("v", frozenset(), Fraction(-1))],
        [Voter("v", frozenset(), Fraction(11))],
        [Voter("v", frozenset(), Fraction(1), Fraction(0))],
    ],
)
def test_voters_that_cannot_be_counted_are_refused(voters):
    with pytest.raises(ValueError, match=r"endowment|twice"):
        equal_shares(budget=Fraction(10), projects=[Project("a", Fraction(5))], voters=voters)


def test_a_project_costs_something():
    with pytest.raises(ValueError, match="above zero"):
        Project("a", Fraction(0))


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0", "0"),
        ("1/3", "0.33"),
        ("2/3", "0.67"),
        ("5/2", "2.5"),
        ("1/200", "0.01"),
        ("-1/3", "-0.33"),
        ("-1/900", "0"),
    ],
)
def test_amounts_are_rounded_half_up_to_the_cent(amount, shown):
    assert decimal(Fraction(amount)) == shown
