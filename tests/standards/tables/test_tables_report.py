"""The report: a value that goes to JSON and back, counts that are complete, a sample that says so."""

import json
import unicodedata
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcant.standards.tables.cause_texts import CAUSES
from dcant.standards.tables.message_texts import CODES, CONSTRAINTS
from dcant.standards.tables.messages import Place, cell_fault, fault, letter
from dcant.standards.tables.report import (
    Cause,
    ColumnSeen,
    Counts,
    Fault,
    FileReport,
    Report,
    SampleSize,
    SchemaSeen,
    together,
)
from dcant.standards.tables.report_html import to_html
from dcant.standards.tables.report_text import MOST_LINES, to_text
from dcant.standards.tables.shown import MOST, shown
from dcant.standards.tables.tally import FLOOR, Tally
from dcant.standards.tables.values import CellFault, Detected, RuleNotChecked, Said, SchemaProblem

texts = st.text(max_size=12)
said = st.builds(Said, texts, texts)
maybe = st.none() | st.integers(0, 2**40)
faults = st.builds(
    Fault,
    code=st.sampled_from(sorted(CODES)),
    level=st.sampled_from(["error", "warning"]),
    message=said,
    remedy=said,
    row=maybe,
    line=maybe,
    field=st.none() | texts,
    position=maybe,
    cell=st.none() | texts,
    constraint=st.none() | texts,
    expected=st.none() | said,
    note=st.none() | said,
    offset=maybe,
)
counted = st.dictionaries(texts, st.integers(0, 10**9), max_size=3)
twice = st.dictionaries(texts, counted, max_size=3)
files = st.builds(
    FileReport,
    path=texts,
    bytes=maybe,
    sha256=st.none() | texts,
    format=st.none() | texts,
    encoding=st.none() | texts,
    delimiter=st.none() | texts,
    sheet=st.none() | texts,
    member=st.none() | texts,
    detected=st.tuples(st.builds(Detected, texts, texts, said)),
    rows=st.integers(0, 10**9),
    columns=st.tuples(st.builds(ColumnSeen, texts, maybe, st.sampled_from(["checked", "missing"]), st.none() | texts)),
    schema=st.builds(
        SchemaSeen,
        *[texts] * 5,
        st.tuples(st.builds(SchemaProblem, texts, texts, said, said)),
        st.tuples(st.builds(RuleNotChecked, texts, st.none() | texts, texts, said)),
    ),
    column_mode=st.just("fr"),
    conforms=st.booleans(),
    complete=st.booleans(),
    stopped=st.sampled_from([None, "cancelled", "unreadable"]),
    counts=st.builds(Counts, *[st.integers(0, 10**9)] * 3, counted, twice, counted, twice),
    causes=st.tuples(st.builds(Cause, texts, st.none() | texts, st.integers(1, 9), st.none() | texts, said, said)),
    sample=st.builds(SampleSize, *[st.integers(0, 9)] * 4, texts),
    errors=st.lists(faults, max_size=3).map(tuple),
    seconds=st.floats(0, 1e6),
)


@given(st.lists(files, max_size=2))
def test_a_report_comes_back_from_json_as_it_was(listed):
    report = Report(files=tuple(listed))
    assert Report.from_json(report.to_json()) == report
    assert Report.from_json(report.to_json(indent=None).encode()) == report


@pytest.mark.parametrize("text", ["{}", "[]", "x", '{"report": "dcant-table-report/1", "files": [{}]}'])
def test_what_is_not_a_report_is_refused(text):
    with pytest.raises(ValueError, match=r"Not a|Expecting"):
        Report.from_json(text)


@given(st.lists(files, min_size=1, max_size=3))
def test_the_totals_are_those_of_the_files(listed):
    report = together(Report(files=(one,)) for one in listed)
    written = json.loads(report.to_json())
    assert written["totals"]["errors"] == sum(one.counts.errors for one in listed) == report.counts.errors
    assert written["conforms"] is all(one.conforms for one in listed)


some_faults = st.builds(
    lambda code, level, field, row, position: Fault(
        code, level, Said("", ""), Said("", ""), row=row, field=field, position=position
    ),
    st.sampled_from(["type-error", "constraint-error", "blank-row"]),
    st.sampled_from(["error", "warning"]),
    st.sampled_from(["a", "b", None]),
    st.integers(1, 400),
    st.integers(1, 3),
)


