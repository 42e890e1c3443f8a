"""Every cell rule beside frictionless: no difference but the wanted ones, no bulk acceptance the exact rule would deny."""

import datetime as dt
import random
import secrets
from typing import Any

import pyarrow as pa
import pytest
from cell_oracle import Case, Pair, cases, grow, one_day
from hypothesis import given
from hypothesis import strategies as st

from dcant.standards.tables.rules.pattern import Pattern

STRINGS = 20_000


def test_we_say_of_a_cell_what_frictionless_says_and_never_accept_more_in_bulk() -> None:
    seed = secrets.randbelow(2**32)
    chance, every = random.Random(seed), cases()
    share = STRINGS // len(every) + 1
    found: list[str] = []
    with one_day():
        for case in every:
            pair = Pair(case)
            texts = [*case.seeds, *(grow(case.seeds, chance) for _ in range(share))]
            found += [difference for text in texts if (difference := pair.difference(text))]
            found += [f"accepted in bulk: {case.name}: {text!r}" for text in pair.false_acceptances(texts)]
    assert not found, f"seed {seed}: {found[:10]}"


def test_good_cells_are_mostly_accepted_in_bulk() -> None:
    kinds = {
        "integer": "12",
        "number": "1.5",
        "date": "2021-03-31",
        "datetime": "2021-03-01T10:00:00",
        "boolean": "1",
        "year": "2021",
    }
    kinds |= {
        "time": "10:00:00",
        "yearmonth": "2021-03",
        "duration": "P1D",
        "geopoint": "2.35,48.85",
        "string": "été",
        "any": "a",
        "list": "a,b",
    }
    for kind, text in kinds.items():
        rule = Pair(Case({"name": "f", "type": kind}, (text,))).ours
        assert rule.accept(pa.array([text, ""])).to_pylist() == [True, True], kind
        required = Pair(Case({"name": "f", "type": kind, "constraints": {"required": True}}, (text,))).ours
        assert required.accept(pa.array([text, ""])).to_pylist() == [True, False], kind


NATIVES: list[Any] = [
    *(0, 1, -3, 2021, 10**20, 0.0, 1.0, 2.5, -0.0, 1e300, float("nan"), float("inf"), True, False, None),
    *(dt.date(2021, 3, 1), dt.datetime(2021, 3, 1), dt.datetime(2021, 3, 1, 10, 5), dt.time(0), dt.time(10, 5), dt.time(10, 5, 3)),  # noqa: DTZ001 - as spreadsheets have them
]  # fmt: skip


def test_the_cells_of_spreadsheets_get_the_verdicts_of_frictionless_but_for_numbers_as_text() -> None:
    found: list[str] = []
    with one_day():
        for case in cases():
            pair = Pair(case)
            for cell in NATIVES:
                as_text = case.field["type"] in {"string", "boolean"} and not isinstance(cell, bool)
                if as_text and isinstance(cell, (int, float)) and float(cell).is_integer():
                    continue  # D10
                found += [difference] if (difference := pair.difference(cell)) else []
    assert not found, found[:10]


# ---- wanted differences: each is needed, for the oracle says otherwise


def _pair(**field: Any) -> Pair:
    return Pair(Case({"name": "f", **field}, ("",)))


def test_the_oracle_crashes_on_a_zone_on_one_side_only() -> None:
    assert _pair(type="datetime", constraints={"minimum": "2020-01-01T00:00:00"}).theirs("2021-01-01T00:00:00Z") is None


def test_the_oracle_takes_a_nan_with_a_payload_and_crashes_on_its_bounds() -> None:
    assert _pair(type="number").theirs("NaN12") == []
    assert _pair(type="number", constraints={"minimum": 1}).theirs("sNaN") is None


def test_the_oracle_knows_no_group_mark_in_integers() -> None:
    assert _pair(type="integer", groupChar=" ").theirs("1 000") == ["type-error"]


def test_the_oracle_refuses_a_whole_number_in_a_text() -> None:
    assert _pair(type="string").theirs(75001) == ["type-error"]
    assert _pair(type="boolean").theirs(1) == ["type-error"]


def test_the_oracle_says_nothing_of_control_characters() -> None:
    assert _pair(type="string").theirs("a\x00b") == []


# ---- the bulk rule by itself


@pytest.mark.parametrize(
    "texts", [["12x", ""], ["", "1x", "", ""], ["x", ""], ["1.2.", "", "3"], ["1" * 260 + ".."], ["1" + "." * 257]]
)
def test_a_wrong_end_is_seen_in_the_last_cell_that_is_not_empty(texts: list[str]) -> None:
    assert _pair(type="number").ours.accept(pa.array(texts)).to_pylist() == [text in {"", "3"} for text in texts]


def test_a_slice_of_a_column_is_accepted_as_the_column_is() -> None:
    texts = [
        "",
        "1",
        "x",
        "a\x00",
        "2021-03-01",
        "« é »",
        "12.5",
        "a\x85",
        "1.2.3",
        "007",
        "2021-02-29",
        "aaaaaaaaaaaaaaaaaaaaaaaaa",
    ] * 3
    whole = pa.array(texts)
    for field in (
        {"type": "string"},
        {"type": "date"},
        {"type": "number"},
        {"type": "integer"},
        {"type": "string", "constraints": {"maxLength": 3, "required": True}},
    ):
        rule = _pair(**field).ours
        full = rule.accept(whole).to_pylist()
        for start, length in ((0, 0), (1, 5), (7, 20), (30, 6)):
            assert rule.accept(whole.slice(start, length)).to_pylist() == full[start : start + length]
        assert rule.accept(pa.array([], type=pa.string())).to_pylist() == []
        assert rule.accept(pa.array(["", ""])).to_pylist() == [not rule.field.required] * 2
        assert rule.accept(whole.cast(pa.large_string())).to_pylist() == full


