"""What colleges decide, against a second model written naively, and what cannot be counted."""

import itertools
import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcant.governance.rules import Ballot, Charter, DecisionRefused, Objection, Seat, outcome
from dcant.governance.rules.decision_file import evaluate


def _profiles(most: int):
    """Every (for, against, abstained) a college of 1..most seats may give."""
    for seats in range(1, most + 1):
        for for_ in range(seats + 1):
            for against in range(seats + 1 - for_):
                for abstain in range(seats + 1 - for_ - against):
                    yield seats, for_, against, abstain


def _votes(college: str, profile: tuple[int, int, int, int]) -> tuple[list[Seat], list[Ballot]]:
    seats, for_, against, abstain = profile
    values = ["for"] * for_ + ["against"] * against + ["abstain"] * abstain
    electorate = [Seat(f"{college}{number}", college) for number in range(seats)]
    return electorate, [Ballot(f"{college}{number}", value) for number, value in enumerate(values)]


def _naive(rule: str, profiles: list[tuple[int, int, int, int]]) -> str:
    """Written from the words of the charter, with fractions of the whole rather than products."""
    for seats, for_, against, abstain in profiles:
        if Fraction(for_ + against + abstain, seats) < Fraction(1, 2) or for_ + against + abstain == 0:
            return "no_quorum"
    for _seats, for_, against, _abstain in profiles:
        if rule == "double_majority" and not for_ > against:
            return "rejected"
        if rule == "qualified" and (for_ == 0 or Fraction(for_, for_ + against) < Fraction(2, 3)):
            return "rejected"
    return "adopted"


@pytest.mark.parametrize("rule", ["double_majority", "qualified"])
def test_every_profile_of_one_to_three_seats_a_side_is_decided_as_the_charter_says(rule):
    all_profiles = list(_profiles(3))
    for state, territories in itertools.product(all_profiles, repeat=2):
        seats_a, ballots_a = _votes("e", state)
        seats_b, ballots_b = _votes("t", territories)
        found = outcome(Charter(rule), seats_a + seats_b, ballots_a + ballots_b)
        assert found.outcome == _naive(rule, [state, territories]), (state, territories)


profiles = st.integers(1, 7).flatmap(
    lambda seats: st.lists(st.sampled_from(["for", "against", "abstain", None]), min_size=seats, max_size=seats)
)


def _college(name: str, values: list[str | None], voice: str = "deliberative") -> tuple[list[Seat], list[Ballot]]:
    seats = [Seat(f"{name}{number}", name, voice) for number in range(len(values))]
    return seats, [Ballot(f"{name}{number}", value) for number, value in enumerate(values) if value]


@given(profiles, profiles, profiles, st.randoms(), st.sampled_from(["double_majority", "qualified"]))
def test_neither_the_order_of_anything_nor_a_consultative_college_changes_an_outcome(
    state, territories, others, draw, rule
):
    seats_a, ballots_a = _college("e", state)
    seats_b, ballots_b = _college("t", territories)
    seats_c, ballots_c = _college("c", others, "consultative")
    alone = outcome(Charter(rule), seats_a + seats_b, ballots_a + ballots_b)
    seats, ballots = seats_a + seats_b + seats_c, ballots_a + ballots_b + ballots_c
    draw.shuffle(seats)
    draw.shuffle(ballots)
    together = outcome(Charter(rule), seats, ballots)
    assert together.outcome == alone.outcome
    assert together.because == alone.because
    assert together.colleges["c"].recorded == len(ballots_c)
    assert {key: together.colleges[key] for key in alone.colleges} == alone.colleges


@given(profiles, profiles)
def test_the_two_colleges_play_the_same_part(state, territories):
    one = outcome(
        Charter("double_majority"),
        *(a + b for a, b in zip(_college("e", state), _college("t", territories), strict=True)),
    )
    other = outcome(
        Charter("double_majority"),
        *(a + b for a, b in zip(_college("e", territories), _college("t", state), strict=True)),
    )
    assert one.outcome == other.outcome


TWO = [Seat("e1", "e"), Seat("t1", "t"), Seat("t2", "t")]


def test_a_direct_ballot_silently_replaces_the_proxy_of_the_same_seat():
    ballots = [Ballot("e1", "for"), Ballot("t1", "for"), Ballot("t2", "for", "proxy", "t1"), Ballot("t2", "against")]
    found = outcome(Charter("double_majority"), TWO, ballots)
    assert (found.colleges["t"].for_, found.colleges["t"].against) == (1, 1)
    assert found.outcome == "rejected"