@given(st.lists(some_faults, max_size=300), st.sampled_from([0, 1, 5, 50, 1000]), st.randoms())
def test_the_sample_is_bounded_keeps_the_rare_and_does_not_depend_on_the_order(listed, limit, chance):
    distinct = list({(one.level, one.order, one.field): one for one in listed}.values())
    kept = []
    for _ in range(2):
        tally = Tally(limit)
        for one in distinct:
            tally.add(one)
        kept.append(tally.faults())
        chance.shuffle(distinct)
    assert {one.order for one in kept[0]} == {one.order for one in kept[1]}
    groups = Counter((one.level, one.code, one.field) for one in distinct)
    of_kept = Counter((one.level, one.code, one.field) for one in kept[0])
    for group, times in groups.items():
        assert of_kept[group] >= min(times, FLOOR)
    for level in ("error", "warning"):
        floor = sum(min(times, FLOOR) for group, times in groups.items() if group[0] == level)
        every = sum(times for group, times in groups.items() if group[0] == level)
        assert sum(one.level == level for one in kept[0]) == min(every, max(floor, limit))
    assert list(kept[0]) == sorted(kept[0], key=lambda one: one.order)
    counts = tally.counts(0)
    assert counts.errors == sum(counts.by_code.values()) == sum(sum(one.values()) for one in counts.by_field.values())
    assert counts.errors + counts.warnings == len(distinct)


@given(st.text())
def test_a_shown_cell_is_short_and_obeyed_by_no_terminal(text):
    seen = shown(text)
    assert seen is not None
    assert not {unicodedata.category(one) for one in seen} & {"Cc", "Cf", "Zl", "Zp"}
    assert len(seen) <= MOST * 6
    if text.isascii() and text.isprintable() and len(text) <= MOST:
        assert seen == text


def test_control_characters_are_shown_and_long_values_cut():
    assert shown("a\tb\nc\u00a0d\x00e\u200bf") == "a⇥b↵c⍽d\\u0000e\\u200bf"
    assert shown("x" * 500) == "x" * (MOST - 1) + "…"
    assert shown(None) is None


def test_columns_have_the_letters_of_a_spreadsheet():
    assert [letter(position) for position in (1, 26, 27, 52, 703)] == ["A", "Z", "AA", "AZ", "AAA"]


VALUES = {name: Said("x", "x") for name in ("letter", "row", "columns", "previous", "note", "resource", "expected")}


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_has_words_in_both_languages(code):
    text = CODES[code]
    assert all(text.title)
    made = fault(code, "error", Place(row=2, field="f", position=3), cell="v", **VALUES)
    assert "{" not in made.message.fr + made.message.en + made.remedy.fr + made.remedy.en
    if text.message[0]:
        assert made.message.fr != made.message.en
        assert made.remedy.fr
        assert made.remedy.en


@pytest.mark.parametrize("constraint", [*sorted(CONSTRAINTS), "minimum", "maxLength", "jsonSchema"])
def test_every_constraint_says_the_value_and_what_is_expected(constraint):
    expected = Said("une date comme 2021-03-01", "a date like 2021-03-01")
    made = cell_fault(CellFault("constraint-error", "error", constraint, expected), Place(field="jour"), "1/3/21")
    assert "jour" in made.message.fr
    if constraint not in {"required", "unique"}:
        assert "une date comme 2021-03-01" in made.message.fr
        assert "1/3/21" in made.message.en


def test_a_rule_without_words_leaves_no_hole():
    made = cell_fault(CellFault("type-error", "error"), Place(field="f"), "v")
    assert made.message.fr == "« v » ne se lit pas dans la colonne « f »."


@pytest.mark.parametrize("kind", sorted(CAUSES))
def test_every_cause_has_a_message_and_a_remedy_in_both_languages(kind):
    text = CAUSES[kind]
    for pair in (text.message, text.remedy):
        assert all(one.format_map({"cells": 3, "s": "s", "field": "f", "example": "e"}) for one in pair)
        assert pair[0] != pair[1]


@given(st.lists(files, min_size=1, max_size=1), st.sampled_from(["fr", "en"]))
def test_the_text_of_a_file_holds_in_forty_lines_and_its_page_escapes_all(listed, lang):
    report = Report(files=tuple(listed))
    for one in report.files:
        assert len(to_text(Report(files=(one,)), lang).splitlines()) <= MOST_LINES
    assert "<script" not in to_html(report, lang)
