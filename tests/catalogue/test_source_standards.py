"""The national index of schemas: the real ones, an invented one, then lists that are wrong."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading_sources import codes, created, facts, harvest, readings

from dcant.catalogue.sources import load_source
from dcant.catalogue.sources.standards import find, remote_id_of
from dcant.harvest.models import Item, Statement
from dcant.harvest.rules import RawItem, Reading, SnapshotError
from dcant.harvest.rules.redaction import redact
from dcant.harvest.snapshots import open_snapshot
from dcant.harvest.storage import load_raw

FIXTURE = Path(__file__).parent / "fixtures" / "standards"


def write(folder: Path, content: object) -> Path:
    folder.mkdir(exist_ok=True)
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    (folder / "schemas.json").write_bytes(text)
    return folder


@pytest.mark.django_db
def test_the_real_indexes_are_read_whole_and_a_second_run_writes_nothing(corpora, tmp_path):
    folder = corpora / "catalogue" / "schemas"
    report = harvest("standards", folder, tmp_path)
    versions = sum(
        len({one["version_name"] for one in schema["versions"]} - {"latest"})
        for schema in json.loads((folder / "schemas.json").read_bytes())["schemas"]
    )
    assert (created(report), report.state) == ({"schemas": 95, "versions": versions, "documents": 0}, "complete")
    assert report.collections["documents"]["warned"] == versions  # none lies here: not read, and not lost
    assert harvest("schemas", folder, tmp_path, day=1).written == 0
    assert harvest("standards", corpora / "catalogue", tmp_path, day=2).written == 0
    kinds = [row.value for row in Statement.objects.filter(field="schema_type")]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "tableschema": 60,
        "other": 18,
        "datapackage": 9,
        "jsonschema": 8,
    }
    links = [row.value["target"] for row in Statement.objects.filter(field="link:part_of")]
    assert (len(links), set(links) - {item.ref for item in Item.objects.all()}) == (31, set())
    for item in Item.objects.all():
        kept = load_raw(data=tmp_path, raw_hash=item.content_hash).decode()
        assert redact(kept) == kept


def test_the_real_entries_keep_what_they_say_of_who_and_what(corpora):
    found = readings("schemas", corpora / "tables" / "catalogue")
    document = json.loads((corpora / "tables" / "catalogue" / "schemas.json").read_bytes())
    assert sum(name.startswith("schemas/") for name in found) == len(document["schemas"]) == 86
    for schema in document["schemas"]:
        said = facts(found[f"schemas/{remote_id_of(schema['name'])}"])
        assert (said["title"], said["schema_name"]) == (schema["title"].strip(), schema["name"])
        assert said["version"] == schema["versions"][-1]["version_name"]
        assert said["repository_url"] == schema["homepage"]
        assert said.get("labels", []) == schema["labels"]
        assert said.get("purpose", said.get("description")) == schema["description"].strip()
        assert said["schema_type"] == schema["schema_type"]


def test_a_parent_that_holds_two_indexes_is_ambiguous(corpora):
    with open_snapshot(corpora) as snapshot, pytest.raises(SnapshotError, match="Plusieurs") as error:
        find(snapshot)
    assert error.value.code == "AMBIGUOUS"


def test_an_invented_schema_is_read_without_its_versions_and_documents():
    found = readings("standards", FIXTURE)
    bench = found["schemas/atelier-schema-bancs"]
    assert (bench.kind, codes(bench)) == ("standard", {"NOMINATIVE_CONTACT"})
    assert facts(bench) == {
        "title": "Bancs publics",
        "schema_name": "Atelier/schema_bancs",
        "producer": "Atelier",
        "purpose": "Où s’asseoir.",
        "labels": ["Socle Commun des Données Locales"],
        "repository_url": "https://github.com/atelier/bancs",
        "schema_type": "tableschema",
        "version": "0.10.0",
        "standards:datapackage_name": "Atelier/mobilier",
        "standards:champ_nouveau": {"a": []},
    }
    assert [(link.name, link.target_ref) for link in bench.links] == [("part_of", "standards:schemas/atelier-mobilier")]
    group = found["schemas/atelier-mobilier"]
    assert (group.links, facts(group)["website"]) == ((), "https://mobilier.exemple.test")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "BAD_JSON"),
        (b'{"schemas": [{"name": "a/b", ', "BAD_JSON"),
        (b"<!doctype html><title>Maintenance</title>", "NOT_JSON"),
        (b'\xef\xbb\xbf  <html lang="fr">', "NOT_JSON"),
        (b'{"schemas": {}}', "BAD_JSON"),
        (b'{"schemas": [NaN]}', "BAD_JSON"),
        (b'{"schemas": [1e999]}', "BAD_JSON"),
        (b"[1]", "BAD_JSON"),
        (b'{"schemas": ["\xe9"]}', "BAD_JSON"),
        (b"[" * 100_000, "BAD_JSON"),
    ],
)
def test_a_list_that_does_not_parse_is_a_failed_run_and_changes_nothing(tmp_path, content, code):
    folder = write(tmp_path / "source", {"schemas": [{"name": "a/b", "title": "A"}]})
    harvest("standards", folder, tmp_path / "data")
    before = list(Statement.objects.current().values_list("pk", flat=True))
    report = harvest("standards", write(folder, content), tmp_path / "data", day=30)
    assert (report.state, report.exit_status, report.findings[-1]["code"]) == ("failed", 2, code)
    assert list(Statement.objects.current().values_list("pk", flat=True)) == before
    assert Item.objects.get().state == "seen"


@pytest.mark.django_db
@pytest.mark.parametrize("content", [[], {"schemas": []}])
def test_an_empty_list_is_suspect_and_withdraws_nothing(tmp_path, content):
    folder = write(tmp_path / "source", {"schemas": [{"name": "a/b", "title": "A"}]})
    harvest("standards", folder, tmp_path / "data")
    report = harvest("standards", write(folder, content), tmp_path / "data", day=30)
    assert (report.state, report.totals["unseen"]) == ("suspect", 0)


@pytest.mark.django_db
def test_one_bad_element_is_one_line_and_the_others_are_read(tmp_path):
    deep: list[object] = []
    for _ in range(60):
        deep = [deep]
    rows = [
        {"name": "a/whole", "title": "A", "versions": {}, "labels": "un", "contact": [], "homepage": "javascript:x"},
        "un texte",
        {"name": 3},
        {"name": "a/nul", "title": "A\x00"},
        {"name": "a/half", "title": "A\ud800"},
        {"name": "a/deep", "title": "A", "x": deep},
        {"name": "a/untitled"},
        {"name": "A/Whole", "title": "B"},
    ]
    folder = write(tmp_path / "source", {"schemas": rows})
    report = harvest("standards", folder, tmp_path / "data")
    errors = {(line["remote_id"], line["code"]) for line in report.findings if line["level"] == "error"}
    assert errors == {
        ("rang-2", "MISSING_ID"),
        ("rang-3", "MISSING_ID"),
        ("a-nul", "ENCODING"),
        ("a-half", "ENCODING"),
        ("a-deep", "DEPTH"),
        ("a-untitled", "MISSING_TITLE"),
        ("a-whole", "DUPLICATE_ID"),
    }
    assert (report.state, report.totals["created"]) == ("partial", 1)
    warnings = {line["code"] for line in report.findings if line["level"] == "warning"}
    assert warnings == {"BAD_SHAPE", "BAD_URL"}
    assert harvest("standards", folder, tmp_path / "data", day=1).totals["created"] == 0


@pytest.mark.parametrize(
    "text",
    [
        "Voir\nprenom.nom@exemple.test",
        "Voir\n06 12 34 56 78",
        "Voir\nsupport.archi@exemple.test",
        "a\\\nb.dupont@exemple.test",
        "\u0009prenom.nom@exemple.test",
        "Écrire à quelquun@gmail.com",
    ],
)
def test_an_escape_of_json_never_hides_a_person_nor_breaks_the_element(tmp_path, text):
    folder = write(tmp_path, {"schemas": [{"name": "a/b", "title": "A", "description": text}]})
    reading = readings("standards", folder)["schemas/a-b"]
    said = " ".join(str(value) for value in facts(reading).values())
    assert not reading.rejected
    assert "retiré" in said or "support.archi" in said
    assert not {"prenom.nom", "dupont", "12 34 56", "quelquun"} & {
        word for word in ("prenom.nom", "dupont", "12 34 56", "quelquun") if word in said
    }


def test_an_unknown_folder_is_told_what_was_looked_for(tmp_path):
    with open_snapshot(tmp_path) as snapshot, pytest.raises(SnapshotError, match=r"schemas\.json") as error:
        find(snapshot)
    assert error.value.code == "NOT_FOUND"


@given(st.binary(max_size=300))
def test_any_bytes_give_a_reading(data):
    _, reader = load_source("standards")
    for raw in (data, b'{"title": "A", "homepage": ' + data + b"}"):
        assert isinstance(reader.read(RawItem("schemas", "x", "x", raw)), Reading)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
KEYS = ["name", "title", "description", "labels", "contact", "homepage", "versions", "datapackage_name", "external_doc"]


@given(st.dictionaries(st.sampled_from(KEYS), JSON))
def test_any_value_under_a_known_key_gives_a_reading(fields):
    _, reader = load_source("standards")
    assert isinstance(reader.read(RawItem("schemas", "x", "x", json.dumps(fields).encode())), Reading)
