"""A catalogue read through its Software Catalog API: invented answers, then answers with something wrong."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading_sources import codes, created, facts, harvest, readings

from dcant.catalogue.sources import load_source
from dcant.catalogue.sources.catalogapi import find
from dcant.harvest.models import Item, Statement
from dcant.harvest.rules import RawItem, Reading, SnapshotError
from dcant.harvest.snapshots import open_snapshot

FIXTURE = Path(__file__).parent / "fixtures" / "catalogapi"
DESCRIPTORS = FIXTURE.parent / "publiccode"
ID = "00000000-0000-4000-8000-00000000000"
_KEYS = ["id", "url", "publiccodeYml", "active", "aliases", "updatedAt", "description", "email", "codeHosting"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "name: a", "name: [", "https://a.test", "- x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["url", "email"]), inner),
    max_leaves=5,
)


def answer(folder: Path, name: str, rows: list[object], following: str | None = None) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"data": rows, "links": {"prev": None, "next": following}}), encoding="utf-8")


def software(number: int, **more: object) -> dict[str, object]:
    text = f"name: Outil {number}\nurl: https://forge.exemple.test/a/outil-{number}\n"
    return {"id": f"{ID}{number}", "url": f"https://forge.exemple.test/a/outil-{number}", "publiccodeYml": text} | more


def read(**element: object) -> Reading:
    raw = RawItem("software", "x", "x#x", json.dumps(element).encode())
    return load_source("catalogapi")[1].read(raw)


@pytest.mark.django_db
def test_answers_give_software_and_publishers_and_a_second_run_writes_nothing(tmp_path):
    report = harvest("catalogapi", FIXTURE, tmp_path)
    assert created(report) == {"software": 3, "publishers": 2, "lists": 2}
    assert (report.state, report.totals["rejected"], report.totals["withdrawn"]) == ("complete", 0, 2)
    assert harvest("catalogapi", FIXTURE, tmp_path, day=1).written == 0
    again = harvest("catalogapi", FIXTURE.parent, tmp_path, day=2)
    assert (again.written, again.state) == (0, "complete")
    ended = Item.objects.filter(state="withdrawn")
    assert set(ended.values_list("title", "withdrawn_reason")) == {
        ("Fini", "dit par la source : inactif dans le catalogue"),
        ("Commune d’Exemple", "dit par la source : inactif dans le catalogue"),
    }
    assert set(Item.objects.values_list("collection", "kind").distinct()) == {
        ("software", "software"),
        ("publishers", ""),
        ("lists", ""),
    }


def test_a_descriptor_says_the_same_in_an_answer_as_in_a_file():
    inside = readings("catalogapi", FIXTURE)[f"software/{ID}1"]
    alone = load_source("publiccode")[1].read(
        RawItem("software", "x", "x.yml", (DESCRIPTORS / "atelier__gelule.yml").read_bytes())
    )
    said = facts(inside)
    added = {key: said.pop(key) for key in list(said) if key.startswith("catalogapi:") or key == "updated_on"}
    assert said == facts(alone) | {"description": said["description"]}
    assert inside.title == alone.title
    assert added == {
        "updated_on": "2026-05-06",
        "catalogapi:aliases": ["https://forge.exemple.test/atelier/pilule"],
        "catalogapi:vitality": "90,80",
        "catalogapi:createdAt": "2024-01-02T03:04:05Z",
    }


def test_a_descriptor_that_does_not_read_hides_neither_name_nor_address():
    broken = readings("catalogapi", FIXTURE)[f"software/{ID}2"]
    assert (broken.rejected, broken.title) == (False, "casse")
    assert facts(broken)["repository_url"] == "https://forge.exemple.test/atelier/casse.git"
    (finding,) = broken.findings
    assert (finding.level, finding.code, finding.place) == ("warning", "BAD_YAML", "publiccodeYml, ligne 3, colonne 1")
    for absent in ({}, {"publiccodeYml": []}, {"publiccodeYml": {"maintenance": {"contacts": [{"name": "X"}]}}}):
        reading = read(url="https://forge.exemple.test/a/outil", **absent)
        assert (reading.title, codes(reading)) == ("outil", {"BAD_SHAPE"})
        assert facts(reading) == {"repository_url": "https://forge.exemple.test/a/outil"}


def test_an_address_that_differs_from_the_descriptor_is_kept_beside_it():
    said = facts(readings("catalogapi", FIXTURE)[f"software/{ID}3"])
    assert said["repository_url"] == "https://forge.exemple.test/atelier/fini-bis"
    assert said["catalogapi:url"] == "https://forge.exemple.test/atelier/fini"


@pytest.mark.django_db
def test_a_publisher_keeps_the_mailbox_of_a_role_and_no_person_is_kept(tmp_path):
    report = harvest("catalogapi", FIXTURE, tmp_path)
    assert list(Statement.objects.filter(field="contact").values_list("value", flat=True)) == [
        "numerique@ville.exemple.test"
    ]
    assert "NOMINATIVE_CONTACT" in {line["code"] for line in report.findings}
    values = "\n".join(map(str, Statement.objects.values_list("value", flat=True)))
    assert "Camille" not in values
    assert "camille" not in values


@pytest.mark.django_db
def test_an_end_of_list_that_did_not_come_is_said(tmp_path):
    answer(tmp_path, "software.json", [software(1), {"url": "sans id"}], following="?page[after]=abc")
    report = harvest("catalogapi", tmp_path, tmp_path / "data")
    assert {(line["level"], line["code"]) for line in report.findings} == {
        ("error", "MISSING_ID"),
        ("warning", "MISSING_KEY"),
        ("warning", "MISSING_PAGE"),
    }
    assert (report.state, report.totals["created"]) == ("partial", 2)


@pytest.mark.django_db
def test_half_of_the_software_gone_is_suspect_and_a_page_of_login_is_a_failure(tmp_path):
    rows = [software(number) for number in range(1, 9)]
    answer(tmp_path, "software/page-1.json", rows[:4], following="?page[after]=abc")
    answer(tmp_path, "software/page-2.json", rows[4:])
    assert harvest("catalogapi", tmp_path, tmp_path / "data").state == "complete"
    (tmp_path / "software" / "page-2.json").unlink()
    report = harvest("catalogapi", tmp_path, tmp_path / "data", day=8)
    assert (report.state, report.totals["unseen"]) == ("suspect", 0)
    (tmp_path / "software" / "page-2.json").write_text("<html>connexion</html>", encoding="utf-8")
    report = harvest("catalogapi", tmp_path, tmp_path / "data", day=9)
    assert (report.state, report.findings[-1]["code"]) == ("failed", "NOT_JSON")


def test_the_answers_are_looked_for_by_their_shape(tmp_path):
    with open_snapshot(tmp_path) as snapshot, pytest.raises(SnapshotError, match=r"software\.json"):
        find(snapshot)
    answer(tmp_path / "a", "software/page-1.json", [])
    with open_snapshot(tmp_path) as snapshot:
        assert find(snapshot) == "a"
    answer(tmp_path / "b", "software.json", [])
    with open_snapshot(tmp_path) as snapshot, pytest.raises(SnapshotError) as doubt:
        find(snapshot)
    assert doubt.value.code == "AMBIGUOUS"


@given(st.dictionaries(st.sampled_from(_KEYS), JSON), st.sampled_from(["software", "publishers"]))
def test_any_object_is_a_sheet_with_a_title(element, collection):
    reading = load_source("catalogapi")[1].read(RawItem(collection, "x", "x#x", json.dumps(element).encode()))
    assert not reading.rejected
    assert reading.title


@given(st.binary(max_size=200), st.sampled_from(["software", "publishers", "lists"]))
def test_any_bytes_give_a_reading(data, collection):
    for raw in (data, b'{"url": "https://a.test/b", "publiccodeYml": ' + data + b"}"):
        assert isinstance(load_source("catalogapi")[1].read(RawItem(collection, "x", "x#x", raw)), Reading)
