"""The fault scripts on copies of real sources: never a wrongful withdrawal, never a lost statement, and the status said."""

import gzip
import json
import resource
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dcant.catalogue import services
from dcant.catalogue.models import Resource
from dcant.catalogue.services import harvest_source, read_source_again
from dcant.catalogue.sources import load_source
from dcant.fetch import Fetcher
from dcant.harvest.models import Item, Line, Statement
from dcant.harvest.remote import Remote, RemoteSnapshot
from dcant.harvest.report import RunReport
from dcant.harvest.rules import Snapshot
from dcant.harvest.snapshots import open_snapshot
from fetch.sites import Site, Time, serve

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 1, 9, tzinfo=UTC)
BOMB = b"---\na0: &a0 [x, x]\n" + b"".join(
    b"a%d: &a%d [%s]\n" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 12)
)


def play(name: str, snapshot: Snapshot, data: Path, day: float) -> RunReport:
    return harvest_source(name=name, snapshot=snapshot, now=lambda: START + timedelta(days=day), data=data)


def play_folder(name: str, folder: Path, day: float) -> RunReport:
    with open_snapshot(folder) as snapshot:
        return play(name, snapshot, folder.parent / "data", day)


def held() -> tuple[int, int]:
    """What no fault may change: statements that stand, and things withdrawn."""
    return Statement.objects.current().count(), Item.objects.filter(state="withdrawn").count()


def said(report: RunReport) -> set[str]:
    return {finding["code"] for finding in report.findings}


def memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@pytest.fixture
def apis(corpora: Path, tmp_path: Path) -> Path:
    """Forty real sheets and their producers, harvested once."""
    folder = tmp_path / "apigouv"
    (folder / "_data" / "api").mkdir(parents=True)
    for path in sorted((corpora / "catalogue" / "apigouv" / "_data" / "api").glob("*.md"))[:40]:
        shutil.copy(path, folder / "_data" / "api")
    assert play_folder("apigouv", folder, 0).state == "complete"
    return folder


def spoilt(folder: Path, change: Callable[[list[Path]], None], day: float) -> tuple[RunReport, list[Path]]:
    """A passage over a copy with something wrong in it."""
    copy = folder.parent / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy)
    change(sorted((copy / "_data" / "api").glob("*.md")))
    return play_folder("apigouv", copy, day), sorted((copy / "_data" / "api").glob("*.md"))


def test_files_lost_are_suspect_and_files_spoilt_are_lines_and_nothing_held_moves(apis: Path):
    """F2, F3, F4, F6 and F12 in a row, over more days than the grace lasts."""
    before, most = held(), memory()

    def poisoned(sheets: list[Path]) -> None:
        sheets[0].write_bytes(BOMB + b"---\n")
        sheets[1].write_bytes(b"---\ntitle: a\n---\n" + b"x" * 50_000_000)
        sheets[2].write_bytes(b"---\ntitle: " + b"[" * 500 + b"\n---\n")
        sheets[3].write_bytes(b"---\ntitle: a\x00b\n---\n")
        sheets[4].write_bytes("---\ntitle: été\n---\n".encode("latin-1"))

    def doubled(sheets: list[Path]) -> None:
        (sheets[0].parent / "z").mkdir()
        shutil.copy(sheets[0], sheets[0].parent / "z" / sheets[0].name)

    faults: list[tuple[Callable[[list[Path]], None], str, int, set[str]]] = [
        (lambda sheets: [one.unlink() for one in sheets], "suspect", 1, {"LOSS"}),
        (lambda sheets: [one.unlink() for one in sheets[::2]], "suspect", 1, {"LOSS"}),
        (lambda sheets: sheets[0].write_bytes(sheets[0].read_bytes()[:40]), "partial", 1, {"FRONT_MATTER"}),
        (doubled, "partial", 1, {"DUPLICATE_ID"}),
        (poisoned, "partial", 1, {"ALIAS_BOMB", "TOO_LARGE", "DEPTH", "ENCODING"}),
    ]
    for number, (fault, state, status, codes) in enumerate(faults):
        report, _ = spoilt(apis, fault, day=5 * (number + 1))
        assert (report.state, report.exit_status, said(report)) == (state, status, codes)
        assert held() == before
    assert all(
        line.message and line.remedy for line in Line.objects.filter(code__in={"ALIAS_BOMB", "DEPTH", "ENCODING"})
    )
    assert memory() - most < 200
    assert play_folder("apigouv", apis, 40).written == 0


def test_a_sheet_renamed_then_edited_keeps_its_address_and_the_clocks_withdraw_nothing(apis: Path):
    """F5 and F9."""
    first = min((apis / "_data" / "api").glob("*.md"))
    slug = Resource.objects.get(holdings__item__remote_id=first.stem).slug
    before = held()[1]
    moved = first.rename(first.with_name("autre-nom.md"))
    assert play_folder("apigouv", apis, -2).totals["moved"] == 1
    moved.write_text(moved.read_text(encoding="utf-8").replace("tagline:", "tagline: Ou plutôt"), encoding="utf-8")
    moved = moved.rename(first.with_name("encore-un.md"))
    assert play_folder("apigouv", apis, 30).totals["moved"] == 1
    assert Resource.objects.get(holdings__item__remote_id="encore-un").slug == slug
    text = moved.read_text(encoding="utf-8")
    day = next(line for line in text.splitlines() if line.startswith("last_update"))
    moved.write_text(text.replace(day, "last_update: 01/01/2099"), encoding="utf-8")
    report = play_folder("apigouv", apis, 60)
    assert (report.state, report.exit_status, "DATE_IN_FUTURE" in said(report)) == ("complete", 0, True)
    assert held()[1] == before


