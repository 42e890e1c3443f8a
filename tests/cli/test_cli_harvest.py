"""`dcant harvest`: several sources from one folder, one document, the worst status, and a loss accepted from the shell."""

import json
import shutil
from pathlib import Path

import pytest
from django.conf import settings

from dcant.catalogue.models import Resource
from dcant.catalogue.sources import SOURCES, load_source
from dcant.catalogue.sources.apigouv import find
from dcant.catalogue.sources.json_lists import load_document
from dcant.cli import main
from dcant.harvest.locks import source_lock
from dcant.harvest.report import COUNTS
from dcant.harvest.rules import Fact, RawItem, Reading, SnapshotError
from dcant.harvest.rules.redaction import redact_bytes
from dcant.harvest.snapshots import open_snapshot
from own_node import dcant, environment, own_node, python

SHEET = "---\ntitle: Fiche {n}\ntagline: À quoi sert {n}.\nproducer: dinum\nis_open: 1\n---\n"


@pytest.fixture
def parent(tmp_path: Path) -> Path:
    """A folder with two sources in it, each under its own name."""
    api = tmp_path / "parent" / "copie-d-api.gouv" / "_data" / "api"
    api.mkdir(parents=True)
    for number in range(12):
        (api / f"fiche-{number:02d}.md").write_text(SHEET.format(n=number), encoding="utf-8")
    schemas = tmp_path / "parent" / "listes" / "schemas.json"
    schemas.parent.mkdir()
    schemas.write_text(json.dumps({"schemas": [{"name": "a/b", "title": "Un schéma"}]}), encoding="utf-8")
    return tmp_path / "parent"


def harvest(capsys, *words: object) -> tuple[int, dict[str, list[dict]]]:
    capsys.readouterr()
    status = main(["harvest", *map(str, words), "--format", "json"])
    return status, json.loads(capsys.readouterr().out)


def told(report: dict, *names: str) -> tuple:
    return tuple(report[name] for name in names)


@pytest.mark.django_db
def test_each_source_finds_its_own_under_one_parent_and_its_paths_do_not_depend_on_it(capsys, parent):
    status, document = harvest(capsys, "apigouv", "standards", "--from", parent)
    assert status == 0
    assert [told(run, "source", "run", "state", "created") for run in document["runs"]] == [
        ("apigouv", 1, "complete", 12),
        ("standards", 1, "complete", 1),
    ]
    for folder in (parent, parent / "copie-d-api.gouv"):
        _, again = harvest(capsys, "apigouv", "--from", folder)
        assert told(again["runs"][0], "unchanged", "moved", "written") == (12, 0, 0)


@pytest.mark.django_db
def test_the_document_is_one_object_of_runs_each_with_its_counts_and_collections(capsys, parent):
    _, document = harvest(capsys, "apigouv", "--from", parent)
    assert list(document) == ["runs"]
    (run,) = document["runs"]
    assert list(run) == ["source", "run", "state", *COUNTS, "written", "seconds", "findings", "collections"]
    assert run["collections"]["apis"] == {name: 12 if name in {"seen", "created"} else 0 for name in COUNTS}


@pytest.mark.django_db
def test_another_name_of_a_source_and_the_same_twice_are_one_passage(capsys, parent):
    _, document = harvest(capsys, "schemas", "standards", "schemas", "--from", parent)
    assert [told(run, "source", "run") for run in document["runs"]] == [("standards", 1)]


@pytest.mark.django_db
def test_one_source_that_is_not_there_fails_alone_and_the_status_is_the_worst(capsys, parent):
    status, document = harvest(capsys, "suite", "standards", "--from", parent)
    assert status == 2
    assert [told(run, "source", "state") for run in document["runs"]] == [
        ("suite", "failed"),
        ("standards", "complete"),
    ]
    assert document["runs"][0]["findings"][0]["code"] == "NOT_FOUND"
    (parent / "copie-d-api.gouv" / "_data" / "api" / "fiche-00.md").write_text("---\ntagline: Sans titre\n---\n")
    status, document = harvest(capsys, "standards", "apigouv", "--from", parent)
    assert (status, [run["state"] for run in document["runs"]]) == (1, ["complete", "partial"])


