"""A half-year to play in tests: the seats of both sides, who speaks for them, and the acts between them in few words."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.apps import apps

from dcant.catalogue.models import Resource
from dcant.governance.models import (
    Action,
    ActionVersion,
    Amendment,
    Budget,
    Charter,
    Cycle,
    Decision,
    Ending,
    Programme,
    Seat,
)
from dcant.governance.services.actions import close_amendment, join_as_copilot, propose_action, submit_amendment
from dcant.governance.services.budgets import (
    add_project,
    cast_budget_ballot,
    close_budget,
    open_budget,
    open_budget_vote,
)
from dcant.governance.services.cycles import (
    begin_review,
    draft_balance_sheet,
    draft_roadmap,
    open_cycle,
    plan_cycle,
    proposed_items,
)
from dcant.governance.services.decisions import cast_ballot, close_decision, draft_decision, open_decision
from dcant.governance.services.endings import propose_ending
from dcant.governance.services.founding import create_programme, open_seat, publish_first_charter, write_charter
from dcant.governance.services.speaking import Speaker
from dcant.identifiers import HalfYear, Refused
from dcant.record.models import Entry
from dcant.territories.models import College, Organisation
from dcant.territories.services import new_organisation

START = datetime(2026, 2, 2, 9, tzinfo=UTC)
TEXT = "Premier.\n\nSecond.\n\nTroisième."
SIDES = {"e": College.STATE, "t": College.TERRITORIES, "c": "associes"}
KINDS = {"e": "state", "t": "association", "c": "other"}


@dataclass(slots=True)
class Stage:
    """The clock and the players. Seats are named by side and number: e1, t2, and c1 of a consultative college."""

    programme: Programme
    secretariat: Speaker
    now: datetime = START
    seats: dict[str, Seat] = field(default_factory=dict)
    speakers: dict[str, Speaker] = field(default_factory=dict)

    def later(self, **step: float) -> datetime:
        self.now += timedelta(**(step or {"minutes": 1}))
        return self.now

    def add_seat(self, name: str) -> Seat:
        organisation = organisation_of(name)
        college, _ = College.objects.get_or_create(key=SIDES[name[0]], defaults={"name": SIDES[name[0]]})
        self.speakers[name] = Speaker(organisation, "association")
        self.seats[name] = open_seat(
            programme=self.programme,
            college=college,
            organisation=organisation,
            speaker=self.secretariat,
            at=self.now,
        )
        return self.seats[name]

    def charter(self, **changed: object) -> Charter:
        charter = self.programme.charters.get()
        write_charter(charter=charter, body=charter.body | changed, speaker=self.secretariat)
        return publish_first_charter(charter=charter, speaker=self.secretariat, at=self.later())

    def cycle(self, half_year: str = "2026-S1") -> Cycle:
        made = plan_cycle(
            programme=self.programme, half_year=HalfYear.parse(half_year), speaker=self.secretariat, at=self.now
        )
        return open_cycle(cycle=made, speaker=self.secretariat, at=self.later())

    def draft(self, title: str = "Ouvrir les API", *, author: str = "e1", pilot: str = "t1") -> ActionVersion:
        """A draft with its two copilots; no second one when `pilot` is empty."""
        action = propose_action(
            axis=self.programme.axes.get(number=1),
            title=title,
            text=TEXT,
            seat=self.seats[author],
            speaker=self.speakers[author],
            at=self.later(),
        )
        version = action.versions.get()
        if pilot:
            join_as_copilot(version=version, seat=self.seats[pilot], speaker=self.speakers[pilot], at=self.now)
        return version

    def amend(self, version: ActionVersion, wanted: str, seat: str = "t2"):
        return submit_amendment(
            version=version,
            base_hash=version.hash,
            wanted=wanted,
            reason="Plus clair.",
            seat=self.seats[seat],
            speaker=self.speakers[seat],
            at=self.later(),
        )

    def put(self, target: object, purpose: str = "action", *, consent: bool = False, cycle: Cycle | None = None):
        return draft_decision(
            programme=self.programme,
            cycle=cycle or self.programme.cycles.first(),
            purpose=purpose,
            title=f"Décider : {purpose}",
            target=target,
            speaker=self.secretariat,
            consent=consent,
        )

    def open(self, decision: Decision, *, days: int = 10) -> Decision:
        deadline = self.later() + timedelta(days=days)
        return open_decision(decision=decision, deadline=deadline, speaker=self.secretariat, at=self.now)

    def vote(self, decision: Decision, values: Mapping[str, str]) -> None:
        for name, value in values.items():
            cast_ballot(
                decision=decision, seat=self.seats[name], value=value, speaker=self.speakers[name], at=self.later()
            )

    def cast(self, decision: Decision, name: str, value: str, *, speaker: str) -> None:
        """A ballot said by another, who holds the proxy."""
        said_by, at = self.speakers[speaker], self.later()
        cast_ballot(decision=decision, seat=self.seats[name], value=value, speaker=said_by, at=at)

    def settle(self, amendment: Amendment, arrow: str, speaker: Speaker) -> None:
        close_amendment(amendment=amendment, arrow=arrow, answer="Non.", speaker=speaker, at=self.later())

    def end_half_year(self) -> None:
        """Its review, without a grade, and its balance sheet."""
        cycle = self.programme.cycles.get(state="roadmap_published")
        begin_review(cycle=cycle, speaker=self.secretariat, at=self.later())
        sheet = draft_balance_sheet(cycle=cycle, speaker=self.secretariat)
        self.decide(self.put(sheet, "balance_sheet", cycle=cycle))

    def close(self, decision: Decision) -> Decision:
        return close_decision(decision=decision, speaker=self.secretariat, at=self.later())

    def decide(self, decision: Decision, value: str = "for", **others: str) -> Decision:
        """Opened, said by every seat, counted."""
        opened = self.open(decision)
        self.vote(opened, dict.fromkeys(self.seats, value) | others)
        return self.close(opened)

    def budget(self, cycle: Cycle, *projects: tuple[Action | Resource, str], amount: str = "900") -> Budget:
        """A shared budget and its projects with their costs, all proposed by t1."""
        made = open_budget(
            cycle=cycle, title="Budget", amount=Decimal(amount), speaker=self.secretariat, at=self.later()
        )
        for thing, cost in projects:
            add_project(
                budget=made,
                thing=thing,
                cost=Decimal(cost),
                source="Devis",
                seat=self.seats["t1"],
                speaker=self.speakers["t1"],
                at=self.later(),
            )
        return made

    def open_budget_vote(self, budget: Budget, *, days: int = 10) -> Budget:
        deadline = self.later() + timedelta(days=days)
        return open_budget_vote(budget=budget, deadline=deadline, speaker=self.secretariat, at=self.now)

    def approve(self, budget: Budget, **approvals: str) -> None:
        """Seat → numbers of the projects it approves: e1="1 3"."""
        for name, said in approvals.items():
            cast_budget_ballot(
                budget=budget,
                seat=self.seats[name],
                approves=[f"p{int(number):03d}" for number in said.split()],
                speaker=self.speakers[name],
                at=self.later(),
            )

    def share(self, budget: Budget) -> Budget:
        return close_budget(budget=budget, speaker=self.secretariat, at=self.later())

    def adopt(self, title: str = "Ouvrir les API") -> Action:
        self.decide(self.put(self.draft(title)))
        return Action.objects.get(title=title)

    def ending(self, action: Action, fate: str = "completed", into: Action | None = None, *, by: str = "t1") -> Ending:
        """A seat proposes that an action ends."""
        return propose_ending(
            action=action,
            fate=fate,
            into=into,
            reason="Ce qui était promis est fait.",
            seat=self.seats[by],
            speaker=self.speakers[by],
            at=self.later(),
        )

    def end(self, action: Action, fate: str = "completed", into: Action | None = None) -> Decision:
        """Proposed, and adopted by all."""
        decided = self.decide(self.put(self.ending(action, fate, into), "ending"))
        action.refresh_from_db()
        return decided

    def roadmap(self, cycle: Cycle, value: str = "for") -> Decision:
        """The roadmap that adopted actions make, put to the vote."""
        made = draft_roadmap(cycle=cycle, items=proposed_items(cycle), speaker=self.secretariat)
        decided = self.decide(self.put(made, "roadmap", cycle=cycle), value)
        cycle.refresh_from_db()
        return decided


def organisation_of(name: str) -> Organisation:
    """An invented body for a seat, always the same."""
    made = new_organisation(name=f"Organisme {name}", kind=KINDS[name[0]], slug=f"organisme-{name}")
    found = Organisation.objects.filter(key=made.key).first()
    if found is None:
        made.save()
    return found or made


def founded(
    *,
    seats: str = "e1 e2 t1 t2 t3",
    title: str = "Programme d’essai",
    demo: bool = False,
    now: datetime = START,
    **charter: object,
) -> Stage:
    """A programme with its seats and its charter in force."""
    for key in (College.STATE, College.TERRITORIES):
        College.objects.get_or_create(key=key, defaults={"name": key})
    secretariat = Speaker(organisation_of("c900"), "secretariat")
    programme = create_programme(
        title=title, period="2026-2028", axes=["Un", "Deux"], speaker=secretariat, at=now, demo=demo
    )
    stage = Stage(programme, secretariat, now)
    for name in seats.split():
        stage.add_seat(name)
    stage.charter(**({"notice_days": 0, "consent_days": 7} | charter))
    return stage


def everything() -> dict[str, list[dict[str, object]]]:
    """Every row of the programme, and how long the public log is."""
    rows: dict[str, list[dict[str, object]]] = {
        model.__name__: list(model.objects.order_by("pk").values())
        for model in apps.get_app_config("governance").get_models(include_auto_created=True)
    }
    rows["Entry"] = [{"count": Entry.objects.count()}]
    return rows


@contextmanager
def refused(because: str) -> Iterator[None]:
    """The act says no, in these words, and leaves nothing: no row, no line of the log."""
    before = everything()
    with pytest.raises(Refused) as found:
        yield
    assert because in found.value.permit.because
    assert everything() == before
