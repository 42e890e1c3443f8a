"""Loading a schema as it is published: what can be used is used, the rest is said."""

import hashlib
import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcant.standards.tables.rules import TYPES
from dcant.standards.tables.schema import ENGINE_VERSION, PROBLEM_CODES, compile_schema, lint, load_schema
from dcant.standards.tables.schema.words import CONSTRAINTS, FIELD_WORDS, SCHEMA_WORDS
from dcant.standards.tables.values import SchemaUnreadable

V2 = "https://datapackage.org/profiles/2.0/tableschema.json"


def one(field: dict[str, Any], **schema: Any) -> dict[str, Any]:
    return {"fields": [{"name": "a", **field}], **schema}


def codes(document: Any) -> list[tuple[str, str]]:
    return [(problem.code, problem.pointer) for problem in lint(document)]


# ---- the corpus


def test_every_table_schema_of_the_catalogue_loads_and_those_refused_elsewhere_say_why(corpora: Path) -> None:
    verdicts = json.loads((corpora / "tables/catalogue/frictionless-5.21.0-on-schemas.json").read_text())
    loaded = refused = 0
    for path, verdict in verdicts.items():
        file = corpora / "tables/catalogue/schemas" / path
        if verdict == "not a table schema":
            with pytest.raises(SchemaUnreadable) as caught:
                load_schema(file)
            assert caught.value.code == "schema-without-fields"
            continue
        schema = load_schema(file)
        loaded += 1
        assert len(compile_schema(schema).columns) == len(json.loads(file.read_bytes())["fields"])
        if verdict != "accepted":
            refused += 1
            expected = "schema-name" if "property 'name'" in verdict[0] else "example-not-readable"
            assert expected in {problem.code for problem in schema.problems}, path
    assert (loaded, refused) == (151, 29)


def test_each_example_refused_elsewhere_is_pointed_at(corpora: Path) -> None:
    verdicts = json.loads((corpora / "tables/catalogue/frictionless-5.21.0-on-schemas.json").read_text())
    for path, verdict in verdicts.items():
        faults = [said for said in verdict if said.startswith("example")] if isinstance(verdict, list) else []
        file = corpora / "tables/catalogue/schemas" / path
        if faults:
            assert sum(code == "example-not-readable" for code, _ in codes(file)) >= len(faults), path


def test_a_pattern_that_compiles_nowhere_is_left_out_alone(corpora: Path) -> None:
    folder = corpora / "tables/catalogue/schemas/CEREMA/schema-arrete-circulation-marchandises"
    schema = load_schema(folder / "0.3.0/schema.json")
    (dropped,) = [rule for rule in schema.rules_not_checked if rule.rule == "pattern"]
    assert dropped.pointer == "/fields/20/constraints/pattern"
    assert "pattern" not in schema.fields[20].constraints
    assert sum("pattern" in field.constraints for field in schema.fields) > 3


# ---- what may be given


def test_a_path_bytes_and_a_mapping_give_the_same_rules(tmp_path: Path) -> None:
    document = one({"type": "integer", "constraints": {"required": True}}, name="x", title="Titre", version="1.0")
    raw = json.dumps(document).encode()
    (tmp_path / "s.json").write_bytes(b"\xef\xbb\xbf" + raw)
    schemas = [load_schema(given) for given in (tmp_path / "s.json", str(tmp_path / "s.json"), raw, document)]
    assert len({schema.fields[0].type for schema in schemas}) == 1
    assert {(schema.name, schema.title, schema.version) for schema in schemas} == {("x", "Titre", "1.0")}
    assert schemas[2].sha256 == hashlib.sha256(raw).hexdigest()
    assert schemas[0].ref == str(tmp_path / "s.json")


def test_a_wrapped_schema_is_found_and_pointers_start_at_what_was_given() -> None:
    faulty = one({"contraints": {}})
    assert codes({"schema": faulty}) == [("misspelt-property", "/schema/fields/0/contraints")]
    package = {"resources": [{"name": "r", "schema": faulty}]}
    assert codes(package) == [("misspelt-property", "/resources/0/schema/fields/0/contraints")]


