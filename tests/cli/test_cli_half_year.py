"""A half-year taken away by the command line, and where it stands."""

import csv
import json
import sqlite3
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from own_node import dcant, environment

AKN = "{http://docs.oasis-open.org/legaldocml/ns/akn/3.0}"


@pytest.mark.parametrize("form", ["json", "csv", "akn", "ical", "atom"])
def test_the_half_year_of_the_demonstration_is_written_in_each_format(demo: Path, tmp_path: Path, form: str):
    file = tmp_path / "new" / f"half-year.{form}"
    command = ["governance", "export", "2018-S1", "--format", form, "--output", str(file), "--data", str(demo)]
    ended = dcant(environment(demo), *command)
    assert (ended.stdout, ended.stderr) == ("", "")
    assert "démonstration" in file.read_text(encoding="utf-8")


def test_the_minutes_hold_a_vote_for_each_college_of_each_closed_decision(demo: Path):
    ended = dcant(environment(demo), "governance", "export", "2018-S1", "--format", "akn")
    votes = [one.get("refersTo") for one in ET.fromstring(ended.stdout).iter(f"{AKN}voting")]
    base = sqlite3.connect(demo / "dcant.sqlite3")
    (closed,) = base.execute(
        "SELECT count(*) FROM governance_decision d JOIN governance_cycle c ON c.id = d.cycle_id"
        " WHERE c.half_year = '2018-S1' AND d.closed_at IS NOT NULL"
    ).fetchone()
    base.close()
    assert votes == ["#college-etat", "#college-territoires"] * closed
    assert closed >= 12


def test_the_data_and_the_table_of_a_half_year_agree(demo: Path):
    node = environment(demo)
    said = json.loads(dcant(node, "governance", "export", "2018-S1").stdout)
    rows = list(csv.DictReader(dcant(node, "governance", "export", "2018-S1", "--format", "csv").stdout.splitlines()))
    assert said["state"] == "closed"
    assert said["roadmap_hash"].startswith("sha256:")
    assert {row["decision"] for row in rows} == {one["code"] for one in said["decisions"]}
    assert len(rows) == sum(len(one["colleges"]) or 1 for one in said["decisions"])


def test_a_half_year_that_is_not_there_ends_with_2_and_names_those_that_are(demo: Path, tmp_path: Path):
    node = environment(demo)
    for command in (["export", "1999-S1"], ["export", "2018-S1", "--programme", "inconnu"]):
        ended = dcant(node, "governance", *command, status=2)
        assert ended.stdout == ""
        assert "2018-S1 (programme-commun-demonstration-2018-2026)" in ended.stderr
    (tmp_path / "file").touch()
    ended = dcant(node, "governance", "export", "2018-S1", "--output", str(tmp_path / "file" / "x"), status=2)
    assert "ne s’écrit pas" in ended.stderr


def test_measures_of_a_table_are_judged_line_by_line_then_recorded_by_the_secretariat(demo: Path, tmp_path: Path):
    node, table = environment(demo), tmp_path / "measures.csv"
    table.write_text(
        "indicateur;semestre;valeur;source\ncharte-2022-departements;2022-S2;beaucoup;X\n", encoding="utf-8"
    )
    wrong = dcant(node, "governance", "import", "measurements", str(table), "--dry-run", status=1)
    assert "ligne 2 : charte-2022-departements, 2022-S2, beaucoup : « beaucoup » n’est pas un nombre" in wrong.stdout
    table.write_text("indicateur;semestre;valeur;source\ncharte-2022-departements;2022-S2;12,50;X\n", encoding="utf-8")
    right = dcant(node, "governance", "import", "measurements", str(table), "--dry-run")
    assert right.stdout == "ligne 2 : charte-2022-departements, 2022-S2, 12.5 : prête\n"
    nobody = dcant(node, "governance", "import", "measurements", str(table), status=2)
    assert "--as KEY" in nobody.stderr
    base = sqlite3.connect(demo / "dcant.sqlite3")
    (count,) = base.execute("SELECT count(*) FROM governance_measurement WHERE demo = 0").fetchone()
    base.close()
    assert count == 0


def test_where_the_half_year_under_way_stands_is_told_with_what_blocks(demo: Path):
    node = environment(demo)
    told = json.loads(dcant(node, "governance", "status", "--format", "json").stdout)["half_years"]
    assert [(one["cycle"], one["state"], one["demo"]) for one in told] == [("2026-S2", "open", True)]
    assert any(one["what"].startswith("Voter sur") and one["by"] for one in told[0]["expected"])
    printed = dcant(node, "governance", "status", "--cycle", "2018-S1").stdout
    assert "2018-S1, Programme commun, démonstration : bilan publié" in printed
    assert dcant(node, "governance", "status", "--cycle", "1999-S1", status=2).stdout == ""


def test_a_table_of_seats_is_read_line_by_line_and_nothing_opens_without_a_mandate(demo: Path, tmp_path: Path):
    node, file = environment(demo), tmp_path / "seats.csv"
    command = ["governance", "import", "seats", str(file), "--programme", "programme-commun-demonstration-2018-2026"]
    file.write_text("college,organisation\nterritoires,00000005900014\netat,404\n", encoding="utf-8")
    ended = dcant(node, *command, "--dry-run", status=1)
    assert "ligne 2 : territoires, Opérateur fictif de l’Ouest (démonstration) : prête" in ended.stdout
    assert "ligne 3 : etat, 404 : Aucune organisation connue" in ended.stdout
    file.write_text("college,organisation\nterritoires,00000005900014\n", encoding="utf-8")
    dcant(node, *command, "--dry-run")
    assert "--as" in dcant(node, *command, status=2).stderr
    assert "ne se lit pas" in dcant(node, *command[:3], str(tmp_path / "no"), *command[4:], status=2).stderr
