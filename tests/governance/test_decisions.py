"""Decisions as they are played: quorum in every college, ballots and proxies, consent, a text that does not move, a count anyone redoes."""

import json
from datetime import timedelta

import pytest

from dcant.cli import main
from dcant.governance.models import ActionVersion, Ballot, Charter, Decision
from dcant.governance.rules.decision_file import evaluate
from dcant.governance.services.actions import close_amendment, enrich_action
from dcant.governance.services.decisions import (
    cast_ballot,
    close_decision,
    close_objection,
    give_proxy,
    open_decision,
    outcome_of,
    raise_objection,
    reconvene,
    record_reservation,
)
from dcant.governance.services.founding import FIRST_CHARTER, close_seat, write_charter
from dcant.governance.services.speaking import Speaker
from governance.stage import Stage, founded, organisation_of, refused

LATE = "Le vote est clos : ce bulletin arrive trop tard."


def opened(stage: Stage, *, consent: bool = False, title: str = "Ouvrir les API") -> Decision:
    return stage.open(stage.put(stage.draft(title), consent=consent))


def by_proxy(stage: Stage, decision: Decision, seat: str, holder: str, value: str) -> Ballot:
    """`holder` speaks for `seat`."""
    return cast_ballot(
        decision=decision, seat=stage.seats[seat], value=value, speaker=stage.speakers[holder], at=stage.later()
    )


def proxy(stage: Stage, decision: Decision, seat: str, holder: str) -> None:
    give_proxy(
        decision=decision,
        from_seat=stage.seats[seat],
        to_seat=stage.seats[holder],
        speaker=stage.speakers[seat],
        at=stage.later(),
    )


def after_deadline(stage: Stage, decision: Decision) -> Decision:
    stage.now = decision.deadline + timedelta(seconds=1)
    return close_decision(decision=decision, speaker=stage.secretariat, at=stage.now)


def objection(stage: Stage, decision: Decision, seat: str = "t3"):
    return raise_objection(
        decision=decision, seat=stage.seats[seat], reason="Qui paie ?", speaker=stage.speakers[seat], at=stage.later()
    )


@pytest.mark.parametrize(
    ("values", "because"),
    [
        ({"e1": "for", "e2": "for"}, ["quorum-missing:territoires"]),
        ({"t1": "for", "t2": "for", "t3": "for"}, ["quorum-missing:etat"]),
        ({"e1": "for", "t1": "for"}, ["quorum-missing:territoires"]),
        ({}, ["quorum-missing:etat", "quorum-missing:territoires"]),
    ],
)
def test_one_college_without_quorum_is_enough_to_decide_nothing(stage, values, because):
    decision = opened(stage)
    stage.vote(decision, values)
    closed = after_deadline(stage, decision)
    assert (closed.state, closed.outcome["because"]) == ("no_quorum", because)
    assert closed.version.state == "draft"


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({"e1": "for", "e2": "for", "t1": "for", "t2": "for"}, "adopted"),
        ({"e1": "for", "e2": "abstain", "t1": "for", "t2": "abstain"}, "adopted"),
        ({"e1": "for", "e2": "against", "t1": "for", "t2": "for", "t3": "for"}, "rejected"),
        ({"e1": "for", "e2": "for", "t1": "abstain", "t2": "abstain"}, "rejected"),
    ],
)
def test_each_college_decides_for_itself(stage, values, state):
    decision = opened(stage)
    stage.vote(decision, values)
    assert after_deadline(stage, decision).state == state


def test_a_consultative_college_is_shown_and_changes_nothing(db):
    voices = {"etat": "deliberative", "territoires": "deliberative", "associes": "consultative"}
    stage = founded(seats="e1 t1 c1 c2 c3", voices=voices)
    closed = stage.decide(stage.put(stage.draft()), c1="against", c2="against", c3="against")
    assert closed.state == "adopted"
    assert closed.outcome["colleges"]["associes"]["against"] == 3


def test_a_deliberative_college_left_without_seat_lets_nothing_be_decided(stage):
    decision = stage.put(stage.draft())
    for name in ("e1", "e2"):
        close_seat(seat=stage.seats[name], speaker=stage.secretariat, at=stage.now)
    stage.later(days=1)
    with refused("Le collège « etat » n’a aucun siège."):
        stage.open(decision)