def test_control_characters_are_found_wherever_they_stand() -> None:
    rule = _pair(type="string").ours
    texts = ["\x00", "", "a", "b\x1f", "\n\r\t", "\x7f", "é\x80", "\x9fà", "\u00a0", "«»", "a\x01b"]
    assert rule.accept(pa.array(texts)).to_pylist() == [not rule.read(text).faults for text in texts]


pieces = st.sampled_from(["a", "b", "é", ".", r"\d", r"\D", r"\w", r"\W", r"\s", r"\S", "[ab]", "[^a]", r"[^\d]", r"[\Wa]", "(a|b)", "(|a)", "(?:ab)", "^", "$", "|", r"\|", "[a-é]", "0"])  # fmt: skip
times = st.sampled_from(["", "", "", "*", "+", "?", "{2}", "{0,2}", "*?"])


@given(
    st.lists(st.tuples(pieces, times), min_size=1, max_size=5),
    st.lists(st.text(st.sampled_from("abé0٣_ \n|."), max_size=6), min_size=1, max_size=12),
)
def test_a_pattern_accepts_in_bulk_only_what_it_matches_strictly(
    parts: list[tuple[str, str]], texts: list[str]
) -> None:
    source = "".join(piece + ("" if piece in "^$|" else time) for piece, time in parts)
    pattern = Pattern(source)
    if pattern.regex is not None:
        for text, taken in zip(
            texts, pa.compute.match_substring_regex(pa.array(texts), pattern.regex).to_pylist(), strict=True
        ):
            if taken:
                assert pattern.matches(text), (source, text)
                assert not pattern.is_loose(text), (source, text)


# ---- keys


@pytest.mark.parametrize(
    ("field", "texts"),
    [
        ({"type": "integer"}, ["1", "01", "+1", " 1", "-0", "0", "1_0", "10", "x", "", "-1", "9" * 30, "0" + "9" * 30]),
        (
            {"type": "number"},
            [
                "1",
                "1.0",
                "1e0",
                "10e-1",
                "0",
                "-0.0",
                "0e5",
                "NaN",
                "inf",
                "Infinity",
                "-inf",
                "100",
                "1e2",
                "x",
                ".1",
                "0.10",
            ],
        ),
        ({"type": "number", "floatNumber": True}, ["1", "1.0", "0.1", ".1", "1e999", "inf", "-0", "0"]),
        ({"type": "boolean"}, ["1", "true", "0", "FALSE", "x", ""]),
        ({"type": "date"}, ["2021-03-01", "2021-3-1", "2020-02-29", "2021-02-29", "", "0999-01-01"]),
        ({"type": "date", "format": "%d/%m/%Y"}, ["01/03/2021", "1/3/2021", "02/03/2021"]),
        (
            {"type": "datetime"},
            [
                "2021-03-01T10:00:00",
                "2021-03-01 10:00:00",
                "2021-03-01T10:00:00Z",
                "2021-03-01T12:00:00+02:00",
                "2021-03-01T10:00:00+99:00",
            ],
        ),
        ({"type": "time"}, ["10:00:00", "10:00:00Z", "12:00:00+02:00", "10:00:00.0"]),
        ({"type": "year"}, ["2021", "+202", "0202", " 202"]),
        ({"type": "yearmonth"}, ["2021-03", "2021-3", "0021-03", "21-03"]),
        ({"type": "duration"}, ["P1D", "PT24H", "P1Y", "P12M", "P1M", "P30D", "PT1.5H", "PT90M"]),
        ({"type": "geopoint"}, ["1,2", "1.0, 2", "2,1", "1e0,2"]),
        ({"type": "array"}, ["[1]", "[1.0]", "[ 1 ]", "[2]", "[true]", '["1"]']),
        ({"type": "object"}, ['{"a": 1, "b": 2}', '{"b": 2, "a": 1}', "{}"]),
        ({"type": "list"}, ["a,b", "a, b", "a"]),
        ({"type": "string", "missingValues": ["", "-"]}, ["a", "A", "a ", "-", ""]),
        ({"type": "string", "format": "email"}, ["a@b.fr", "A@b.fr", "x", ""]),
    ],
)
def test_two_cells_have_one_key_exactly_when_they_read_alike(field: dict[str, Any], texts: list[str]) -> None:
    rule = _pair(**field).ours
    keys, values = rule.canonical(pa.array(texts)).to_pylist(), [rule.read(text).value for text in texts]
    for one, first in enumerate(values):
        for other, second in enumerate(values):
            alike = first is not None and second is not None and _equal(first, second)
            assert (keys[one] is not None and keys[one] == keys[other]) is alike, (texts[one], texts[other])
    assert rule.canonical(list(texts)).to_pylist() == keys


def _equal(first: Any, second: Any) -> bool:
    try:
        return bool(first == second)
    except ValueError:  # a zone of more than a day
        return first is second


def test_native_cells_have_the_keys_of_their_texts_where_they_are_equal() -> None:
    assert _pair(type="integer").ours.canonical([1, 1.0, "01", None, True]).to_pylist() == ["1", "1", "1", None, None]
    assert _pair(type="string").ours.canonical([75001, "75001", 1.5]).to_pylist() == ["75001", "75001", None]
    assert _pair(type="date").ours.canonical([dt.datetime(2021, 3, 1), "2021-03-01"]).to_pylist() == ["2021-03-01"] * 2  # noqa: DTZ001 - as spreadsheets have them
    numbers = _pair(type="number").ours.canonical([1, 1.0, "1.00", 0.1, "0.1"]).to_pylist()
    assert numbers[0] == numbers[1] == numbers[2] != numbers[3] == numbers[4]
