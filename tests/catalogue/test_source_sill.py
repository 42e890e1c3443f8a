"""The list of recommended free software, in its three forms."""

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading_sources import codes, created, facts, harvest, readings

from dcant.catalogue.sources import load_source
from dcant.catalogue.sources.sill import find
from dcant.harvest.models import Item, Line, Statement
from dcant.harvest.rules import RawItem, Reading, SnapshotError
from dcant.harvest.rules.redaction import redact
from dcant.harvest.snapshots import open_snapshot
from dcant.harvest.storage import load_raw

FIXTURE = Path(__file__).parent / "fixtures" / "sill"


def listed(tmp_path: Path, elements: object, name: str = "catalogi.json") -> dict[str, Reading]:
    (tmp_path / name).write_text(json.dumps(elements), encoding="utf-8")
    return readings("sill", tmp_path)


@pytest.mark.django_db
def test_the_real_editions_are_read_row_by_row_and_a_second_run_writes_nothing(corpora, tmp_path):
    folder = corpora / "catalogue" / "sill"
    report = harvest("sill", folder, tmp_path)
    assert created(report) == {"software": 225, "editions": 149 + 161}
    assert (report.state, report.totals["withdrawn"], report.totals["rejected"]) == ("complete", 10, 0)
    assert harvest("sill", folder, tmp_path, day=1).written == 0
    assert harvest("sill", corpora / "catalogue", tmp_path, day=2).written == 0
    statuses = [row.value for row in Statement.objects.filter(field="sill:statut")]
    assert {status: statuses.count(status) for status in set(statuses)} == {"R": 166, "O": 49, "FR": 10}
    counted = {name: Statement.objects.filter(field=name).count() for name in ("wikidata_id", "comptoir_id")}
    assert counted == {"wikidata_id": 157, "comptoir_id": 215}
    software = Statement.objects.filter(item__collection="software")
    assert software.filter(field="licence").count() == 225 - 19
    assert Item.objects.filter(collection="editions").exclude(kind="").count() == 0
    values = "\n".join(map(str, Statement.objects.values_list("value", flat=True)))
    assert redact(values) == values


def test_the_real_rows_of_2020_are_read_with_their_changes_and_their_relations(corpora):
    found = readings("sill", corpora / "catalogue" / "sill")
    drupal, vitam = found["software/36"], found["software/194"]
    assert (vitam.kind, facts(vitam)["licence"], facts(vitam)["sill_id"]) == ("software", "CECILL-2.1", "194")
    assert facts(drupal)["sill:changements"][0]["date"] == "2020-02-13"
    assert facts(drupal)["updated_on"] >= "2020-02-13"
    assert ("similar_to", "sill:software/185") in {(link.name, link.target_ref) for link in vitam.links}
    parents = {link.target_ref for reading in found.values() for link in reading.links if link.name == "depends_on"}
    assert "sill:title/GLPI" in parents


def test_the_list_of_today_is_read_without_any_person():
    found = readings("sill", FIXTURE)
    pen = found["software/7"]
    assert (pen.kind, pen.tombstone, codes(pen)) == ("software", None, set())
    said = facts(pen)
    assert said == {
        "title": "Plume d’Oie",
        "sill_id": "7",
        "sill:description": {"fr": "Écrire des registres.", "en": "Write registers."},
        "purpose": "Écrire des registres.",
        "licence": "EUPL-1.2",
        "keywords": ["registre"],
        "version": "3.1",
        "released_on": "2026-02-03",
        "sill:identifiers": said["sill:identifiers"],
        "wikidata_id": "Q0000001",
        "comptoir_id": "4321",
        "sill:isLibreSoftware": True,
        "sill:applicationCategories": ["Bureautique"],
        "sill:operatingSystems": {"linux": True, "windows": False},
        "sill:runtimePlatforms": ["desktop"],
        "sill:authors": [{"@type": "Organization", "name": "Atelier Imaginaire"}],
        "sill:customAttributes": {"isPresentInSupportContract": False},
        "sill:userAndReferentCountByOrganization": {"Ministère imaginaire": {"userCount": 12, "referentCount": 1}},
        "sill:hasExpertReferent": True,
        "sill:champNouveau": ["gardé"],
    }


def test_users_and_referents_are_counts_and_never_a_use():
    fields = {fact.field for reading in readings("sill", FIXTURE).values() for fact in reading.facts}
    assert "sill:userAndReferentCountByOrganization" in fields
    assert not {field for field in fields if "use" in field.lower() and not field.startswith("sill:")}


@pytest.mark.django_db
def test_a_dereferenced_software_is_withdrawn_at_once_and_a_bad_row_is_one_line(tmp_path):
    report = harvest("sill", FIXTURE, tmp_path)
    ink = Item.objects.get(remote_id="8")
    assert (ink.state, ink.withdrawn_reason) == ("withdrawn", "dit par la source : déréférencé, plus maintenu")
    assert (report.state, report.totals["withdrawn"], report.totals["rejected"]) == ("partial", 1, 1)
    assert Line.objects.filter(code="BAD_SHAPE", remote_id="8").count() == 1
    kept = load_raw(data=tmp_path, raw_hash=Item.objects.get(remote_id="7").content_hash).decode()
    assert "Prénom Nom" not in kept
    assert harvest("sill", FIXTURE, tmp_path, day=1).written == 0


