"""Bulk only narrows: what `suspects` leaves out, the exact rule finds fine. python-stdnum and plain loops are the oracles."""

from datetime import date
from decimal import Decimal

import numpy as np
import phonenumbers
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from stdnum.fr import siren as stdnum_siren
from stdnum.fr import siret as stdnum_siret

from dcant.standards.tables.checks import HeaderFault, compile_check
from dcant.standards.tables.checks.bulk import has_luhn_key
from dcant.standards.tables.checks.sirene import wrong_siren, wrong_siret
from dcant.standards.tables.values import CheckSpec, Field

DIGIT = "0123456789"


def field(name, kind="string", **options):
    return Field(name, kind, "default", 1, ("", "NA"), {}, options)


def read(text, kind):
    """A plain reader, for the types of this page."""
    if text in {"", "NA"}:
        return None
    try:
        return {"string": str, "integer": int, "number": Decimal, "date": date.fromisoformat}[kind](text)
    except (ValueError, ArithmeticError):
        return None


def luhn_completed(digits):
    return digits + next(last for last in DIGIT if stdnum_siren_luhn(digits + last))


def stdnum_siren_luhn(digits):
    from stdnum import luhn

    return luhn.is_valid(digits)


sirens = st.text(DIGIT, min_size=8, max_size=8).map(luhn_completed)
sirets = st.builds(lambda siren, nic: luhn_completed(siren + nic), sirens, st.text(DIGIT, min_size=4, max_size=4))
la_poste = st.text(DIGIT, min_size=5, max_size=5).map(lambda nic: "356000000" + nic)
near = st.one_of(sirens, sirets, la_poste, st.text(DIGIT + " .-aé٣", max_size=15), st.just("0" * 14), st.just("0" * 9))


@given(near)
@example("21310555400000")
def test_sirets_and_sirens_are_those_of_stdnum_but_for_zeros(text):
    zeros = text[:9] == "0" * 9 or text[9:] == "0" * 5
    if not zeros and "-" not in text:  # the specification leaves hyphens out of a SIRET, stdnum does not
        compact = text.replace(" ", "").replace(".", "")
        if compact[9:] != "0" * 5:
            assert (wrong_siret(text) is None) == stdnum_siret.is_valid(text)
            assert (wrong_siren(text) is None) == stdnum_siren.is_valid(text)
    if zeros:
        assert wrong_siret(text) is not None


@given(st.lists(near), st.integers(0, 3))
def test_the_luhn_key_in_bulk_is_the_exact_rule_but_for_la_poste(texts, cut):
    column = pa.array(texts, type=pa.string())[cut:]
    for length, wrong in ((9, wrong_siren), (14, wrong_siret)):
        accepted = has_luhn_key(column, length)
        for text, fine in zip(texts[cut:], accepted, strict=True):
            exact = wrong(text) is None and len(text) == length and not (length == 14 and text.startswith("356000000"))
            assert fine == exact


def check_of(spec, fields):
    names = [one.name for one in fields]
    compiled = compile_check(spec, names, names, fields=fields)
    assert compiled is not None
    assert not isinstance(compiled, HeaderFault)
    return compiled


def agrees(spec, fields, rows):
    """The faults among the suspects are all the faults."""
    check = check_of(spec, fields)
    columns = {one.name: pa.array([row[at] for row in rows], type=pa.string()) for at, one in enumerate(fields)}
    values = {one.name: [read(row[at], one.type) for row in rows] for at, one in enumerate(fields)}
    suspects = check.suspects({name: columns[name] for name in check.columns})
    assert suspects is not None
    found = {fault.index for fault in check.faults(values)}
    assert found <= set(suspects.tolist())
    return suspects


LINES = {
    "french-siret-value": near,
    "french-siren-value": near,
    "year-interval-value": st.from_regex(r"[0-9]{3,4}[/-]?([0-9]{4})?", fullmatch=True),
    "phone-number-value": st.one_of(
        st.from_regex(r"(0|\+33 ?|)[0-9]( ?[0-9]{2}){3,4}", fullmatch=True), st.text("0123456789+ ./", max_size=14)
    ),
    "opening-hours-value": st.sampled_from(["24/7", "Mo-Fr", "lundi", "PH off"]),
    "nomenclature-actes-value": st.sampled_from(["Urbanisme/a", "Urbanisme", "Urbanisme/ a"]),
}
BLANKS = st.sampled_from(["", " ", "NA", "\t", "\n", "\u00a0", "é"])


