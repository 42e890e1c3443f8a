"""What one cell is, by type, format and option: the cases of the specification, then what we wish to be otherwise."""

import datetime as dt
import pickle
from typing import Any

import pytest

from dcant.standards.tables.differences import DIFFERENCES
from dcant.standards.tables.rules import TYPES, CompiledRule, compile_rule
from dcant.standards.tables.schema import load_schema
from dcant.standards.tables.values import CellFault


def rule(field: dict[str, Any], **constraints: Any) -> CompiledRule:
    schema = load_schema(
        {"fields": [{"name": "a", **field, "constraints": {**field.get("constraints", {}), **constraints}}]}
    )
    assert not schema.rules_not_checked
    return compile_rule(schema.fields[0])


def said(compiled: CompiledRule, cell: Any) -> list[str]:
    return [fault.code for fault in compiled.read(cell).faults]


INTEGER, NUMBER, DATE, STRING = {"type": "integer"}, {"type": "number"}, {"type": "date"}, {"type": "string"}

# type and options · written as the standard has it · read all the same, with a warning · refused
READINGS: list[tuple[dict[str, Any], list[str], list[str], list[str]]] = [
    (INTEGER, ["1", "-0", "+1", "007"], [" 1", "\t1", "1\u00a0", "1_000", "٣", "１"], ["1.0", "1e3", "0x1", "1 000", "1,000", "12%", "_1", "--1", "9" * 4301]),
    ({**INTEGER, "bareNumber": False}, ["€12", "12%", "-12 EUR", "a-1", "_1"], [], ["1.0", "1 000", "abc", "--1"]),
    ({**INTEGER, "groupChar": " "}, ["1 000", "1 0 0"], ["1_0"], ["1\u00a0000", "1.0"]),
    (NUMBER, ["1.5", ".5", "5.", "1e5", "NaN", "Infinity", "-inf", "+INF"], [" 1", "1_000.5", "٣"], ["1,5", "1 000", "12%", "1.2.3", ".", "1e9999999999999999999"]),
    ({**NUMBER, "decimalChar": ","}, ["1,5", "1", "1e5", "NaN"], [" 1,5"], [".5", "1.5", "1.2"]),
    ({**NUMBER, "groupChar": " "}, ["1 000.5", " 1 0 0 "], [], ["1\u00a0000", "1\u202f000", "12%"]),
    ({**NUMBER, "decimalChar": ",", "groupChar": "."}, ["1.234,5", "1.2.3"], [], ["1 000"]),
    ({**NUMBER, "bareNumber": False}, ["12.5 EUR", "€ 12.5", "12%"], [], ["1 000", "NaN", "Infinity"]),
    ({**NUMBER, "floatNumber": True}, ["1e9999999999999999999", "1.5"], [], ["sNaN", "NaN12"]),
    ({"type": "boolean"}, ["true", "True", "TRUE", "1", "false", "0"], [], ["tRUE", "oui", " true", "yes", "1.0"]),
    ({"type": "boolean", "trueValues": ["oui"]}, ["oui", "false"], [], ["true", "1"]),
    (DATE, ["2021-03-01", "2020-02-29"], ["2021-3-1", "٢٠٢١-03-01"], [" 2021-03-01", "2021-02-29", "0000-01-01", "20210301", "2021-03", "01/03/2021"]),
    ({**DATE, "format": "%d/%m/%Y"}, ["01/03/2021", "1/3/2021"], [], ["2021-03-01", "31/02/2021", " 01/03/2021"]),
    ({**DATE, "format": "%Y"}, ["2021"], [], ["21", "2021-03"]),
    ({**DATE, "format": "zzz"}, [], [], ["2021-03-01", "01/03/2021"]),
    ({**DATE, "format": "any"}, ["01/03/2021", "12", "10h30", "March 1 2021"], [], ["le premier mars", "x"]),
    ({"type": "datetime"}, ["2021-03-01T10:00:00", "2021-03-01T10:00:00Z", "2021-03-01T10:00:00.5+02:00"], ["2021-03-01 10:00:00", "2021-03-01X10:00:00", "2021-03-01T10:00:00z", "2021-03-01T10:00:00+0200", "2021-03-01T10:00:00,5", "2021-03-01T24:00:00", "2021-W09-1T10:00:00"], ["2021-03-01T10:00", "2021-03-01T10:00:60", "20210301T100000", " 2021-03-01T10:00:00"]),
    ({"type": "time"}, ["10:00:00", "10:00:00Z", "10:00:00.5"], ["24:00:00", "10:00:00+0200"], ["10:00", "1:00:00", "24:00:01", "100000", "10:00:60"]),
    ({"type": "year"}, ["2021", "0000"], [" 202", "+202", "20_1", "٢٠٢١"], ["21", "02021", "2021 ", "-2021", "-021"]),
    ({"type": "yearmonth"}, ["2021-03"], ["2021-3", "21-03", " 2021-03", "2021 - 03", "2021-1_2", "99999-12"], ["2021-13", "03-2021", "202103", "2021-03-01"]),
    ({"type": "duration"}, ["P1D", "PT36H", "P1Y2M3DT4H5M6S", "P1W", "PT1.5H", "-P1D"], ["+P1D", "PT", "P1.5Y", "P0001-02-03T04:05:06"], ["P", "p1d", "1 day", " P1D"]),
    ({"type": "geopoint"}, ["2.35,48.85", " 2.35 , 48.85 ", "180,-90"], ["2_0,3"], ["1,2,3", "2;48", "[2.3,48.8]", "NaN,1", "Infinity,1", "181,0", "0,91"]),
    ({"type": "geopoint", "format": "array"}, ["[2.3, 48.8]", '["2.3", 48]'], ["[true, 1]"], ["[1, 2, 3]", "[null, 1]", "2,3"]),
    ({"type": "geopoint", "format": "object"}, ['{"lon": 2, "lat": 3}'], [], ['{"lon": 2}', '{"lon": 2, "lat": 3, "z": 1}', "[2, 3]"]),
    ({"type": "array"}, ["[]", ' ["a"] '], ["[NaN]"], ["null", "1", "{}", "[1,]"]),
    ({"type": "object"}, ["{}", '{"a": 1}'], [], ["null", "1", "[]"]),
    ({"type": "geojson"}, ['{"type": "Point", "coordinates": [1, 2]}', '{"type": "FeatureCollection", "features": []}', '{"type": "Feature", "geometry": null, "properties": {}}'], [], ["{}", '{"type": "Point"}', '{"type": "Point", "coordinates": []}', '{"type": "Cercle", "coordinates": [1, 2]}', "["]),
    ({"type": "geojson", "format": "topojson"}, ['{"type": "Topology", "objects": {}, "arcs": []}', '{"type": "Point", "coordinates": [1, 2]}'], [], ["{}", '{"type": "Topology"}']),
    ({"type": "list"}, ["a,b", "a,,b"], [], []),
    ({"type": "list", "itemType": "integer", "delimiter": ";"}, ["1;2"], ["1; 2"], ["1;;2", "1,2", "a"]),
    (STRING, ["a", " ", "été"], [], []),
    ({**STRING, "format": "email"}, ["a@b.fr", "é@b.fr", "a@é.fr", "A.b+c@d.gouv.fr"], [], ["a@b", "a@localhost", "a@b.fr ", "a@b..fr", ".a@b.fr", "a@b_c.fr", "a@b.c", f"{'a' * 65}@b.fr", "a@b.fr;c@d.fr"]),
    ({**STRING, "format": "uri"}, ["http://a.fr", "mailto:x", "urn:x"], ["http:/x", "http:", "a:b", "http://a b.fr", "http://a.fr:99999"], ["www.a.fr", "//a.fr", " http://a.fr", "1a:b"]),
    ({**STRING, "format": "uuid"}, ["123e4567-e89b-12d3-a456-426614174000", "123E4567-E89B-12D3-A456-426614174000"], ["123e4567e89b12d3a456426614174000", "{123e4567-e89b-12d3-a456-426614174000}", "urn:uuid:123e4567-e89b-12d3-a456-426614174000"], ["123e4567", "x"]),
    ({**STRING, "format": "binary"}, ["YQ=="], ["****"], ["YQ", "YQ=", "a b", "é"]),
    ({"type": "any"}, ["a", "1"], [], []),
]  # fmt: skip


