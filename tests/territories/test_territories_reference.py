"""The shipped file: small, and equal to the facts it was made from."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcant.identifiers import Siren, Siret
from dcant.territories.rules.sizes import size_class
from dcant.territories.shipped import _FOLDER, Reference

PROJECT = Path(__file__).resolve().parents[2]
SCRIPT = PROJECT / "scripts/build_territories.py"


def read(corpora: Path, table: str) -> list[dict[str, str]]:
    with (corpora / "territories/tables" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def text(value: int | None) -> str:
    return "" if value is None else str(value)


def test_the_file_is_small_and_says_where_it_comes_from(reference: Reference):
    assert len((_FOLDER / "territories.json.gz").read_bytes()) < 1_500_000
    assert reference.about["attribution"] == "INSEE, DGCL, La Poste, Etalab, Licence Ouverte 2.0"
    assert "COG 2026" in reference.about["vintage"]
    assert "2025" in reference.about["vintage"]


def test_communes_are_those_of_the_sources(corpora: Path, reference: Reference):
    theirs = {
        row["insee"]: (
            row["siren"],
            row["nom"],
            row["article"],
            row["zone"],
            row["dep"],
            "" if row["zone"] == "com" else row["reg"],
            row["epci"],
            row["ept"],
            row["postcodes"].replace(",", " "),
        )
        for row in read(corpora, "communes")
    }
    ours = {
        row.code: (
            row.siren,
            row.name,
            text(row.article),
            row.zone,
            row.departement,
            row.region,
            row.epci,
            row.ept,
            row.postcodes,
        )
        for row in reference.communes
    }
    assert len(ours) == 34_969
    assert ours == theirs


def test_populations_are_municipal_and_unknown_is_never_zero(corpora: Path, reference: Reference):
    theirs = {row["insee"]: row["pop_mun"] for row in read(corpora, "communes")}
    differ = {row.code for row in reference.communes if text(row.population) != theirs[row.code]}
    assert differ == {"55039", "55050", "55139", "55189", "55239", "55307"}
    assert all(row.population is None for row in reference.communes if row.code in differ)
    assert all(row.population_year is None for row in reference.communes if row.population is None)


def test_groups_are_those_of_the_sources(corpora: Path, reference: Reference):
    epci = {row["siren"]: (row["nom"], row["type"], row["pop_mun"], row["dep_main"]) for row in read(corpora, "epci")}
    assert {row.siren: (row.name, row.category, str(row.population), row.departement) for row in reference.epci} == epci
    assert len(epci) == 1_255
    ept = {row["siren"]: (row["nom"], row["members"].split(",")) for row in read(corpora, "ept")}
    members: dict[str, list[str]] = {}
    for row in reference.communes:
        members.setdefault(row.ept, []).append(row.code)
    assert {row.siren: (row.name, members[row.siren]) for row in reference.ept} == ept


def test_every_former_code_of_the_sources_leads_to_the_same_commune(corpora: Path, reference: Reference):
    ours = {(row.old_code, row.code) for row in reference.former}
    assert {(row["old_insee"], row["new_insee"]) for row in read(corpora, "passage")} <= ours
    assert {row.code for row in reference.former} <= {row.code for row in reference.communes}


def test_areas_are_the_real_ones_and_the_collectivities_that_communes_need(corpora: Path, reference: Reference):
    assert len(reference.regions) == 18
    assert len([row for row in reference.departements if row.zone != "com"]) == 101
    assert {row.departement for row in reference.communes} == {row.code for row in reference.departements}
    people: dict[str, int] = {}
    for row in reference.communes:
        people[row.departement] = people.get(row.departement, 0) + (row.population or 0)
    assert {code: str(count) for code, count in people.items()} == {
        row["code"]: row["pop_mun"] for row in read(corpora, "departements") if row["code"] in people
    }


def test_tiles_place_every_departement_once(reference: Reference):
    rows = list(csv.DictReader((_FOLDER / "tiles.csv").read_text(encoding="utf-8").splitlines()))
    assert {row["code"] for row in rows} == {row.code for row in reference.departements if row.zone != "com"}
    assert len({(row["row"], row["col"]) for row in rows}) == 101


def test_operators_are_those_whose_number_is_valid_one_to_check_and_the_agency(reference: Reference):
    listed = reference.operators["operators"]
    numbered = [row for row in listed if row.get("siret") and not row.get("national")]
    assert len(numbered) == 27
    assert all(Siret(row["siret"]).digits == row["siret"] for row in numbered)
    assert [row["name"] for row in listed if row.get("note")] == ["ADM81"]
    agency = next(row for row in listed if row.get("national"))
    assert agency["name"] == "ANCT"
    assert "departements" not in agency
    services = {row["id"] for row in reference.operators["services"]}
    assert {number for row in listed for number in row.get("services", [])} <= services


def test_every_stated_siren_is_valid_and_of_one_commune_only(reference: Reference):
    sirens = [row.siren for row in reference.communes if row.siren]
    assert all(Siren(siren).digits == siren for siren in sirens)
    assert len(set(sirens)) == len(sirens) == 34_875


@pytest.mark.parametrize("content", [None, b"not the archive"])
def test_an_archive_that_is_absent_or_not_the_pinned_one_is_refused(tmp_path: Path, content: bytes | None):
    archive = tmp_path / "archive.tgz"
    if content is not None:
        archive.write_bytes(content)
    command = [sys.executable, SCRIPT, "--from", archive, "--output", tmp_path / "out.gz"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert not (tmp_path / "out.gz").exists()


@given(st.integers(0, 3_000_000))
def test_a_class_of_population_is_the_number_of_thresholds_reached(people: int):
    assert size_class(people) == sum(people >= threshold for threshold in (500, 1_000, 3_500, 10_000))
    assert size_class(None) is None
