"""Which column is which field: by place as the reference does, by name as v2 of the specification and D1, D2 say."""

import json
import warnings
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcant.standards.tables import load_schema
from dcant.standards.tables.header import choose_mode, match

NAMES = ["a", "b", "c", "d"]


def schema_of(names=NAMES, *, required=("a",), primary_key=(), **more):
    fields = [{"name": name, "type": "string", "constraints": {"required": name in required}} for name in names]
    return load_schema({"fields": fields, "primaryKey": list(primary_key), **more})


def said(layout, level="error"):
    return [(one.code, one.field, one.position) for one in layout.faults if one.level == level]


@given(st.lists(st.sampled_from(["a", "b", "c", "d", "A", "x", "", " a"]), min_size=1, max_size=6))
def test_by_place_the_header_is_judged_as_the_reference_does(labels):
    assert judged("exact", labels) == reference("exact", labels)


@pytest.mark.parametrize("mode", ["equal", "subset", "superset", "partial"])
@given(st.lists(st.sampled_from(["a", "b", "c", "d", "A", "x", "y"]), min_size=1, max_size=6, unique=True))
def test_by_name_the_header_is_judged_as_the_reference_does(mode, labels):
    assert judged(mode, labels) == reference(mode, labels)


def judged(mode, labels):
    layout = match(labels, schema_of(primary_key=["b"]), mode)
    return Counter((one.code, one.field or "", one.position) for one in layout.faults)


def reference(mode, labels):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from frictionless import Schema
        from frictionless.table import Header

        schema = Schema.from_descriptor(
            {
                "fields": [
                    {"name": name, "type": "string", "constraints": {"required": name == "a"}} for name in NAMES
                ],
                "primaryKey": ["b"],
            }
        )
        trimmed = [label.strip() for label in labels]
        header = Header(trimmed, fields=schema.fields, row_numbers=[1], fields_match=mode)
    found = Counter()
    for error in header.errors:
        written = error.to_descriptor()
        found[written["type"], written.get("fieldName", ""), written.get("fieldNumber")] += 1
    return found


def test_the_mode_is_what_the_schema_declares_else_french_unless_one_is_asked():
    assert choose_mode("auto", schema_of()) == "fr"
    assert choose_mode("auto", schema_of(fieldsMatch="subset")) == "subset"
    assert choose_mode("exact", schema_of(fieldsMatch="subset")) == "exact"
    with pytest.raises(ValueError, match="exact"):
        choose_mode("other", schema_of())


def test_d1_only_a_missing_required_column_is_an_error():
    layout = match(["d", " B ", "x"], schema_of(), "fr")
    assert said(layout) == [("missing-label", "a", 4)]
    assert Counter(code for code, _, _ in said(layout, "warning")) == {
        "missing-optional-label": 1,
        "extra-label": 1,
        "disordered-label": 1,
        "label-spelling": 1,
    }
    assert [(one.name, one.status, one.field) for one in layout.seen] == [
        ("d", "checked", "d"),
        ("B", "checked", "b"),
        ("x", "extra", None),
        ("a", "missing", "a"),
        ("c", "missing-optional", "c"),
    ]


def test_d1_a_column_of_the_primary_key_is_required():
    assert said(match(["a"], schema_of(primary_key=["b"]), "fr")) == [("missing-label", "b", 2)]


def test_d1_a_file_without_any_column_of_the_schema_is_refused():
    assert said(match(["x", "y"], schema_of(required=()), "fr")) == [("unmatched-header", None, None)]


def test_d1_one_moved_column_is_one_warning():
    layout = match(["d", "a", "b", "c"], schema_of(), "fr")
    assert said(layout) == []
    assert said(layout, "warning") == [("disordered-label", "d", 1)]


@pytest.mark.parametrize("mode", ["fr", "equal", "subset", "superset", "partial"])
def test_d2_of_two_columns_of_one_name_the_first_is_checked(mode):
    layout = match(["a", "b", "a", "c", "d"], schema_of(), mode)
    assert said(layout) == [("duplicate-label", None, 3)]
    assert [use.status for use in layout.uses] == ["checked", "checked", "duplicate", "checked", "checked"]


def test_an_exact_name_wins_over_one_that_differs_by_case():
    layout = match(["A", "a"], schema_of(), "fr")
    assert [use.field for use in layout.uses] == [None, 0]


@given(st.permutations(NAMES))
def test_any_order_of_columns_is_free_of_errors_by_name(labels):
    for mode in ("fr", "equal", "subset", "superset", "partial"):
        layout = match(labels, schema_of(), mode)
        assert said(layout) == []
        assert [use.name for use in layout.uses] == labels


def test_messages_of_the_header_name_the_column_as_a_spreadsheet_does():
    (fault,) = match(["a", "b", "c", "d", "nom"], schema_of(), "equal").faults
    assert fault.message.fr == "La colonne E, « nom », n’est pas dans le schéma."
    assert json.dumps(fault.remedy.en)