def _cases(column: int) -> list[Any]:
    return [
        pytest.param(row[0], text, id=f"{' '.join(map(str, row[0].values()))} {text[:30]!r}")
        for row in READINGS
        for text in row[column]
    ]


@pytest.mark.parametrize(("field", "text"), _cases(1))
def test_what_the_standard_writes_is_read(field: dict[str, Any], text: str) -> None:
    assert said(rule(field), text) == []


@pytest.mark.parametrize(("field", "text"), _cases(2))
def test_a_fragile_spelling_is_read_with_a_warning(field: dict[str, Any], text: str) -> None:
    assert said(rule(field), text) == ["non-standard-form"]


@pytest.mark.parametrize(("field", "text"), _cases(3))
def test_what_is_not_of_the_type_gives_one_error_and_nothing_else(field: dict[str, Any], text: str) -> None:
    assert (
        said(rule(field, enum=["x"]) if field["type"] != "list" else rule(field), text) == ["type-error"]
        or field == STRING
    )


def test_every_type_has_cases() -> None:
    assert {row[0]["type"] for row in READINGS} == set(TYPES)


def test_every_type_says_in_both_languages_what_it_awaits() -> None:
    for kind in TYPES:
        expected = TYPES[kind].expected(rule({"type": kind}).field)
        assert expected.fr
        assert expected.en
        assert expected.fr != expected.en
    (fault,) = rule(DATE).read("hier").faults
    assert fault == CellFault("type-error", "error", None, TYPES["date"].expected(rule(DATE).field))
    assert fault.expected is not None
    assert fault.expected.fr == "une date comme 2021-03-01"


