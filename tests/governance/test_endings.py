"""An action comes to its end by a decision, and by nothing else; the next roadmap accounts for it; the log alone says the same."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcant.governance.models import Action, Decision, Ending
from dcant.governance.rules.continuity import Fate
from dcant.governance.rules.endings import can_end, settled
from dcant.governance.services.actions import enrich_action, join_as_copilot, propose_action
from dcant.governance.services.cycles import proposed_items
from dcant.governance.services.decisions import reconvene
from governance.log_of import falsified, found, indices, leaves, replayed
from governance.stage import TEXT, founded, refused

CODES = ["a", "b", "c", "d"]


def fates(cycle):
    return {item.action: (item.fate, item.into) for item in proposed_items(cycle)}


@given(
    st.dictionaries(
        st.sampled_from(CODES), st.tuples(st.sampled_from(["completed", "dropped", "merged"]), st.sampled_from(CODES))
    )
)
def test_what_became_of_a_merged_action_never_names_one_that_ended_otherwise(raw):
    endings = {code: (fate, into if fate == "merged" else "") for code, (fate, into) in raw.items()}
    for code in endings:
        fate, into = settled(endings, code)
        if fate != Fate.MERGED:
            assert into == ""
        elif into in endings:  # only a circle leaves an ended one, and merges cannot make one
            walked = code
            for _ in endings:
                walked = endings[walked][1]
                assert endings[walked][0] == Fate.MERGED


@pytest.mark.parametrize(
    ("said", "allowed"),
    [
        (("adopted", "completed", "", "", False), True),
        (("adopted", "dropped", "", "", False), True),
        (("adopted", "merged", "autre", "adopted", False), True),
        (("adopted", "merged", "", "", False), False),
        (("adopted", "merged", "autre", "completed", False), False),
        (("adopted", "merged", "elle", "adopted", True), False),
        (("adopted", "completed", "autre", "adopted", False), False),
        (("adopted", "kept", "", "", False), False),
        (("drafting", "completed", "", "", False), False),
        (("completed", "dropped", "", "", False), False),
    ],
)
def test_only_an_adopted_action_ends_and_a_merge_names_a_living_one(said, allowed):
    state, fate, into, into_state, itself = said
    found = can_end(state=state, fate=fate, into=into, into_state=into_state, itself=itself)
    assert found.allowed is allowed
    assert found.because


@pytest.fixture
def stage(db):
    return founded()


def test_an_action_ends_only_by_an_adopted_decision_and_the_next_roadmap_says_it(stage):
    kept, done, joined = (stage.adopt(f"Action {name}") for name in ("gardée", "achevée", "jointe"))
    first = stage.cycle("2026-S1")
    stage.roadmap(first)
    stage.end_half_year()
    second = stage.cycle("2026-S2")
    stage.decide(stage.put(stage.ending(done), "ending"), t1="against", t2="against")
    done.refresh_from_db()
    assert done.state == "adopted"
    assert fates(second)[done.code] == ("kept", "")
    stage.end(done)
    stage.end(joined, "merged", kept)
    assert (done.state, joined.state) == ("completed", "merged")
    assert fates(second) == {
        kept.code: ("kept", ""),
        done.code: ("completed", ""),
        joined.code: ("merged", kept.code),
    }
    assert stage.roadmap(second).state == "adopted"
    assert replayed().programmes[stage.programme.slug].in_force.half_year == "2026-S2"


def test_what_was_merged_into_an_action_that_is_dropped_is_told_dropped(stage):
    first, second, third = (stage.adopt(f"Action {name}") for name in ("une", "deux", "trois"))
    stage.roadmap(stage.cycle("2026-S1"))
    stage.end_half_year()
    cycle = stage.cycle("2026-S2")
    stage.end(first, "merged", second)
    stage.end(second, "merged", third)
    assert fates(cycle)[first.code] == ("merged", third.code)
    stage.end(third, "dropped")
    assert set(fates(cycle).values()) == {("dropped", "")}
    replayed()


def test_an_ended_action_is_neither_enriched_nor_ended_again_and_its_draft_stops(stage):
    action, other = stage.adopt("Action une"), stage.adopt("Action deux")
    stage.cycle()
    draft = enrich_action(action=action, seat=stage.seats["e1"], speaker=stage.speakers["e1"], at=stage.later())
    waiting, again = stage.put(draft), stage.put(stage.ending(action, "dropped"), "ending")
    stage.end(action)
    with refused("terminée"):
        stage.amend(draft, draft.text + " Encore.")
    with refused("terminée"):
        join_as_copilot(version=draft, seat=stage.seats["t2"], speaker=stage.speakers["t2"], at=stage.later())
    with refused("étape"):
        stage.open(waiting)
    with refused("On ne termine"):
        stage.open(again)
    with refused("On fusionne"):
        stage.ending(other, "merged", action)
    replayed()


def test_one_vote_at_a_time_on_what_becomes_of_an_action(stage):
    first, second, third = (stage.adopt(f"Action {name}") for name in ("une", "deux", "trois"))
    stage.cycle()
    stage.open(stage.put(stage.ending(first, "merged", second), "ending"))
    for action, fate, into in ((first, "dropped", None), (second, "completed", None), (third, "merged", first)):
        other = stage.put(stage.ending(action, fate, into), "ending")
        with refused("Une autre décision est ouverte"):
            stage.open(other)
    draft = enrich_action(action=first, seat=stage.seats["e1"], speaker=stage.speakers["e1"], at=stage.later())
    rewritten = stage.put(draft)
    with refused("Une autre décision est ouverte"):
        stage.open(rewritten)
    stage.open(stage.put(stage.ending(third, "merged", second), "ending"))  # two may join the same one
    replayed()


def test_a_proposal_on_a_text_that_has_changed_is_made_again(stage):
    action = stage.adopt()
    stage.cycle()
    old = stage.put(stage.ending(action), "ending")
    draft = enrich_action(action=action, seat=stage.seats["e1"], speaker=stage.speakers["e1"], at=stage.later())
    stage.settle(stage.amend(draft, draft.text + " Encore."), "integrate", stage.speakers["t1"])
    draft.refresh_from_db()
    stage.decide(stage.put(draft))
    with refused("a changé depuis"):
        stage.open(old)
    stage.end(action)
    replayed()


def test_without_quorum_an_ending_is_reconvened_only_while_it_is_still_possible(stage):
    first, second = stage.adopt("Action une"), stage.adopt("Action deux")
    stage.cycle()
    decision = stage.open(stage.put(stage.ending(first, "merged", second), "ending"))
    stage.now = decision.deadline
    assert stage.close(decision).state == "no_quorum"
    stage.end(second)
    soon = stage.now + timedelta(days=2)
    with refused("On fusionne"):
        reconvene(decision=decision, deadline=soon, speaker=stage.secretariat, at=stage.later())
    replayed()


def test_a_seat_of_another_programme_ends_nothing(stage):
    action = stage.adopt()
    other = founded(seats="e5 t5", title="Un autre programme")
    stage.seats["t5"], stage.speakers["t5"] = other.seats["t5"], other.speakers["t5"]
    with refused("autre programme"):
        stage.ending(action, by="t5")


def test_an_action_drawn_out_of_another_says_so_for_good(stage):
    origin = stage.adopt()
    drawn = propose_action(
        axis=origin.axis,
        title="Une part",
        text=TEXT,
        seat=stage.seats["t1"],
        speaker=stage.speakers["t1"],
        at=stage.later(),
        split_from=origin,
    )
    assert list(origin.split_into.all()) == [drawn]
    replayed()


def test_the_log_betrays_an_ending_that_was_not_decided_so(stage):
    kept, done = stage.adopt("Action gardée"), stage.adopt("Action achevée")
    stage.roadmap(stage.cycle("2026-S1"))
    stage.end_half_year()
    cycle = stage.cycle("2026-S2")
    stage.end(done)
    stage.roadmap(cycle)
    log = leaves()
    (ended,), (proposed,) = indices(log, "action.ended"), indices(log, "action.ending_proposed")
    roadmap = indices(log, "roadmap.published")[-1]
    assert (ended, "decision") in found(falsified(log, ended, lambda body: body.update(fate="dropped")))
    assert (proposed, "hash") in found(falsified(log, proposed, lambda body: body.update(fate="dropped")))
    assert [one for one in found(log[:ended] + log[ended + 1 :]) if one[1] in {"not-done", "fate"}] == [
        (indices(log, "decision.closed")[-2], "not-done"),
        (roadmap - 1, "fate"),
    ]

    def kept_instead(body):
        body["body"] = [row | {"fate": "kept"} if row["action"] == done.code else row for row in body["body"]]

    assert (roadmap, "fate") in found(falsified(log, roadmap, kept_instead))
    assert kept.code in {row.action for row in replayed().programmes[stage.programme.slug].in_force.roadmap}


def test_what_ended_is_not_undone_by_hand(stage):
    action = stage.adopt()
    stage.cycle()
    stage.end(action)
    assert Action.objects.get(pk=action.pk).state == "completed"
    assert Decision.objects.get(ending__action=action).state == "adopted"
    assert Ending.objects.get().hash == Decision.objects.get(ending__action=action).text_hash
