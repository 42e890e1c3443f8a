"""The rules change by a qualified decision and by nothing else; a third college is heard first, and deliberates only by such a change."""

import pytest

from dcant.governance.rules.permits import FIRST_VOICES, voice_faults
from dcant.governance.services.actions import join_as_copilot
from dcant.governance.services.calling import call_on_charter
from dcant.governance.services.charters import begin_charter, create_college
from dcant.governance.services.founding import charter_in_force, open_seat, write_charter
from dcant.governance.services.speaking import Speaker
from dcant.territories.models import College
from governance.log_of import falsified, found, indices, leaves, replayed
from governance.stage import founded, organisation_of, refused

NAME = "Entreprises du numérique"


@pytest.fixture
def stage(db):
    return founded()


def changed(stage, **rules):
    """The next charter, written and called to the vote."""
    charter = begin_charter(programme=stage.programme, speaker=stage.secretariat)
    write_charter(charter=charter, body=charter.body | rules, speaker=stage.secretariat)
    return call_on_charter(charter=charter, speaker=stage.secretariat, at=stage.later())


def third(stage):
    """A college of companies, with its seat."""
    college = create_college(programme=stage.programme, name=NAME, speaker=stage.secretariat, at=stage.later())
    organisation = organisation_of("c1")
    stage.speakers["c1"] = Speaker(organisation, "officer")
    stage.seats["c1"] = open_seat(
        programme=stage.programme,
        college=college,
        organisation=organisation,
        speaker=stage.secretariat,
        at=stage.now,
    )
    return college.key


def adopted_by_the_two(stage, decision):
    """The third college says nothing."""
    opened = stage.open(decision)
    stage.vote(opened, dict.fromkeys(("e1", "e2", "t1", "t2", "t3"), "for"))
    stage.now = opened.deadline
    return stage.close(opened)


def test_a_charter_changes_only_when_each_college_wants_it_by_the_qualified_rule(stage):
    refused_once = stage.decide(changed(stage, consent_days=3), t1="against", t2="against")
    assert (refused_once.rule, refused_once.state) == ("qualified", "rejected")
    assert charter_in_force(stage.programme).number == 1
    again = begin_charter(programme=stage.programme, speaker=stage.secretariat)
    assert (again.number, again.body["consent_days"]) == (2, 3)  # what was written is not lost
    assert stage.decide(call_on_charter(charter=again, speaker=stage.secretariat, at=stage.later())).state == "adopted"
    assert charter_in_force(stage.programme).number == 2
    assert stage.open(stage.put(stage.draft(), consent=True), days=4).state == "open"
    assert replayed().programmes[stage.programme.slug].charter.number == 2


def test_a_charter_that_changes_nothing_or_could_not_serve_is_not_put_to_the_vote(stage):
    charter = begin_charter(programme=stage.programme, speaker=stage.secretariat)
    with refused("mot pour mot"):
        call_on_charter(charter=charter, speaker=stage.secretariat, at=stage.later())
    write_charter(charter=charter, body=charter.body | {"voices": {"etat": "deliberative"}}, speaker=stage.secretariat)
    with refused("deux collèges délibératifs"):
        call_on_charter(charter=charter, speaker=stage.secretariat, at=stage.later())
    founding = stage.programme.charters.get(number=1)
    with refused("fondatrice"):
        call_on_charter(charter=founding, speaker=stage.secretariat, at=stage.later())


def test_a_seat_neither_writes_a_charter_nor_creates_a_college(stage):
    with refused("secrétariat"):
        begin_charter(programme=stage.programme, speaker=stage.speakers["t1"])
    with refused("secrétariat"):
        create_college(programme=stage.programme, name=NAME, speaker=stage.speakers["t1"], at=stage.later())


def test_a_third_college_is_consultative_first_then_deliberates_by_a_qualified_decision(stage):
    key = third(stage)
    voices = {"etat": "deliberative", "territoires": "deliberative"}
    charter = begin_charter(programme=stage.programme, speaker=stage.secretariat)
    write_charter(
        charter=charter, body=charter.body | {"voices": voices | {key: "deliberative"}}, speaker=stage.secretariat
    )
    with refused("commence par une voix consultative"):
        call_on_charter(charter=charter, speaker=stage.secretariat, at=stage.later())
    assert adopted_by_the_two(stage, changed(stage, voices=voices | {key: "consultative"})).state == "adopted"
    heard = stage.decide(stage.put(stage.draft()), c1="against")
    assert heard.state == "adopted"  # recorded, and changes nothing (I10)
    assert heard.outcome["colleges"][key]["against"] == 1
    assert adopted_by_the_two(stage, changed(stage, voices=voices | {key: "deliberative"})).state == "adopted"
    version = stage.draft("Une autre")
    join_as_copilot(version=version, seat=stage.seats["c1"], speaker=stage.speakers["c1"], at=stage.later())
    assert stage.decide(stage.put(version), c1="against").state == "rejected"
    state = replayed()
    assert state.colleges == {key}
    assert state.programmes[stage.programme.slug].charter.voices[key] == "deliberative"


def test_two_colleges_never_share_a_name(stage):
    third(stage)
    with refused("existe déjà"):
        create_college(programme=stage.programme, name=f"  {NAME} ", speaker=stage.secretariat, at=stage.later())
    assert College.objects.filter(name=NAME).count() == 1


def test_the_log_betrays_a_third_college_that_deliberates_from_the_first_day(stage):
    key = third(stage)
    adopted_by_the_two(stage, changed(stage, voices=FIRST_VOICES | {key: "consultative"}))
    log = leaves()
    place = indices(log, "charter.published")[-1]

    def raised(body):
        body["charter"]["voices"][key] = "deliberative"

    assert (place, "charter") in found(falsified(log, place, raised))


def test_only_a_college_that_was_not_there_must_be_heard_first():
    before = FIRST_VOICES | {"entreprises": "consultative"}
    assert voice_faults(before | {"entreprises": "deliberative"}, before) == []
    assert len(voice_faults(before | {"autre": "deliberative"}, before)) == 1
    assert voice_faults({"etat": "consultative"}, before) == []