# ---- nulls


def test_a_missing_value_is_compared_before_blanks_are_removed() -> None:
    compiled = rule({**INTEGER, "missingValues": ["", "NC"]})
    assert compiled.read("NC").null
    assert said(compiled, " NC") == ["type-error"]
    assert said(compiled, " ") == ["type-error"]
    assert compiled.read(None).null


def test_only_required_is_asked_of_a_null() -> None:
    assert said(rule({**STRING, "missingValues": ["-"]}, required=True, minLength=5, pattern="a+"), "-") == [
        "constraint-error"
    ]
    assert said(rule(STRING, minLength=5), "") == []
    assert said(rule({**STRING, "missingValues": []}, minLength=5), "") == ["constraint-error"]


# ---- constraints


def broken(compiled: CompiledRule, cell: Any) -> list[str | None]:
    return [fault.constraint for fault in compiled.read(cell).faults if fault.code == "constraint-error"]


def test_each_broken_constraint_is_one_error() -> None:
    assert broken(rule(STRING, minLength=3, pattern="a+", enum=["aaa"]), "b") == ["minLength", "pattern", "enum"]
    assert broken(rule(INTEGER, minimum=5, exclusiveMaximum=10, enum=["7"]), "3") == ["minimum", "enum"]


def test_bounds_and_allowed_values_are_read_by_the_field() -> None:
    french = rule({**NUMBER, "decimalChar": ","}, minimum=1, maximum="2,5")
    assert [broken(french, text) for text in ("0,9", "1", "2,5", "2,51", "NaN")] == [
        ["minimum"],
        [],
        [],
        ["maximum"],
        ["minimum", "maximum"],
    ]
    assert broken(rule(INTEGER, enum=["02"]), "2") == []
    assert broken(rule({**DATE, "format": "%d/%m/%Y"}, minimum="01/02/2021"), "31/01/2021") == ["minimum"]


def test_lengths_count_letters_items_or_keys() -> None:
    assert broken(rule(STRING, maxLength=3), "ééé") == []
    assert broken(rule(STRING, maxLength=3), "éééé") == ["maxLength"]
    assert broken(rule({"type": "array"}, minLength=2), "[1]") == ["minLength"]
    assert broken(rule({"type": "object"}, maxLength=1), '{"a": 1, "b": 2}') == ["maxLength"]
    assert broken(rule({"type": "list"}, maxLength=1), "a,b") == ["maxLength"]


def test_durations_of_months_are_compared_from_four_days() -> None:
    compiled = rule({"type": "duration"}, maximum="P1M")
    assert [broken(compiled, text) for text in ("P28D", "P30D", "P1M", "P1Y", "PT1H")] == [
        [],
        ["maximum"],
        [],
        ["maximum"],
        [],
    ]


def test_a_pattern_passes_as_the_reference_has_it_and_its_looseness_is_said() -> None:
    loose = rule(STRING, pattern="a|b")
    assert [said(loose, text) for text in ("a", "b", "aZZ", "Zb", "c")] == [
        [],
        [],
        ["loose-pattern"],
        ["constraint-error"],
        ["constraint-error"],
    ]
    digits = rule(STRING, pattern=r"^\d{2}$")
    assert [said(digits, text) for text in ("12", "12\n", "٣٣", "1")] == [
        [],
        ["loose-pattern"],
        ["loose-pattern"],
        ["constraint-error"],
    ]


@pytest.mark.parametrize("pattern", [r"^(a+)+$", r"^(a|a)*$", r"^(?:a?a?)*b$"])
def test_a_pattern_that_would_never_end_is_said_not_to_be_checked(pattern: str) -> None:
    compiled = rule(STRING, pattern=pattern)
    assert said(compiled, "aaab") in ([], ["constraint-error"])
    endless = "a" * 40 + "!"
    (fault,) = compiled.read(endless).faults
    assert (fault.code, fault.level, fault.constraint) == ("rule-not-checked", "warning", "pattern")
    assert said(compiled, "a" * 40 + "b") != ["type-error"]


def test_a_pattern_that_might_run_away_still_decides_ordinary_texts() -> None:
    compiled = rule(STRING, pattern=r"^(?:[a-z]+ ?)+$")
    assert said(compiled, "un texte assez long pour être prudent".replace("ê", "e")) == []
    assert said(compiled, "UN TEXTE ASSEZ LONG POUR PRUDENCE") == ["constraint-error"]


