"""Trees of real Git repositories, from the source to the page: a folder of clones, one alone, a copy, a broken one."""

import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from reading_sources import facts, readings

from dcant.catalogue.maturity import readiness_of, repositories_of
from dcant.catalogue.models import Resource
from dcant.catalogue.services import harvest_source
from dcant.catalogue.sources import load_source
from dcant.catalogue.sources.repositories import LONGEST_PATH, MOST_PATHS, kept_paths
from dcant.harvest.models import Item, Statement
from dcant.harvest.report import RunReport
from dcant.harvest.rules import RawItem
from dcant.harvest.snapshots import open_snapshot
from factories import resource

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
DESCRIPTOR = "publiccodeYmlVersion: '0.4'\nname: {name}\nurl: https://forge.example/{url}\n"


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=test", "-c", "user.email=test@exemple.test", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, "-C", str(folder), *arguments], check=True, capture_output=True)


def clone(folder: Path, *names: str, origin: str = "", url: str = "") -> Path:
    """A repository with these files, cloned from an address, described when it says a `url`."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")
    if url:
        (folder / "publiccode.yml").write_text(DESCRIPTOR.format(name=folder.name.title(), url=url))
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "x")
    git(folder, "tag", "v1")
    if origin:
        git(folder, "config", "remote.origin.url", origin)
    return folder


def harvest(folder: Path, data: Path, day: int = 0) -> RunReport:
    with open_snapshot(folder) as snapshot:
        return harvest_source(name="publiccode", snapshot=snapshot, now=lambda: NOW + timedelta(days=day), data=data)


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """Three repositories: one described, one of the same product without descriptor and bare, one copy of the first."""
    made = tmp_path / "shelf"
    clone(made / "outil", "LICENSE", "README.md", ".github/workflows/ci.yml", "src/a.py", url="ville/outil")
    api = clone(tmp_path / "api", "README.rst", origin="git@forge.example:ville/outil-api.git")
    git(tmp_path, "clone", "-q", "--bare", str(api), str(made / "api.git"))
    git(made / "api.git", "config", "remote.origin.url", "git@forge.example:ville/outil-api.git")
    clone(made / "copie", "src/a.py", origin="https://forge.example/autre/copie.git", url="ville/outil")
    return made


@pytest.mark.django_db
def test_trees_are_stated_kept_and_not_written_again(shelf, tmp_path):
    report = harvest(shelf, tmp_path / "data")
    seen = {name: counts["seen"] for name, counts in report.collections.items()}
    assert seen == {"software": 2, "repositories": 3, "lists": 1}
    stated = {row.item.remote_id: row.value for row in Statement.objects.filter(field="files").select_related("item")}
    assert stated == {
        "forge.example/ville/outil": [".github/workflows/ci.yml", "LICENSE", "README.md"],
        "forge.example/ville/outil-api": ["README.rst"],
        "forge.example/autre/copie": [],
    }
    assert not Resource.objects.filter(holdings__item__collection="repositories").exists()
    assert harvest(shelf, tmp_path / "data", day=1).written == 0


@pytest.mark.django_db
def test_a_product_is_judged_on_all_its_repositories_and_on_none_of_its_copies(shelf, tmp_path, client: Client):
    harvest(shelf, tmp_path / "data")
    outil = Resource.objects.get(title="Outil")
    found = {item.id: item for item in readiness_of(outil, usage=None, today=NOW.date()).items}
    assert [one.address for one in repositories_of(outil)] == ["forge.example/ville/outil"]
    outcomes = {name: found[name].outcome for name in ("licence_file", "ci", "security", "version", "commits")}
    assert outcomes == dict.fromkeys(("licence_file", "ci", "version"), "pass") | {"security": "fail"} | {
        "commits": found["commits"].outcome
    }
    outil.sheet["repository_url"]["others"] = [{"value": "http://forge.example/ville/outil-api/", "source": "sill"}]
    outil.save()
    both = {item.id: item for item in readiness_of(outil, usage=None, today=NOW.date()).items}
    assert (both["readme"].outcome, both["licence_file"].outcome) == ("pass", "fail")
    assert both["licence_file"].detail == "Absent de : forge.example/ville/outil-api"
    page = client.get(f"/ressources/{outil.slug}/maturite/").content.decode()
    assert "https://forge.example/ville/outil-api" in page
    assert "autre/copie" not in page
    told = client.get(f"/api/v1/resources/{outil.slug}/readiness").json()["repositories"]
    assert [one["address"] for one in told] == ["forge.example/ville/outil", "forge.example/ville/outil-api"]
    assert told[0]["read_on"] == "2026-11-20"


@pytest.mark.django_db
def test_what_was_not_read_or_is_withdrawn_stays_unknown(shelf, tmp_path):
    harvest(shelf, tmp_path / "data")
    elsewhere = resource("ailleurs", kind="software", repository_url="https://forge.example/ville/autre")
    without = resource("sans", kind="software")
    outil = Resource.objects.get(title="Outil")
    Item.objects.filter(remote_id="forge.example/ville/outil", collection="repositories").update(state="withdrawn")
    for one in (elsewhere, without, outil):
        items = {item.id: item.outcome for item in readiness_of(one, usage=None, today=NOW.date()).items}
        assert {items[name] for name in ("licence_file", "readme", "ci", "commits")} == {"unknown"}


def test_one_repository_alone_is_a_product_when_it_is_described_and_a_place_of_descriptors_else(tmp_path):
    alone = readings("publiccode", clone(tmp_path / "outil", "LICENSE", url="ville/outil"))
    assert sorted(alone) == ["lists/descripteurs", "repositories/forge.example/ville/outil", "software/ville__outil"]
    about = facts(alone["repositories/forge.example/ville/outil"])
    assert (about["files"], [name for name, _ in about["tags"]]) == (["LICENSE"], ["v1"])
    (tmp_path / "many").mkdir()
    (tmp_path / "many" / "ville__outil.yml").write_text(DESCRIPTOR.format(name="Outil", url="ville/outil"))
    clone(tmp_path / "many", "LICENSE")
    assert sorted(readings("publiccode", tmp_path / "many")) == ["lists/descripteurs", "software/ville__outil"]


@pytest.mark.django_db
def test_a_broken_repository_is_one_line_and_the_others_are_read(shelf, tmp_path):
    shutil.rmtree(shelf / "copie" / ".git" / "objects")
    clone(shelf / "anonyme", "README")
    report = harvest(shelf, tmp_path / "data")
    said = {line["remote_id"]: (line["code"], bool(line["remedy"])) for line in report.findings}
    assert said["copie"] == ("BAD_REPOSITORY", True)
    assert said["anonyme"] == ("NO_ADDRESS", True)
    assert (report.state, report.exit_status) == ("partial", 1)
    assert Item.objects.filter(collection="repositories").count() == 2


@given(st.lists(st.text(max_size=30) | st.sampled_from(["README", "LICENSE\x07", "security.md", "x" * 300])))
def test_the_paths_kept_are_few_short_and_plain(paths):
    kept = kept_paths([*paths, *(f".github/workflows/{n}.yml" for n in range(400)), "README" + "a" * LONGEST_PATH])
    assert len(kept) <= MOST_PATHS
    assert all(path.isprintable() and len(path) <= LONGEST_PATH for path in kept)
    assert set(kept) <= {*paths, *(f".github/workflows/{n}.yml" for n in range(400))}


@given(
    st.binary(max_size=60) | st.dictionaries(st.text(max_size=9), st.integers() | st.text(max_size=9)).map(json.dumps)
)
def test_any_bytes_give_a_reading(data):
    raw = RawItem("repositories", "a", "a", data.encode() if isinstance(data, str) else data)
    assert load_source("publiccode")[1].read(raw).title in {"a", ""}
