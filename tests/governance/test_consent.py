"""Consents: silence carries, an objection stops, and nobody but its author sets it aside."""

from datetime import timedelta

import pytest

from dcant.governance.models import ActionVersion, Decision
from dcant.governance.services.actions import close_amendment
from dcant.governance.services.decisions import close_decision, close_objection, outcome_of, raise_objection
from governance.stage import Stage, refused


def opened(stage: Stage, *, consent: bool = True, title: str = "Ouvrir les API") -> Decision:
    return stage.open(stage.put(stage.draft(title), consent=consent))


def objection(stage: Stage, decision: Decision, seat: str = "t3"):
    return raise_objection(
        decision=decision, seat=stage.seats[seat], reason="Qui paie ?", speaker=stage.speakers[seat], at=stage.later()
    )


def test_silence_with_a_quorum_of_acknowledgements_consents(stage):
    decision = opened(stage, consent=True)
    stage.vote(decision, {"e1": "ack", "t1": "ack", "t2": "abstain"})
    stage.now = decision.deadline + timedelta(seconds=1)
    assert close_decision(decision=decision, speaker=stage.secretariat, at=stage.now).state == "adopted"


@pytest.mark.parametrize("arrow", ["", "stand"])
def test_an_objection_raised_or_standing_stops_a_consent(stage, arrow):
    decision = opened(stage, consent=True)
    raised = objection(stage, decision)
    if arrow:
        close_objection(objection=raised, arrow=arrow, speaker=stage.secretariat, at=stage.later())
    stage.vote(decision, dict.fromkeys(stage.seats, "ack"))
    closed = stage.close(decision)
    assert closed.state == "rejected"
    assert f"objection-standing:{stage.seats['t3'].key}" in closed.outcome["because"]


def test_an_objection_withdrawn_by_its_author_stops_nothing(stage):
    decision = opened(stage, consent=True)
    raised = objection(stage, decision)
    close_objection(objection=raised, arrow="withdraw", speaker=stage.speakers["t3"], at=stage.later())
    stage.vote(decision, dict.fromkeys(stage.seats, "ack"))
    assert stage.close(decision).state == "adopted"


def test_an_objection_is_not_set_aside_by_noting_it_taken_in_the_round_ends_and_a_new_text_is_written(stage):
    decision = opened(stage, consent=True)
    raised = objection(stage, decision)
    stage.vote(decision, dict.fromkeys(stage.seats, "ack"))
    close_objection(objection=raised, arrow="integrate", speaker=stage.secretariat, at=stage.later())
    decision.refresh_from_db()
    assert decision.state == "withdrawn"
    with refused("Cette décision n’est pas ouverte."):
        stage.close(decision)
    amendment = stage.amend(decision.version, "Premier.\n\nSecond, payé par l’État.\n\nTroisième.")
    close_amendment(amendment=amendment, arrow="integrate", answer="", speaker=stage.speakers["t1"], at=stage.later())
    again = stage.put(ActionVersion.objects.get(pk=decision.version_id), consent=True)
    assert stage.decide(again, "ack").state == "adopted"


def test_what_was_counted_is_not_changed_by_an_objection_closed_afterwards(stage):
    decision = opened(stage, consent=True)
    raised = objection(stage, decision)
    stage.vote(decision, dict.fromkeys(stage.seats, "ack"))
    stored = stage.close(decision)
    for arrow, who in (("withdraw", stage.speakers["t3"]), ("stand", stage.secretariat)):
        raised.refresh_from_db()
        with refused("clos"):
            close_objection(objection=raised, arrow=arrow, speaker=who, at=stage.later())
    assert outcome_of(stored).as_dict() == stored.outcome


def test_one_objects_to_an_open_consent_with_a_reason(stage):
    vote = opened(stage, consent=False)
    with refused("On objecte à un consentement ; ailleurs on vote contre."):
        objection(stage, vote)
    consent = opened(stage, consent=True, title="Autre")
    with refused("Une objection dit sa raison."):
        raise_objection(
            decision=consent, seat=stage.seats["t1"], reason=" ", speaker=stage.speakers["t1"], at=stage.now
        )
    stage.now = consent.deadline
    with refused("Le vote est clos"):
        objection(stage, consent)