@pytest.fixture
def site() -> Iterator[Site]:
    yield from serve()


@pytest.fixture
def secret() -> Iterator[Site]:
    """A second server, inside: whatever reaches it is a leak."""
    yield from serve()


@pytest.fixture
def suite(corpora: Path, site: Site, tmp_path: Path) -> Callable[[float], RunReport]:
    """The real lists of the Suite on a server, harvested once; play(day) looks again."""
    for name in ("services", "operators"):
        site.say(f"/{name}", (corpora / "catalogue" / "suite-territoriale" / f"{name}.json").read_bytes())
    clock = Time()
    fetcher = Fetcher(clock=clock, sleep=clock.sleep, jitter=lambda: 0.0)
    remote = Remote(files={f"{name}.json": f"{site.url}/{name}" for name in ("services", "operators")})

    def look(day: float) -> RunReport:
        snapshot = RemoteSnapshot(remote=remote, data=tmp_path, fetcher=fetcher, trusted=True)
        return play("suite", snapshot, tmp_path, day)

    assert look(0).state == "complete"
    return look


def test_real_lists_that_a_server_spoils_change_nothing(suite, site: Site, secret: Site):
    """F1, F2, F3, F8, F10, F11 and F12 on a list."""
    before = held()
    faults = [
        ({"status": 500}, b"", "HTTP_STATUS"),
        ({"status": 410}, b"", "GONE"),
        ({}, b'[{"id": "a", "nom": "b"}, {"i', "BAD_JSON"),
        ({"content_type": "text/html"}, b"<html>Connexion</html>", "NOT_JSON"),
        ({"status": 302, "Location": "/operators"}, b"", "REDIRECT_LOOP"),
        ({"status": 302, "Location": "http://169.254.169.254/latest/"}, b"", "FORBIDDEN_ADDRESS"),
        ({"status": 302, "Location": f"http://[::1]:{secret.port}/"}, b"", "FORBIDDEN_ADDRESS"),
        ({"content_encoding": "gzip"}, gzip.compress(b"[" + b" " * 60_000_000 + b"]"), "RATIO"),
    ]
    for number, (how, body, code) in enumerate(faults):
        site.say("/operators", body, **how)
        report = suite(5 * (number + 1))
        assert (report.state, report.exit_status, code in said(report)) == ("failed", 2, True), (code, report.findings)
        assert held() == before
    assert secret.asked == []
    site.say("/operators", b"[]")
    assert (suite(60).state, held()) == ("suspect", before)


def test_empty_objects_that_come_as_lists_are_absent_and_the_other_fields_stay(suite, site: Site, corpora: Path):
    """F7, on the real list of operators."""
    rows = json.loads((corpora / "catalogue" / "suite-territoriale" / "operators.json").read_bytes())
    rows[3]["url"], rows[4]["siret"], rows[5]["departements"] = [], {}, {}
    site.say("/operators", json.dumps(rows).encode())
    report = suite(1)
    assert (report.state, report.exit_status, report.totals["rejected"]) == ("complete", 0, 0)
    assert "BAD_SHAPE" in said(report)
    for row in rows[3:6]:
        stated = set(Statement.objects.current().filter(item__remote_id=row["id"]).values_list("field", flat=True))
        assert "name" in stated


def test_a_new_version_of_a_reader_reads_the_kept_bytes_again_and_asks_nobody(apis: Path, monkeypatch):
    """A parser bump, with the source gone: equal statements stay the same rows, a damaged copy is one line."""
    before = set(Statement.objects.current().values_list("pk", flat=True))
    item = Item.objects.of("apigouv").first()
    kept = apis.parent / "data" / "raw" / item.content_hash[:2] / f"{item.content_hash}.gz"
    shutil.rmtree(apis)
    now = lambda: START + timedelta(days=1)  # noqa: E731 -- the clock of the run
    assert read_source_again(name="apigouv", now=now, data=kept.parents[2]).totals["seen"] == 0
    source, reader = load_source("apigouv")
    monkeypatch.setattr(services, "load_source", lambda _: (source, replace(reader, parser_version=99)))
    kept.write_bytes(kept.read_bytes()[:-30])
    report = read_source_again(name="apigouv", now=now, data=kept.parents[2])
    assert (report.state, report.exit_status, said(report) & {"NOT_KEPT"}) == ("partial", 1, {"NOT_KEPT"})
    assert (report.totals["seen"], report.totals["unchanged"], report.totals["rejected"]) == (40, 39, 1)
    assert set(Statement.objects.current().values_list("pk", flat=True)) == before
    assert not Item.objects.exclude(pk=item.pk).exclude(parser_version=99).exists()
    assert set(Item.objects.values_list("state", flat=True)) == {"seen"}
