"""The shared budget of the demonstration: costs, seats and ballots are invented, and each line of the log says so."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from dcant.catalogue.models import Resource
from dcant.governance.models import Action, Budget, Cycle, Seat
from dcant.governance.services.budgets import (
    add_project,
    cast_budget_ballot,
    close_budget,
    open_budget,
    open_budget_vote,
)
from dcant.governance.services.speaking import Speaker

AMOUNT: Final = Decimal(600_000)
COSTS: Final = (90_000, 150_000, 60_000, 120_000, 200_000, 45_000, 30_000, 80_000)
# Who proposes each project in turn, and what each seat approves, by place in the list.
AUTHORS: Final = ("etat", "association", "departements", "agence")
APPROVALS: Final = {
    "etat": (0, 3, 4),
    "agence": (0, 4, 6),
    "prefecture": (2, 3, 4),
    "association": (1, 2, 3),
    "departements": (1, 2, 5),
    "intercommunalites": (1, 3, 5),
}


def share_budget(
    *,
    cycle: Cycle,
    things: Sequence[Action | Resource],
    secretariat: Speaker,
    seats: Mapping[str, Seat],
    speakers: Mapping[str, Speaker],
    at: datetime,
) -> Budget:
    """From the first proposal to the result, in one day of the demonstration."""
    cycle.refresh_from_db()
    title = "Ce que l’on finance ensemble (démonstration)"
    budget = open_budget(cycle=cycle, title=title, amount=AMOUNT, speaker=secretariat, at=at)
    for place, (thing, cost) in enumerate(zip(things, COSTS, strict=False)):
        author = AUTHORS[place % len(AUTHORS)]
        add_project(
            budget=budget,
            thing=thing,
            cost=Decimal(cost),
            source="démonstration",
            seat=seats[author],
            speaker=speakers[author],
            at=at,
        )
    keys = [one.key for one in budget.projects.all()]
    open_budget_vote(budget=budget, deadline=at + timedelta(days=10), speaker=secretariat, at=at)
    for persona, places in APPROVALS.items():
        approves = [keys[place] for place in places if place < len(keys)]
        cast_budget_ballot(budget=budget, seat=seats[persona], approves=approves, speaker=speakers[persona], at=at)
    return close_budget(budget=budget, speaker=secretariat, at=at)