def test_a_consent_is_carried_by_silence_but_stopped_by_one_standing_objection():
    acks = [Ballot("e1", "ack"), Ballot("t1", "ack")]
    assert outcome(Charter("consent"), TWO, acks).outcome == "adopted"
    for state in ("raised", "standing"):
        assert outcome(Charter("consent"), TWO, acks, [Objection("t2", state)]).outcome == "rejected"
    for state in ("withdrawn", "integrated"):
        assert outcome(Charter("consent"), TWO, acks, [Objection("t2", state)]).outcome == "adopted"


def test_an_objection_of_a_consultative_seat_is_shown_and_stops_nothing():
    seats = [*TWO, Seat("c1", "c", "consultative")]
    found = outcome(
        Charter("consent"), seats, [Ballot("e1", "ack"), Ballot("t1", "ack")], [Objection("c1", "standing")]
    )
    assert found.outcome == "adopted"
    assert not found.colleges["c"].carried


def test_no_quorum_comes_before_any_other_reason():
    found = outcome(Charter("consent"), TWO, [Ballot("e1", "ack")], [Objection("t1", "raised")])
    assert found.outcome == "no_quorum"
    assert found.because == ("quorum-missing:t",)


@pytest.mark.parametrize(
    ("code", "seats", "ballots"),
    [
        ("too-few-colleges", [Seat("e1", "e")], []),
        ("duplicate-seat", [*TWO, Seat("e1", "e")], []),
        ("two-voices", [*TWO, Seat("t3", "t", "consultative")], []),
        ("unknown-voice", [*TWO, Seat("x", "x", "loud")], []),
        ("unknown-seat", TWO, [Ballot("x", "for")]),
        ("unknown-seat", TWO, [Ballot("t1", "for", "proxy", "x")]),
        ("two-direct-ballots", TWO, [Ballot("e1", "for"), Ballot("e1", "for")]),
        (
            "two-proxies",
            [*TWO, Seat("t3", "t")],
            [Ballot("t1", "for", "proxy", "t2"), Ballot("t1", "for", "proxy", "t3")],
        ),
        (
            "holder-has-two",
            [*TWO, Seat("t3", "t")],
            [Ballot("t1", "for", "proxy", "t3"), Ballot("t2", "for", "proxy", "t3")],
        ),
        ("holder-of-other-college", TWO, [Ballot("t1", "for", "proxy", "e1")]),
        ("holder-of-other-college", TWO, [Ballot("t1", "for", "proxy", "t1")]),
        ("value-not-of-rule", TWO, [Ballot("e1", "ack")]),
        ("unknown-way", TWO, [Ballot("e1", "for", "pigeon")]),
    ],
)
def test_what_cannot_be_counted_is_refused_with_its_code(code, seats, ballots):
    with pytest.raises(DecisionRefused) as refused:
        outcome(Charter("double_majority"), seats, ballots)
    assert refused.value.code == code


@pytest.mark.parametrize("share", [Fraction(0), Fraction(3, 2), Fraction(-1, 2)])
def test_a_share_lies_between_nothing_and_all(share):
    with pytest.raises(DecisionRefused, match="fraction-out-of-range"):
        Charter("qualified", quorum=share)


def test_a_decision_file_gives_what_the_rule_gives():
    document = {
        "charter": {"rule": "double_majority", "quorum": "1/2"},
        "electorate": [{"seat": seat.seat, "college": seat.college, "voice": seat.voice} for seat in TWO],
        "ballots": [{"seat": "e1", "value": "for", "by": "direct"}, {"seat": "t1", "value": "abstain", "by": "direct"}],
        "objections": [],
    }
    found = evaluate(json.dumps(document)).as_dict()
    assert found["outcome"] == "rejected"
    assert found["colleges"]["t"] == {
        "voice": "deliberative", "seats": 2, "recorded": 1, "for": 0, "against": 0, "abstain": 1, "quorum": True, "carried": False,
    }  # fmt: skip
    assert found["because"] == ["not-carried:t"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["charter", "electorate", "ballots", "seat", "rule"]), inner)
    ),
    max_leaves=12,
)


@given(st.text() | json_values.map(json.dumps))
def test_no_text_whatever_gives_anything_but_an_outcome_or_a_code(text):
    with pytest.raises(DecisionRefused) as refused:
        evaluate(text)
    assert refused.value.code