def _nested(depth: int) -> bytes:
    return b'{"fields": ' + b"[" * depth + b"]" * depth + b"}"


def _shared() -> dict[str, Any]:
    knot: list[Any] = ["a"]
    for _ in range(40):
        knot = [knot, knot]
    return {"fields": knot}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (b"{", "schema-not-json"),
        (b"", "schema-not-json"),
        (b"\xff\xfe\xff", "schema-not-json"),
        (b"<html></html>", "schema-not-json"),
        (b"[]", "schema-not-object"),
        (b"null", "schema-not-object"),
        (b"{}", "schema-without-fields"),
        (b'{"fields": []}', "schema-without-fields"),
        (b'{"fields": {"a": 1}}', "schema-without-fields"),
        (b'{"type": "object", "properties": {"a": {}}}', "schema-without-fields"),
        (b" " * 5_000_001, "schema-too-large"),
        (_nested(100), "schema-too-deep"),
        (_nested(100_000), "schema-too-deep"),
        (_shared(), "schema-too-deep"),
        ("absent/schema.json", "schema-not-found"),
        ("nul\0.json", "schema-not-found"),
    ],
)
def test_what_is_no_schema_at_all_is_refused_with_a_code(given: Any, code: str) -> None:
    with pytest.raises(SchemaUnreadable) as caught:
        load_schema(given)
    assert caught.value.code == code
    assert caught.value.message.fr
    assert caught.value.remedy.en


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(sorted(TYPES)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*CONSTRAINTS, *FIELD_WORDS, "value", "reference", "params"]), inner, max_size=5
        )
    ),
    max_leaves=8,
)


@given(
    st.dictionaries(st.sampled_from(SCHEMA_WORDS), json_values, max_size=6),
    st.lists(st.dictionaries(st.sampled_from(FIELD_WORDS), json_values, max_size=8), min_size=1, max_size=3),
)
def test_whatever_is_written_loads_compiles_and_travels(schema: dict[str, Any], fields: list[Any]) -> None:
    loaded = load_schema({**schema, "fields": fields})
    plan = compile_schema(loaded)
    assert len(plan.columns) == len(fields)
    assert pickle.loads(pickle.dumps(plan)).sha256 == plan.sha256
    for rule in plan.columns:
        for cell in ("", "1", "a,b", None, 2.0):
            rule.read(cell)


# ---- two versions at once


def test_the_version_decides_the_type_of_a_field_without_one() -> None:
    assert load_schema(one({})).fields[0].type == "string"
    assert load_schema(one({}, **{"$schema": V2})).fields[0].type == "any"


def test_what_version_two_adds_is_used_and_said_in_a_schema_of_version_one() -> None:
    field = {
        "type": "integer",
        "constraints": {"exclusiveMinimum": 1},
        "missingValues": [{"value": "-", "label": "vide"}],
    }
    schema = load_schema(one(field))
    assert schema.fields[0].missing_values == ("-",)
    assert schema.fields[0].constraints == {"exclusiveMinimum": 1}
    assert {problem.code for problem in schema.problems} == {"v2-in-v1"}
    assert not lint(one(field, **{"$schema": V2}))
    assert not schema.rules_not_checked


def test_the_missing_values_of_a_field_replace_those_of_the_schema() -> None:
    document = {"fields": [{"name": "a"}, {"name": "b", "missingValues": []}], "missingValues": ["", "NC"]}
    assert [field.missing_values for field in load_schema(document).fields] == [("", "NC"), ()]


def test_keys_may_be_written_as_text_or_as_lists() -> None:
    reference = {"resource": "", "fields": "a"}
    document = {
        "fields": [{"name": "a"}, {"name": "b"}],
        "primaryKey": "a",
        "uniqueKeys": [["a", "b"], "b"],
        "foreignKeys": [{"fields": "b", "reference": reference}, {"fields": ["a"], "reference": {"fields": ["b"]}}],
    }
    schema = load_schema(document)
    assert (schema.primary_key, schema.unique_keys) == (("a",), (("a", "b"), ("b",)))
    assert [(key.fields, key.resource, key.reference_fields) for key in schema.foreign_keys] == [
        (("b",), "", ("a",)),
        (("a",), "", ("b",)),
    ]


