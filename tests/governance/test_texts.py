"""Texts in paragraphs, amendments bound to a hash, and what becomes of them when the text changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcant.governance.rules.continuity import Fate, Item, faults, unaccounted
from dcant.governance.rules.grades import NOT_ASSESSED, SCALE, college_grade, disagree
from dcant.governance.rules.machines import (
    ACTION,
    AMENDMENT,
    CYCLE,
    DECISION,
    DOCUMENT,
    OBJECTION,
    WrongArrow,
    arrows,
    follow,
)
from dcant.governance.rules.texts import (
    Operation,
    StaleBase,
    apply_operations,
    clean,
    difference,
    integrate,
    operations_between,
    paragraphs,
    rebase,
    side_by_side,
    text_hash,
    touched,
)

words = st.text(st.sampled_from("abcé ’-"), min_size=1, max_size=12).filter(str.strip)
texts = st.lists(words, max_size=6).map("\n\n".join)


@given(texts)
def test_cleaning_a_clean_text_changes_nothing_and_the_hash_does_not_see_line_ends(text):
    assert clean(clean(text)) == clean(text)
    assert text_hash(text.replace("\n", "\r\n") + "  \n\n\n") == text_hash(text)


@given(texts, texts)
def test_the_amendment_between_two_texts_gives_the_second(before, after):
    changes = operations_between(before, after)
    assert integrate(before, text_hash(before), changes) == clean(after)
    assert all(-1 <= place < max(1, len(paragraphs(before))) for place in touched(changes))


@given(texts, texts)
def test_a_difference_holds_both_texts_and_nothing_else(before, after):
    pieces = difference(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == after


@given(texts, texts)
def test_side_by_side_every_paragraph_that_goes_or_comes_is_seen_and_no_other(before, after):
    rows = side_by_side(before, operations_between(before, after))
    left, right = ([row[side] for row in rows if row[side]] for side in (0, 1))
    kept = list(paragraphs(before))
    for gone in left:
        kept.remove(gone)
    assert sorted(kept + right) == sorted(paragraphs(after))
    assert all(old != new for old, new in rows)


@given(st.lists(st.sampled_from("ab"), min_size=1, max_size=5), st.data())
def test_two_amendments_on_different_paragraphs_give_the_same_text_in_either_order(parts, data):
    base = "\n\n".join(parts)  # paragraphs that say the same words are told apart by their place
    drawn = data.draw(st.lists(st.sampled_from(["mine", "theirs", "nobody"]), min_size=len(parts), max_size=len(parts)))
    ops = st.sampled_from(["replace", "delete", "insert_after"])
    by = {
        who: [
            Operation(op, place, "" if op == "delete" else data.draw(st.sampled_from("abc")))
            for place, author in enumerate(drawn)
            if author == who
            for op in [data.draw(ops)]
        ]
        for who in ("mine", "theirs")
    }
    mine_first = apply_operations(apply_operations(base, by["mine"]), rebase(by["theirs"], by["mine"]))
    theirs_first = apply_operations(apply_operations(base, by["theirs"]), rebase(by["mine"], by["theirs"]))
    assert mine_first == theirs_first == apply_operations(base, by["mine"] + by["theirs"])


def test_an_amendment_is_not_carried_over_another_of_the_same_paragraph():
    with pytest.raises(ValueError, match="paragraphe 1"):
        rebase([Operation("replace", 0, "x")], [Operation("delete", 0)])


def test_an_amendment_on_a_text_that_changed_is_stale():
    with pytest.raises(StaleBase, match="reporter"):
        integrate("Nouveau texte", text_hash("Ancien texte"), [Operation("delete", 0)])


@pytest.mark.parametrize(
    "operations",
    [[Operation("replace", 2, "x")], [Operation("delete", -1)], [Operation("replace", 0, "x"), Operation("delete", 0)]],
)
def test_an_operation_on_no_paragraph_or_twice_on_one_is_refused(operations):
    with pytest.raises(ValueError, match="paragraphe"):
        apply_operations("un\n\ndeux", operations)


def test_a_roadmap_that_forgets_an_action_is_told_which():
    before = [Item("a", "h1", "added"), Item("b", "h2", "kept"), Item("c", "h3", "completed")]
    assert unaccounted(before, [Item("a", "h1", "kept")]) == ["b"]
    assert faults(before, [Item("a", "h1", "kept"), Item("b", "h2", "dropped"), Item("d", "h4", "added")]) == []


@pytest.mark.parametrize(
    ("following", "fault"),
    [
        ([Item("a", "h2", Fate.KEPT)], "changed-not-enriched:a"),
        ([Item("a", "h1", Fate.ENRICHED)], "enriched-not-changed:a"),
        ([Item("a", "h1", Fate.ADDED)], "already-there:a"),
        ([Item("a", "h1", Fate.KEPT), Item("b", "h2", Fate.KEPT)], "not-in-previous:b"),
        ([Item("a", "h1", Fate.MERGED, "z")], "merged-into-nothing:a"),
        ([Item("a", "h1", Fate.KEPT), Item("a", "h1", Fate.KEPT)], "twice:a"),
    ],
)
def test_a_fate_that_contradicts_the_previous_roadmap_is_a_fault(following, fault):
    assert faults([Item("a", "h1", Fate.ADDED)], following) == [fault]


@given(st.lists(st.sampled_from(SCALE), min_size=1))
def test_a_college_grade_has_no_majority_strictly_above_nor_below_it(grades):
    found = SCALE.index(college_grade(grades))
    places = [SCALE.index(grade) for grade in grades]
    assert sum(place < found for place in places) <= len(places) / 2
    assert sum(place > found for place in places) < len(places) / 2


def test_of_two_grades_the_lower_stands_and_of_none_nothing():
    assert college_grade(["realisee", "en_retard"]) == "en_retard"
    assert college_grade([]) == NOT_ASSESSED
    assert not disagree(NOT_ASSESSED, "realisee")
    assert disagree("realisee", "en_retard")
    with pytest.raises(ValueError, match="échelle"):
        college_grade(["bien"])


@pytest.mark.parametrize("machine", [CYCLE, ACTION, AMENDMENT, DOCUMENT, DECISION, OBJECTION])
def test_every_arrow_leads_to_a_state_of_its_machine_and_every_state_is_reached(machine):
    reached = {next(iter(machine))} | {target for ways in machine.values() for target in ways.values()}
    assert reached == set(machine)
    for state in machine:
        assert arrows(machine, state) == tuple(machine[state])
        with pytest.raises(WrongArrow):
            follow(machine, state, "fly")
