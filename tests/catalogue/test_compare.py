"""Sheets side by side: nothing that differs is hidden, and unknown is never a no."""

from hypothesis import given
from hypothesis import strategies as st

from dcant.catalogue.rules.compare import FIRST, LEFT_OUT, Row, compare

fields = st.sampled_from([*FIRST, "title", "website", "apigouv:category", "sill:os", "zzz"])
values = st.sampled_from(["yes", "no", "open", ["a"], ["a", "b"], {"k": "v"}])
sheets = st.lists(st.dictionaries(fields, values, max_size=8), min_size=2, max_size=4)


@given(sheets)
def test_every_field_stands_once_but_those_that_say_nothing(given_sheets):
    rows = compare(given_sheets)
    named = [row.field for row in rows]
    assert len(named) == len(set(named))
    stated = {field for sheet in given_sheets for field in sheet} - LEFT_OUT
    alone = {field for field in stated if ":" in field and sum(field in sheet for sheet in given_sheets) < 2}
    assert set(named) == stated - alone


@given(sheets)
def test_each_row_has_the_value_of_each_sheet_in_order_and_silence_is_none(given_sheets):
    for row in compare(given_sheets):
        assert row.values == tuple(sheet.get(row.field) for sheet in given_sheets)


@given(sheets)
def test_what_differs_comes_first_then_the_order_of_questions(given_sheets):
    rows = compare(given_sheets)
    assert [row.differs for row in rows] == sorted((row.differs for row in rows), reverse=True)
    for differs in (True, False):
        asked = [row.field for row in rows if row.differs is differs and row.field in FIRST]
        assert asked == sorted(asked, key=FIRST.index)


@given(sheets, st.randoms())
def test_the_order_of_the_sheets_changes_neither_the_rows_nor_what_differs(given_sheets, draw):
    mixed = list(given_sheets)
    draw.shuffle(mixed)
    assert [(row.field, row.differs) for row in compare(mixed)] == [
        (row.field, row.differs) for row in compare(given_sheets)
    ]


@given(st.dictionaries(fields, values, max_size=8), st.integers(2, 4))
def test_a_sheet_differs_in_nothing_from_itself(sheet, times):
    assert not any(row.differs for row in compare([sheet] * times))


def test_silence_beside_an_answer_is_a_difference_and_silence_beside_silence_is_not():
    assert Row("licence", (None, "MIT")).differs
    assert not Row("licence", (None, None)).differs
    assert not Row("licence", ("MIT", "MIT")).differs
