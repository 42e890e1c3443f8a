"""Leaving with everything and arriving elsewhere: the same pages, or a refusal that changes nothing."""

import json
import os
import re
import shutil
from pathlib import Path

import pytest
from django.apps import apps

from dcant.catalogue.seed_folder import seed_folder
from dcant.cli.transfer import MODELS, PROJECTIONS
from own_node import dcant, environment, own_node, python

# What a visitor sees: one page of each sort, its data, and what anyone may check.
LOOK = """
from django.test import Client
client = Client(headers={"Accept-Encoding": "identity"}, SERVER_NAME="localhost")
addresses = sys.argv[1].split()
print(json.dumps({address: [(page := client.get(address)).status_code, page.content.decode()] for address in addresses}))
"""
PAGES = (
    "/ /territoires/35345/ /territoires/35345.json /ressources/ /ressources/?q=cantine /ressources/quotient-familial/"
    " /ressources/quotient-familial.json /ressources/rdv-service-public/?commune=35345 /programme/ /programme.json"
    " /registre/ /registre.json /registre.csv /couverture/?ressource=rdv-service-public /couverture.json /actions/incubateur/"
    " /seances/ /seances.json /programme/2018-S1/ /programme/2018-S1.json /programme/2018-S1.csv"
    " /api/v1/territories/35345/reusable /api/v1/record/entries?page=20 /api/v1/sources/seed/runs /ressources/sources/seed/"
)
SIGNED = re.compile(
    r'<section class="section" aria-labelledby="signe">.*?<section class="section" aria-labelledby="entrees">',
    re.DOTALL,
)
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')


def seen(node: dict[str, str]) -> dict[str, list[object]]:
    (Path(node["DCANT_DATA"]) / "static").mkdir(exist_ok=True)
    pages = json.loads(python({**node, "DCANT_DEMO": "1"}, LOOK, PAGES))
    return {address: [status, comparable(text)] for address, (status, text) in pages.items()}


def comparable(text: str) -> object:
    """A page without its form tokens; a document as the value it says, since databases order keys each in their way.

    The checkpoint is that of each node: its own key signs, its own witnesses cosign.
    """
    if text.startswith(("{", "[")):
        value = json.loads(text)
        return {name: one for name, one in value.items() if name != "log"} if isinstance(value, dict) else value
    return SIGNED.sub("", TOKEN.sub("", text))


