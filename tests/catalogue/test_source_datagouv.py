"""The dataservices of data.gouv.fr: invented answers, then answers with something wrong."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading_sources import codes, created, facts, harvest, readings

from dcant.catalogue.models import Resource
from dcant.catalogue.projection import CatalogueSink
from dcant.catalogue.sources import load_source
from dcant.catalogue.sources.datagouv import find
from dcant.harvest.models import Item, Statement
from dcant.harvest.rules import RawItem, Reading, SnapshotError
from dcant.harvest.services import run_harvest
from dcant.harvest.snapshots import open_snapshot

FIXTURE = Path(__file__).parent / "fixtures" / "datagouv"
NOW = datetime(2026, 11, 21, tzinfo=UTC)
_KEYS = [
    "id", "title", "description", "contact_points", "organization", "datasets", "harvest", "access_type",
    "access_audiences", "private", "deleted_at", "archived_at", "availability", "tags", "self_web_url", "license",
]  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "role", "condition", "email", "name", "archived_at"]), inner)
    ),
    max_leaves=6,
)


def page(folder: Path, number: int, rows: list[object], **beside: object) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"page-{number}.json").write_text(json.dumps({"data": rows} | beside), encoding="utf-8")
    return folder


def api(number: int, **more: object) -> dict[str, object]:
    return {"id": f"{number:024}", "title": f"API {number}"} | more


def read(**element: object) -> Reading:
    raw = RawItem("apis", "x", "x#x", json.dumps({"id": "x", "title": "A"} | element).encode())
    return load_source("datagouv")[1].read(raw)


@pytest.mark.django_db
def test_answers_in_pages_give_their_apis_and_a_second_run_writes_nothing(tmp_path):
    report = harvest("datagouv", FIXTURE, tmp_path)
    assert created(report) == {"apis": 3, "lists": 1}
    assert (report.state, report.totals["withdrawn"]) == ("complete", 1)
    assert [line["message"] for line in report.findings if line["code"] == "COUNT"] == [
        "La liste annonce 4 éléments, 3 sont venus."
    ]
    assert harvest("datagouv", FIXTURE, tmp_path, day=1).written == 0
    again = harvest("datagouv", FIXTURE.parent, tmp_path, day=2)
    assert (again.written, again.state) == (0, report.state)
    archived = Item.objects.get(state="withdrawn")
    assert archived.withdrawn_reason == "dit par la source : archivé le 2025-05-06 (not-on-remote)"


def test_every_field_of_the_documented_shape_has_its_place():
    reading = readings("datagouv", FIXTURE)["apis/aaaaaaaa0000000000000001"]
    assert (reading.kind, reading.title, codes(reading), reading.tombstone) == ("api", "API Essai", set(), None)
    assert facts(reading) == {
        "datagouv_id": "aaaaaaaa0000000000000001",
        "title": "API Essai",
        "acronym": "APE",
        "rate_limit": "10 appels par seconde",
        "uptime": "99.5",
        "endpoint_url": "https://api.exemple.test/v1",
        "documentation_url": "https://doc.exemple.test/",
        "request_url": "https://exemple.test/demande",
        "openapi_url": "https://api.exemple.test/openapi.json",
        "description": "# Essai\n\nDire si un essai est ouvert.",
        "licence": "etalab-2.0",
        "keywords": ["essai", "ouverture"],
        "created_on": "2024-02-03",
        "updated_on": "2026-09-01",
        "access_type": "restricted",
        "audience_local": "yes",
        "audience_company": "under_condition",
        "audience_private": "no",
        "audience_because": "Données fiscales.",
        "contact": "https://exemple.test/contact",
        "producer": "Agence d’Essai",
        "datagouv:slug": "api-essai",
        "datagouv:business_documentation_url": "https://metier.exemple.test/",
        "datagouv:availability_url": "https://etat.exemple.test/",
        "datagouv:format": "REST",
        "datagouv:extras": {"cle": "valeur"},
        "datagouv:featured": True,
        "datagouv:organization": {"id": "oooooooo0000000000000001", "slug": "agence-d-essai"},
        "datagouv:datasets": [
            {"id": "dddddddd0000000000000001", "title": "Les essais", "uri": "https://exemple.test/d/1"}
        ],
        "datagouv:self_web_url": "https://exemple.test/dataservices/api-essai/",
        "datagouv:access_type_reason_category": "personal_data",
    }
    assert [(link.name, link.target_ref) for link in reading.links] == [
        ("provides", "datagouv:datasets/dddddddd0000000000000001")
    ]
    assert {fact.source_url for fact in reading.facts} == {"https://exemple.test/dataservices/api-essai/"}


def test_a_map_service_keeps_its_document_under_its_own_name_and_what_is_wrong_is_said():
    found = readings("datagouv", FIXTURE)
    carte, bancale = (facts(found[f"apis/aaaaaaaa000000000000000{rank}"]) for rank in (2, 3))
    assert "openapi_url" not in carte
    assert carte["datagouv:machine_documentation_url"].startswith("https://carte.exemple.test/")
    assert codes(found["apis/aaaaaaaa0000000000000003"]) == {"BAD_VALUE", "BAD_SHAPE", "BAD_URL", "DATE_FORM"}
    assert not {"access_type", "audience_private", "endpoint_url", "producer"} & bancale.keys()
    assert bancale["datagouv:access_type"] == "presque"
    assert bancale["datagouv:audience_private"] == ["no", "yes"]
    assert bancale["datagouv:datasets"]["total"] == 3


@pytest.mark.django_db
def test_no_person_is_kept_anywhere(tmp_path):
    harvest("datagouv", FIXTURE, tmp_path)
    values = "\n".join(map(str, Statement.objects.values_list("value", flat=True)))
    with open_snapshot(FIXTURE) as snapshot:
        raw = b"".join(item.data for item in load_source("datagouv")[1].items(snapshot)).decode()
    for kept in (values, raw):
        assert "Camille" not in kept
        assert "camille" not in kept


@pytest.mark.django_db
def test_a_private_one_has_no_page_and_an_archived_one_is_said_withdrawn(tmp_path):
    source, reader = load_source("datagouv")
    with open_snapshot(FIXTURE) as snapshot:
        run_harvest(
            source=source, reader=reader, snapshot=snapshot, sink=CatalogueSink(NOW), now=lambda: NOW, data=tmp_path
        )
    assert dict(Resource.objects.values_list("title", "state")) == {
        "API Essai": "active",
        "Carte ancienne": "withdrawn",
        "Bancale": "unpublished",
    }
    assert Resource.objects.get(title="API Essai").facts["audience_local"] == "yes"


@pytest.mark.django_db
def test_an_absent_page_is_said_and_one_that_does_not_read_fails_the_run(tmp_path):
    folder = tmp_path / "dataservices"
    for number in (1, 3, 10):
        page(folder, number, [api(number)], next_page="https://exemple.test/?page=11" if number == 10 else None)
    report = harvest("datagouv", tmp_path, tmp_path / "data")
    missing = [line["message"] for line in report.findings if line["code"] == "MISSING_PAGE"]
    assert (report.state, len(missing), missing[0]) == ("complete", 6, "Il manque une page : page-2.json.")
    (folder / "page-3.json").write_text("<html>connexion</html>", encoding="utf-8")
    report = harvest("datagouv", tmp_path, tmp_path / "data", day=1)
    assert (report.state, report.findings[-1]["code"], report.totals["unseen"]) == ("failed", "NOT_JSON", 0)


@pytest.mark.django_db
def test_pages_are_read_by_number_and_the_first_of_two_with_one_id_wins(tmp_path):
    page(page(tmp_path / "dataservices", 2, [api(1, acronym="B")]), 10, [api(1, acronym="C")])
    page(tmp_path / "dataservices", 1, [api(7)])
    report = harvest("datagouv", tmp_path, tmp_path / "data")
    assert (report.state, report.findings[0]["code"]) == ("partial", "DUPLICATE_ID")
    assert Statement.objects.get(field="acronym").value == "B"


@pytest.mark.django_db
def test_one_file_is_enough_and_no_answer_is_suspect(tmp_path):
    (tmp_path / "dataservices.json").write_text(json.dumps({"data": [api(1)], "total": 1}), encoding="utf-8")
    assert created(harvest("datagouv", tmp_path, tmp_path / "data")) == {"apis": 1, "lists": 1}
    (tmp_path / "dataservices.json").write_text('{"data": []}', encoding="utf-8")
    assert harvest("datagouv", tmp_path, tmp_path / "data", day=1).state == "suspect"


def test_the_answers_are_looked_for_by_their_shape(tmp_path):
    page(tmp_path / "catalogue" / "software", 1, [])
    with open_snapshot(tmp_path) as snapshot, pytest.raises(SnapshotError, match="dataservices"):
        find(snapshot)
    page(tmp_path / "a" / "dataservices", 1, [])
    with open_snapshot(tmp_path) as snapshot:
        assert find(snapshot) == "a/dataservices"
    page(tmp_path / "datagouv", 1, [])
    with open_snapshot(tmp_path) as snapshot, pytest.raises(SnapshotError) as doubt:
        find(snapshot)
    assert doubt.value.code == "AMBIGUOUS"


@pytest.mark.parametrize(
    ("element", "reason"),
    [
        ({"deleted_at": "2026-01-02T00:00:00"}, "supprimé le 2026-01-02"),
        ({"archived_at": "hier", "deleted_at": None}, "archivé"),
        ({"harvest": {"archived_at": "2026-01-02", "archived_reason": "x"}}, "archivé le 2026-01-02 (x)"),
        ({"harvest": []}, None),
        ({"archived_at": "", "harvest": {"archived_at": None}}, None),
    ],
)
def test_a_tombstone_says_when_and_why(element, reason):
    assert read(**element).tombstone == reason


def test_a_contact_that_names_somebody_is_not_kept_and_is_said():
    reading = read(contact_points=[{"name": "X", "email": "(adresse nominative retirée)"}])
    assert "NOMINATIVE_CONTACT" in codes(reading)
    assert "contact" not in facts(reading)
    assert facts(read(contact_points=[{"email": "api@exemple.test"}]))["contact"] == "api@exemple.test"


def test_silence_on_an_audience_is_unknown_and_unspecified_licences_say_nothing():
    said = facts(read(access_type="open", license="notspecified", private=False))
    assert said == {"datagouv_id": "x", "title": "A", "access_type": "open"}
    assert facts(read(license="fr-lo"))["licence"] == "fr-lo"


@given(st.dictionaries(st.sampled_from(_KEYS), JSON))
def test_any_object_gives_a_reading(element):
    raw = RawItem("apis", "x", "x#x", json.dumps(element).encode())
    assert isinstance(load_source("datagouv")[1].read(raw), Reading)


@given(st.binary(max_size=200), st.sampled_from(["apis", "lists"]))
def test_any_bytes_give_a_reading(data, collection):
    for raw in (data, b'{"title": "a", "harvest": ' + data + b"}"):
        assert isinstance(load_source("datagouv")[1].read(RawItem(collection, "x", "x#x", raw)), Reading)
