"""The shared budget of a half-year: who may do what, what each side pays, and a result that anyone finds again."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from dcant.governance.models import Budget, BudgetBallot
from dcant.governance.rules.budget.shared import first_step, share, told
from dcant.governance.services.budgets import (
    add_project,
    cast_budget_ballot,
    close_budget,
    open_budget,
    open_budget_vote,
    result_of,
)
from dcant.governance.services.cycles import plan_cycle
from dcant.governance.services.founding import close_seat
from dcant.governance.services.speaking import Speaker
from dcant.governance.unrecorded import unrecorded_rows
from dcant.identifiers import HalfYear
from dcant.record.models import Entry
from dcant.record.services import digest
from dcant.territories.models import Organisation
from governance.stage import Stage, founded, refused

ONLY_SECRETARIAT = "Seul le secrétariat du programme peut faire cela."
ONLY_SEAT = "Seule une personne mandatée par l’organisation qui tient le siège peut parler pour lui."
NOBODY = Speaker(Organisation(key="personne", name=""), "")


@pytest.fixture
def budget(stage: Stage) -> Budget:
    """900 € and three projects, open to proposals. Seats: e1, e2 and t1, t2, t3."""
    actions = [stage.adopt(f"Action {number}") for number in (1, 2, 3)]
    return stage.budget(stage.cycle(), *zip(actions, ("400", "300", "250"), strict=True))


def lines(kind: str) -> list[dict]:
    return [one.document["body"] for one in Entry.objects.filter(type=kind).order_by("pk")]


def test_each_side_pays_its_part_and_the_result_says_who_paid_what_and_why_not(stage, budget):
    stage.open_budget_vote(budget)
    stage.approve(budget, e1="1", e2="1", t1="1 2", t2="2", t3="2")
    closed = stage.share(budget)
    paid = {one["project"]: one["paid"] for one in closed.result["funded"]}
    assert list(paid) == ["p002", "p001"]
    assert {key: sum(map(Fraction, one.values())) for key, one in paid.items()} == {"p001": 400, "p002": 300}
    assert paid["p002"] == {stage.seats[name].key: "100" for name in ("t1", "t2", "t3")}
    assert paid["p001"] == {
        stage.seats[name].key: amount for name, amount in (("e1", "175"), ("e2", "175"), ("t1", "50"))
    }
    (left,) = closed.result["unfunded"]
    assert (left["project"], left["because"], left["missing"]) == ("p003", "no-support", "250")
    assert closed.hash == digest(closed.result)
    assert lines("budget.allocated") == [
        {"budget": budget.code, "result": closed.hash, "funded": ["p002", "p001"], "spent": "700"}
    ]


def test_the_result_is_found_again_from_the_lines_of_the_log_alone(stage, budget):
    stage.open_budget_vote(budget)
    stage.approve(budget, e1="1 3", t1="2", t2="1 3", t3="3", e2="")
    stage.approve(budget, e2="3")
    closed = stage.share(budget)
    (opened,) = lines("budget.opened")
    ballots = {one["seat"]: frozenset(one["approves"]) for one in lines("budget.ballot_cast")}
    step = Fraction(opened["step"])
    found = share(
        amount=Fraction(opened["amount"]),
        step=step,
        costs={one["project"]: Fraction(one["cost"]) for one in lines("budget.project_added")},
        electorate=lines("budget.vote_opened")[0]["electorate"],
        approvals=ballots,
    )
    assert digest(told(found, step)) == lines("budget.allocated")[0]["result"] == closed.hash
    assert told(result_of(closed), step) == closed.result
    assert unrecorded_rows() == []


def test_a_side_with_more_seats_cannot_spend_more_than_the_other(stage, budget):
    """Three seats of territories against two of the State: each side has 450 €, the State alone cannot be outspent."""
    stage.open_budget_vote(budget)
    stage.approve(budget, e1="1", e2="1", t1="2 3", t2="2 3", t3="2 3")
    closed = stage.share(budget)
    assert {one["project"] for one in closed.result["funded"]} == {"p001", "p003"}
    (left,) = closed.result["unfunded"]
    assert left["project"] == "p002"
    assert Fraction(left["missing"]) > 0


def test_a_consultative_college_says_what_it_supports_and_pays_nothing(db):
    voices = {"etat": "deliberative", "territoires": "deliberative", "associes": "consultative"}
    stage = founded(seats="e1 t1 c1", voices=voices)
    budget = stage.budget(stage.cycle(), (stage.adopt("Une action"), "100"))
    stage.open_budget_vote(budget)
    stage.approve(budget, c1="1", e1="", t1="")
    closed = stage.share(budget)
    assert closed.result["funded"] == []
    assert closed.result["unfunded"][0]["because"] == "no-support"


def test_the_last_ballot_of_a_seat_counts_and_the_former_stays(stage, budget):
    stage.open_budget_vote(budget)
    stage.approve(budget, e1="1")
    stage.approve(budget, e1="2 2")
    assert list(BudgetBallot.objects.effective().values_list("approves", flat=True)) == [["p002"]]
    assert BudgetBallot.objects.count() == 2


@pytest.mark.django_db
def test_in_a_demonstration_the_cost_says_so_and_so_does_each_line():
    stage = founded(demo=True)
    budget = stage.budget(stage.cycle(), (stage.adopt("Une action"), "100"))
    assert budget.demo
    assert budget.projects.get().source == "démonstration"
    assert all(one["demo"] for kind in ("opened", "project_added") for one in lines(f"budget.{kind}"))


def add(stage: Stage, budget: Budget, thing, cost: str = "10", *, source: str = "Devis", who: Speaker | None = None):
    return add_project(
        budget=budget,
        thing=thing,
        cost=Decimal(cost),
        source=source,
        seat=stage.seats["t1"],
        speaker=who or stage.speakers["t1"],
        at=stage.now,
    )


def test_only_the_secretariat_opens_and_closes_and_only_a_seat_speaks_for_itself(stage, budget):
    cycle, deadline = budget.cycle, stage.now + timedelta(days=3)
    for who in (NOBODY, stage.speakers["e1"]):
        with refused(ONLY_SECRETARIAT):
            open_budget(cycle=cycle, title="B", amount=Decimal(1), speaker=who, at=stage.now)
        with refused(ONLY_SECRETARIAT):
            open_budget_vote(budget=budget, deadline=deadline, speaker=who, at=stage.now)
        with refused(ONLY_SECRETARIAT):
            close_budget(budget=budget, speaker=who, at=stage.now)
    action = stage.adopt("Encore une")
    for who in (NOBODY, stage.speakers["e1"], stage.secretariat):
        with refused(ONLY_SEAT):
            add(stage, budget, action, who=who)
    stage.open_budget_vote(budget)
    for who in (NOBODY, stage.speakers["e1"], stage.secretariat):
        with refused(ONLY_SEAT):
            cast_budget_ballot(budget=budget, seat=stage.seats["t1"], approves=[], speaker=who, at=stage.now)


def test_a_budget_opens_in_a_half_year_under_way_for_a_real_amount(stage):
    planned = plan_cycle(
        programme=stage.programme, half_year=HalfYear(2027, 1), speaker=stage.secretariat, at=stage.now
    )
    with refused("dans un semestre en cours"):
        stage.budget(planned)
    cycle = stage.cycle()
    for amount in ("0", "-5", "0.001", "1000000000000"):
        with refused("plus grand que zéro"):
            stage.budget(cycle, amount=amount)
    with refused("a un titre"):
        open_budget(cycle=cycle, title="  ", amount=Decimal(1), speaker=stage.secretariat, at=stage.now)
    assert [stage.budget(cycle).code, stage.budget(cycle).code] == ["budget-2026-s1-1", "budget-2026-s1-2"]


def test_a_project_has_a_cost_within_the_budget_its_source_and_comes_once(stage, budget):
    action = stage.adopt("Encore une")
    for cost in ("0", "-1", "900.01"):
        with refused("Un coût est plus grand que zéro"):
            add(stage, budget, action, cost)
    with refused("d’où vient ce coût"):
        add(stage, budget, action, source=" ")
    add(stage, budget, action)
    with refused("déjà dans le budget"):
        add(stage, budget, action)
    late = stage.adopt("Trop tard")
    stage.open_budget_vote(budget)
    with refused("ne changent plus"):
        add(stage, budget, late)


def test_the_vote_opens_once_with_something_to_choose_and_a_moment_to_come(stage, budget):
    empty = stage.budget(budget.cycle)
    with refused("aucun projet à départager"):
        stage.open_budget_vote(empty)
    with refused("L’heure limite est déjà passée."):
        stage.open_budget_vote(budget, days=0)
    stage.open_budget_vote(budget)
    with refused("déjà été ouvert"):
        stage.open_budget_vote(budget)


def test_a_ballot_comes_in_time_from_the_electorate_for_projects_that_are_there(stage, budget):
    with refused("Le vote est clos"):
        stage.approve(budget, e1="1")
    stage.open_budget_vote(budget)
    with refused("un projet qui n’est pas dans le budget"):
        stage.approve(budget, e1="1 9")
    close_seat(seat=stage.seats["t3"], speaker=stage.secretariat, at=stage.now)
    stage.approve(budget, t3="1")  # its seat closes tonight, and it was of the electorate
    stage.now += timedelta(days=30)
    with refused("Le vote est clos"):
        stage.approve(budget, e1="1")


def test_it_closes_after_the_deadline_or_once_every_seat_was_heard_and_only_once(stage, budget):
    with refused("n’est pas ouvert"):
        stage.share(budget)
    stage.open_budget_vote(budget)
    stage.approve(budget, e1="1", e2="1", t1="1", t2="1")
    with refused("Il reste 1 siège(s) à entendre"):
        stage.share(budget)
    stage.now += timedelta(days=30)
    assert stage.share(budget).state == "closed"
    with refused("n’est pas ouvert"):
        stage.share(budget)


@pytest.mark.parametrize(("amount", "step"), [("1000000", "1000"), ("900", "9/10"), ("1", "1/100"), ("0.05", "1/100")])
def test_the_completion_raises_each_college_by_a_thousandth_of_the_budget_to_the_cent(amount, step):
    assert first_step(Fraction(amount)) == Fraction(step)
