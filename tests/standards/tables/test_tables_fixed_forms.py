"""Patterns that come down to texts of known lengths: judged byte by byte, they say what Python says."""

import re

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcant.standards.tables.rules.fixed import FixedForm, within
from dcant.standards.tables.rules.kernels import of_forms, of_length, plain_dates
from dcant.standards.tables.rules.pattern import Pattern

OF_KNOWN_LENGTHS = (r"^W\d{3}$", r"[0-3]{2}-[0-9](/[0-9])?", r"^(2[AB]|[013-9]\d)\d$", r"a|bc|[d-f]{3}", r"(x|yy){2}")


@given(st.sampled_from(OF_KNOWN_LENGTHS), st.data())
def test_a_pattern_of_known_lengths_takes_the_cells_that_python_takes_whole(source: str, data: st.DataObject) -> None:
    near = st.one_of(st.from_regex(re.compile(f"(?:{source})", re.ASCII)), st.text("W0129-/abxyAB\n٣é", max_size=7))
    texts = data.draw(st.lists(near, min_size=1, max_size=30))
    forms = Pattern(source).forms
    assert forms
    found = of_forms(pa.array(texts, pa.string()), forms).tolist()
    assert found == [re.fullmatch(f"(?:{source})", text, re.ASCII) is not None for text in texts]


@pytest.mark.parametrize(
    "source", [r"\w{5}", r"a+", r"^a$|b", r"(?=a)a", r"(a)\1", r"[^a]b|é", r"\d{1,30}", r"a(?:^b)"]
)
def test_other_patterns_are_left_to_regular_expressions(source: str) -> None:
    assert not Pattern(source).forms


def test_a_strange_byte_is_found_wherever_it_stands_among_thousands_of_cells() -> None:
    texts = ["A12"] * 5000
    for place in (0, 1023, 1024, 4999):
        texts[place] = "A1b"
    rows, letters = of_length(pa.array(texts), 3)
    fine = within(letters, FixedForm(b"A00", b"A99"))
    assert [row for row in rows.tolist() if not fine[row]] == [0, 1023, 1024, 4999]


@given(st.lists(st.sampled_from(["2021-03-01", "2021-02-29", "0999-01-01", "2021-13-01", "2021-04-31", "2021-1-1", "", "été-fini!", "2021/03/01"]), max_size=40), st.integers(0, 5))  # fmt: skip
def test_days_are_found_among_other_texts_and_in_a_part_of_a_column(texts: list[str], start: int) -> None:
    part = pa.array(texts, pa.string()).slice(start)
    assert plain_dates(part).tolist() == [text == "2021-03-01" for text in texts[start:]]


@pytest.mark.parametrize(("source", "takes"), [(r"[^\x00-\x2f]\d", True), (r".\d", True), (r"[a-\xff]", True), (r"[é-ü]", False), (r"^[!-~]+$", False)])  # fmt: skip
def test_a_class_that_spans_the_control_characters_is_known_to_take_them(source: str, takes: bool) -> None:
    assert Pattern(source).may_take_controls is takes