def test_french_habits_are_read() -> None:
    check = {"name": "french-siren-value", "params": {"column": "a"}}
    fields = [
        {"name": "a", "type": "date", "format": "fmt:%d/%m/%Y"},
        {"name": "b", "type": "array", "arrayItem": {"type": "integer"}},
    ]
    schema = load_schema({"fields": fields, "custom_checks": [check], "countryCode": "FR"})
    assert schema.fields[0].format == "%d/%m/%Y"
    assert schema.fields[1].options["arrayItem"]["type"] == "integer"
    assert (schema.checks[0].name, dict(schema.checks[0].params), schema.checks[0].pointer) == (
        "french-siren-value",
        {"column": "a"},
        "/custom_checks/0",
    )
    assert not schema.problems


# ---- lints


@pytest.mark.parametrize(
    ("document", "code", "pointer", "not_checked"),
    [
        (one({"contraints": {"required": True}}), "misspelt-property", "/fields/0/contraints", True),
        (one({"constraints": {"patern": "a"}}), "misspelt-property", "/fields/0/constraints/patern", True),
        (one({"titel": "A"}), "misspelt-property", "/fields/0/titel", False),
        (one({}, primarykey="a"), "misspelt-property", "/primarykey", True),
        (one({}, name="DAE"), "schema-name", "/name", False),
        (one({"type": "integer", "example": "1.5"}), "example-not-readable", "/fields/0/example", False),
        (one({"constraints": {"pattern": "(a"}}), "pattern-not-compilable", "/fields/0/constraints/pattern", True),
        (one({"constraints": {"pattern": "a|b"}}), "pattern-alternation", "/fields/0/constraints/pattern", False),
        (one({"required": True}), "required-at-field-level", "/fields/0/required", True),
        (one({"type": "date", "constraints": {"minimum": "hier"}}), "bound-not-readable", "/fields/0/constraints/minimum", True),
        (one({"type": "number", "constraints": {"maximum": "NaN"}}), "bound-not-readable", "/fields/0/constraints/maximum", True),
        (one({"type": "integer", "constraints": {"enum": [1, "x"]}}), "enum-not-readable", "/fields/0/constraints/enum/1", False),
        (one({"type": "boolean", "trueValues": ["oui"], "constraints": {"enum": ["true"]}}), "enum-not-readable", "/fields/0/constraints/enum/0", False),
        (one({"type": "integer", "constraints": {"minimum": 5, "maximum": 2}}), "bounds-crossed", "/fields/0/constraints", False),
        (one({"constraints": {"minLength": 5, "maxLength": 2}}), "bounds-crossed", "/fields/0/constraints", False),
        (one({"type": "date", "constraints": {"pattern": "a"}}), "field-error", "/fields/0/constraints/pattern", True),
        (one({"constraints": {"required": "oui"}}), "property-type", "/fields/0/constraints/required", True),
        (one({"type": "boolean", "trueValues": "oui"}), "property-type", "/fields/0/trueValues", True),
        (one({"type": "list", "delimiter": ""}), "property-type", "/fields/0/delimiter", True),
        (one({"type": "texte"}), "type-unknown", "/fields/0/type", True),
        (one({"format": "mail"}), "format-unknown", "/fields/0/format", True),
        (one({"type": "date", "format": "jj/mm"}), "format-pattern", "/fields/0/format", False),
        (one({"type": "date", "format": "any"}), "format-any", "/fields/0/format", False),
        ({"fields": [{"name": "a"}, {"name": "a"}]}, "duplicate-field", "/fields/1/name", False),
        ({"fields": [{"name": "a"}, "b"]}, "property-type", "/fields/1/name", False),
        (one({}, primaryKey=["b"]), "key-field-unknown", "/primaryKey", True),
        (one({}, uniqueKeys="a"), "property-type", "/uniqueKeys", True),
        (one({}, fieldsMatch="some"), "property-type", "/fieldsMatch", True),
        (one({}, foreignKeys=[{"fields": ["a"], "reference": {"resource": "r", "fields": ["x", "y"]}}]), "property-type", "/foreignKeys/0/reference/fields", True),
        (one({}, custom_checks=[{"name": "french-siret", "params": {}}]), "check-unknown", "/custom_checks/0/name", True),
        (one({}, custom_checks=[{"name": "sum-columns-value", "params": {"column": "a", "columns": ["a", "z"]}}]), "check-column-unknown", "/custom_checks/0/params/columns", True),
        (one({}, custom_checks=[{"name": "compare-columns-value", "params": {"column": "a", "column2": "a", "op": "=>"}}]), "check-param-error", "/custom_checks/0/params/op", True),
        (b'{"fields": [{"name": "a", "name": "b"}]}', "duplicate-key", "/fields/0/name", False),
        (one({"type": "integer", "constraints": {"exclusiveMaximum": 1}}), "v2-in-v1", "/fields/0/constraints/exclusiveMaximum", False),
        (one({"type": "array", "arrayItem": {"type": "integer", "constraints": {"pattern": "a"}}}), "field-error", "/fields/0/arrayItem/constraints/pattern", True),
    ],
)  # fmt: skip
def test_a_fault_of_the_schema_is_said_where_it_stands(
    document: Any, code: str, pointer: str, *, not_checked: bool
) -> None:
    schema = load_schema(document)
    assert (code, pointer) in [(problem.code, problem.pointer) for problem in schema.problems]
    assert len(schema.problems) == 1
    places = [pointer] if not pointer.startswith("/custom_checks") else ["/custom_checks/0"]
    assert [rule.pointer for rule in schema.rules_not_checked] == (places if not_checked else [])
    compile_schema(schema)