# ---- items of arrays


def test_items_of_an_array_are_read_by_their_own_field() -> None:
    dates = rule({"type": "array", "arrayItem": {"type": "date", "constraints": {"minimum": "2020-01-01"}}})
    verdict = dates.read('["2021-03-01", null]')
    assert verdict.value == [dt.date(2021, 3, 1), None]
    assert not verdict.faults
    assert said(dates, '["2021-03-01", "hier", "avant-hier"]') == ["type-error"]
    assert sorted(said(dates, '["hier", "2019-01-01"]')) == ["constraint-error", "type-error"]
    assert said(rule({"type": "array", "arrayItem": {"type": "string"}}), "[1]") == ["type-error"]


# ---- what we wish to be otherwise


def test_d6_a_moment_without_zone_is_read_as_utc_beside_one_with() -> None:
    compiled = rule({"type": "datetime"}, minimum="2021-03-01T10:00:00")
    assert broken(compiled, "2021-03-01T11:00:00+02:00") == ["minimum"]
    assert broken(compiled, "2021-03-01T12:00:00+02:00") == []
    zoned = rule({"type": "time"}, maximum="10:00:00Z")
    assert [broken(zoned, text) for text in ("10:00:00", "10:00:01", "11:00:00+02:00")] == [[], ["maximum"], []]


def test_d7_a_nan_with_a_payload_is_not_a_number() -> None:
    assert [said(rule(NUMBER, minimum=1), text) for text in ("sNaN", "NaN12", "NaN")] == [
        ["type-error"],
        ["type-error"],
        ["constraint-error"],
    ]


def test_d8_what_version_two_adds_is_applied() -> None:
    categories = rule({**STRING, "categories": ["a", {"value": "b", "label": "B"}]})
    assert [broken(categories, text) for text in ("a", "b", "B", "")] == [[], [], ["categories"], []]
    assert broken(rule({**INTEGER, "categories": [1, 2]}), "03") == ["categories"]
    shaped = rule({"type": "array"}, jsonSchema={"items": {"type": "integer"}})
    assert [broken(shaped, text) for text in ("[1]", '["a"]')] == [[], ["jsonSchema"]]
    assert rule({**INTEGER, "groupChar": " "}).read("1 000").value == 1000


def test_d10_a_whole_number_of_a_spreadsheet_is_the_text_one_sees() -> None:
    code = rule(STRING, pattern=r"^\d{5}$")
    assert said(code, 75001) == said(code, 75001.0) == ["number-as-text"]
    assert code.read(75001.0).value == "75001"
    assert said(code, 1001) == ["number-as-text", "constraint-error"], "a leading zero was lost"
    assert [said(code, cell) for cell in (1.5, True, dt.date(2021, 3, 1))] == [["type-error"]] * 3
    truth = rule({"type": "boolean"})
    assert [truth.read(cell).value for cell in (1, 0, 1.0, True)] == [True, False, True, True]
    assert said(truth, 2) == ["type-error"]


def test_d12_a_control_character_is_pointed_out() -> None:
    for text in ("a\x00b", "\x07", "a\x7f", "a\x85b"):
        assert said(rule(STRING), text) == ["control-character"]
    assert said(rule(STRING), "deux\nlignes\tet « ça »\r\n") == []


def test_d13_a_free_date_never_depends_on_the_day() -> None:
    assert rule({**DATE, "format": "any"}).read("31").value == dt.date(2000, 1, 31)


def test_each_wanted_difference_of_cells_is_told_and_tested() -> None:
    tested = {name.split("_")[1].upper() for name in globals() if name.startswith("test_d") and name[6].isdigit()}
    assert tested | {"D9"} == set(DIFFERENCES)  # D9 is of schemas: their tests are with the loading
    assert all(
        difference.codes and difference.sentence.fr and difference.id == key for key, difference in DIFFERENCES.items()
    )


# ---- the rule as an object


def test_texts_are_remembered_within_bounds() -> None:
    compiled = rule(INTEGER)
    assert compiled.read("12") is compiled.read("12")
    for number in range(70_000):
        compiled.read(str(number))
    assert len(compiled._remembered) <= 65_536
    compiled.read("9" * 3000)
    assert "9" * 3000 not in compiled._remembered


def test_a_rule_travels_without_what_it_remembers() -> None:
    compiled = rule({**DATE, "format": "%d/%m/%Y"}, required=True)
    compiled.read("01/03/2021")
    there = pickle.loads(pickle.dumps(compiled))
    assert there.field == compiled.field
    assert there.read("01/03/2021") == compiled.read("01/03/2021")