@pytest.mark.django_db
def test_two_places_that_look_like_the_source_are_not_chosen_between(capsys, parent):
    shutil.copytree(parent / "copie-d-api.gouv", parent / "autre-copie")
    status, document = harvest(capsys, "apigouv", "--from", parent)
    assert (status, document["runs"][0]["findings"][0]["code"]) == (2, "AMBIGUOUS")
    assert not Resource.objects.exists()


def test_the_folder_of_api_gouv_is_found_by_its_shape_and_an_empty_one_is_an_empty_source(tmp_path):
    (tmp_path / "a" / "_data" / "guides").mkdir(parents=True)
    with open_snapshot(tmp_path) as snapshot:
        assert find(snapshot) == ""
    (tmp_path / "a" / "_data" / "guides" / "x.md").touch()
    with open_snapshot(tmp_path) as snapshot:
        assert find(snapshot) == "a"
    with open_snapshot(tmp_path / "a" / "_data") as snapshot, pytest.raises(SnapshotError, match="_data/api"):
        find(snapshot)


@pytest.mark.django_db
def test_a_source_under_way_or_without_address_is_said_and_the_others_go_on(capsys, parent):
    with source_lock(data=Path(settings.DATA), source="standards") as note:
        note(7)
        assert main(["harvest", "standards", "apigouv", "--from", str(parent)]) == 2
    shown = capsys.readouterr()
    assert "7" in shown.err
    assert shown.out.startswith("apigouv, passage 1 : complete.")
    assert main(["harvest", "publiccode", "seed"]) == 2
    shown = capsys.readouterr()
    assert "--from" in shown.err
    assert shown.out.startswith("seed, passage 1 : complete.")


def test_a_loss_is_accepted_from_the_shell_with_a_reason_and_the_log_names_the_operator(parent, tmp_path):
    with own_node(tmp_path / "data") as node:

        def said(*words: str, status: int = 0) -> dict:
            return json.loads(dcant(node, "harvest", "apigouv", *words, "--format", "json", status=status).stdout)

        said("--from", str(parent))
        for path in sorted((parent / "copie-d-api.gouv" / "_data" / "api").glob("*.md"))[:6]:
            path.unlink()
        assert told(said("--from", str(parent), status=1)["runs"][0], "state", "withdrawn") == ("suspect", 0)
        for wrong in (["2"], ["1", "--reason", "Fermées."], ["9", "--reason", "Fermées."]):
            refused = dcant(node, "harvest", "apigouv", "--accept-loss", *wrong, status=2)
            assert (refused.stdout, bool(refused.stderr)) == ("", True)
        accepted = said("--accept-loss", "2", "--reason", "Fermées.")
        assert accepted == {"accepted": {"source": "apigouv", "run": 2, "reason": "Fermées."}}
        log = "from dcant.record.models import Entry\nprint(*Entry.objects.order_by('pk').values_list('type', 'actor'))"
        assert python(node, log).count("('harvest.loss_accepted', 'system:operator')") == 1
        assert told(said("--from", str(parent))["runs"][0], "state", "unseen", "withdrawn") == ("complete", 6, 0)


@pytest.mark.parametrize(
    "words",
    [
        ["--accept-loss", "1", "--reason", "x"],
        ["apigouv", "seed", "--accept-loss", "1", "--reason", "x"],
        ["apigouv", "--accept-loss", "1", "--reason", "x", "--from", "."],
        ["apigouv", "--accept-loss", "1", "--reason", "x", "--dry-run"],
        ["apigouv", "--reason", "x"],
        ["apigouv", "--accept-loss", "last", "--reason", "x"],
        ["nowhere"],
        ["apigouv", "--kept", "--from", "."],
        ["apigouv", "--kept", "--dry-run"],
    ],
    ids=" ".join,
)
def test_wrong_use_ends_with_2_and_nothing_on_standard_output(words, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["harvest", *words])
    assert ended.value.code == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err


