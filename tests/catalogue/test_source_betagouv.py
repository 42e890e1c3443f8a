"""The services of beta.gouv.fr: the real ones, an invented few, then copies with something wrong."""

import tomllib
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading_sources import codes, created, facts, harvest, readings

from dcant.catalogue.sources import load_source
from dcant.catalogue.sources.betagouv import find
from dcant.catalogue.sources.seed import bundled_folder
from dcant.harvest.models import Item, Statement
from dcant.harvest.rules import RawItem, Reading, SnapshotError
from dcant.harvest.rules.redaction import ADDRESS_MARK, redact, redact_bytes
from dcant.harvest.rules.yaml_text import front_matter
from dcant.harvest.snapshots import open_snapshot

FIXTURE = Path(__file__).parent / "fixtures" / "betagouv"
# Our name of each key that has one; every other key is kept as « betagouv:<key> ».
NAMES = {
    "title": "title",
    "mission": "purpose",
    "link": "website",
    "repository": "repository_url",
    "thematiques": "themes",
    "incubator": "producer",
    "phases": "phases",
    "contact": "contact",
}


def read(head: str, collection: str = "startups") -> Reading:
    _, reader = load_source("betagouv")
    return reader.read(RawItem(collection, "x", "x.md", f"---\n{head}\n---\n".encode()))


def stripped(value):
    if isinstance(value, list):
        return [text for one in value if (text := stripped(one)) not in ("", [], {})]
    return value.strip() if isinstance(value, str) else value


@pytest.mark.django_db
def test_the_real_sheets_come_back_key_by_key_and_a_second_run_writes_nothing(corpora, tmp_path):
    folder = corpora / "catalogue" / "startups"
    report = harvest("betagouv", folder, tmp_path)
    assert created(report) == {"startups": 662, "organisations": 145, "incubators": 23, "phases": 8}
    assert (report.state, report.totals["rejected"]) == ("complete", 0)
    assert harvest("betagouv", folder, tmp_path, day=1).written == 0
    assert harvest("betagouv", folder / "content", tmp_path, day=2).written == 0
    phases = Statement.objects.filter(field="phases")
    assert sum(len(statement.value) for statement in phases) == 1695
    assert Statement.objects.filter(field="audience_local", value="yes").count() == 171
    assert not Statement.objects.filter(field__startswith="audience_", value="no").exists()
    compared = 0
    for item in Item.objects.filter(collection="startups").prefetch_related("statements"):
        said = {statement.field: statement.value for statement in item.statements.all()}
        raw = (folder / "content" / item.path).read_bytes()
        for key, value in front_matter(redact_bytes(raw)).fields.items():
            expected = stripped(value)
            if key in {"contact_dinum", "contact_incubator"} or ADDRESS_MARK in str(expected) or not expected:
                continue
            if key == "sponsors":
                links = [row.value["target"] for row in item.statements.all() if row.field == "link:sponsor"]
                found = sorted(f"/organisations/{target.rpartition('/')[2]}" for target in links)
                expected = sorted(set(expected))
            else:
                found = said.get(NAMES.get(key, ""), said.get(f"betagouv:{key}"))
            if key == "contact" and found is None:
                assert expected.partition("@")[2].startswith("gmail")
                continue
            assert stripped(found) == expected, (item.remote_id, key)
            compared += 1
    assert compared > 7000


def test_every_sponsor_and_incubator_of_the_real_sheets_is_an_item(corpora):
    found = readings("betagouv", corpora / "catalogue" / "startups")
    links = [link for reading in found.values() for link in reading.links]
    targets = [link.target_ref.removeprefix("betagouv:") for link in links if link.name != "owner"]
    assert (len(targets), set(targets) - found.keys()) == (826 + 662, set())
    owners = {link.target_ref.removeprefix("betagouv:") for link in links if link.name == "owner"}
    assert owners - found.keys() == {"organisations/menj"}
    assert facts(found["startups/mps"])["phase"].startswith("Arrêté après l’investigation (depuis le ")
    assert "2020" in facts(found["startups/mps"])["phase"]


def test_no_person_of_the_real_sheets_is_left_in_the_bytes_that_are_kept(corpora):
    _, reader = load_source("betagouv")
    with open_snapshot(corpora / "catalogue" / "startups") as snapshot:
        sheets = [raw for raw in reader.items(snapshot) if raw.collection == "startups"]
    assert len(sheets) == 662
    for raw in sheets:
        kept = redact_bytes(raw.data)
        assert b"@gmail.com" not in kept
        head = front_matter(kept).fields
        named = [head.get("contact_dinum"), head.get("contact_incubator")]
        assert not any(named)
        said = "\n".join(str(fact.value) for fact in reader.read(replace(raw, data=kept)).facts)
        assert redact(said) == said


@pytest.mark.parametrize(
    ("name", "folder"),
    [("betagouv", "startups"), ("standards", "schemas"), ("sill", "sill"), ("suite", "suite-territoriale")],
)
def test_every_reviewed_join_names_an_item_and_a_sheet_of_the_same_kind(corpora, name, folder):
    table = tomllib.loads(files("dcant.catalogue").joinpath("joins.toml").read_text(encoding="utf-8"))
    joins = [(slug, ref) for slug, refs in table["same"].items() for ref in refs if ref.startswith(f"{name}:")]
    found = readings(name, corpora / "catalogue" / folder)
    assert len(joins) >= 3
    for slug, ref in joins:
        kind = found[ref.removeprefix(f"{name}:")].kind
        assert (bundled_folder() / str(kind) / f"{slug}.yaml").is_file(), ref