@pytest.mark.parametrize("name", LINES)
@given(data=st.data())
def test_no_faulty_value_of_one_column_escapes_the_bulk_rule(name, data):
    for kind in ("string", "integer"):
        rows = data.draw(st.lists(st.tuples(st.one_of(LINES[name], BLANKS)), max_size=12))
        agrees(CheckSpec(name, {"column": "a", "allow-year-only": "yes"}, ""), [field("a", kind)], rows)


CELLS = {
    "string": st.one_of(BLANKS, st.text("019-ab é", max_size=4), st.just("2021-03-01")),
    "integer": st.one_of(BLANKS, st.integers(-12, 12).map(str), st.sampled_from(["01", "1.0", "-0", "9" * 18, " 1"])),
    "number": st.one_of(
        BLANKS, st.decimals(-2, 2, places=1).map(str), st.sampled_from(["NaN", "1e1", "0.1000001", "1."])
    ),
    "date": st.one_of(BLANKS, st.dates(date(2020, 2, 25), date(2020, 3, 3)).map(str), st.just("2021-02-29")),
}


@pytest.mark.parametrize(
    "spec",
    [
        *(
            CheckSpec("compare-columns-value", {"column": "a", "op": op, "column2": "b"}, "")
            for op in (">=", "<", "==")
        ),
        CheckSpec("cohesive-columns-value", {"column": "a", "othercolumns": ["b", "c"]}, ""),
        CheckSpec("one-of-required", {"column1": "a", "column2": "b"}, ""),
    ],
)
@given(data=st.data())
def test_no_faulty_row_escapes_the_bulk_rule(spec, data):
    kind = data.draw(st.sampled_from(sorted(CELLS)))
    fields = [field(name, kind) for name in "abc"]
    rows = data.draw(st.lists(st.tuples(*[CELLS[kind]] * 3), max_size=12))
    agrees(spec, fields, rows)


@given(st.lists(st.tuples(*[CELLS["integer"]] * 3), max_size=12))
def test_no_faulty_sum_escapes_the_bulk_rule(rows):
    agrees(
        CheckSpec("sum-columns-value", {"column": "a", "columns": ["b", "c"]}, ""),
        [field(name, "integer") for name in "abc"],
        rows,
    )


def test_good_columns_have_no_suspect():
    """Bulk is of use: on ordinary columns nothing is left for the exact rules."""
    days = ["2021-03-01", "", "2021-12-31"]
    cohesive = CheckSpec("cohesive-columns-value", {"column": "a", "othercolumns": ["b"]}, "")
    later = CheckSpec("compare-columns-value", {"column": "b", "op": ">=", "column2": "a"}, "")
    pairs = list(zip(days, ["2021-03-02", "", "2022-01-01"], strict=True))
    dates = [field("a", "date"), field("b", "date")]
    assert not len(agrees(cohesive, dates, pairs))
    assert not len(agrees(later, dates, pairs))
    for name, text in (
        ("french-siret-value", "21310555400017"),
        ("phone-number-value", "01 42 75 80 00"),
        ("year-interval-value", "2021/2022"),
    ):
        assert not len(agrees(CheckSpec(name, {"column": "a"}, ""), [field("a")], [(text,), ("",)]))


def test_a_caller_that_knows_no_field_is_given_every_row_that_is_not_blank():
    check = compile_check(CheckSpec("french-siret-value", {"column": "a"}, ""), ["a"], ["a"])
    suspects = check.suspects({"a": pa.array(["21310555400017", "", " "])})
    assert suspects.tolist() == [0]
    several = compile_check(CheckSpec("one-of-required", {"column1": "a", "column2": "b"}, ""), ["a", "b"], ["a", "b"])
    assert several.suspects({"a": pa.array([""]), "b": pa.array([""])}) is None


@given(st.integers(100_000_000, 999_999_999))
def test_a_plain_french_number_accepted_in_bulk_is_valid_for_the_library(number):
    check = check_of(CheckSpec("phone-number-value", {"column": "a"}, ""), [field("a")])
    text = f"0{number}"
    if not len(check.suspects({"a": pa.array([text])})):
        assert phonenumbers.is_valid_number(phonenumbers.parse(text, "FR"))


def test_an_empty_block_has_no_suspect():
    check = check_of(CheckSpec("french-siret-value", {"column": "a"}, ""), [field("a")])
    assert np.array_equal(check.suspects({"a": pa.array([], type=pa.string())}), np.zeros(0, dtype=np.int64))