@pytest.fixture(scope="module")
def exported(demo: Path, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("export") / "all"
    dcant(environment(demo), "export", "--all", str(folder))
    return folder


@pytest.mark.database
def test_a_blank_node_that_takes_in_an_export_shows_the_same_pages(demo: Path, exported: Path, tmp_path: Path):
    with own_node(tmp_path / "arrival", migrated=False) as node:
        dcant(node, "import", str(exported))
        before, after = seen(environment(demo)), seen(node)
        assert {address for address, (status, _) in before.items() if status != 200} == set()
        for address, page in before.items():
            assert after[address] == page, address
        twice = dcant(node, "import", str(exported), status=2)
        assert "n’est pas vierge" in twice.stderr
        dcant(node, "worker", "--once")
        dcant(node, "harvest", "seed")  # life goes on: new rows find their numbers free


def test_an_export_is_for_its_owner_alone_and_says_what_it_holds(demo: Path, exported: Path):
    manifest = json.loads((exported / "manifest.json").read_text(encoding="utf-8"))
    assert set(manifest["tables"]) == set(MODELS)
    assert {str(path.relative_to(exported)) for path in exported.rglob("*") if path.is_file()} == {
        *manifest["files"],
        "manifest.json",
    }
    assert (exported / "tables").stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in (exported / "tables").iterdir())
    assert not any("secret" in name for name in manifest["files"])
    lines = (exported / "csv" / "journal.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == manifest["tables"]["record.entry"] + 1
    again = dcant(environment(demo), "export", "--all", str(exported), status=2)
    assert "n’est pas vide" in again.stderr


def tamper_row(folder: Path) -> None:
    table = folder / "tables" / "adoption.offer.jsonl"
    table.write_text(table.read_text(encoding="utf-8").replace("démonstration", "vrai"), encoding="utf-8")


def lose_file(folder: Path) -> None:
    (folder / "tables" / "record.entry.jsonl").unlink()


def change(folder: Path, key: str, value: object) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(json.dumps(manifest | {key: value}), encoding="utf-8")


def other_format(folder: Path) -> None:
    change(folder, "format", "dcant-export/0")


def other_tables(folder: Path) -> None:
    change(folder, "tables", {"record.entry": 1})


def climb(folder: Path) -> None:
    change(folder, "files", {"../../etc/passwd": "0"})


def no_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def broken_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text("{", encoding="utf-8")


@pytest.mark.parametrize(
    "harm",
    [tamper_row, lose_file, other_format, other_tables, climb, no_manifest, broken_manifest],
    ids=lambda harm: harm.__name__,
)
def test_an_export_that_is_not_what_it_says_is_refused_before_anything_is_written(harm, exported: Path, tmp_path: Path):
    folder = tmp_path / "copy"
    shutil.copytree(exported, folder, copy_function=os.link, ignore=shutil.ignore_patterns("raw"))
    for name in ("manifest.json", "tables/adoption.offer.jsonl"):  # of our own: the others are shared
        (folder / name).unlink()
        shutil.copyfile(exported / name, folder / name)
    harm(folder)
    refused = dcant(environment(tmp_path / "arrival"), "import", str(folder), status=2)
    assert refused.stdout == ""
    assert "Traceback" not in refused.stderr
    assert not (tmp_path / "arrival" / "dcant.sqlite3").exists()


def test_every_table_of_the_project_leaves_or_is_made_again():
    ours = {
        model._meta.label_lower
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith("dcant.") and not model._meta.proxy
    }
    assert ours == {*MODELS, *PROJECTIONS}
    assert not set(MODELS) & set(PROJECTIONS)


def test_a_table_leaves_after_those_it_points_to():
    order = {name: place for place, name in enumerate(MODELS)}
    for name in MODELS:
        for field in apps.get_model(name)._meta.local_fields:
            target = field.related_model._meta.label_lower if field.remote_field else name
            assert order[target] <= order[name], f"{name}.{field.name} → {target}"


def test_a_demonstration_killed_in_its_course_ends_as_one_that_never_was(demo: Path):
    """The fixture killed it: what it shows is checked against nothing doubled and nothing missing."""
    counts = json.loads(python(environment(demo), COUNT))
    assert counts["communes"] == 34_969
    sheets = len(list(seed_folder().rglob("*.yaml")))
    assert counts["resources"] == sheets + 2  # and two of the three standards shipped that no sheet of ours speaks of
    assert counts["runs"] == [["complete", 1], ["complete", 0]]  # before the kill, and after: nothing left to write
    assert counts["events"] == counts["events' entries"] > 2_000
    assert (
        counts["kinds"]["harvest.run"] == 3
    )  # one for each passage over the seed base, one over the standards shipped
    assert counts["kinds"]["programme.opened"] == counts["kinds"]["balance_sheet.published"] == 1
    assert sum(count for kind, count in counts["kinds"].items() if kind.startswith("adoption.")) == counts["events"]
    assert counts["indices"] == [0, counts["entries"] - 1]
    assert counts["waiting"] == 0
    assert (demo / "first-day.sqlite3").is_file()


COUNT = """
from django.db.models import Count, Max, Min
from dcant.adoption.models import AdoptionEvent
from dcant.catalogue.models import Resource
from dcant.harvest.models import Run
from dcant.record.models import Entry
from dcant.territories.models import Territory
ends = Entry.objects.aggregate(first=Min("index"), last=Max("index"))
print(json.dumps({
    "communes": Territory.objects.communes().count(), "resources": Resource.objects.count(), "runs": [[run.state, int(run.lines.exists())] for run in Run.objects.filter(source="seed").order_by("number")],
    "events": AdoptionEvent.objects.count(), "events' entries": AdoptionEvent.objects.exclude(entry=None).count(),
    "entries": Entry.objects.count(), "indices": [ends["first"], ends["last"]], "waiting": Entry.objects.waiting().count(),
    "kinds": dict(Entry.objects.order_by().values_list("type").annotate(Count("pk"))),
}))
"""
