"""The shared budget of a half-year: opened, its projects, its ballots, its result by equal shares between colleges."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from itertools import count

from django.db import transaction

from dcant.catalogue.models import Resource
from dcant.governance.models import Action, Budget, BudgetBallot, BudgetProject, Cycle, Seat
from dcant.governance.rules.budget import Allocation, decimal
from dcant.governance.rules.budget.permits import (
    can_add_project,
    can_approve,
    can_close_budget,
    can_open_budget,
    can_open_vote,
)
from dcant.governance.rules.budget.shared import first_step, share, told
from dcant.governance.rules.counting import DELIBERATIVE
from dcant.governance.rules.machines import BUDGET, follow
from dcant.governance.rules.permits import together
from dcant.governance.services.founding import charter_in_force, faults_of
from dcant.governance.services.speaking import Speaker, log, require, require_seat, require_secretariat
from dcant.identifiers import Permit
from dcant.record.services import digest

DEMO_SOURCE = "démonstration"
_CENT = Decimal("0.01")


@transaction.atomic
def open_budget(*, cycle: Cycle, title: str, amount: Decimal, speaker: Speaker, at: datetime) -> Budget:
    """A sum to share in a half-year under way. Seats propose projects from here on. Free words, a title among them, enter no line of the log."""
    require_secretariat(speaker)
    title, amount = title.strip()[:200], amount.quantize(_CENT)
    require(can_open_budget(cycle_state=cycle.state, title=title, amount=Fraction(amount)))
    step = first_step(Fraction(amount))
    budget = Budget.objects.create(
        cycle=cycle,
        code=_free_code(cycle),
        title=title,
        amount=amount,
        step=Decimal(decimal(step)),
        opened_at=at,
        demo=cycle.demo,
    )
    body = {
        "programme": cycle.programme.slug,
        "cycle": cycle.half_year,
        "budget": budget.code,
        "amount": _money(amount),
        "step": decimal(step),
    }
    log("budget.opened", speaker, body, at, demo=budget.demo)
    return budget


def _free_code(cycle: Cycle) -> str:
    """Numbered in its half-year; two programmes share the numbers."""
    stem = f"budget-{cycle.half_year.lower()}"
    taken = set(Budget.objects.filter(code__startswith=f"{stem}-").values_list("code", flat=True))
    return next(code for number in count(1) if (code := f"{stem}-{number}") not in taken)


@transaction.atomic
def add_project(
    *,
    budget: Budget,
    thing: Action | Resource,
    cost: Decimal,
    source: str,
    seat: Seat,
    speaker: Speaker,
    at: datetime,
) -> BudgetProject:
    """A seat proposes to fund an action of the programme or a resource of the common base, and says where its cost comes from."""
    require_seat(speaker, seat, at.date())
    budget, cost = _locked(budget), cost.quantize(_CENT)
    _require_same_programme(budget, seat, thing)
    same = {"action": thing} if isinstance(thing, Action) else {"resource": thing}
    source = DEMO_SOURCE if budget.demo else source.strip()[:300]
    require(
        can_add_project(
            state=budget.state,
            cost=Fraction(cost),
            amount=Fraction(budget.amount),
            source=source,
            projects=budget.projects.count(),
            twice=budget.projects.filter(**same).exists(),
        )
    )
    number = budget.projects.count() + 1
    project = BudgetProject.objects.create(
        budget=budget, number=number, cost=cost, source=source, seat=seat, at=at, **same
    )
    named = {"action": thing.code} if isinstance(thing, Action) else {"resource": thing.slug}
    body = {"budget": budget.code, "project": project.key, **named, "cost": _money(cost), "seat": seat.key}
    log("budget.project_added", speaker, body, at, demo=budget.demo)
    return project


def _require_same_programme(budget: Budget, seat: Seat, thing: Action | Resource) -> None:
    programme = budget.cycle.programme_id
    strange = isinstance(thing, Action) and thing.axis.programme_id != programme
    if seat.programme_id != programme or strange:
        require(Permit.no("Un projet du budget est une action de ce programme ou une ressource du socle commun."))


@transaction.atomic
def open_budget_vote(*, budget: Budget, deadline: datetime, speaker: Speaker, at: datetime) -> Budget:
    """Freezes the projects and the electorate; from here on only ballots come in."""
    require_secretariat(speaker)
    budget = _locked(budget)
    require(can_open_vote(state=budget.state, projects=budget.projects.count(), deadline=deadline, now=at))
    budget.electorate = _electorate(budget, at)
    budget.state, budget.deadline = follow(BUDGET, budget.state, "open_vote"), deadline
    budget.save()
    body = {
        "budget": budget.code,
        "electorate": budget.electorate,
        "deadline": deadline.isoformat(timespec="seconds"),
    }
    log("budget.vote_opened", speaker, body, at, demo=budget.demo)
    return budget


def _electorate(budget: Budget, at: datetime) -> list[dict[str, str]]:
    """Seats open today, with the voice that the charter in force gives their college."""
    programme = budget.cycle.programme
    charter = charter_in_force(programme)
    if charter is None:
        require(Permit.no("La charte n’est pas encore publiée : on ne sait pas encore décider."))
        raise AssertionError
    faults = faults_of(charter, at)
    if faults:
        require(Permit.no(together(faults)))
    voices = charter.body["voices"]
    seats = Seat.objects.open_on(at.date()).filter(programme=programme, college__in=voices).order_by("college", "key")
    return [{"seat": one.key, "college": one.college_id, "voice": voices[one.college_id]} for one in seats]


@transaction.atomic
def cast_budget_ballot(
    *, budget: Budget, seat: Seat, approves: Collection[str], speaker: Speaker, at: datetime
) -> BudgetBallot:
    """The projects that a seat approves; said again before the deadline, the last word counts."""
    require_seat(speaker, seat, at.date())
    budget = _locked(budget)
    keys = [one.key for one in budget.projects.all()]
    require(
        can_approve(
            state=budget.state,
            now=at,
            deadline=budget.deadline,
            in_electorate=seat.key in {one["seat"] for one in budget.electorate},
            approves=approves,
            projects=keys,
        )
    )
    said = [key for key in keys if key in set(approves)]
    BudgetBallot.objects.filter(budget=budget, seat=seat).effective().update(superseded_at=at)
    ballot = BudgetBallot.objects.create(budget=budget, seat=seat, approves=said, at=at)
    body = {"budget": budget.code, "seat": seat.key, "approves": said}
    log("budget.ballot_cast", speaker, body, at, demo=budget.demo)
    return ballot


@transaction.atomic
def close_budget(*, budget: Budget, speaker: Speaker, at: datetime) -> Budget:
    """Shares the sum by rule alone, from what was frozen and the last ballot of each seat."""
    require_secretariat(speaker)
    budget = _locked(budget)
    heard = set(budget.ballots.effective().values_list("seat__key", flat=True))
    waiting = [one for one in budget.electorate if one["voice"] == DELIBERATIVE and one["seat"] not in heard]
    require(can_close_budget(state=budget.state, now=at, deadline=budget.deadline, waiting=len(waiting)))
    found = result_of(budget)
    budget.result, budget.hash = told(found, Fraction(budget.step)), digest(told(found, Fraction(budget.step)))
    budget.state, budget.closed_at = follow(BUDGET, budget.state, "close"), at
    budget.save()
    funded = [one.project.key for one in found.funded]
    body = {"budget": budget.code, "result": budget.hash, "funded": funded, "spent": decimal(found.spent)}
    log("budget.allocated", speaker, body, at, demo=budget.demo)
    return budget


def result_of(budget: Budget) -> Allocation:
    """What the rule gives, from what is stored and nothing else. Two queries."""
    ballots = budget.ballots.effective().select_related("seat")
    return share(
        amount=Fraction(budget.amount),
        step=Fraction(budget.step),
        costs={one.key: Fraction(one.cost) for one in budget.projects.all()},
        electorate=budget.electorate,
        approvals={one.seat.key: frozenset(one.approves) for one in ballots},
    )


def _money(amount: Decimal) -> str:
    return decimal(Fraction(amount))


def _locked(budget: Budget) -> Budget:
    return Budget.objects.select_for_update(of=("self",)).select_related("cycle__programme").get(pk=budget.pk)