def test_an_invented_sheet_is_read_whole():
    found = readings("betagouv", FIXTURE)
    assert set(found) == {
        "startups/guichet.ecole",
        "organisations/Mairie",
        "organisations/ministere",
        "incubators/atelier",
        "phases/investigation",
    }
    service = found["startups/guichet.ecole"]
    assert (service.kind, service.title, codes(service)) == ("service", "Guichet École", {"NOMINATIVE_CONTACT"})
    assert facts(service) == {
        "title": "Guichet École",
        "purpose": "Inscrire un enfant à l’école sans se déplacer",
        "description": f"Un texte, écrire à {ADDRESS_MARK}.",
        "website": "https://guichet.exemple.test",
        "repository_url": "https://forge.exemple.test/guichet",
        "producer": "atelier",
        "betagouv:usertypes": ["collectivite-territoriale", "Navigateurs au long cours"],
        "audience_local": "yes",
        "audience_other": ["Navigateurs au long cours"],
        "audience_because": "Publics visés, d’après la fiche : collectivite-territoriale, Navigateurs au long cours.",
        "phases": [
            {"name": "construction", "start": "2024-01-01"},
            {"name": "investigation", "start": "2023-05-02", "end": "2023-12-31"},
        ],
        "phase": "Investigation (du 2 mai 2023 au 31 décembre 2023)",
        "betagouv:stats": "true",
        "betagouv:champ_nouveau": ["gardé"],
    }
    assert [(link.name, link.target_ref) for link in service.links] == [
        ("incubator", "betagouv:incubators/atelier"),
        ("sponsor", "betagouv:organisations/Mairie"),
        ("sponsor", "betagouv:organisations/ministere"),
    ]
    town = found["organisations/Mairie"]
    assert (town.kind, facts(town)["level"], facts(town)["type"]) == (None, "local", "collectivite-territoriale")


@pytest.mark.parametrize(
    ("users", "expected"),
    [
        ("collectivite-territoriale", "yes"),
        ("Collectivités", "yes"),
        ("ccas", "under_condition"),
        ("etat", None),
        ("agents publics", None),
        ("lapins", None),
    ],
)
def test_a_user_type_that_is_not_mapped_is_unknown_and_never_a_no(users, expected):
    assert facts(read(f"title: A\nusertypes: [{users}]")).get("audience_local") == expected


def test_a_sheet_without_its_optional_keys_says_nothing_of_them():
    assert facts(read("title: A")) == {"title": "A"}


def test_wrong_shapes_are_said_and_hide_nothing_else():
    reading = read(
        "title: A\nmission: []\nphases:\n  - b\n  - name: neuve\n    start: demain\nlink: nulle part\nusertypes: {a: b}"
    )
    assert codes(reading) == {"BAD_SHAPE", "BAD_URL", "UNKNOWN_PHASE", "DATE_FORM"}
    assert (reading.rejected, facts(reading)["phase"]) == (False, "neuve")
    assert facts(reading)["betagouv:link"] == "nulle part"
    assert facts(reading)["betagouv:phases"] == ["b"]


@pytest.mark.django_db
def test_one_cut_sheet_is_one_line_and_the_run_goes_on(tmp_path):
    folder = tmp_path / "content" / "_startups"
    folder.mkdir(parents=True)
    (folder / "cut.md").write_bytes(b"---\ntitle: A")
    (folder / "latin.md").write_bytes("---\ntitle: été\ncontact_dinum: a.b\n---\n".encode("latin-1"))
    (folder / "whole.md").write_bytes(b"---\ntitle: B\n---\n")
    (folder / ".hidden").write_bytes(b"")
    (folder / "image.png").write_bytes(b"\x89")
    report = harvest("betagouv", tmp_path, tmp_path / "data")
    assert (report.state, report.totals["created"]) == ("partial", 1)
    assert {line["code"] for line in report.findings} == {"FRONT_MATTER", "ENCODING"}


def test_the_folder_is_found_by_its_shape_or_not_at_all(tmp_path):
    with open_snapshot(tmp_path) as snapshot, pytest.raises(SnapshotError, match="_startups") as none:
        find(snapshot)
    for name in ("a", "b"):
        (tmp_path / name / "_startups").mkdir(parents=True)
        (tmp_path / name / "_startups" / "x.md").write_text("")
    with open_snapshot(tmp_path) as snapshot, pytest.raises(SnapshotError, match="« a », « b »") as two:
        find(snapshot)
    assert (none.value.code, two.value.code) == ("NOT_FOUND", "AMBIGUOUS")


@given(st.binary(max_size=300), st.sampled_from(["startups", "organisations", "incubators", "phases", "?"]))
def test_any_bytes_give_a_reading(data, collection):
    _, reader = load_source("betagouv")
    for raw in (data, b"---\ntitle: a\n" + data + b"\n---\n"):
        assert isinstance(reader.read(RawItem(collection, "x", "x.md", raw)), Reading)
