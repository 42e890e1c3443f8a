"""The table of infrastructures: read, written, described by its schema; a line is never lost and never half read."""

import csv
import io
import json

import pytest
from frictionless import Resource as FrictionlessResource
from frictionless import Schema
from hypothesis import given
from hypothesis import strategies as st

from dcant.catalogue.rules.entry import COLUMNS, HEADER, read_cells, table_schema, write_cells
from dcant.catalogue.rules.entry_table import as_text, read_table, table_row

LETTERS = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters="|;'"), min_size=1, max_size=40
)
PLACES = st.lists(st.sampled_from(["01", "2A", "35", "95", "971"]), min_size=1, max_size=4, unique=True)
HELD = st.fixed_dictionaries(
    {"scheme": LETTERS, "scope": LETTERS},
    optional={"version": LETTERS, "valid_until": st.dates().map(lambda day: day.isoformat())},
)


def of(column):
    if column.choices:
        return st.sampled_from(column.choices)
    shapes = {
        "list": PLACES,
        "url": st.just("https://nuage.example/a"),
        "qualifications": st.lists(HELD, min_size=1, max_size=3),
    }
    return shapes.get(column.shape, LETTERS)


VALUES = st.fixed_dictionaries(
    {column.field: of(column) for column in COLUMNS if column.required},
    optional={column.field: of(column) for column in COLUMNS if not column.required},
)
FULL = {
    "title": "Nuage d’essai",
    "purpose": "Héberger des applications.",
    "infra_type": "cloud",
    "control": "local",
    "sites_departements": ["35", "2A"],
    "qualifications": [{"scheme": "HDS", "scope": "Hébergement", "valid_until": "2029-06-30"}],
}


def written(*rows: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([HEADER, *rows])
    return out.getvalue()


@given(VALUES)
def test_what_is_written_in_a_table_is_read_again_unchanged(values):
    (line,) = read_table(written(table_row("nuage", values, None))).lines
    assert line.problems == ()
    assert (line.slug, line.values) == ("nuage", values)


@given(st.dictionaries(st.sampled_from(HEADER), st.text(max_size=400)))
def test_any_cells_are_read_to_values_or_to_problems_of_named_columns(cells):
    values, problems = read_cells(cells)
    assert {problem.column for problem in problems} <= set(HEADER)
    assert all(problem.message for problem in problems)
    assert not {column.field for column in COLUMNS if column.name in {one.column for one in problems}} & set(values)
    assert read_cells(write_cells(values))[0] == values


@given(st.text(max_size=300))
def test_any_text_is_a_table_or_says_why_not(text):
    table = read_table(text)
    assert table.problem or all(line.number > 1 for line in table.lines)


def test_another_tool_accepts_by_the_schema_what_we_write_and_refuses_what_we_refuse():
    schema = Schema.from_descriptor(table_schema("https://base.example/infrastructures/"))
    assert schema.to_descriptor()["fields"][0]["name"] == "slug"

    def errors(values):
        rows = [list(HEADER), table_row("nuage", values, None)]
        report = FrictionlessResource(data=rows, schema=schema).validate()
        return {one[0] for one in report.flatten(["fieldName"])}

    assert errors(FULL) == set()
    wrong = {"infra_type": "nuage", "sites_departements": ["99"], "title": None}
    assert errors(FULL | wrong) == {"genre", "departements", "titre"}
    (line,) = read_table(written(table_row("nuage", FULL | wrong, None))).lines
    assert {problem.column for problem in line.problems} == {"genre", "departements", "titre"}


def test_the_schema_is_json_and_has_a_field_for_each_column():
    document = json.loads(json.dumps(table_schema("https://base.example/")))
    assert [field["name"] for field in document["fields"]] == list(HEADER)


def test_semicolons_a_mark_of_order_and_columns_in_another_order_are_read():
    table = read_table("\ufeffGenre;titre;Finalite;controle;couleur\r\ncloud;Nuage;Héberger;local;bleu\r\n;;;;\r\n")
    assert table.ignored == ("couleur",)
    (line,) = table.lines
    assert line.problems == ()
    assert line.values == {"title": "Nuage", "purpose": "Héberger", "infra_type": "cloud", "control": "local"}


def test_a_text_made_plain_for_spreadsheets_is_what_it_was():
    (line,) = read_table("titre,finalite,genre,controle\n'=Nuage,'abc,cloud,local\n").lines
    assert (line.values["title"], line.values["purpose"]) == ("=Nuage", "'abc")


def test_lines_in_error_are_given_back_as_they_came():
    text = "titre,genre,couleur\nNuage,brouillard,bleu\n"
    table = read_table(text)
    assert as_text(["titre", "genre", "couleur"], table.lines) == text
    assert {problem.column for problem in table.lines[0].problems} == {"finalite", "genre", "controle"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "nommer les colonnes"),
        ("a,b\n1,2\n", "nommer les colonnes"),
        ('titre\n"ouvert', "guillemet"),
        ("titre,titre\na,b\n", "deux fois"),
        ("titre\n" + "a\n" * 501, "Plus de 500"),
    ],
)
def test_a_text_that_is_no_such_table_says_why(text, said):
    table = read_table(text)
    assert said in table.problem
    assert table.lines == ()


def test_a_line_of_another_length_and_a_line_said_twice_are_told():
    table = read_table("slug,titre,finalite,genre,controle\na,b,c,cloud,local\na,b,c,cloud,local\nz,b,c\n")
    assert [len(line.problems) for line in table.lines] == [0, 1, 3]
    assert "ligne 2" in table.lines[1].problems[0].message
    assert "3 cases" in table.lines[2].problems[0].message


@pytest.mark.parametrize("text", ["HDS", "HDS|", "HDS|x|3|demain", "HDS|x|3|2029-02-30", "|x||", "HDS|x||;"])
def test_a_qualification_out_of_form_is_told(text):
    values, problems = read_cells({"qualifications": text})
    assert "qualifications" not in values
    assert "qualifications" in {problem.column for problem in problems}