def test_the_first_generation_has_other_names_for_the_same_things(tmp_path):
    element = {
        "id": 9,
        "name": "Buvard",
        "function": "Sécher l’encre",
        "license": "MIT",
        "referencedSinceTime": 1_580_000_000_000,
        "latestVersion": {"semVer": "1.2.3", "publicationTime": 1_600_000_000_000},
        "serviceProviders": [{"name": "Prestataire imaginaire"}],
        "wikidataId": "Q0000002",
        "addedByAgentEmail": "prenom.nom@exemple.test",
        "dereferencing": {},
    }
    reading = listed(tmp_path, [element], "sill.json")["software/9"]
    assert facts(reading) == {
        "title": "Buvard",
        "sill_id": "9",
        "purpose": "Sécher l’encre",
        "licence": "MIT",
        "created_on": "2020-01-26",
        "version": "1.2.3",
        "released_on": "2020-09-13",
        "wikidata_id": "Q0000002",
        "sill:serviceProviders": [{"name": "Prestataire imaginaire"}],
    }
    assert reading.tombstone is None


@pytest.mark.parametrize("dereferencing", [None, [], {}, ""])
def test_nothing_under_dereferencing_withdraws_nothing(tmp_path, dereferencing):
    assert listed(tmp_path, [{"id": 1, "name": "A", "dereferencing": dereferencing}])["software/1"].tombstone is None


def test_the_words_of_a_description_keep_their_language(tmp_path):
    reading = listed(tmp_path, [{"id": 1, "name": "A", "description": {"en": "Write.", "de": "Schreiben."}}])[
        "software/1"
    ]
    assert [(fact.value, fact.language) for fact in reading.facts if fact.field == "purpose"] == [("Write.", "en")]


def test_the_newest_form_gives_the_software_and_the_edition_of_2020_stays_as_history(corpora, tmp_path):
    shutil.copytree(corpora / "catalogue" / "sill", tmp_path / "sill", copy_function=shutil.copyfile)
    (tmp_path / "sill").chmod(0o755)
    shutil.copyfile(FIXTURE / "catalogi.json", tmp_path / "sill" / "catalogi.json")
    found = readings("sill", tmp_path)
    assert sorted(key for key in found if key.startswith("software/")) == [
        "software/7",
        "software/8",
        "software/rang-3",
    ]
    assert len([key for key in found if key.startswith("editions/2020/")]) == 225
    assert {found[key].kind for key in found if key.startswith("editions/")} == {None}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "code"),
    [(b"ID,label\n1,a\n", "BAD_CSV"), (b'ID,nom\n1,"a\n', "BAD_CSV"), (b"ID,nom\n1,\xe9\n", "ENCODING")],
)
def test_a_table_that_does_not_parse_is_a_failed_run(tmp_path, content, code):
    (tmp_path / "2020").mkdir()
    (tmp_path / "2020" / "sill-2020.csv").write_bytes(content)
    report = harvest("sill", tmp_path, tmp_path / "data")
    assert (report.state, report.findings[-1]["code"]) == ("failed", code)


def test_a_row_too_long_or_too_short_hides_nothing(tmp_path):
    (tmp_path / "2020").mkdir()
    (tmp_path / "2020" / "sill-2020.csv").write_text("ID,nom,licence\n1,A\n2,B,MIT,de,trop\n,C,MIT\n", encoding="utf-8")
    found = readings("sill", tmp_path)
    assert facts(found["software/1"])["title"] == "A"
    assert facts(found["software/2"])["sill:+"] == "de trop"
    assert "software/rang-3" in found


def test_an_unknown_folder_is_told_what_was_looked_for(tmp_path):
    with open_snapshot(tmp_path) as snapshot, pytest.raises(SnapshotError, match=r"catalogi\.json") as error:
        find(snapshot)
    assert error.value.code == "NOT_FOUND"


@given(st.binary(max_size=300), st.sampled_from(["software", "editions"]))
def test_any_bytes_give_a_reading(data, collection):
    _, reader = load_source("sill")
    for raw in (data, b'{"name": "A", "description": ' + data + b"}"):
        assert isinstance(reader.read(RawItem(collection, "x", "x", raw)), Reading)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
KEYS = ["id", "name", "description", "latestVersion", "identifiers", "dereferencing", "authors", "referencedSinceTime"]
COLUMNS = ["nom", "ID", "statut", "annees", "changements", "similaire-a", "parent"]


@given(st.dictionaries(st.sampled_from(KEYS + COLUMNS), JSON), st.sampled_from(["software", "editions"]))
def test_any_value_under_a_known_key_gives_a_reading(fields, collection):
    _, reader = load_source("sill")
    assert isinstance(reader.read(RawItem(collection, "x", "x", json.dumps(fields).encode())), Reading)
