"""The export of the Comptoir du Libre: an invented one, then exports with something wrong."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading_sources import codes, created, facts, harvest, readings

from dcant.catalogue.sources import load_source
from dcant.catalogue.sources.comptoir import find
from dcant.harvest.models import Statement
from dcant.harvest.rules import RawItem, Reading, SnapshotError
from dcant.harvest.snapshots import open_snapshot

FIXTURE = Path(__file__).parent / "fixtures" / "comptoir"
EXPORT = "comptoir-du-libre_export_v1.json"
_KEYS = ["id", "name", "url", "licence", "modified", "external_resources", "providers", "users", "autre"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "url", "website"]), inner),
    max_leaves=6,
)


def export(folder: Path, softwares: object, announced: object) -> Path:
    folder.mkdir(exist_ok=True)
    document = {"number_of_software": announced, "softwares": softwares}
    (folder / EXPORT).write_text(json.dumps(document), encoding="utf-8")
    return folder


@pytest.mark.django_db
def test_an_export_gives_its_software_and_says_that_one_is_missing(tmp_path):
    report = harvest("comptoir", FIXTURE, tmp_path)
    assert created(report) == {"software": 2, "lists": 1}
    assert (report.state, report.exit_status) == ("partial", 1)
    found = sorted((line["level"], line["code"], line["remote_id"]) for line in report.findings)
    assert found == [
        ("error", "MISSING_ID", "rang-3"),
        ("warning", "BAD_SHAPE", "13"),
        ("warning", "COUNT", "export"),
        ("warning", "DATE_FORM", "13"),
    ]
    assert harvest("comptoir", FIXTURE, tmp_path, day=1).written == 0
    again = harvest("comptoir", FIXTURE.parent, tmp_path, day=2)
    assert (again.written, again.state) == (0, report.state)


def test_every_field_of_the_documented_shape_has_its_place():
    pill = readings("comptoir", FIXTURE)["software/12"]
    assert (pill.kind, pill.title, codes(pill)) == ("software", "Gélule", set())
    assert facts(pill) == {
        "title": "Gélule",
        "comptoir_id": "12",
        "licence": "EUPL-1.2",
        "updated_on": "2026-10-02",
        "website": "https://gelule.exemple.test/",
        "repository_url": "https://forge.exemple.test/atelier/gelule",
        "wikidata_id": "Q4000000001",
        "sill_id": "9001",
        "comptoir:url": "https://comptoir.exemple.test/fr/softwares/12",
        "comptoir:created": "2019-03-04T10:00:00+00:00",
        "comptoir:users": 2,
        "comptoir:providers": [
            {
                "id": 3,
                "url": "https://comptoir.exemple.test/fr/users/3",
                "name": "Coopérative de l’Essai",
                "type": "Company",
                "external_resources": {"website": "https://coop.exemple.test/"},
            }
        ],
        "comptoir:wikidata": {"url": "https://wikidata.exemple.test/Q4000000001", "data": "x"},
        "comptoir:sill": {"url": "https://sill.exemple.test/9001", "i18n_url": []},
        "comptoir:cnll": {"url": "https://cnll.exemple.test/gelule"},
        "comptoir:framalibre": {"slug": "gelule", "url": "https://framalibre.exemple.test/gelule"},
    }


@pytest.mark.django_db
def test_no_user_and_no_person_is_kept_anywhere(tmp_path):
    harvest("comptoir", FIXTURE, tmp_path)
    values = "\n".join(map(str, Statement.objects.values_list("value", flat=True)))
    assert "Inventée" not in values
    assert "Ville d’Essai" not in values
    with open_snapshot(FIXTURE) as snapshot:
        raw = b"".join(item.data for item in load_source("comptoir")[1].items(snapshot)).decode()
    assert "Inventée" not in raw
    assert "Ville d’Essai" not in raw


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("<!doctype html><title>Maintenance</title>", "NOT_JSON"),
        ('{"number_of_software": 2, "softwares": [{"id": 1, "na', "BAD_JSON"),
        ('{"number_of_software": 2, "softwares": {}}', "BAD_JSON"),
        ("[1]", "BAD_JSON"),
    ],
)
def test_an_export_that_does_not_read_is_a_failed_run_and_changes_nothing(tmp_path, content, code):
    folder = export(tmp_path / "in", [{"id": 1, "name": "A"}], 1)
    harvest("comptoir", folder, tmp_path / "data")
    (folder / EXPORT).write_text(content, encoding="utf-8")
    report = harvest("comptoir", folder, tmp_path / "data", day=1)
    assert (report.state, report.exit_status, report.findings[-1]["code"]) == ("failed", 2, code)
    assert (report.totals["unseen"], Statement.objects.current().filter(field="title").count()) == (0, 1)


@pytest.mark.django_db
def test_an_empty_list_is_suspect_even_the_first_time(tmp_path):
    assert harvest("comptoir", export(tmp_path / "in", [], 0), tmp_path / "data").state == "suspect"
    (tmp_path / "in" / EXPORT).write_text("[]", encoding="utf-8")
    assert harvest("comptoir", tmp_path / "in", tmp_path / "data", day=1).state == "suspect"


@pytest.mark.django_db
def test_a_count_that_agrees_is_silent_and_one_that_is_no_number_is_ignored(tmp_path):
    for day, announced in enumerate((1, "1", None, True, "beaucoup")):
        report = harvest("comptoir", export(tmp_path / "in", [{"id": 1, "name": "A"}], announced), tmp_path, day=day)
        assert (report.state, report.findings) == ("complete", ())


def test_the_export_is_looked_for_by_its_name(tmp_path):
    with open_snapshot(tmp_path) as snapshot, pytest.raises(SnapshotError) as absent:
        find(snapshot)
    export(tmp_path / "a", [], 0)
    with open_snapshot(tmp_path) as snapshot:
        assert find(snapshot) == "a"
    export(tmp_path / "b", [], 0)
    with open_snapshot(tmp_path) as snapshot, pytest.raises(SnapshotError) as doubt:
        find(snapshot)
    (tmp_path / "a" / "comptoir-du-libre_export_v2.json").write_text("{}", encoding="utf-8")
    with open_snapshot(tmp_path / "a") as snapshot, pytest.raises(SnapshotError) as two:
        list(load_source("comptoir")[1].items(snapshot))
    assert (absent.value.code, doubt.value.code, two.value.code) == ("NOT_FOUND", "AMBIGUOUS", "AMBIGUOUS")


@given(st.dictionaries(st.sampled_from(_KEYS), JSON))
def test_any_object_gives_a_reading_that_keeps_no_user(element):
    _, reader = load_source("comptoir")
    reading = reader.read(RawItem("software", "1", "x#1", json.dumps(element).encode()))
    assert isinstance(reading, Reading)
    assert isinstance(facts(reading).get("comptoir:users", 0), int)


@given(st.binary(max_size=200), st.sampled_from(["software", "lists"]))
def test_any_bytes_give_a_reading(data, collection):
    _, reader = load_source("comptoir")
    for raw in (data, b'{"name": "a", "external_resources": ' + data + b"}"):
        assert isinstance(reader.read(RawItem(collection, "1", "x#1", raw)), Reading)