def test_a_loss_cannot_be_accepted_where_there_is_no_base(tmp_path):
    words = ("harvest", "apigouv", "--accept-loss", "1", "--reason", "x", "--data", str(tmp_path / "data"))
    node = {name: value for name, value in environment(tmp_path).items() if name != "DATABASE_URL"}
    assert "Aucune base" in dcant(node, *words, status=2).stderr


def test_a_list_survives_the_removal_of_a_name_right_after_a_line_break(tmp_path):
    written = json.dumps(
        {"schemas": [{"name": "a/b", "title": "T", "contact": "Écrire à :\njeanne.martin@ville.example"}]}
    )
    kept = redact_bytes(written.encode())
    assert b"\\n" not in kept
    (tmp_path / "schemas.json").write_bytes(kept)
    with open_snapshot(tmp_path) as snapshot:
        (schema,) = load_document(snapshot, "schemas.json", 10_000)["schemas"]
    assert schema["title"] == "T"
    assert "martin" not in schema["contact"]


class Wild:
    """A reader whose second item comes back with something else than a text for a title."""

    name, parser_version = "standards", 1

    def __init__(self, title: object) -> None:
        self.title = title

    def items(self, snapshot):  # noqa: ARG002
        yield from (RawItem("schemas", key, key, key.encode()) for key in ("a", "b", "c"))

    def read(self, raw):
        title = self.title if raw.remote_id == "b" else raw.remote_id
        return Reading("standard", title, (Fact("title", title),))


@pytest.mark.django_db
@pytest.mark.parametrize("title", [None, 12, ["b"], {"b": "b"}, b"b", " "], ids=repr)
def test_a_title_that_is_no_text_rejects_its_item_and_no_other(capsys, parent, monkeypatch, title):
    source, _ = load_source("standards")
    monkeypatch.setitem(SOURCES, "standards", lambda: (source, Wild(title)))
    status, document = harvest(capsys, "standards", "--from", parent)
    (run,) = document["runs"]
    assert (status, *told(run, "state", "created", "rejected")) == (1, "partial", 2, 1)
    assert run["findings"][0]["code"] == "MISSING_TITLE"


@pytest.mark.django_db
def test_the_real_commands_give_the_counts_of_the_reference(capsys, corpora):
    catalogue = corpora / "catalogue"
    status, first = harvest(capsys, "schemas", "sill", "suite", "publiccode", "--from", catalogue)
    assert status == 0
    seen = {
        run["source"]: {name: counts["seen"] for name, counts in run["collections"].items()} for run in first["runs"]
    }
    assert seen["standards"] == {"schemas": 95, "versions": 294, "documents": 0}
    assert seen["sill"]["software"] == 225
    assert seen["suite"]["operators"] == 29
    assert seen["publiccode"]["software"] == 81
    codes = [one["code"] for run in first["runs"] if run["source"] == "suite" for one in run["findings"]]
    assert codes == ["IGNORED", "BAD_SIRET"]
    _, again = harvest(capsys, "schemas", "sill", "suite", "publiccode", "--from", catalogue)
    assert [run["written"] for run in again["runs"]] == [0, 0, 0, 0]


def test_half_of_the_real_sheets_gone_is_suspect_and_withdraws_nothing(corpora, tmp_path):
    real, half = corpora / "catalogue" / "apigouv", tmp_path / "half"
    shutil.copytree(real, half)
    for path in sorted((half / "_data" / "api").glob("*.md"))[:85]:
        path.unlink()
    with own_node(tmp_path / "data") as node:

        def runs(folder: Path, status: int) -> dict:
            said = dcant(node, "harvest", "apigouv", "--from", str(folder), "--format", "json", status=status).stdout
            return json.loads(said)["runs"][0]

        assert {name: counts["created"] for name, counts in runs(real, 0)["collections"].items()} == {
            "apis": 170,
            "producers": 60,
            "services": 18,
            "guides": 30,
        }
        for _ in range(2):
            assert told(runs(half, 1), "state", "withdrawn", "unseen", "written") == ("suspect", 0, 0, 0)
        assert told(runs(real, 0), "state", "unchanged", "written") == ("complete", 278, 0)
