"""Whole tables: the real examples as the corpus expects, and mutated at random as frictionless says, in exact mode."""

import json
import random
from pathlib import Path

import pytest
from oracle_of_tables import ours, reference, rows_of, text_of

from dcant.standards.tables import ready, validate

LIMIT = 10**9


def expected_of(corpora: Path):
    listed = json.loads((corpora / "tables" / "expected-frictionless-5.21.0.json").read_text(encoding="utf-8"))
    return {name: one for name, one in listed.items() if "errors" in one}


def test_every_real_example_has_the_errors_expected(corpora):
    differ = []
    listed = expected_of(corpora)
    for name, expected in listed.items():
        schema = corpora / "tables" / expected["schema"]
        (report,) = validate(corpora / "tables" / name, schema, columns="exact", limit=LIMIT).files
        found = sorted(ours(report).elements(), key=str)
        wanted = sorted(((a, b, c or "", d) for a, b, c, d in expected["errors"]), key=str)
        found = [one for one in found if not one[0].startswith("french-")]  # which the reference does not know
        if found != wanted or report.rows != expected["rows"]:
            differ.append((name, found, wanted))
    assert len(listed) >= 29
    assert not differ


STRANGE = [
    "",
    " ",
    "x",
    "0",
    "1",
    "-1",
    "12,5",
    "1 000",
    "01/02/2021",
    "2021-02-30",
    "oui",
    "é",
    "a,b",
    "N/A",
    "\u00a0",
]


def cell_edited(rows, chance):
    row = chance.randrange(1, len(rows))
    if rows[row]:
        rows[row][chance.randrange(len(rows[row]))] = chance.choice(STRANGE)


def cells_swapped(rows, chance):
    row = chance.randrange(1, len(rows))
    chance.shuffle(rows[row])


def cell_cut(rows, chance):
    del rows[chance.randrange(1, len(rows))][-chance.randrange(1, 4) :]


def cell_added(rows, chance):
    rows[chance.randrange(1, len(rows))] += chance.sample(STRANGE, chance.randrange(1, 3))


def row_blanked(rows, chance):
    row = chance.randrange(1, len(rows) + 1)
    rows.insert(row, chance.choice([[], [""] * len(rows[0]), [""] * (len(rows[0]) + 1), [""] * (len(rows[0]) - 1)]))


def row_repeated(rows, chance):
    rows.append(list(rows[chance.randrange(1, len(rows))]))


def label_edited(rows, chance):
    label = chance.randrange(len(rows[0]))
    rows[0][label] = chance.choice(["", "x", rows[0][0], rows[0][-1], rows[0][label].upper(), f" {rows[0][label]} "])


def columns_swapped(rows, chance):
    one, other = chance.randrange(len(rows[0])), chance.randrange(len(rows[0]))
    for row in rows:
        if len(row) > max(one, other):
            row[one], row[other] = row[other], row[one]


def column_cut(rows, chance):
    for row in rows:
        del row[-1:]


def column_added(rows, chance):
    label = chance.choice(["", "x", rows[0][0], rows[0][-1]])
    for row in rows:
        row.append(chance.choice(["", "1"]) if row is not rows[0] else label)


MUTATIONS = [
    cell_edited,
    cell_edited,
    cells_swapped,
    cell_cut,
    cell_added,
    row_blanked,
    row_repeated,
    label_edited,
    columns_swapped,
    column_cut,
    column_added,
]


@pytest.mark.parametrize("seed", range(2))
def test_mutated_examples_have_the_errors_of_the_reference(corpora, tmp_path, seed):
    chance = random.Random(f"tables {seed}")
    path = tmp_path / "mutated.csv"
    differ, tried = [], 0
    for name, expected in expected_of(corpora).items():
        source = corpora / "tables" / name
        if source.stat().st_size > 20_000:
            continue
        schema = json.loads((corpora / "tables" / expected["schema"]).read_text(encoding="utf-8"))
        plan = ready({key: value for key, value in schema.items() if key != "custom_checks"})
        rows = rows_of(source.read_text(encoding="utf-8-sig"), expected["delimiter"])
        for first in chance.sample(MUTATIONS, 3):
            mutated = [list(row) for row in rows]
            for mutation in [first, *chance.choices(MUTATIONS, k=chance.choice([0, 0, 1, 3]))]:
                mutation(mutated, chance)
            path.write_text(text_of(mutated, expected["delimiter"]), encoding="utf-8", newline="")
            wanted = reference(path, schema, delimiter=expected["delimiter"])
            (report,) = validate(path, plan, columns="exact", limit=LIMIT, delimiter=expected["delimiter"]).files
            tried += 1
            if ours(report) != wanted:
                differ.append((name, seed, wanted - ours(report), ours(report) - wanted))
    assert tried > 80
    assert not differ
