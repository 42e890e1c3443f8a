"""Each act leaves one line of the public log, of its type; in a demonstration every line says « démonstration »."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from dcant.governance.services.actions import close_amendment, enrich_action, join_as_copilot, link_resources
from dcant.governance.services.cycles import assess, begin_review, draft_balance_sheet
from dcant.governance.services.decisions import (
    close_objection,
    give_proxy,
    raise_objection,
    reconvene,
    record_reservation,
)
from dcant.governance.services.founding import close_seat
from dcant.governance.services.holders import erase_person, name_holder
from dcant.governance.services.indicators import define_indicator, record_measurement
from dcant.governance.services.speaking import Speaker
from dcant.record.models import Entry
from factories import resource
from governance.stage import Stage, founded, organisation_of

pytestmark = pytest.mark.django_db
FOUNDING = ["programme.opened", "seat.opened", "seat.opened", "seat.opened", "charter.published"]


@dataclass(slots=True)
class Log:
    """The lines since the last look."""

    demo: bool
    read: int = 0

    def says(self, *kinds: str) -> None:
        written = [(one.type, one.document["body"].get("demo") is True) for one in Entry.objects.order_by("pk")]
        assert written[self.read :] == [(kind, self.demo) for kind in kinds]
        self.read = len(written)


@pytest.fixture(params=[True, False], ids=["demo", "real"])
def played(request) -> tuple[Stage, Log]:
    stage, log = founded(seats="e1 t1 t2", demo=request.param, consent_days=0), Log(request.param)
    log.says(*FOUNDING)
    return stage, log


def object_to(stage: Stage, decision):
    return raise_objection(
        decision=decision, seat=stage.seats["t2"], reason="Secrète.", speaker=stage.speakers["t2"], at=stage.later()
    )


def test_writing_and_consenting(played):
    stage, log = played
    version = stage.draft()
    log.says("action.proposed", "action.copilot_joined")
    amendment = stage.amend(version, "Autre.")
    log.says("amendment.submitted")
    close_amendment(amendment=amendment, arrow="integrate", answer="", speaker=stage.speakers["e1"], at=stage.later())
    log.says("amendment.closed")
    version.refresh_from_db()
    decision = stage.open(stage.put(version, consent=True))
    log.says("decision.opened")
    objection = object_to(stage, decision)
    log.says("objection.raised")
    close_objection(objection=objection, arrow="withdraw", speaker=stage.speakers["t2"], at=stage.later())
    log.says("objection.closed")
    stage.vote(decision, {"e1": "ack", "t1": "ack", "t2": "abstain"})
    log.says(*["ballot.cast"] * 3)
    stage.close(decision)
    log.says("decision.closed", "action.version_adopted")
    commune = Speaker(organisation_of("c7"), "agent")
    record_reservation(decision=decision, text="Réserve privée.", speaker=commune, at=stage.now)
    log.says("reservation.recorded")
    leaves = "".join(bytes(one.leaf).decode() for one in Entry.objects.all())
    assert not any(words in leaves for words in ("Réserve privée", "Secrète"))  # their hash, or nothing


def test_a_round_that_ends_early_or_begins_again(played):
    stage, log = played
    decision = stage.open(stage.put(stage.draft(), consent=True))
    objection = object_to(stage, decision)
    close_objection(objection=objection, arrow="integrate", speaker=stage.secretariat, at=stage.later())
    drafted = ["action.proposed", "action.copilot_joined"]
    log.says(*drafted, "decision.opened", "objection.raised", "objection.closed", "decision.withdrawn")
    silent = stage.open(stage.put(stage.draft("Sans quorum")))
    stage.now = silent.deadline + timedelta(minutes=1)
    silent = stage.close(silent)
    reconvene(decision=silent, deadline=stage.now + timedelta(days=1), speaker=stage.secretariat, at=stage.now)
    log.says(*drafted, "decision.opened", "decision.closed", "decision.reconvened")
    close_seat(seat=stage.seats["t2"], speaker=stage.secretariat, at=stage.later())
    log.says("seat.closed")


def test_a_half_year_from_its_opening_to_its_balance_sheet(played):
    stage, log = played
    action = stage.adopt()
    cycle = stage.cycle()
    votes = ["decision.opened", *["ballot.cast"] * 3, "decision.closed"]
    log.says(
        "action.proposed",
        "action.copilot_joined",
        *votes,
        "action.version_adopted",
        "cycle.planned",
        "cycle.opened",
    )
    stage.roadmap(cycle)
    log.says(*votes, "roadmap.published")
    begin_review(cycle=cycle, speaker=stage.secretariat, at=stage.later())
    log.says("cycle.review_begun")
    assess(
        cycle=cycle,
        action=action,
        seat=stage.seats["e1"],
        grade="realisee",
        evidence="",
        speaker=stage.speakers["e1"],
        at=stage.later(),
    )
    log.says("assessment.published")
    sheet = draft_balance_sheet(cycle=cycle, speaker=stage.secretariat)
    stage.decide(stage.put(sheet, "balance_sheet", cycle=cycle))
    log.says(*votes, "balance_sheet.published")


def test_a_new_version_its_proxies_and_who_speaks_for_a_seat(played):
    stage, log = played
    action = stage.adopt()
    log.read = Entry.objects.count()
    version = enrich_action(action=action, seat=stage.seats["t2"], speaker=stage.speakers["t2"], at=stage.later())
    log.says("action.enriched")
    for _ in range(2):  # said twice, written once
        join_as_copilot(version=version, seat=stage.seats["t2"], speaker=stage.speakers["t2"], at=stage.later())
    log.says("action.copilot_joined")
    slug = resource("Rdv").slug
    for _ in range(2):
        link_resources(
            action=action, slugs=[slug], seat=stage.seats["t2"], speaker=stage.speakers["t2"], at=stage.later()
        )
    log.says("action.resources_linked")
    decision = stage.open(stage.put(version))
    give_proxy(
        decision=decision,
        from_seat=stage.seats["t1"],
        to_seat=stage.seats["t2"],
        speaker=stage.speakers["t1"],
        at=stage.later(),
    )
    log.says("decision.opened", "proxy.given")
    holder = name_holder(
        seat=stage.seats["t1"], name="Personne", part="alternate", speaker=stage.secretariat, at=stage.later()
    )
    erase_person(holder=holder, speaker=stage.secretariat, at=stage.later())
    log.says("mandate.started", "mandate.ended", "person.erased")


def test_sharing_a_budget(played):
    stage, log = played
    action, cycle = stage.adopt(), stage.cycle()
    log.read = Entry.objects.count()
    budget = stage.budget(cycle, (action, "100"))
    log.says("budget.opened", "budget.project_added")
    stage.open_budget_vote(budget)
    log.says("budget.vote_opened")
    stage.approve(budget, e1="1", t1="1", t2="")
    log.says("budget.ballot_cast", "budget.ballot_cast", "budget.ballot_cast")
    stage.share(budget)
    log.says("budget.allocated")


def test_aiming_and_measuring(played):
    stage, log = played
    facts = {"speaker": stage.speakers["e1"], "at": stage.now}
    indicator = define_indicator(
        programme=stage.programme, title="Part", unit="%", target="5", direction="up", source="Charte", **facts
    )
    log.says("indicator.defined")
    made = record_measurement(indicator=indicator, period="2025-S1", value="3", source="Relevé", **facts)
    log.says("measurement.recorded")
    assert made.demo == log.demo
