"""What may follow what, what holds on a day, when a use lapses, what an offer costs."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dcant.adoption.rules import (
    COUNTED,
    EXPIRED,
    PRIVATE_BY_DEFAULT,
    TRANSITIONS,
    Coverage,
    Kind,
    can_declare,
    euros,
    expiry,
    last_event,
    price_for,
    state_of,
)

TODAY = date(2026, 3, 2)
STATES = ["", *Kind, EXPIRED]
# State → what an adopter may say next, written out: the table of the reference, pair by pair.
FOLLOWS = {
    "": "requested planned deployed used refused",
    "requested": "planned deployed used refused withdrawn",
    "planned": "deployed used refused withdrawn",
    "deployed": "used refused withdrawn",
    "used": "used withdrawn",
    "expired": "used withdrawn",
    "refused": "requested",
    "withdrawn": "requested",
}


def permit(kind: Kind, current: str = "", **changed):
    given_ = {"adopter": "a", "mandates": {"a"}, "day": TODAY, "today": TODAY} | changed
    return can_declare(kind=kind, current=current, **given_)


@pytest.mark.parametrize(("current", "kind"), list(product(FOLLOWS, Kind)), ids=lambda word: str(word) or "nothing")
def test_each_pair_of_state_and_event_is_allowed_as_the_table_says(current: str, kind: Kind):
    answer = permit(kind, current)
    assert answer.allowed == (kind in FOLLOWS[current].split())
    assert answer.because


def test_every_state_but_a_proposal_has_its_line_in_the_table():
    assert set(TRANSITIONS) == set(STATES) - {Kind.PROPOSED}
    assert EXPIRED not in COUNTED
    assert set(COUNTED).isdisjoint(PRIVATE_BY_DEFAULT)


@given(st.sampled_from(list(Kind)), st.sampled_from(list(FOLLOWS)), st.sets(st.sampled_from("bcd")), st.booleans())
def test_nobody_but_the_adopter_declares(kind: Kind, current: str, mandates: set[str], withdrawn: bool):
    answer = permit(kind, current, mandates=mandates, withdrawn_resource=withdrawn)
    assert not answer
    assert "collectivité elle-même" in answer.because


@given(st.sampled_from(list(Kind)), st.integers(1, 4000))
def test_nobody_declares_for_a_day_to_come(kind: Kind, days: int):
    assert not permit(kind, day=TODAY + timedelta(days=days))


@pytest.mark.parametrize("kind", Kind)
def test_a_withdrawn_resource_may_only_be_left(kind: Kind):
    allowed = permit(kind, Kind.REQUESTED, withdrawn_resource=True).allowed
    assert allowed == (kind in {Kind.REFUSED, Kind.WITHDRAWN})


@dataclass(frozen=True)
class Event:
    kind: str
    day: date
    pk: int
    expires_on: date | None = None


days = st.dates(date(2024, 1, 1), date(2026, 12, 31))
near_days = st.integers(0, 5).map(lambda n: date(2026, 1, 1) + timedelta(days=n))
events = st.lists(st.tuples(st.sampled_from(list(Kind)), near_days), max_size=8).map(
    lambda rows: [Event(kind, day, pk, expiry(kind, day)) for pk, (kind, day) in enumerate(rows)]
)


@given(events, near_days, st.randoms())
def test_what_holds_is_the_last_day_then_the_last_word_whatever_the_order_of_reading(said, on: date, shuffle):
    holding = [one for one in said if one.day <= on and one.kind != Kind.PROPOSED]
    expected = max(holding, key=lambda one: (one.day, one.pk), default=None)
    mixed = list(said)
    shuffle.shuffle(mixed)
    assert last_event(mixed, on) is expected


@given(events, near_days)
def test_a_late_word_for_an_earlier_day_changes_only_the_days_until_the_next_word(said, day: date):
    late = Event(Kind.REQUESTED, day, 99)
    later_words = [one.day for one in said if one.day > day and one.kind != Kind.PROPOSED]
    for on in {one.day for one in said} | {day}:
        changed = last_event([*said, late], on) is late
        assert changed == (day <= on and not any(word <= on for word in later_words))


def test_the_same_day_the_last_word_holds_even_when_the_first_was_private():
    refused, asked_again = Event(Kind.REFUSED, TODAY, 1), Event(Kind.REQUESTED, TODAY, 2)
    assert last_event([asked_again, refused], TODAY) is asked_again


@given(days)
@example(date(2024, 2, 29))
@example(date(2026, 1, 31))
@example(date(2026, 2, 28))
def test_a_use_lapses_on_the_same_day_two_years_on_or_the_last_of_the_month(day: date):
    end = expiry(Kind.USED, day)
    assert end is not None
    assert (end.year, end.month) == (day.year + 2, day.month)
    assert end.day == min(day.day, calendar.monthrange(end.year, end.month)[1])
    assert [expiry(kind, day) for kind in Kind if kind != Kind.USED] == [None] * 6


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (date(2024, 2, 29), date(2026, 2, 28)),
        (date(2022, 2, 28), date(2024, 2, 28)),
        (date(2025, 12, 31), date(2027, 12, 31)),
        (date(2098, 2, 28), date(2100, 2, 28)),
    ],
    ids=str,
)
def test_month_ends_and_leap_days_lapse_on_a_day_that_exists(day: date, end: date):
    assert expiry(Kind.USED, day) == end


@given(days, st.integers(-800, 800))
def test_a_use_is_used_to_its_last_day_and_to_be_confirmed_after(day: date, shift: int):
    end = expiry(Kind.USED, day)
    event = Event(Kind.USED, day, 1, end)
    on = end + timedelta(days=shift)
    assert state_of(event, on) == (EXPIRED if shift > 0 else Kind.USED)


def test_nothing_said_is_no_state_and_only_a_use_lapses():
    assert state_of(None, TODAY) == ""
    assert state_of(Event(Kind.REQUESTED, date(2001, 1, 1), 1), TODAY) == Kind.REQUESTED


THIN, HARD = "\u202f", "\u00a0"


@pytest.mark.parametrize(
    ("basis", "cents", "population", "sentence", "total"),
    [
        ("free", None, 900, "Gratuit", 0),
        ("free", 500, None, "Gratuit", 0),
        ("quote", 500, 900, "Sur devis : demander à OPSN", None),
        ("unknown", 500, 900, "Prix non publié : demander à OPSN", None),
        ("unit", None, 900, "Prix non publié : demander à OPSN", None),
        ("membership", None, 900, "Prix non publié : demander à OPSN", None),
        ("per_inhabitant", None, 900, "Prix non publié : demander à OPSN", None),
        ("per_inhabitant", 35, 900, f"315{HARD}€ par an (0,35{HARD}€ par habitant)", 31_500),
        ("per_inhabitant", 35, 0, f"0{HARD}€ par an (0,35{HARD}€ par habitant)", 0),
        ("per_inhabitant", 35, None, f"0,35{HARD}€ par habitant et par an ; votre population n’est pas connue", None),
        ("membership", 24_000, None, f"240{HARD}€ par an, compris dans l’adhésion", 24_000),
        ("unit", 123_450, 1, f"1{THIN}234,50{HARD}€ par an", 123_450),
    ],
    ids=range(12),
)
def test_a_price_is_said_and_an_unknown_one_is_never_zero(basis, cents, population, sentence, total):
    price = price_for(basis=basis, amount_cents=cents, population=population, operator="OPSN")
    assert (price.sentence, price.cents, price.known) == (sentence, total, total is not None)


@given(st.integers(0, 10**12))
def test_euros_keep_every_cent(cents: int):
    text = euros(cents).removesuffix(f"{HARD}€").replace(THIN, "")
    whole, _, rest = text.partition(",")
    assert int(whole) * 100 + int(rest or 0) == cents


def test_a_share_of_nothing_is_unknown():
    assert Coverage(0, 0, 0, 0).communes_share is None
    assert Coverage(1, 4, 5, 10).people_share == 0.5
