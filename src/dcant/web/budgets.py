"""A shared budget: its projects, what each seat approves, and once closed who paid what and why the rest is not funded."""

from decimal import Decimal, InvalidOperation

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from dcant.catalogue.models import Resource
from dcant.governance.budget_view import BudgetView, ProjectLine, budget_view
from dcant.governance.models import Action, Budget
from dcant.governance.services.budgets import (
    add_project,
    cast_budget_ballot,
    close_budget,
    open_budget,
    open_budget_vote,
)
from dcant.identifiers import Permit, Refused
from dcant.web.acts import act, moment, my_seats, seat_named, speaker
from dcant.web.asked import posted
from dcant.web.colleges import is_secretariat
from dcant.web.cycle_addresses import asked_cycle
from dcant.web.documents import csv_document, json_document

MOST_PAYMENTS = 150  # on the page; all of them are in the data beside it
HEADER = (
    "projet", "titre", "cout", "source", "finance", "raison", "college", "siege", "organisation", "approuve", "paye",
)  # fmt: skip


def _budget(code: str) -> Budget:
    return get_object_or_404(Budget.objects.select_related("cycle__programme"), code=code)


def budget(request: HttpRequest, code: str) -> HttpResponse:
    shown = _budget(code)
    view, seats = budget_view(shown), my_seats(request, shown.cycle.programme)
    proposing = bool(seats) and shown.state == "proposing"
    programme = shown.cycle.programme
    return render(
        request,
        "web/governance/budget.html",
        {
            "budget": shown,
            "view": view,
            "detailed": view.payments <= MOST_PAYMENTS,
            "seats": seats,
            "may": is_secretariat(request),
            "actions": list(Action.objects.filter(axis__programme=programme).exclude(state="")) if proposing else [],
            "others": [one for one in view.ballots if one.approves is None],
        },
    )


def budget_json(request: HttpRequest, code: str) -> HttpResponse:
    """What a reader needs to find the result again: projects, electorate, ballots; then the result, whose hash is in the log."""
    shown = _budget(code)
    view = budget_view(shown)
    return json_document(
        {
            "budget": shown.code,
            "title": shown.title,
            "programme": shown.cycle.programme.slug,
            "cycle": shown.cycle.half_year,
            "state": shown.state,
            "demo": shown.demo,
            "amount": str(shown.amount),
            "step": str(shown.step),
            "currency": "EUR",
            "deadline": shown.deadline.isoformat() if shown.deadline else None,
            "projects": [_project_json(one) for one in view.projects],
            "electorate": shown.electorate,
            "ballots": [
                {"seat": one.seat, "college": one.college, "approves": one.approves}
                for one in view.ballots
                if one.approves is not None
            ],
            "result": shown.result,
            "hash": shown.hash or None,
        }
    )


def _project_json(line: ProjectLine) -> dict[str, object]:
    project = line.project
    return {
        "project": project.key,
        "title": project.title,
        "action": project.action.code if project.action else None,
        "resource": project.resource.slug if project.resource else None,
        "cost": str(project.cost),
        "source": project.source,
        "proposed_by": project.seat.key,
        "funded": line.funded,
        "approvals": dict(line.approvals),
        "paid": dict(line.paid),
        "because": str(line.because) or None,
    }


def budget_csv(request: HttpRequest, code: str) -> HttpResponse:
    """One line for each project and seat: what it approves, and what it paid."""
    shown = _budget(code)
    view = budget_view(shown)
    rows = [row for line in view.projects for row in _rows(line, view)]
    return csv_document(HEADER, rows, shown.code)


def _rows(line: ProjectLine, view: BudgetView) -> list[tuple[object, ...]]:
    project = line.project
    funded = None if line.funded is None else int(line.funded)
    head = (project.key, project.title, str(project.cost), project.source, funded, str(line.because) or None)
    paid = {one.seat: one.amount for one in line.payments}
    rows: list[tuple[object, ...]] = [
        (
            *head,
            one.college,
            one.seat,
            one.organisation,
            None if one.approves is None else int(project.key in one.approves),
            paid.get(one.seat),
        )
        for one in view.ballots
    ]
    return rows or [(*head, None, None, None, None, None)]


@require_POST
def plan(request: HttpRequest, code: str) -> HttpResponse:
    """The secretariat opens a budget in a half-year."""
    cycle, _others = asked_cycle(request, code)
    made: list[Budget] = []

    def do() -> None:
        title, amount = posted(request, "title", longest=200), money(posted(request, "amount", longest=30))
        made.append(open_budget(cycle=cycle, title=title, amount=amount, speaker=speaker(request), at=timezone.now()))

    answer = act(request, do, "cycle", cycle.half_year)
    return redirect("budget", made[0].code) if made else answer


@require_POST
def project(request: HttpRequest, code: str) -> HttpResponse:
    shown = _budget(code)

    def do() -> None:
        add_project(
            budget=shown,
            thing=_thing(request),
            cost=money(posted(request, "cost", longest=30)),
            source=posted(request, "source", longest=300),
            seat=seat_named(request, shown.cycle.programme),
            speaker=speaker(request),
            at=timezone.now(),
        )

    return act(request, do, "budget", shown.code)


def _thing(request: HttpRequest) -> Action | Resource:
    """The action chosen, else the resource named by its slug. Raises Refused when there is neither."""
    code, slug = posted(request, "action", longest=40), posted(request, "resource", longest=80)
    found = (
        Action.objects.select_related("axis").filter(code=code).exclude(state="").first()
        if code
        else Resource.objects.shown().filter(slug=slug).first()
    )
    if found is None:
        raise Refused(
            Permit.no("Choisissez une action, ou écrivez le nom d’adresse d’une ressource."), code="DCANT-G001"
        )
    return found


@require_POST
def step(request: HttpRequest, code: str) -> HttpResponse:
    """The secretariat opens the vote, or closes it and shares the sum."""
    shown, who, now = _budget(code), speaker(request), timezone.now()
    deadline = posted(request, "deadline", longest=40)
    steps = {
        "open_vote": lambda: open_budget_vote(budget=shown, deadline=moment(deadline), speaker=who, at=now),
        "close": lambda: close_budget(budget=shown, speaker=who, at=now),
    }
    return act(request, steps.get(posted(request, "step", longest=20), lambda: None), "budget", shown.code)


@require_POST
def vote(request: HttpRequest, code: str) -> HttpResponse:
    shown = _budget(code)

    def do() -> None:
        cast_budget_ballot(
            budget=shown,
            seat=seat_named(request, shown.cycle.programme),
            approves=request.POST.getlist("approves"),
            speaker=speaker(request),
            at=timezone.now(),
        )

    return act(request, do, "budget", shown.code)


def money(text: str) -> Decimal:
    """An amount written « 12 000,50 » or « 12000.50 ». Raises Refused."""
    try:
        found = Decimal("".join(text.split()).replace(",", ".").removesuffix("€"))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or found.adjusted() > 15:
        raise Refused(Permit.no("Écrivez un montant en euros, comme 12 000,50."), code="DCANT-G001")
    return found
