"""Keys over a whole file: as the reference finds them, and what it does not know (unique keys, tables not given)."""

import json
import random
from collections import Counter
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle_of_tables import ours, reference, text_of

from dcant.standards.tables import SourceUnreadable, ready, validate

FIELDS = [
    {"name": "n", "type": "integer", "constraints": {"unique": True}},
    {"name": "mot", "type": "string"},
    {"name": "jour", "type": "date"},
    {"name": "parent", "type": "integer"},
]
SCHEMA = {
    "fields": FIELDS,
    "primaryKey": ["n", "mot"],
    "foreignKeys": [{"fields": ["parent"], "reference": {"resource": "", "fields": ["n"]}}],
}
rows = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from(["1", "01", "2", "x", "", "3"]),
            st.sampled_from(["a", "b", ""]),
            st.sampled_from(["2021-03-01", "x", ""]),
            st.sampled_from(["1", "2", "9", "x", ""]),
        ).map(list),
        st.sampled_from([[], ["1"], ["", "a"], ["1", "a", "2021-03-01", "1", "extra"], ["", "", "", ""]]),
    ),
    max_size=9,
)


@given(rows)
def test_unique_primary_and_foreign_keys_are_judged_as_the_reference_does(tmp_path_factory, rows):
    path = tmp_path_factory.getbasetemp() / "keys.csv"
    path.write_text(text_of([[one["name"] for one in FIELDS], *rows], ","), encoding="utf-8", newline="")
    (report,) = validate(path, SCHEMA, columns="exact", delimiter=",").files
    assert ours(report) == reference(path, SCHEMA)
    assert report.complete


def test_a_double_names_the_row_before_and_shows_the_cell_as_it_is_written():
    (report,) = validate(BytesIO(b"n,mot\n1,a\n2,b\n01,c\n1,d\n"), {"fields": FIELDS[:2]}).files
    assert [(one.code, one.row, one.cell, one.position) for one in report.errors if one.level == "error"] == [
        ("unique-error", 4, "01", 1),
        ("unique-error", 5, "1", 1),
    ]
    assert report.errors[0].message.fr == "« 01 » (n) est déjà à la ligne 2."
    assert report.errors[1].message.en == "“1” (n) is already in row 4."


def test_d8_unique_keys_leave_out_rows_with_a_null():
    schema = {
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "fields": [{"name": "a", "type": "string"}, {"name": "b", "type": "string"}],
        "uniqueKeys": [["a", "b"]],
    }
    (report,) = validate(BytesIO(b"a,b\n1,2\n1,2\n1,\n1,\n12,\n"), schema).files
    assert [(one.code, one.row, one.field, one.cell) for one in report.errors] == [("unique-error", 3, None, "1, 2")]


FOREIGN = {
    "fields": [{"name": "commune", "type": "string"}],
    "foreignKeys": [{"fields": "commune", "reference": {"resource": "communes", "fields": "code"}}],
}


def test_d11_a_table_that_is_not_given_is_one_warning():
    (report,) = validate(BytesIO(b"commune\n1\n2\n"), FOREIGN).files
    assert report.conforms
    assert [(one.code, one.level) for one in report.errors] == [("reference-not-given", "warning")]
    assert "--reference communes=" in report.errors[0].remedy.fr


def test_a_reference_to_a_given_table_is_checked(tmp_path):
    (tmp_path / "communes.csv").write_text("nom;code\nRennes;35238\nVitré;35360\n", encoding="cp1252")
    given = {"communes": tmp_path / "communes.csv"}
    (report,) = validate(BytesIO(b"commune\n35238\n\n35000\n"), FOREIGN, references=given).files
    assert Counter((one.code, one.row, one.cell) for one in report.errors) == {
        ("blank-row", 3, None): 1,
        ("foreign-key", 4, "35000"): 1,
    }
    assert report.errors[1].message.fr == "« 35000 » (commune) ne se trouve pas dans communes."


def test_a_reference_that_cannot_be_read_is_said_before_anything_is_checked(tmp_path):
    with pytest.raises(SourceUnreadable):
        validate(BytesIO(b"commune\n1\n"), FOREIGN, references={"communes": tmp_path / "absent.csv"})


def test_many_doubles_are_all_counted_and_the_first_are_listed():
    chance = random.Random(1)
    numbers = [chance.randrange(500) for _ in range(20_000)]
    (report,) = validate(BytesIO(b"n\n" + "\n".join(map(str, numbers)).encode()), {"fields": FIELDS[:1]}).files
    assert report.counts.by_code == {"unique-error": 20_000 - len(set(numbers))}
    assert len(report.errors) == 1000
    seen, first = {}, []
    for row, number in enumerate(numbers, start=2):
        if number in seen:
            first.append((row, f"« {number} » (n) est déjà à la ligne {seen[number]}."))
        seen[number] = row
    assert [(one.row, one.message.fr) for one in report.errors] == first[:1000]


def test_a_plan_is_used_again_for_another_file():
    plan = ready(SCHEMA)
    reports = [validate(BytesIO(b"n,mot,jour,parent\n1,a,,\n"), plan).files[0] for _ in range(2)]
    assert [one.counts.errors for one in reports] == [0, 0]
    assert json.dumps(reports[0].columns[0].name) == '"n"'