def test_a_seat_that_came_after_the_opening_neither_votes_nor_carries_a_proxy(stage):
    decision = opened(stage)
    stage.add_seat("t4")
    with refused("Ce siège n’était pas du corps électoral quand la décision s’est ouverte."):
        stage.vote(decision, {"t4": "for"})
    with refused("corps électoral"):
        proxy(stage, decision, "t1", "t4")
    stage.vote(decision, dict.fromkeys(("e1", "e2", "t1", "t2", "t3"), "for"))
    assert stage.close(decision).state == "adopted"


def test_a_seat_changes_its_mind_until_the_deadline_and_the_former_ballot_is_kept(stage):
    decision = opened(stage)
    stage.vote(decision, {"t1": "against"})
    stage.vote(decision, {"t1": "for"})
    assert list(decision.ballots.effective().values_list("value", flat=True)) == ["for"]
    assert decision.ballots.count() == 2


def test_a_late_ballot_is_refused_to_the_second(stage):
    decision = opened(stage)
    stage.now = decision.deadline - timedelta(minutes=1)
    stage.vote(decision, {"t1": "for"})  # at the very deadline
    with refused(LATE):
        stage.vote(decision, {"t2": "for"})
    after_deadline(stage, decision)
    with refused(LATE):
        stage.vote(decision, {"t2": "for"})


def test_a_value_of_another_rule_is_refused(stage):
    vote, consent = opened(stage), opened(stage, consent=True, title="Autre")
    for decision, value in ((vote, "ack"), (consent, "for"), (consent, "against"), (vote, ""), (vote, "FOR")):
        with refused("Ce choix n’existe pas pour cette règle de décision."):
            stage.vote(decision, {"t1": value})


@pytest.mark.parametrize("first", ["proxy", "direct"])
def test_a_direct_ballot_beats_the_proxy_whichever_came_first(stage, first):
    decision = opened(stage)
    proxy(stage, decision, "t1", "t2")
    if first == "direct":
        stage.vote(decision, {"t1": "against"})
    by_proxy(stage, decision, "t1", "t2", "for")
    assert outcome_of(decision).colleges["territoires"].for_ == (first == "proxy")
    stage.vote(decision, {"t1": "against"})
    count = outcome_of(decision).colleges["territoires"]
    assert (count.recorded, count.for_, count.against) == (1, 0, 1)


def test_a_holder_speaks_only_for_the_seat_that_gave_it_its_proxy(stage):
    decision = opened(stage)
    proxy(stage, decision, "t1", "t2")
    for seat, holder in (("t3", "t2"), ("t2", "t1"), ("t1", "t3"), ("t1", "e1")):
        with refused("Seule une personne mandatée"):
            by_proxy(stage, decision, seat, holder, "for")
    other = opened(stage, title="Autre")
    with refused("Seule une personne mandatée"):  # for that decision alone
        by_proxy(stage, other, "t1", "t2", "for")


def test_a_proxy_taken_back_takes_its_ballot_with_it(stage):
    decision = opened(stage)
    proxy(stage, decision, "t1", "t2")
    by_proxy(stage, decision, "t1", "t2", "for")
    proxy(stage, decision, "t1", "t3")
    assert outcome_of(decision).colleges["territoires"].recorded == 0
    by_proxy(stage, decision, "t1", "t3", "against")
    assert outcome_of(decision).colleges["territoires"].against == 1


def test_a_holder_freed_of_one_proxy_may_carry_another_and_the_count_still_holds(db):
    stage = founded(seats="e1 e2 t1 t2 t3 t4")
    decision = opened(stage)
    proxy(stage, decision, "t1", "t2")
    by_proxy(stage, decision, "t1", "t2", "for")
    proxy(stage, decision, "t1", "t3")
    proxy(stage, decision, "t4", "t2")
    by_proxy(stage, decision, "t4", "t2", "for")
    assert outcome_of(decision).colleges["territoires"].for_ == 1


def test_the_stored_outcome_is_what_anyone_recomputes_from_the_page(stage, client, tmp_path, capsys):
    decision = opened(stage)
    proxy(stage, decision, "t3", "t2")
    by_proxy(stage, decision, "t3", "t2", "against")
    stage.vote(decision, {"e1": "for", "e2": "abstain", "t1": "for", "t2": "for"})
    consent = opened(stage, consent=True, title="Autre")
    withdrawn = objection(stage, consent)
    close_objection(objection=withdrawn, arrow="withdraw", speaker=stage.speakers["t3"], at=stage.later())
    objection(stage, consent, "e1")
    stage.vote(consent, dict.fromkeys(stage.seats, "ack"))
    for one, expected in ((decision, "adopted"), (consent, "rejected")):
        stored = stage.close(one)
        assert stored.state == expected
        document = client.get(f"/decisions/{one.code}.json").json()
        text = json.dumps(document["file"])
        assert stored.outcome == document["outcome"] == outcome_of(stored).as_dict() == evaluate(text).as_dict()
        file = tmp_path / "decision.json"
        file.write_text(text, encoding="utf-8")
        assert main(["governance", "outcome", str(file), "--format", "json"]) == 0
        assert json.loads(capsys.readouterr().out) == stored.outcome


