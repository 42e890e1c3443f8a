"""The reviewed table of producers, held against the sources it was made from."""

import json
from collections import Counter

import pytest

from dcant.catalogue.producers import LEVELS, ProducersError, level_of, organisation_key, producers_from
from dcant.catalogue.sources import load_source
from dcant.harvest.rules import RawItem
from dcant.harvest.rules.yaml_text import front_matter
from dcant.identifiers import IdentifierError, Siren, Siret

# Where a person read more than the `type` of the sheet.
_REVIEWED = {"carif-oref": "joint", "dgfip": "state", "ministere-armees": "state"}


def test_every_producer_of_api_gouv_has_a_level_and_it_is_that_of_its_sheet_unless_reviewed(corpora):
    _, reader = load_source("apigouv")
    sheets = sorted((corpora / "catalogue" / "apigouv" / "_data" / "producteurs").glob("*.md"))
    levels = Counter()
    for sheet in sheets:
        data = sheet.read_bytes()
        facts = {fact.field: fact.value for fact in reader.read(RawItem("producers", sheet.stem, "x", data)).facts}
        assert level_of("apigouv", sheet.stem) == _REVIEWED.get(sheet.stem, facts.get("level")), sheet.stem
        levels[level_of("apigouv", sheet.stem)] += 1
    assert (len(sheets), levels) == (60, {"state": 49, "other": 8, "local": 2, "joint": 1})


def test_no_number_is_given_to_a_producer_of_api_gouv_but_the_one_a_table_states(corpora):
    sheets = (corpora / "catalogue" / "apigouv" / "_data" / "producteurs").glob("*.md")
    known = {sheet.stem: organisation_key("apigouv", sheet.stem) for sheet in sheets}
    assert {key: number for key, number in known.items() if number} == {"rennes": Siren("243500139")}
    name = front_matter((corpora / "catalogue/apigouv/_data/producteurs/rennes.md").read_bytes()).fields["name"]
    table = (corpora / "territories" / "tables" / "epci.csv").read_text(encoding="utf-8")
    assert f"\n243500139,{name}," in table


def test_every_operator_of_the_suite_has_the_siret_its_list_states(corpora):
    rows = json.loads((corpora / "catalogue" / "suite-territoriale" / "operators.json").read_bytes())
    stated = {}
    for row in rows:
        try:
            number = Siret(row["siret"])
        except IdentifierError:
            number = None
        if row["nom"] == "TEST":
            assert not level_of("suite", row["id"])
            continue
        assert organisation_key("suite", row["id"]) == number
        stated[row["nom"]] = (level_of("suite", row["id"]), number)
    assert {name for name, (level, _) in stated.items() if level != "local"} == {"ANCT"}
    assert [name for name, (_, number) in stated.items() if number is None] == ["ADM81"]
    assert (len(stated), stated["ANCT"]) == (29, ("state", Siret("13002603200016")))


def test_what_the_table_does_not_know_is_unknown():
    assert level_of("apigouv", "nobody") == level_of("nowhere", "dinum") == ""
    assert organisation_key("nowhere", "dinum") is None


def test_the_table_names_its_producers_and_uses_known_levels_only():
    read = producers_from('[a]\nb = { name = "B", level = "joint", siren = "243 500 139" }\n')
    assert (read["a"]["b"].name, read["a"]["b"].organisation) == ("B", Siren("243500139"))
    assert read["a"]["b"].level in LEVELS


@pytest.mark.parametrize(
    "text",
    [
        "a = [",
        'a = "b"',
        '[a]\nb = "c"',
        '[a]\nb = { level = "state" }',
        '[a]\nb = { name = "B" }',
        '[a]\nb = { name = "B", level = "region" }',
        '[a]\nb = { name = "B", level = "local", siren = "243500138" }',
        '[a]\nb = { name = "B", level = "local", siret = 13002603200016 }',
        '[a]\nb = { name = "B", level = "local", other = "x" }',
        '[a]\nb = { name = "B", level = "local", siren = "243500139", siret = "13002603200016" }',
    ],
)
def test_a_wrong_table_is_refused_with_a_sentence(text):
    with pytest.raises(ProducersError):
        producers_from(text)
