"""What a sheet shows out of what sources say: the same whatever the order, and nothing lost."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from dcant.catalogue.rules.merge import CORRECTION, LIST_FIELDS, Stated, merge

START = datetime(2026, 1, 1, tzinfo=UTC)
PRIORITY = {"high": {"default": 10}, "low": {"default": 1, "title": 90}, "mute": {}}
SOURCES = [*PRIORITY, CORRECTION, "unknown"]
values = st.sampled_from(["a", "b", 1, True, 1.0, None, ["a"], ["a", "b"], {"k": "v"}])
stated = st.builds(
    Stated,
    field=st.sampled_from(["title", "purpose", "themes"]),
    value=values,
    source=st.sampled_from(SOURCES),
    fetched_at=st.integers(0, 3).map(lambda days: START + timedelta(days=days)),
    raw_hash=st.sampled_from(["", "x"]),
    citation=st.sampled_from([None, {"title": "t"}]),
    language=st.sampled_from(["", "fr", "en"]),
)


def said(field: str, value: object, source: str = "high", days: int = 0) -> Stated:
    return Stated(field, value, source, START + timedelta(days=days))


def marks(statements) -> "Counter[str]":
    return Counter(repr(one) for one in statements)


@given(st.lists(stated, max_size=5))
def test_the_order_of_reading_changes_nothing(statements):
    first = merge(statements, PRIORITY)
    assert all(merge(mixed, PRIORITY) == first for mixed in permutations(statements))


@given(st.lists(stated, max_size=12))
def test_every_statement_comes_out_once_for_or_against_what_is_shown(statements):
    shown = merge(statements, PRIORITY)
    assert marks(one for field in shown.values() for one in (*field.because, *field.others)) == marks(statements)
    assert list(shown) == sorted({one.field for one in statements})


@given(st.lists(stated, max_size=12))
def test_what_is_shown_is_what_its_sources_say_and_what_no_other_says(statements):
    for field, shown in merge(statements, PRIORITY).items():
        if field in LIST_FIELDS:
            corrected = any(one.source == CORRECTION for one in statements if one.field == field)
            assert corrected or shown.others == ()
            continue
        key = json.dumps(shown.value, sort_keys=True)
        assert shown.because
        assert {json.dumps(one.value, sort_keys=True) for one in shown.because} == {key}
        assert key not in {json.dumps(one.value, sort_keys=True) for one in shown.others}


@given(st.lists(stated, min_size=1, max_size=8), values)
def test_a_correction_comes_before_any_source(statements, value):
    corrected = said("title", value, CORRECTION, days=9)
    assert merge([*statements, corrected], PRIORITY)["title"].value == value


def test_rank_for_the_field_then_rank_then_the_newest_then_the_name_decide():
    assert merge([said("purpose", "a", "low", 9), said("purpose", "b", "high")], PRIORITY)["purpose"].value == "b"
    assert merge([said("title", "a", "low"), said("title", "b", "high", 9)], PRIORITY)["title"].value == "a"
    assert merge([said("purpose", "a", days=1), said("purpose", "b", days=2)], PRIORITY)["purpose"].value == "b"
    assert merge([said("purpose", "b", "mute"), said("purpose", "a", "unknown")], PRIORITY)["purpose"].value == "b"


@given(
    st.lists(
        st.tuples(
            st.sampled_from(sorted(PRIORITY)), st.lists(st.sampled_from("abc"), max_size=3) | st.sampled_from("abc")
        )
    )
)
def test_lists_are_united_and_no_item_comes_twice(lists):
    shown = merge([said("themes", value, source) for source, value in lists], PRIORITY)
    wanted = {item for _, value in lists for item in value}
    if lists:
        assert sorted(shown["themes"].value) == sorted(wanted)


@given(st.lists(stated, max_size=8), st.lists(st.sampled_from("abcd"), min_size=1, max_size=3, unique=True))
def test_a_correction_replaces_a_list_and_what_sources_say_beside_it_is_told_as_theirs(statements, corrected):
    others = [one for one in statements if one.field == "themes" and one.source != CORRECTION]
    shown = merge([*others, said("themes", corrected, CORRECTION)], PRIORITY)["themes"]
    assert shown.value == corrected
    beside = {one.source for one in others if not set(map(repr, _items(one.value))) <= set(map(repr, corrected))}
    assert {one.source for one in shown.others} >= beside
    assert all(one.source != CORRECTION for one in shown.others)


def _items(value) -> list[object]:
    return value if isinstance(value, list) else [value]


def test_nothing_said_shows_nothing():
    assert merge([], PRIORITY) == {}
