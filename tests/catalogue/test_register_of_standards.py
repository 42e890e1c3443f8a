"""From the source of standards to the register: versions, their very bytes, what cannot be read, what goes."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from dcant.catalogue.models import Resource
from dcant.catalogue.services import harvest_source
from dcant.cli.harvest import remote_of
from dcant.fetch import Fetcher
from dcant.harvest.remote import Remote, RemoteSnapshot
from dcant.harvest.snapshots import open_snapshot
from dcant.standards.models import Document, Standard, StandardVersion
from dcant.standards.questions import NoSuchVersion, checkable_versions, document_of
from fetch.sites import Site, Time, serve

START = datetime(2026, 1, 5, 8, tzinfo=UTC)
pytestmark = pytest.mark.django_db
SCHEMA = {"name": "s", "title": "S", "licenses": [{"name": "etalab-2.0"}], "fields": [{"name": "a", "type": "string"}]}


def harvest(folder: Path, data: Path, day: float = 0):
    with open_snapshot(folder) as snapshot:
        return harvest_source(name="standards", snapshot=snapshot, now=lambda: START + timedelta(days=day), data=data)


def index(folder: Path, versions: dict[str, list[str]], **more: object) -> Path:
    """An index of « owner/slug »: versions, with addresses as the national catalogue writes them."""
    folder.mkdir(exist_ok=True)
    schemas = [
        {
            "name": name,
            "title": name,
            "schema_type": "tableschema",
            "labels": [],
            "versions": [
                {"version_name": one, "schema_url": f"https://schemas.example/schemas/{name}/{one}/schema.json"}
                for one in numbers
            ],
        }
        | more
        for name, numbers in versions.items()
    ]
    (folder / "schemas.json").write_text(json.dumps({"schemas": schemas}))
    return folder


def put(folder: Path, reference: str, document: object) -> bytes:
    path = folder / "schemas" / reference / "schema.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    path.write_bytes(content)
    return content


def test_the_real_register_comes_in_once_with_what_was_not_fetched_said(corpora, tmp_path):
    folder = corpora / "tables" / "catalogue"
    report = harvest(folder, tmp_path)
    assert (report.state, report.exit_status) == ("complete", 0)
    seen = {name: counts["seen"] for name, counts in report.collections.items()}
    assert seen == {"schemas": 86, "versions": 261, "documents": 104}
    assert [one["code"] for one in report.findings].count("NOT_FETCHED") == 157
    assert (Standard.objects.count(), StandardVersion.objects.count(), Document.objects.count()) == (86, 261, 104)
    assert harvest(folder, tmp_path, day=1).written == 0
    for document in Document.objects.select_related("version__standard"):
        path = folder / "schemas" / document.version.standard.slug / document.version.number / "schema.json"
        assert bytes(document.content) == path.read_bytes()
        assert document.sha256 == sha256(path.read_bytes()).hexdigest()
    assert document_of("scdl/deliberations@2.1.5").version.plan_hash
    assert {one.standard.kind for one in checkable_versions()} == {"tabular"}


def test_each_standard_has_one_version_in_force_and_a_sheet_in_the_base(corpora, tmp_path):
    harvest(corpora / "tables" / "catalogue", tmp_path)
    for standard in Standard.objects.prefetch_related("versions"):
        states = [one.state for one in standard.versions.all()]
        assert states.count("current") == (1 if states else 0), standard.slug
        assert Resource.objects.shown().filter(sheet__schema_name__value=standard.slug).exists(), standard.slug


def test_other_bytes_under_the_same_number_are_a_fault_kept_beside_the_first(tmp_path):
    folder = index(tmp_path / "in", {"a/b": ["1.0.0"]})
    first = put(folder, "a/b/1.0.0", SCHEMA)
    harvest(folder, tmp_path)
    put(folder, "a/b/1.0.0", SCHEMA | {"title": "Autre"})
    harvest(folder, tmp_path, day=1)
    assert Document.objects.count() == 2
    assert bytes(document_of("a/b").content) == first


def test_a_document_that_does_not_answer_any_more_stays_and_nothing_is_lost(tmp_path):
    folder = index(tmp_path / "in", {"a/b": ["1.0.0", "1.1.0"], "c/d": ["1.0.0"]})
    for reference in ("a/b/1.0.0", "a/b/1.1.0", "c/d/1.0.0"):
        put(folder, reference, SCHEMA)
    harvest(folder, tmp_path)
    for path in folder.rglob("schema.json"):
        path.unlink()
    for day in range(1, 30, 4):
        report = harvest(folder, tmp_path, day=day)
        assert (report.state, report.exit_status, report.written) == ("complete", 0, 0)
    assert set(StandardVersion.objects.values_list("number", "state")) == {
        ("1.0.0", "superseded"),
        ("1.1.0", "current"),
        ("1.0.0", "current"),
    }


def test_an_entry_gone_is_withdrawn_by_the_one_rule_and_its_documents_stay(tmp_path):
    names = {f"a/s{n}": ["1.0.0"] for n in range(20)}
    folder = index(tmp_path / "in", names)
    for name in names:
        put(folder, f"{name}/1.0.0", SCHEMA | {"title": name})
    harvest(folder, tmp_path)
    index(folder, {name: numbers for name, numbers in names.items() if name != "a/s3"})
    for day in (1, 5):
        harvest(folder, tmp_path, day=day)
        assert Standard.objects.get(slug="a/s3").state == "listed"
    harvest(folder, tmp_path, day=9)
    assert Standard.objects.get(slug="a/s3").state == "withdrawn"
    assert set(StandardVersion.objects.filter(standard__slug="a/s3").values_list("state", flat=True)) == {"withdrawn"}
    assert Document.objects.count() == 20


def test_what_is_not_json_is_refused_with_its_line_and_the_others_come_in(tmp_path):
    folder = index(tmp_path / "in", {"a/b": ["1.0.0"], "c/d": ["1.0.0"]})
    put(folder, "a/b/1.0.0", b"<html>")
    put(folder, "c/d/1.0.0", SCHEMA)
    report = harvest(folder, tmp_path)
    assert (report.exit_status, [one["code"] for one in report.findings]) == (1, ["BAD_JSON"])
    assert list(Document.objects.values_list("version__standard__slug", flat=True)) == ["c/d"]


def test_a_table_schema_that_cannot_be_loaded_is_listed_with_the_reason_and_not_offered(tmp_path):
    folder = index(tmp_path / "in", {"a/b": ["1.0.0"]})
    put(folder, "a/b/1.0.0", {"title": "sans colonnes"})
    harvest(folder, tmp_path)
    version = StandardVersion.objects.get()
    assert (version.plan_hash, bool(version.unreadable)) == ("", True)
    assert checkable_versions() == []


@pytest.mark.parametrize("reference", ["x/y", "a/b@9.9.9", "a/c"])
def test_a_reference_that_leads_nowhere_says_what_is_known(tmp_path, reference):
    folder = index(tmp_path / "in", {"a/b": ["1.0.0"], "a/c": ["1.0.0"]})
    put(folder, "a/b/1.0.0", SCHEMA)
    harvest(folder, tmp_path)
    with pytest.raises(NoSuchVersion):
        document_of(reference)
    assert document_of("a/b@latest") == document_of("a/b@v1.0.0") == document_of("a/b")


@pytest.mark.parametrize("act", ["UPDATE standards_document SET sha256 = 'x'", "DELETE FROM standards_document"])
def test_the_database_refuses_to_touch_the_bytes_of_a_version(tmp_path, act):
    folder = index(tmp_path / "in", {"a/b": ["1.0.0"]})
    put(folder, "a/b/1.0.0", SCHEMA)
    harvest(folder, tmp_path)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(act)
    assert Document.objects.count() == 1


@pytest.fixture
def site() -> Iterator[Site]:
    yield from serve()


def test_over_the_network_documents_are_kept_byte_for_byte_and_asked_once(tmp_path, site):
    folder = index(tmp_path / "in", {"a/b": ["1.0.0", "1.1.0"]})
    content = json.dumps(SCHEMA | {"contributors": [{"email": "prenom.nom@mairie.fr"}]}).encode()
    site.say("/schemas.json", (folder / "schemas.json").read_bytes(), etag='"i"', content_type="application/json")
    site.say("/s/a/b/1.0.0/schema.json", content, etag='"d"', content_type="application/json")
    clock = Time()
    remote = Remote(files={"schemas.json": f"{site.url}/schemas.json"}, documents={"schemas/": f"{site.url}/s/"})
    for day in (0, 1):
        snapshot = RemoteSnapshot(
            remote=remote,
            data=tmp_path,
            fetcher=Fetcher(clock=clock, sleep=clock.sleep, jitter=lambda: 0.0),
            trusted=True,
        )
        report = harvest_source(
            name="standards", snapshot=snapshot, now=lambda day=day: START + timedelta(days=day), data=tmp_path
        )
        assert (report.state, report.exit_status) == ("complete", 0)
    assert bytes(Document.objects.get().content) == content
    assert [one["code"] for one in report.findings] == ["NOT_FETCHED"]
    assert report.written == 0


def test_the_source_says_where_its_documents_are():
    remote = remote_of("standards")
    assert remote is not None
    assert remote.documents["schemas/"].startswith("https://")
    with pytest.raises(ValueError, match="chemin relatif"):
        Remote(documents={"/etc/": "https://x.example/"}, files={"a.json": "https://x.example/a.json"})