def test_nothing_closes_while_a_seat_may_still_be_heard(stage):
    decision = opened(stage)
    stage.vote(decision, {"e1": "for", "t1": "for"})
    with refused("Il reste 3 siège(s) à entendre, et l’heure limite n’est pas passée."):
        stage.close(decision)
    stage.vote(decision, {"e2": "for", "t2": "for", "t3": "for"})
    assert stage.close(decision).state == "adopted"
    with refused("Cette décision n’est pas ouverte."):
        stage.close(decision)
    with refused("Cette décision a déjà été ouverte."):
        stage.open(decision)


def test_a_deadline_lies_ahead_and_a_consent_stays_open_as_long_as_the_charter_says(stage):
    vote, consent = stage.put(stage.draft()), stage.put(stage.draft("Autre"), consent=True)
    with refused("L’heure limite est déjà passée."):
        open_decision(decision=vote, deadline=stage.now, speaker=stage.secretariat, at=stage.now)
    with refused("Un consentement reste ouvert 7 jours au moins"):
        stage.open(consent, days=6)
    assert stage.open(consent, days=7).state == "open"


def test_the_text_put_to_the_vote_is_the_one_adopted_and_moves_no_more(stage):
    version = stage.draft()
    amendment = stage.amend(version, "Premier.\n\nSecond, précisé.\n\nTroisième.")
    decision = stage.put(version)
    with refused("Des amendements attendent une réponse"):
        stage.open(decision)
    close_amendment(amendment=amendment, arrow="integrate", answer="", speaker=stage.speakers["t1"], at=stage.later())
    decision = stage.open(decision)
    version.refresh_from_db()
    frozen = decision.text_hash
    assert (decision.text, frozen) == (version.text, version.hash)
    with refused("Ce texte est soumis au vote : il ne change pas pendant que l’on décide."):
        stage.amend(version, "Tout autre.")
    stage.vote(decision, dict.fromkeys(stage.seats, "for"))
    stage.close(decision)
    version.refresh_from_db()
    assert (version.state, version.hash) == ("adopted", frozen)
    with refused("Ce texte est adopté : il ne change plus."):
        stage.amend(version, "Tout autre.")


def test_a_rejected_text_is_amended_and_put_again_by_a_new_decision(stage):
    version = stage.draft()
    first = stage.decide(stage.put(version), "for", t1="against", t2="against")
    assert first.state == "rejected"
    amendment = stage.amend(version, "Premier, mieux dit.\n\nSecond.\n\nTroisième.")
    close_amendment(amendment=amendment, arrow="integrate", answer="", speaker=stage.speakers["t1"], at=stage.later())
    second = stage.decide(stage.put(ActionVersion.objects.get(pk=version.pk)))
    assert (second.state, first.text_hash != second.text_hash) == ("adopted", True)


def test_one_decision_at_a_time_bears_on_a_text(stage):
    version = stage.draft()
    stage.put(version)
    with refused("Une décision porte déjà sur ce texte."):
        stage.put(version)


def test_an_action_without_a_copilot_on_each_side_is_not_put_to_the_vote(stage):
    decision = stage.put(stage.draft(pilot="e2"))
    with refused("Il manque un copilote du collège « territoires » : une action se pilote à deux."):
        stage.open(decision)


def test_a_decision_without_quorum_is_reconvened_once_with_its_ballots(stage):
    decision = opened(stage)
    stage.vote(decision, {"e1": "for"})
    closed = after_deadline(stage, decision)

    def again(days: int = 5) -> Decision:
        deadline = stage.later() + timedelta(days=days)
        return reconvene(decision=closed, deadline=deadline, speaker=stage.secretariat, at=stage.now)

    with refused("L’heure limite est déjà passée."):
        again(days=-1)
    reopened = again()
    assert (reopened.state, reopened.outcome, reopened.ballots.effective().count()) == ("open", None, 1)
    closed = after_deadline(stage, reopened)
    assert closed.state == "no_quorum"
    with refused("Une décision sans quorum se reconvoque une seule fois, si la charte le permet."):
        again()
    assert stage.decide(stage.put(closed.version)).state == "adopted"  # a new decision on the same text


