"""Where a half-year stands: each task is of someone who may do it, and goes away once done; what blocks is said."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from dcant.governance.models import Cycle
from dcant.governance.services.actions import close_amendment, join_as_copilot
from dcant.governance.services.cycles import assess, begin_review, open_cycle, plan_cycle
from dcant.governance.services.decisions import close_decision, raise_objection
from dcant.governance.services.founding import close_seat
from dcant.governance.services.meetings import convene_meeting, plan_meeting
from dcant.governance.status import Status, current_cycles, status_of
from dcant.identifiers import HalfYear
from governance.stage import Stage, founded

EMPTY = "Aucune action n’est encore adoptée : la feuille de route serait vide."
pytestmark = pytest.mark.django_db


@pytest.fixture
def stage(db) -> Stage:
    return founded(seats="e1 t1 t2", consent_days=0)


def status(stage: Stage) -> Status:
    return status_of(current_cycles()[0], stage.now)


def asked(stage: Stage) -> set[tuple[str, str]]:
    """Who (« s » for the secretariat) and the beginning of what."""
    names = {seat.key: name for name, seat in stage.seats.items()} | {"": "s"}
    return {(names[one.seat], str(one.what).split(" « ")[0].rstrip(".")) for one in status(stage).tasks}


def blocked(stage: Stage) -> list[str]:
    return [str(one.why) for one in status(stage).blocks if one.why != EMPTY]


def test_a_planned_half_year_waits_for_the_secretariat_and_says_what_is_missing(stage):
    cycle = plan_cycle(
        programme=stage.programme, half_year=HalfYear(2026, 1), speaker=stage.secretariat, at=stage.later()
    )
    assert asked(stage) == {("s", "Ouvrir le semestre")}
    assert blocked(stage) == []
    close_seat(seat=stage.seats["e1"], speaker=stage.secretariat, at=stage.now)
    stage.later(days=2)
    assert blocked(stage) == ["Le collège « etat » n’a aucun siège."]
    assert status(stage).tasks[0].by.date() == HalfYear.parse(cycle.half_year).first_day


def test_a_vote_is_asked_of_each_silent_seat_until_everyone_spoke(stage):
    stage.cycle()
    decision = stage.open(stage.put(stage.draft()))
    votes = {one for one in asked(stage) if one[1] == "Voter sur"}
    assert votes == {(name, "Voter sur") for name in stage.seats}
    assert {one.by for one in status(stage).tasks if one.seat} == {decision.deadline}
    title = decision.title
    assert blocked(stage) == [
        f"« {title} » : le quorum manque encore au collège « {college} »." for college in ("etat", "territoires")
    ]
    stage.vote(decision, {"e1": "for", "t1": "for"})
    assert blocked(stage) == []
    assert {one for one in asked(stage) if one[1] == "Voter sur"} == {("t2", "Voter sur")}
    assert ("s", "Clore et compter") not in asked(stage)
    stage.vote(decision, {"t2": "abstain"})
    assert ("s", "Clore et compter") in asked(stage)
    assert EMPTY in [one.why for one in status(stage).blocks]
    stage.close(decision)
    assert EMPTY not in [one.why for one in status(stage).blocks]
    assert asked(stage) == {("s", "Préparer le vote de la feuille de route")}


def test_after_the_deadline_nobody_is_asked_to_vote_any_more(stage):
    stage.cycle()
    decision = stage.open(stage.put(stage.draft()), days=1)
    stage.now = decision.deadline + timedelta(minutes=1)
    assert asked(stage) == {("s", "Préparer le vote de la feuille de route"), ("s", "Clore et compter")}
    close_decision(decision=decision, speaker=stage.secretariat, at=stage.now)
    assert ("s", "Reconvoquer la décision") in asked(stage)


def test_a_draft_waits_for_its_copilot_and_its_copilots_for_an_answer(stage):
    stage.cycle()
    version = stage.draft(pilot="")
    title = version.action.title
    assert f"« {title} » attend un copilote du collège « territoires »." in blocked(stage)
    join_as_copilot(version=version, seat=stage.seats["t1"], speaker=stage.speakers["t1"], at=stage.now)
    amendment = stage.amend(version, "Autre texte.")
    assert {one for one in asked(stage) if one[0] != "s"} == {
        ("e1", "Répondre à 1 amendement(s) sur"),
        ("t1", "Répondre à 1 amendement(s) sur"),
    }
    assert f"« {title} » : des amendements attendent une réponse." in blocked(stage)
    close_amendment(amendment=amendment, arrow="integrate", answer="", speaker=stage.speakers["t1"], at=stage.later())
    assert {one for one in asked(stage) if one[0] != "s"} == set()
    stage.put(version)
    assert ("s", "Ouvrir la décision") in asked(stage)


def test_an_objection_stands_in_the_way_of_a_consent(stage):
    stage.cycle()
    decision = stage.open(stage.put(stage.draft(), consent=True))
    stage.vote(decision, {"e1": "ack", "t1": "ack"})
    assert ("t2", "Prendre acte de") in asked(stage)
    raise_objection(
        decision=decision, seat=stage.seats["t2"], reason="Non.", speaker=stage.speakers["t2"], at=stage.later()
    )
    assert blocked(stage) == [f"« {decision.title} » : une objection attend une réponse."]


def test_a_review_asks_the_colleges_that_said_nothing(stage):
    action, cycle = stage.adopt(), stage.cycle()
    stage.roadmap(cycle)
    assert asked(stage) == {("s", "Ouvrir l’évaluation")}
    begin_review(cycle=cycle, speaker=stage.secretariat, at=stage.later())
    evaluate = "Évaluer 1 action(s) que votre collège n’a pas encore évaluées"
    assert asked(stage) == {*((name, evaluate) for name in stage.seats), ("s", "Préparer le vote du bilan")}
    assess(
        cycle=Cycle.objects.get(pk=cycle.pk),
        action=action,
        seat=stage.seats["t1"],
        grade="realisee",
        evidence="",
        speaker=stage.speakers["t1"],
        at=stage.later(),
    )
    assert asked(stage) == {("e1", evaluate), ("s", "Préparer le vote du bilan")}


def test_the_half_year_under_way_comes_before_one_that_is_only_planned(stage):
    later = plan_cycle(
        programme=stage.programme, half_year=HalfYear(2026, 2), speaker=stage.secretariat, at=stage.later()
    )
    first = plan_cycle(
        programme=stage.programme, half_year=HalfYear(2026, 1), speaker=stage.secretariat, at=stage.later()
    )
    assert current_cycles() == [first]
    open_cycle(cycle=later, speaker=stage.secretariat, at=stage.later())
    assert current_cycles() == [later]


def test_the_page_and_its_data_say_the_same_and_a_blank_site_says_that_nothing_waits(stage):
    client = Client()
    assert "rien n’est attendu de personne" in client.get("/a-faire/").content.decode()
    assert client.get("/a-faire.json").json() == {"half_year": None}
    stage.now = timezone.now()
    stage.cycle()
    decision = stage.open(stage.put(stage.draft()))
    page = client.get("/a-faire/").content.decode()
    told = client.get("/a-faire.json").json()["half_year"]
    assert [one["who"] for one in told["expected"]].count("secretariat") == 1
    assert sum(one["about"] == {"kind": "decision", "code": decision.code} for one in told["expected"]) == 3
    assert "<strong>Organisme e1, Organisme t1, Organisme t2</strong>" in page
    assert "De votre part" not in page


def test_a_meeting_is_to_convene_then_to_come_to_then_to_tell(stage):
    cycle = stage.cycle()
    meeting = plan_meeting(
        cycle=cycle,
        title="Mars",
        place="",
        starts_at=stage.now + timedelta(days=3),
        decisions=[stage.put(stage.draft())],
        speaker=stage.secretariat,
    )
    assert ("s", "Convoquer la séance") in asked(stage)
    convene_meeting(meeting=meeting, speaker=stage.secretariat, at=stage.now)
    assert {one for one in asked(stage) if "séance" in one[1]} == {(name, "Venir à la séance") for name in stage.seats}
    stage.now = meeting.starts_at
    assert ("s", "Noter la présence et publier le procès-verbal de") in asked(stage)


def test_a_meeting_that_was_convened_too_late_stands_in_the_way():
    stage = founded(seats="e1 t1", notice_days=7)
    plan_meeting(
        cycle=stage.cycle(),
        title="Mars",
        place="",
        starts_at=stage.now + timedelta(days=3),
        decisions=[stage.put(stage.draft())],
        speaker=stage.secretariat,
    )
    late = "« Mars » : il est trop tard pour convoquer cette séance, la charte demande 7 jours."
    assert late in blocked(stage)