def test_every_code_of_a_schema_fault_has_a_case_above() -> None:
    (mark,) = test_a_fault_of_the_schema_is_said_where_it_stands.pytestmark
    told_by_checks = {"check-unknown", "check-column-unknown", "check-param-error"}
    assert {case[1] for case in mark.args[1]} == {*PROBLEM_CODES, *told_by_checks}


def test_every_code_of_a_schema_fault_is_documented() -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "errors.md").read_text(encoding="utf-8")
    refusals = {mark[1] for mark in test_what_is_no_schema_at_all_is_refused_with_a_code.pytestmark[0].args[1]}
    assert [code for code in {*PROBLEM_CODES, *refusals} if f"`{code}`" not in page] == []


def test_the_nearest_known_word_is_given() -> None:
    (problem,) = lint(one({"contraints": {}}))
    assert problem.remedy.fr == "Écrivez « constraints »."
    assert not lint(one({"couleur": "bleu"})), "a property of one's own is no fault"


def test_a_pattern_anchored_in_each_branch_is_no_fault() -> None:
    assert not lint(one({"constraints": {"pattern": "^a$|^b$"}}))
    assert not lint(one({"constraints": {"pattern": r"(a|b)[|]\|"}}))


# ---- plans


def test_a_plan_is_named_by_what_it_asks() -> None:
    plan = compile_schema(load_schema(one({"type": "integer"})))
    assert plan.sha256 == compile_schema(load_schema(one({"type": "integer"}))).sha256
    assert plan.sha256 != compile_schema(load_schema(one({"type": "number"}))).sha256
    assert ENGINE_VERSION


def test_a_plan_reads_alike_in_another_process() -> None:
    field = {"type": "string", "constraints": {"pattern": r"^\d{3}$", "required": True}}
    plan = compile_schema(load_schema(one(field)))
    there = pickle.loads(pickle.dumps(plan))
    for cell in ("123", "12", "", "٣٣٣"):
        assert there.columns[0].read(cell) == plan.columns[0].read(cell)
