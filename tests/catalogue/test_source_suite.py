"""The services and operators of the Suite territoriale: the real lists, invented ones, then lists that are wrong."""

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading_sources import codes, created, facts, harvest, readings

from dcant.catalogue.sources import load_source
from dcant.catalogue.sources.suite import find
from dcant.harvest.models import Item, Statement
from dcant.harvest.rules import RawItem, Reading, SnapshotError
from dcant.harvest.snapshots import open_snapshot

FIXTURE = Path(__file__).parent / "fixtures" / "suite"


@pytest.mark.django_db
def test_the_real_lists_give_a_service_by_name_and_an_operator_by_uuid(corpora, tmp_path):
    folder = corpora / "catalogue" / "suite-territoriale"
    report = harvest("suite", folder, tmp_path)
    assert created(report) == {"services": 21, "operators": 29}
    assert (report.state, report.totals["rejected"]) == ("complete", 0)
    found = [(line["code"], line["remote_id"][:8]) for line in report.findings]
    assert sorted(found) == [("BAD_SIRET", "42619426"), ("IGNORED", "f33e9b4b")]
    assert harvest("suite", folder, tmp_path, day=1).written == 0
    assert harvest("suite", corpora / "catalogue", tmp_path, day=2).written == 0
    instances = {row.item.title: row.value for row in Statement.objects.filter(field="suite:instances")}
    assert (sum(map(len, instances.values())), len(instances["ProConnect"])) == (28, 8)
    assert Statement.objects.filter(field="siret").count() == 28
    assert not Item.objects.filter(title="TEST").exists()
    assert set(Item.objects.values_list("collection", "kind").distinct()) == {
        ("services", "service"),
        ("operators", ""),
    }


def test_the_real_rows_come_back_whole_from_their_instances(corpora):
    found = readings("suite", corpora / "catalogue" / "suite-territoriale")
    rows = json.loads((corpora / "catalogue" / "suite-territoriale" / "services.json").read_bytes())
    back = [row for reading in found.values() for row in facts(reading).get("suite:instances", [])]
    assert sorted(back, key=lambda row: row["id"]) == sorted(rows, key=lambda row: row["id"])


@pytest.mark.django_db
def test_three_services_lost_of_twenty_one_are_suspect(corpora, tmp_path):
    folder = tmp_path / "suite"
    shutil.copytree(corpora / "catalogue" / "suite-territoriale", folder, copy_function=shutil.copyfile)
    folder.chmod(0o755)
    harvest("suite", folder, tmp_path / "data")
    rows = json.loads((folder / "services.json").read_bytes())
    (folder / "services.json").write_text(json.dumps(rows[3:]), encoding="utf-8")
    report = harvest("suite", folder, tmp_path / "data", day=8)
    assert (report.state, report.totals["unseen"], report.findings[-1]["code"]) == ("suspect", 0, "LOSS")


def test_invented_rows_are_grouped_by_name_and_what_is_wrong_is_said():
    found = readings("suite", FIXTURE)
    key, lamp = found["services/cle"], found["services/lampe"]
    said = facts(key)
    assert (key.kind, said.pop("suite:instances")[1]["nom_instance"]) == ("service", "Sud")
    assert said == {
        "title": "Clé",
        "purpose": "Ouvrir les portes",
        "website": "https://cle.exemple.test/",
        "phase": "Stable, Bêta",
        "launched_on": "2024-01-01",
        "suite_service_ids": ["1", "2"],
    }
    assert (codes(lamp), facts(lamp)["phase"], "website" in facts(lamp)) == ({"BAD_URL"}, "essai", False)
    union, agency = (found[f"operators/aaaaaaaa-0000-4000-8000-00000000000{rank}"] for rank in (1, 2))
    assert (union.kind, codes(union), facts(union)["suite:siret"]) == (None, {"BAD_SIRET"}, "01234567890")
    assert facts(union)["departements"] == ["2A", "01"]
    assert "siret" not in facts(union)
    assert (codes(agency), facts(agency)["suite:services"]) == ({"BAD_SHAPE"}, "aucun")


@pytest.mark.django_db
def test_one_row_without_a_name_is_one_line(tmp_path):
    report = harvest("suite", FIXTURE, tmp_path)
    assert (report.state, created(report)) == ("partial", {"services": 2, "operators": 2})
    assert [line["code"] for line in report.findings if line["level"] == "error"] == ["MISSING_ID"]


@pytest.mark.django_db
def test_operators_that_cannot_be_read_change_no_service(tmp_path):
    folder = tmp_path / "suite"
    shutil.copytree(FIXTURE, folder)
    harvest("suite", folder, tmp_path / "data")
    before = Statement.objects.current().count()
    (folder / "services.json").write_text("[]")
    (folder / "operators.json").write_text("<html>Connexion</html>")
    report = harvest("suite", folder, tmp_path / "data", day=30)
    assert (report.state, report.findings[-1]["code"]) == ("failed", "NOT_JSON")
    assert Statement.objects.current().count() == before


def test_a_folder_with_one_list_only_is_not_this_source(tmp_path):
    (tmp_path / "services.json").write_text("[]")
    with open_snapshot(tmp_path) as snapshot, pytest.raises(SnapshotError, match=r"operators\.json") as error:
        find(snapshot)
    assert error.value.code == "NOT_FOUND"


@given(st.binary(max_size=300), st.sampled_from(["services", "operators"]))
def test_any_bytes_give_a_reading(data, collection):
    _, reader = load_source("suite")
    for raw in (data, b'{"nom": "A", "instances": ' + data + b"}"):
        assert isinstance(reader.read(RawItem(collection, "x", "x", raw)), Reading)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "url", "maturite"]), inner),
    max_leaves=8,
)


@given(
    st.dictionaries(st.sampled_from(["nom", "instances", "siret", "services", "departements", "url"]), JSON),
    st.sampled_from(["services", "operators"]),
)
def test_any_value_under_a_known_key_gives_a_reading(fields, collection):
    _, reader = load_source("suite")
    assert isinstance(reader.read(RawItem(collection, "x", "x", json.dumps(fields).encode())), Reading)
