"""Half-years one after the other: roadmaps that account for every action, grades side by side, one line of the log for each act."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from dcant.governance.models import Action, Cycle
from dcant.governance.services.actions import close_amendment, enrich_action
from dcant.governance.services.cycles import (
    assess,
    begin_review,
    draft_balance_sheet,
    draft_roadmap,
    items_of,
    proposed_items,
    published_roadmap,
)
from dcant.governance.services.decisions import (
    reconvene,
)
from dcant.governance.services.founding import create_programme
from governance.stage import Stage, refused


def grade(stage: Stage, cycle: Cycle, action: Action, said: dict[str, str]) -> None:
    for name, value in said.items():
        assess(
            cycle=cycle,
            action=action,
            seat=stage.seats[name],
            grade=value,
            evidence=f"Vu par {name}.",
            speaker=stage.speakers[name],
            at=stage.later(),
        )


def review(stage: Stage, cycle: Cycle) -> Cycle:
    return begin_review(cycle=cycle, speaker=stage.secretariat, at=stage.later())


def balance(stage: Stage, cycle: Cycle, value: str = "for"):
    sheet = draft_balance_sheet(cycle=cycle, speaker=stage.secretariat)
    decided = stage.decide(stage.put(sheet, "balance_sheet", cycle=cycle), value)
    cycle.refresh_from_db()
    return decided


def enriched(stage: Stage, action: Action) -> None:
    version = enrich_action(action=action, seat=stage.seats["e1"], speaker=stage.speakers["e1"], at=stage.later())
    amendment = stage.amend(version, f"{version.text}\n\nEt plus encore.")
    close_amendment(amendment=amendment, arrow="integrate", answer="", speaker=stage.speakers["t1"], at=stage.later())
    version.refresh_from_db()
    stage.decide(stage.put(version))


def whole(stage: Stage, half_year: str) -> Cycle:
    """A half-year from its opening to its balance sheet, without new action."""
    cycle = stage.cycle(half_year)
    stage.roadmap(cycle)
    review(stage, cycle)
    balance(stage, cycle)
    return cycle


def fates(cycle: Cycle) -> dict[str, str]:
    return {item.action: item.fate for item in items_of(published_roadmap(cycle))}


def test_over_two_half_years_every_action_is_accounted_for(stage):
    kept, changed = stage.adopt("Gardée"), stage.adopt("Enrichie")
    first = whole(stage, "2026-S1")
    assert fates(first) == {"gardee": "added", "enrichie": "added"}
    assert first.state == "closed"
    enriched(stage, changed)
    stage.adopt("Nouvelle")
    second = stage.cycle("2026-S2")
    stage.roadmap(second)
    assert fates(second) == {"gardee": "kept", "enrichie": "enriched", "nouvelle": "added"}
    assert kept.versions.get().hash in {item.version for item in items_of(published_roadmap(second))}


@pytest.mark.parametrize("state", ["completed", "dropped", "merged"])
def test_an_action_that_ended_is_said_once_and_then_leaves_the_roadmap(stage, state):
    ended, other = stage.adopt("Finie"), stage.adopt("Autre")
    whole(stage, "2026-S1")
    second = stage.cycle("2026-S2")
    stage.end(ended, state, other if state == "merged" else None)
    items = proposed_items(second)
    assert {item.action: item.fate for item in items} == {"finie": state, "autre": "kept"}
    stage.decide(
        stage.put(draft_roadmap(cycle=second, items=items, speaker=stage.secretariat), "roadmap", cycle=second)
    )
    second.refresh_from_db()
    review(stage, second)
    balance(stage, second)
    assert [row["action"] for row in second.balance_sheets.get().body] == ["autre"]
    third = stage.cycle("2027-S1")
    stage.roadmap(third)
    assert fates(third) == {"autre": "kept"}


def test_a_roadmap_that_forgets_an_action_of_the_previous_one_is_refused(stage):
    stage.adopt("Gardée")
    stage.adopt("Oubliée")
    whole(stage, "2026-S1")
    cycle = stage.cycle("2026-S2")
    items = [item for item in proposed_items(cycle) if item.action == "gardee"]
    with refused("Il reste à rendre compte de : unaccounted:oubliee."):
        draft_roadmap(cycle=cycle, items=items, speaker=stage.secretariat)


def test_a_roadmap_without_action_is_refused(stage):
    cycle = stage.cycle()
    with refused("Aucune action n’est encore adoptée : la feuille de route serait vide."):
        draft_roadmap(cycle=cycle, items=[], speaker=stage.secretariat)


def test_a_rejected_roadmap_is_put_again_and_may_then_be_adopted(stage):
    stage.adopt()
    cycle = stage.cycle()
    assert stage.roadmap(cycle, "against").state == "rejected"
    assert (cycle.state, cycle.roadmaps.get().state) == ("open", "draft")
    again = stage.roadmap(cycle)
    assert (again.state, cycle.state) == ("adopted", "roadmap_published")
    assert published_roadmap(cycle).hash == again.text_hash


def test_a_roadmap_is_published_once_whatever_the_decisions_prepared(stage):
    stage.adopt()
    cycle = stage.cycle()
    drafts = [
        stage.put(
            draft_roadmap(cycle=cycle, items=proposed_items(cycle), speaker=stage.secretariat), "roadmap", cycle=cycle
        )
        for _ in range(2)
    ]
    first = stage.open(drafts[0])
    with refused("Une autre décision est ouverte sur le même document : closez-la d’abord."):
        stage.open(drafts[1])
    stage.vote(first, dict.fromkeys(stage.seats, "for"))
    stage.close(first)
    with refused("Cette étape n’est pas ouverte"):
        stage.open(drafts[1])


def test_a_roadmap_without_quorum_is_reconvened_and_published_as_it_was(stage):
    stage.adopt()
    cycle = stage.cycle()
    roadmap = draft_roadmap(cycle=cycle, items=proposed_items(cycle), speaker=stage.secretariat)
    decision = stage.open(stage.put(roadmap, "roadmap", cycle=cycle))
    stage.now = decision.deadline + timedelta(minutes=1)
    closed = stage.close(decision)
    assert closed.state == "no_quorum"
    reopened = reconvene(
        decision=closed, deadline=stage.now + timedelta(days=3), speaker=stage.secretariat, at=stage.now
    )
    stage.vote(reopened, dict.fromkeys(stage.seats, "for"))
    assert stage.close(reopened).state == "adopted"
    cycle.refresh_from_db()
    assert published_roadmap(cycle).hash == closed.text_hash


def test_the_balance_sheet_shows_disagreement_and_silence_and_no_average(stage, client):
    agreed, disputed, silent = (stage.adopt(title) for title in ("Accord", "Désaccord", "Silence"))
    cycle = stage.cycle()
    stage.roadmap(cycle)
    review(stage, cycle)
    grade(stage, cycle, agreed, {"e1": "realisee", "t1": "realisee"})
    grade(stage, cycle, disputed, {"e1": "realisee", "t1": "realisee", "t2": "en_retard", "t3": "en_retard"})
    grade(stage, cycle, silent, {"e1": "engagee"})
    page = client.get("/programme/2026-S1/").content.decode()
    assert page.count("désaccord") == 1
    balance(stage, cycle)
    rows = {row["action"]: row["grades"] for row in client.get("/programme/2026-S1.json").json()["balance_sheet"]}
    assert rows == {
        "accord": {"etat": "realisee", "territoires": "realisee"},
        "desaccord": {"etat": "realisee", "territoires": "en_retard"},
        "silence": {"etat": "engagee", "territoires": "non_evaluee"},
    }
    page = client.get("/programme/2026-S1/").content.decode()
    assert page.count("désaccord") == 1
    assert "non évaluée" in page


def test_a_grade_said_again_replaces_the_former_until_the_vote_and_none_is_lost_by_an_early_draft(stage):
    action = stage.adopt()
    cycle = stage.cycle()
    stage.roadmap(cycle)
    review(stage, cycle)
    grade(stage, cycle, action, {"e1": "realisee"})
    waiting = stage.put(draft_balance_sheet(cycle=cycle, speaker=stage.secretariat), "balance_sheet", cycle=cycle)
    grade(stage, cycle, action, {"e1": "abandonnee", "t1": "en_retard"})
    decision = stage.open(waiting)
    assert decision.balance_sheet.body[0]["grades"] == {"etat": "abandonnee", "territoires": "en_retard"}
    with refused("Le bilan est soumis au vote : les notes ne changent pas pendant que l’on décide."):
        grade(stage, cycle, action, {"e1": "realisee"})
    stage.vote(decision, dict.fromkeys(stage.seats, "against"))
    stage.close(decision)
    grade(stage, cycle, action, {"e1": "engagee"})
    assert balance(stage, cycle).state == "adopted"
    assert cycle.balance_sheets.get(state="published").body[0]["grades"]["etat"] == "engagee"


def test_one_grades_an_action_of_the_roadmap_with_a_grade_of_the_scale(stage):
    action = stage.adopt()
    cycle = stage.cycle()
    stage.roadmap(cycle)
    review(stage, cycle)
    with refused("Cette note n’est pas de l’échelle."):
        grade(stage, cycle, action, {"e1": "bien"})
    later = stage.adopt("Après")
    with refused("Cette action n’est pas dans la feuille de route de ce semestre."):
        grade(stage, cycle, later, {"e1": "realisee"})


def test_the_database_itself_holds_one_half_year_under_way(stage):
    stage.cycle()
    with pytest.raises(IntegrityError), transaction.atomic():
        Cycle.objects.create(programme=stage.programme, half_year="2030-S1", state="open")


def test_two_programmes_whose_names_begin_alike_number_their_decisions_apart(stage):
    first = stage.put(stage.draft())
    twin = create_programme(
        title="Programme d’essai", period="2029-2031", axes=["Un"], speaker=stage.secretariat, at=stage.now
    )
    other = Stage(twin, stage.secretariat, stage.now)
    for name in ("e1", "t1"):
        other.add_seat(name)
    other.charter(notice_days=0)
    second = other.put(other.draft("Autre"))
    assert first.code != second.code