def test_a_charter_may_forbid_to_reconvene(db):
    stage = founded(reconvene=False)
    closed = after_deadline(stage, opened(stage))
    with refused("Une décision sans quorum se reconvoque une seule fois, si la charte le permet."):
        reconvene(decision=closed, deadline=stage.now + timedelta(days=3), speaker=stage.secretariat, at=stage.later())
    assert stage.decide(stage.put(closed.version)).state == "adopted"


def test_a_text_that_changed_since_the_missing_quorum_is_not_reconvened(stage):
    closed = after_deadline(stage, opened(stage))
    amendment = stage.amend(closed.version, "Tout autre.")
    close_amendment(amendment=amendment, arrow="integrate", answer="", speaker=stage.speakers["t1"], at=stage.later())
    with refused("Le texte a changé"):
        reconvene(decision=closed, deadline=stage.now + timedelta(days=3), speaker=stage.secretariat, at=stage.now)
    assert stage.decide(stage.put(ActionVersion.objects.get(pk=closed.version_id))).state == "adopted"


def test_a_commune_makes_its_reservation_even_after_the_adoption_and_it_changes_nothing(stage, client):
    closed = stage.decide(stage.put(stage.draft()))
    commune = Speaker(organisation_of("c7"), "agent")
    record_reservation(decision=closed, text=" Selon nos moyens. ", speaker=commune, at=stage.later(days=400))
    with refused("Une réserve dit ce qu’elle réserve."):
        record_reservation(decision=closed, text=" ", speaker=commune, at=stage.now)
    page = client.get(f"/decisions/{closed.code}/").content.decode()
    assert "Selon nos moyens." in page
    closed.refresh_from_db()
    assert outcome_of(closed).as_dict() == closed.outcome


def test_a_new_charter_is_adopted_as_it_was_when_the_decision_opened(stage):
    second = Charter.objects.create(
        programme=stage.programme, number=2, body={**FIRST_CHARTER, "quorum": "2/3", "notice_days": 0}
    )
    decision = stage.open(stage.put(second, "charter"))
    assert decision.rule == "qualified"
    second.refresh_from_db()
    with refused("Cette étape n’est pas ouverte"):
        write_charter(charter=second, body={}, speaker=stage.secretariat)
    stage.vote(decision, dict.fromkeys(stage.seats, "for"))
    assert stage.close(decision).state == "adopted"
    second.refresh_from_db()
    assert (second.state, second.hash) == ("published", decision.text_hash)


def test_a_decision_follows_the_charter_in_force_when_it_opens(stage):
    waiting = stage.put(stage.draft())
    body = {**FIRST_CHARTER, "quorum": "1/3", "notice_days": 0}
    body["rules"] = {**FIRST_CHARTER["rules"], "action": "qualified"}
    second = Charter.objects.create(programme=stage.programme, number=2, body=body)
    stage.decide(stage.put(second, "charter"))
    decision = stage.open(waiting)
    assert (decision.charter, decision.rule) == (second, "qualified")


def test_an_enriched_action_keeps_its_first_text_in_force_until_the_second_is_adopted(stage):
    action = stage.adopt()
    first = action.versions.get()
    second = enrich_action(action=action, seat=stage.seats["t2"], speaker=stage.speakers["t2"], at=stage.later())
    assert set(second.copilots.all()) == set(first.copilots.all())
    with refused("On enrichit une action adoptée, un brouillon à la fois."):
        enrich_action(action=action, seat=stage.seats["t2"], speaker=stage.speakers["t2"], at=stage.later())
    amendment = stage.amend(second, "Premier, plus large.\n\nSecond.\n\nTroisième.")
    close_amendment(amendment=amendment, arrow="integrate", answer="", speaker=stage.speakers["e1"], at=stage.later())
    first.refresh_from_db()
    assert first.text.startswith("Premier.\n")
    stage.decide(stage.put(ActionVersion.objects.get(pk=second.pk)))
    action.refresh_from_db()
    assert (action.state, action.statement, action.versions.filter(state="adopted").count()) == (
        "adopted",
        "Premier, plus large.",
        2,
    )
