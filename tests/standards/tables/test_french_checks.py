"""The eleven French checks: what each finds in a row, and when it keeps silent."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from dcant.standards.tables.checks import (
    CheckKind,
    HeaderFault,
    Param,
    Wrong,
    always,
    check_kind,
    compile_check,
    known_checks,
    known_params,
    lint_check,
    register_check,
    register_column_check,
)
from dcant.standards.tables.checks import declared as declared_module
from dcant.standards.tables.values import CheckSpec, Said

GOOD, BAD = True, False
SINGLE = [
    ("french-siret-value", "21310555400017", GOOD),
    ("french-siret-value", "213 105 554 00017", GOOD),
    ("french-siret-value", "213.105.554-00017", GOOD),
    ("french-siret-value", "213\u00a0105\u00a0554\u202f00017", GOOD),
    ("french-siret-value", 21310555400017, GOOD),
    ("french-siret-value", Decimal(21310555400017), GOOD),
    ("french-siret-value", 21310555400017.0, GOOD),
    ("french-siret-value", "21310555400018", BAD),
    ("french-siret-value", "2131055540001", BAD),
    ("french-siret-value", "213/105/554/00017", BAD),
    ("french-siret-value", "2.13106E+13", BAD),
    ("french-siret-value", "٢١٣١٠٥٥٥٤٠٠٠١٧", BAD),
    ("french-siret-value", "35600000000048", GOOD),  # La Poste, its head office: Luhn
    ("french-siret-value", "35600000049837", GOOD),  # La Poste, an office: the digits add up to 45
    ("french-siret-value", "35600000049838", BAD),
    ("french-siret-value", "00000000000000", BAD),
    ("french-siren-value", "213105554", GOOD),
    ("french-siren-value", "213 105 554", GOOD),
    ("french-siren-value", 213105554, GOOD),
    ("french-siren-value", "213105555", BAD),
    ("french-siren-value", "21310555400017", BAD),
    ("french-siren-value", "000000000", BAD),
    ("year-interval-value", "2021/2022", GOOD),
    ("year-interval-value", "2022/2021", BAD),
    ("year-interval-value", "2021/2021", BAD),
    ("year-interval-value", "2021-2022", BAD),
    ("year-interval-value", "2021/22", BAD),
    ("year-interval-value", " 2021/2022", BAD),
    ("year-interval-value", "2021", BAD),
    ("opening-hours-value", "Mo-Fr 08:30-12:00,14:00-17:30; Sa 09:00-12:00", GOOD),
    ("opening-hours-value", "24/7", GOOD),
    ("opening-hours-value", " Mo-Sa 10:00-19:00; PH off ", GOOD),
    ("opening-hours-value", "Mo-Sa 10:00-19:00; PH off", GOOD),
    ("opening-hours-value", "du lundi au vendredi", BAD),
    ("opening-hours-value", "Mo-Fr 8h-12h", BAD),
    ("nomenclature-actes-value", "Commande publique/Marchés publics", GOOD),
    ("nomenclature-actes-value", "COMMANDE PUBLIQUE/", GOOD),
    ("nomenclature-actes-value", "Libertes publiques et pouvoirs de police/a / b", GOOD),
    ("nomenclature-actes-value", "Domaines de competences par themes/Voirie", GOOD),
    ("nomenclature-actes-value", "Commande publique", BAD),
    ("nomenclature-actes-value", "Commande publique /Marchés", BAD),
    ("nomenclature-actes-value", "Commande publique/ Marchés", BAD),
    ("nomenclature-actes-value", "Commandes/Marchés", BAD),
    ("phone-number-value", "01 42 75 80 00", GOOD),
    ("phone-number-value", "+33142758000", GOOD),
    ("phone-number-value", "+33 (0)1 42 75 80 00", GOOD),
    ("phone-number-value", "3975", GOOD),
    ("phone-number-value", "112", GOOD),
    ("phone-number-value", "+590 590 48 91 82", GOOD),
    ("phone-number-value", "+44 20 7946 0958", GOOD),
    ("phone-number-value", "142758000", GOOD),  # the zero that a number column lost
    ("phone-number-value", "01 42 75 80", BAD),
    ("phone-number-value", "01 42 75 80 00 / 01 42 75 80 01", BAD),
    ("phone-number-value", "mairie", BAD),
    ("french-gps-coordinates", (Decimal("2.35"), Decimal("48.85")), GOOD),
    ("french-gps-coordinates", [55.45, -20.88], GOOD),  # Saint-Denis de La Réunion
    ("french-gps-coordinates", {"lon": "-61.06", "lat": "14.6"}, GOOD),
    ("french-gps-coordinates", "-52.33,4.92", GOOD),
    ("french-gps-coordinates", (9.7, 51.2), GOOD),  # bounds in
    ("french-gps-coordinates", (9.71, 51.2), BAD),
    ("french-gps-coordinates", (-74.0, 40.7), BAD),
    ("french-gps-coordinates", "Paris", BAD),
]


def faults(spec, values, present=None, declared=None):
    check = compile_check(spec, present or list(values), declared or list(values))
    assert check is not None
    assert not isinstance(check, HeaderFault)
    return list(check.faults(values))


@pytest.mark.parametrize(("name", "value", "good"), SINGLE, ids=[str(at) for at in range(len(SINGLE))])
def test_a_value_is_judged_by_its_rule(name, value, good):
    found = faults(CheckSpec(name, {"column": "a"}, "/custom_checks/0"), {"a": [value]})
    assert [fault.code for fault in found] == ([] if good else [name])
    for fault in found:
        assert fault.message.fr != fault.message.en
        assert fault.remedy.fr
        assert fault.remedy.en


@pytest.mark.parametrize("name", sorted({name for name, _, _ in SINGLE}))
def test_a_check_of_one_column_skips_nulls_and_blanks_and_is_silent_without_its_column(name):
    spec = CheckSpec(name, {"column": "a"}, "/custom_checks/0")
    assert faults(spec, {"a": [None, "", "  "]}) == []
    assert compile_check(spec, ["b"], ["a", "b"]) is None


@pytest.mark.parametrize(("allow", "count"), [(True, 0), ("yes", 0), ("true", 0), (False, 1), ("no", 1)])
def test_a_year_alone_passes_when_the_schema_allows_it(allow, count):
    spec = CheckSpec("year-interval-value", {"column": "a", "allow-year-only": allow}, "")
    assert len(faults(spec, {"a": ["2021"]})) == count
    assert len(faults(spec, {"a": [2021]})) == count


def test_a_swapped_point_has_a_code_of_its_own():
    found = faults(CheckSpec("french-gps-coordinates", {"column": "a"}, ""), {"a": [(48.85, 2.35)]})
    assert [fault.code for fault in found] == ["reversed-french-gps-coordinates"]
    assert "2.35,48.85" in found[0].remedy.fr


@pytest.mark.parametrize(
    ("one", "op", "other", "good"),
    [
        (2, ">", 1, GOOD),
        (2, ">", 2, BAD),
        (2, ">=", Decimal(2), GOOD),
        (2, "==", 2.0, GOOD),
        (1, "<=", 2, GOOD),
        (2, "<", 1, BAD),
        (Decimal("NaN"), ">=", 1, BAD),
        (Decimal("0.1"), "<", Decimal("0.2"), GOOD),
        (date(2021, 3, 2), ">=", date(2021, 3, 1), GOOD),
        (date(2021, 3, 1), ">", date(2021, 3, 1), BAD),
        (datetime(2021, 3, 1, 10), "<", datetime(2021, 3, 1, 11, tzinfo=UTC), GOOD),  # noqa: DTZ001
        ("b", ">", "a", GOOD),
        ("9", ">", "10", BAD),
        ("9 ", ">", "\u00a010", BAD),
        (" 10", ">", 9, GOOD),
        ("a", "==", "A", BAD),
        ("a", ">=", 1, BAD),
        (date(2021, 3, 1), ">=", datetime(2020, 3, 1), BAD),  # noqa: DTZ001
        (True, "==", True, BAD),
    ],
)
def test_two_columns_are_compared_as_numbers_days_or_texts(one, op, other, good):
    spec = CheckSpec("compare-columns-value", {"column": "a", "op": op, "column2": "b"}, "")
    found = faults(spec, {"a": [one], "b": [other]})
    assert [(fault.field, fault.code) for fault in found] == ([] if good else [("a", "compare-columns-value")])


COHESIVE = CheckSpec("cohesive-columns-value", {"column": "a", "othercolumns": ["b", "c"]}, "")
SUM = CheckSpec("sum-columns-value", {"column": "a", "columns": ["b", "c"]}, "")
COMPARE = CheckSpec("compare-columns-value", {"column": "a", "op": ">=", "column2": "b"}, "")
ONE_OF = CheckSpec("one-of-required", {"column1": "a", "column2": "b"}, "")


@pytest.mark.parametrize(
    ("row", "good"),
    [
        ((1, 2, 3), GOOD),
        ((None, None, None), GOOD),
        ((None, "", " "), GOOD),
        ((1, None, 3), BAD),
        ((None, None, 3), BAD),
    ],
)
def test_cohesive_columns_are_all_filled_or_all_empty(row, good):
    assert len(faults(COHESIVE, dict(zip("abc", ([value] for value in row), strict=True)))) == (not good)


@pytest.mark.parametrize(
    ("row", "good"),
    [
        ((3, 1, 2), GOOD),
        ((4, 1, 2), BAD),
        ((None, 1, 2), GOOD),
        ((3, None, 2), GOOD),
        ((Decimal("0.3"), Decimal("0.1"), Decimal("0.2")), GOOD),
        (("3", "1", "2"), GOOD),
        (("3", "un", "2"), BAD),
        ((float("inf"), 1, 2), BAD),
        ((10**30 + 1, 10**30, 1), GOOD),
    ],
)
def test_a_total_is_the_sum_of_its_terms(row, good):
    assert len(faults(SUM, dict(zip("abc", ([value] for value in row), strict=True)))) == (not good)


@pytest.mark.parametrize(
    ("row", "good"), [((1, 2), GOOD), ((None, 2), GOOD), (("x", None), GOOD), ((None, " "), BAD), ((None, None), BAD)]
)
def test_one_of_two_columns_is_filled(row, good):
    assert len(faults(ONE_OF, {"a": [row[0]], "b": [row[1]]})) == (not good)


@pytest.mark.parametrize("spec", [COHESIVE, SUM, COMPARE])
def test_a_check_of_several_columns_is_one_error_when_some_only_are_absent(spec):
    assert compile_check(spec, ["z"], ["a", "b", "c", "z"]) is None
    found = compile_check(spec, ["a"], ["a", "b", "c"])
    assert isinstance(found, HeaderFault)
    assert (found.code, found.field) == (spec.name, "b")
    assert "b" in found.message.fr
    assert not isinstance(compile_check(spec, ["a", "b", "c"], ["a", "b", "c"]), HeaderFault)


def test_one_of_two_columns_at_least_must_be_in_the_file_and_then_is_filled():
    both = compile_check(ONE_OF, [], ["a", "b"])
    assert isinstance(both, HeaderFault)
    assert both.missing == ("a", "b")
    found = faults(ONE_OF, {"b": [None, 1]}, declared=["a", "b"])
    assert [(fault.index, fault.field) for fault in found] == [(0, "b")]


@pytest.mark.parametrize(
    ("spec", "code", "pointer"),
    [
        (CheckSpec("french-sirt-value", {"column": "a"}, "/p"), "check-unknown", "/p/name"),
        (CheckSpec("french-siret-value", {}, "/p"), "check-param-missing", "/p/params"),
        (CheckSpec("french-siret-value", {"column": 3}, "/p"), "check-param-error", "/p/params/column"),
        (CheckSpec("french-siret-value", {"column": "z"}, "/p"), "check-column-unknown", "/p/params/column"),
        (CheckSpec("french-siret-value", {"column": "a", "x": 1}, "/p"), "check-param-unknown", "/p/params/x"),
        (
            CheckSpec("compare-columns-value", {"column": "a", "op": "=>", "column2": "b"}, "/p"),
            "check-param-error",
            "/p/params/op",
        ),
        (
            CheckSpec("sum-columns-value", {"column": "a", "columns": ["b"]}, "/p"),
            "check-param-error",
            "/p/params/columns",
        ),
    ],
)
def test_a_wrong_use_of_a_check_is_told_to_the_schema_and_not_made(spec, code, pointer):
    problems = list(lint_check(spec, ["a", "b"]))
    assert [(problem.code, problem.pointer) for problem in problems] == [(code, pointer)]
    compiled = compile_check(spec, ["a", "b"], ["a", "b"])
    assert (compiled is None) == (code != "check-param-unknown")


def test_every_check_of_the_specification_is_declared_with_its_parameters():
    assert set(known_checks()) == {name for name, _, _ in SINGLE} | {
        spec.name for spec in (COHESIVE, SUM, COMPARE, ONE_OF)
    }
    assert known_params("compare-columns-value") == (
        Param("column", "column"),
        Param("op", "choice", choices=(">", ">=", "==", "<=", "<")),
        Param("column2", "column"),
    )
    assert known_params("unheard-of") is None


def test_another_package_adds_a_check_and_takes_no_name_that_is_taken(monkeypatch):
    monkeypatch.setattr(declared_module, "_KINDS", dict(declared_module._KINDS))
    even = Wrong(Said("impair", "odd"), Said("doublez", "double it"))
    register_column_check("even-value", Said("Pair", "Even"), always(lambda value: even if value % 2 else None))
    found = faults(CheckSpec("even-value", {"column": "a"}, ""), {"a": [2, 3, None]})
    assert [(fault.index, fault.code) for fault in found] == [(1, "even-value")]
    taken = check_kind("even-value")
    with pytest.raises(ValueError, match="even-value"):
        register_check(CheckKind("even-value", taken.params, taken.title, taken.bind))


def test_every_use_of_a_check_in_the_national_catalogue_is_understood(corpora):
    import json

    uses = 0
    for path in (corpora / "tables").rglob("*.json"):
        document = json.loads(path.read_bytes())
        if not isinstance(document, dict) or not isinstance(document.get("custom_checks"), list):
            continue
        columns = [field["name"] for field in document["fields"]]
        for given in document["custom_checks"]:
            problems = [
                problem
                for problem in lint_check(CheckSpec(given["name"], given["params"], ""), columns)
                if problem.code != "check-column-unknown"
            ]
            assert problems == [], path
            uses += 1
    assert uses > 100
