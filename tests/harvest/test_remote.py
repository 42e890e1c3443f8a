"""Harvest over the network, real servers on loopback: faults change nothing, and « not modified » is the same bytes."""

import gzip
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from dcant.catalogue import sources
from dcant.catalogue.sources.seed import SeedReader
from dcant.cli.children import Harvests
from dcant.cli.due import due_sources
from dcant.cli.harvest import harvest_one, remote_of
from dcant.fetch import Fetcher
from dcant.harvest.models import Item, Line, Run, Statement
from dcant.harvest.remote import Remote, RemoteSnapshot
from dcant.harvest.rules import RawItem, Reading, Snapshot, SnapshotError, SourceFile, SourceFileError
from dcant.harvest.rules.source import Fact
from dcant.harvest.snapshots import raw_item
from fetch.sites import Site, Time, serve

START = datetime(2026, 1, 5, 8, tzinfo=UTC)
ALIAS_BOMB = (
    b"---\na0: &a0 [x, x, x, x]\n"
    + b"".join(b"a%d: &a%d [%s]\n" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 12))
    + b"---\n"
)
pytestmark = pytest.mark.django_db


@dataclass
class ListReader:
    """Every element of every page is an item."""

    name: str = "small"
    parser_version: int = 1

    def items(self, snapshot: Snapshot) -> Iterator[RawItem]:
        for path in snapshot.list(""):
            value = json.loads(snapshot.read(path, 1_000_000))
            for row in value if isinstance(value, list) else value["data"]:
                yield RawItem("things", str(row["id"]), path, json.dumps(row, sort_keys=True).encode())

    def read(self, raw: RawItem) -> Reading:
        row = json.loads(raw.data)
        return Reading(
            "thing", row["title"], tuple(Fact(key, value) for key, value in row.items()), tombstone=row.get("archived")
        )


def rows(count: int, start: int = 0) -> list[dict[str, object]]:
    return [
        {"id": number, "title": f"Chose {number}", "contact": "prenom.nom@mairie.fr"}
        for number in range(start, start + count)
    ]


def quick() -> Fetcher:
    """A fetcher that does not wait."""
    clock = Time()
    return Fetcher(clock=clock, sleep=clock.sleep, jitter=lambda: 0.0)


@pytest.fixture
def site() -> Iterator[Site]:
    yield from serve()


@pytest.fixture
def secret() -> Iterator[Site]:
    """A second server, inside: whatever reaches it is a leak."""
    yield from serve()


@pytest.fixture
def read(world):
    """Play one day of a source over the network: `read(day, remote)`."""
    fetcher = quick()

    def play(day, remote, **more):
        snapshot = RemoteSnapshot(remote=remote, data=world.data, fetcher=fetcher, trusted=True, **more)
        return world.play({}, day=day, snapshot=snapshot)

    return play


@pytest.fixture
def sheets(site, make_things):
    """Twenty sheets on the site, and where they are."""
    files = make_things(20)
    for path, content in files.items():
        site.say(f"/{path}", content, etag=f'"{path}"', content_type="text/markdown")
    return Remote(files={path: f"{site.url}/{path}" for path in files}, format="text")


def codes() -> list[str]:
    return sorted(set(Line.objects.exclude(code="").values_list("code", flat=True)))


def test_sheets_are_read_once_and_what_is_not_modified_writes_nothing(read, sheets, site):
    first = read(0, sheets)
    assert (first.state, first.totals["created"], first.exit_status) == ("complete", 20, 0)
    assert len(site.asked) == 20
    second = read(1, sheets)
    assert (second.written, second.totals["unchanged"], len(site.asked)) == (0, 20, 40)
    assert all("if-none-match" in headers for _, headers in site.asked[20:])
    assert Run.objects.get(number=1).ref == f"{site.url}/things/t00.md"


def test_a_change_is_seen_and_a_damaged_copy_is_fetched_again(read, sheets, site, make_sheet, world):
    read(0, sheets)
    site.say("/things/t03.md", make_sheet("Chose 3", producer="p", colour="bleu"), etag='"new"')
    for path in (world.data / "http").iterdir():
        path.write_bytes(path.read_bytes()[:-20])
    report = read(1, sheets)
    assert (report.totals["updated"], report.totals["unchanged"]) == (1, 19)
    assert all("if-none-match" not in headers for _, headers in site.asked[20:])


def test_names_of_people_are_not_kept_on_disk_and_reading_twice_gives_the_same(read, sheets, site, make_sheet, world):
    site.say("/things/t00.md", make_sheet("Chose 0", contact="prenom.nom@mairie.fr"), etag='"a"')
    read(0, sheets)
    kept = b"".join(gzip.decompress(path.read_bytes()) for path in world.data.rglob("*.gz"))
    assert b"prenom.nom" not in kept
    assert b"nominative" in kept
    assert read(1, sheets).written == 0
    site.say("/things/t00.md", make_sheet("Chose 0", contact="prenom.nom@mairie.fr"), etag='"b"')
    assert read(2, sheets).written == 0


@pytest.mark.parametrize(
    "fault",
    [
        (500, b"", "text/plain", "HTTP_STATUS"),
        (429, b"", "text/plain", "HTTP_STATUS"),
        (401, b"", "text/plain", "HTTP_STATUS"),
        (200, b"<html>Maintenance</html>", "text/html", "NOT_TEXT"),
    ],
)
def test_a_source_that_fails_changes_nothing_however_often(read, sheets, site, fault):
    """F1 and F8, on sheets."""
    status, body, kind, code = fault
    read(0, sheets)
    files = dict(sheets.files)
    del files["things/t19.md"]
    read(1, Remote(files=files, format="text"))
    before = (Statement.objects.current().count(), Item.objects.get(remote_id="t19").unseen_runs)
    site.say("/things/t07.md", body, status=status, content_type=kind)
    for day in (5, 10, 20):
        report = read(day, Remote(files=files, format="text"))
        assert (report.state, report.exit_status, report.findings[-1]["code"]) == ("failed", 2, code)
    assert (Statement.objects.current().count(), Item.objects.get(remote_id="t19").unseen_runs) == before
    assert not Item.objects.filter(state="withdrawn").exists()


@pytest.mark.parametrize(
    "fault",
    [
        (500, b"", "application/json", "HTTP_STATUS"),
        (410, b"", "application/json", "GONE"),
        (404, b"", "application/json", "NOT_FOUND"),
        (200, b"<html>Connexion</html>", "text/html", "NOT_JSON"),
        (200, b'[{"id": 1}, {"i', "application/json", "BAD_JSON"),
        (200, b"[" * 100_000, "application/json", "DEPTH"),
    ],
)
def test_a_list_that_cannot_be_had_changes_nothing(read, site, world, fault):
    """F1, F3, F8 and F10, on a list."""
    status, body, kind, code = fault
    world.reader = ListReader()
    remote = Remote(files={"list.json": f"{site.url}/list"})
    site.say("/list", json.dumps(rows(20)).encode(), etag='"1"')
    assert read(0, remote).totals["created"] == 20
    held = Statement.objects.current().count()
    site.say("/list", body, status=status, content_type=kind, etag='"2"')
    for day in (5, 10, 20):
        report = read(day, remote)
        assert (report.state, report.exit_status, report.findings[-1]["code"]) == ("failed", 2, code)
    assert Statement.objects.current().count() == held
    assert set(world.states().values()) == {"seen"}
    site.say("/list", json.dumps(rows(20)).encode(), etag='"1"')
    assert (read(21, remote).state, read(22, remote).written) == ("complete", 0)


def test_an_empty_list_is_suspect(read, site, world):
    """F2."""
    world.reader = ListReader()
    remote = Remote(files={"list.json": f"{site.url}/list"})
    site.say("/list", json.dumps(rows(20)).encode())
    read(0, remote)
    site.say("/list", b"[]")
    assert (read(1, remote).state, codes()) == ("suspect", ["LOSS"])


def test_an_archived_element_is_withdrawn_at_once(read, site, world):
    """F10."""
    world.reader = ListReader()
    remote = Remote(files={"list.json": f"{site.url}/list"})
    site.say("/list", json.dumps(rows(20)).encode())
    read(0, remote)
    site.say("/list", json.dumps([*rows(19), {"id": 19, "title": "Chose 19", "archived": "archivée"}]).encode())
    report = read(1, remote)
    assert (report.state, report.totals["withdrawn"], world.states()["19"]) == ("complete", 1, "withdrawn")


def test_one_sheet_that_cannot_be_had_is_one_line_and_is_asked_for_once(read, sheets, site, secret, make_sheet):
    """F11 and F12, on sheets: the others are read, nothing inside hears a byte, old statements stay."""
    read(0, sheets)
    held = Statement.objects.current().count()
    site.say("/things/t01.md", status=404)
    site.say("/things/t02.md", status=302, Location=f"{secret.url}/latest/meta-data/")
    site.say("/things/t03.md", status=302, Location="http://169.254.169.254/latest/meta-data/")
    site.say("/things/t04.md", status=302, Location="/things/t04.md")
    site.say("/things/t05.md", b"x" * 1_000_001)
    site.say("/things/t06.md", gzip.compress(b"\0" * 900_000), content_encoding="gzip")
    site.say("/things/t07.md", make_sheet("Étang").decode().encode("latin-1"))
    site.say("/things/t08.md", ALIAS_BOMB)
    site.say("/things/t09.md", status=302, Location=f"http://[::1]:{secret.port}/")
    site.asked.clear()
    report = read(1, sheets)
    assert (report.state, report.exit_status, report.totals["rejected"]) == ("partial", 1, 9)
    assert {"NOT_FOUND", "FORBIDDEN_ADDRESS", "REDIRECT_LOOP", "TOO_LARGE", "RATIO", "ENCODING", "ALIAS_BOMB"} <= set(
        codes()
    )
    assert (len(site.asked), secret.asked) == (20, [])
    assert Statement.objects.current().count() == held


def test_a_sheet_that_is_gone_is_withdrawn_at_once_and_nothing_it_said_is_lost(read, sheets, site, world):
    """F10, on sheets."""
    read(0, sheets)
    held = Statement.objects.current().count()
    site.say("/things/t01.md", status=410)
    report = read(1, sheets)
    assert (report.state, report.totals["withdrawn"], world.states()["t01"]) == ("complete", 1, "withdrawn")
    assert Statement.objects.current().count() == held
    assert read(2, sheets).written == 0
    site.say("/things/t01.md", b"---\ntitle: Chose 1\n---\n", etag='"back"')
    assert read(3, sheets).totals["returned"] == 1


def test_a_list_in_pages_follows_the_address_of_the_next_one(read, site, world):
    world.reader = ListReader()
    for page, following in ((1, f"{site.url}/list?page=2"), (2, "?page=3"), (3, None)):
        body = {"data": rows(10, 10 * page), "next_page": following}
        site.say(f"/list{f'?page={page}' if page > 1 else ''}", json.dumps(body).encode(), etag=f'"{page}"')
    text = f"""
        [remote]
        pages = {{ path = "list/{{page}}.json", url = "{site.url}/list", next = "next_page" }}
        """
    remote = Remote.from_toml(text)
    assert remote is not None
    assert read(0, remote).totals["created"] == 30
    assert read(1, remote).written == 0
    assert len(site.asked) == 6
    assert set(Item.objects.values_list("path", flat=True)) == {f"list/000{page}.json" for page in (1, 2, 3)}


def test_a_list_in_numbered_pages_ends_at_the_empty_one(read, site, world):
    world.reader = ListReader()
    for page in (0, 1, 2):
        site.say(f"/list?page={page}", json.dumps({"data": rows(5, 5 * page) if page < 2 else []}).encode())
    remote = Remote.from_toml(
        f'[remote.pages]\npath = "{{page}}.json"\nurl = "{site.url}/list?page={{page}}"\nitems = "data"\nfirst = 0'
    )
    assert remote is not None
    assert read(0, remote).totals["created"] == 10


@pytest.mark.parametrize(
    ("second", "code"),
    [
        ({"data": [], "next_page": "/list"}, "PAGE_LOOP"),
        ({"message": "trop de requêtes"}, "BAD_LIST"),
        ({"data": [], "next_page": "http://127.0.0.1:1/list"}, "FORBIDDEN_ADDRESS"),
        ({"data": [], "next_page": "ftp://x/"}, "BAD_ADDRESS"),
        ({"data": [], "next_page": "/absent"}, "NOT_FOUND"),
        ({"data": ["x" * 5000], "next_page": None}, "TOO_LARGE"),
        (["une liste"], "BAD_LIST"),
    ],
)
def test_half_a_list_in_pages_is_no_list(read, site, world, second, code):
    world.reader = ListReader()
    remote = Remote.from_toml(f'[remote.pages]\npath = "{{page}}.json"\nurl = "{site.url}/list"\nnext = "next_page"')
    assert remote is not None
    for body in ({"data": rows(10, 10), "next_page": None}, second):
        site.say("/list?page=2", json.dumps(body).encode())
        site.say("/list", json.dumps({"data": rows(10), "next_page": "?page=2"}).encode())
        report = read(1, remote, max_list_bytes=5000)
    assert (report.state, report.exit_status, report.findings[-1]["code"]) == ("failed", 2, code)
    assert set(world.states().values()) == {"seen"}
    assert len(world.states()) == 20


def test_memory_holds_one_answer_and_a_huge_one_is_cut_short(site, world):
    """F12: fifty megabytes, and a thousand times themselves."""
    site.say("/huge", b"x" * 50_000_000)
    site.say("/bomb", gzip.compress(b"[" + b" " * 60_000_000 + b"]"), content_encoding="gzip")
    remote = Remote(files={"huge": f"{site.url}/huge", "bomb": f"{site.url}/bomb"}, format="text")
    snapshot = RemoteSnapshot(remote=remote, data=world.data, fetcher=quick(), trusted=True)
    for path, limit, code in (("huge", 3_000_000, "TOO_LARGE"), ("bomb", 64_000_000, "RATIO")):
        found = raw_item(snapshot=snapshot, collection="things", remote_id=path, path=path, limit=limit)
        assert found.problem is not None
        assert found.problem.code == code
    with pytest.raises(SnapshotError, match="pas un fichier"):
        snapshot.read("absent", 10)


@pytest.mark.parametrize(
    "table",
    [
        "files = {}",
        "files = 3",
        'files = { "../a" = "https://a.fr/" }',
        'files = { "/a" = "https://a.fr/" }',
        'files = { "a" = "https://a.fr/" }\nformat = "xml"',
        'files = { "a" = "https://a.fr/" }\nunknown = 1',
        'pages = { path = "a.json", url = "https://a.fr/", next = "n" }',
        'pages = { path = "{page}.json", url = "https://a.fr/" }',
        'pages = { path = "{page}.json", url = "https://a.fr/{page}", next = "n" }',
        'pages = { path = "{page}.json", url = "https://a.fr/", next = "n" }\nformat = "text"',
        "[",
    ],
)
def test_a_table_that_says_something_else_is_refused(table):
    with pytest.raises(SourceFileError):
        Remote.from_toml(f"[remote]\n{table}")


def test_a_source_without_the_table_is_read_from_a_folder_only(capsys):
    assert remote_of("apigouv") is None
    with pytest.raises(SystemExit) as ended:
        harvest_one("apigouv", None)
    assert ended.value.code == 2
    assert "--from" in capsys.readouterr().err


@pytest.fixture
def shipped(site, monkeypatch):
    """A shipped source whose file names an address inside: the operator did not write it."""
    toml = sources._text("seed.toml").replace('name = "seed"', 'name = "inside"')
    source = SourceFile.from_toml(toml)
    monkeypatch.setitem(sources.SOURCES, "inside", lambda: (source, SeedReader(max_item_bytes=1000)))
    remote = Remote(files={"api/a.yaml": f"http://127.0.0.1:{site.port}/a.yaml"}, format="text")
    monkeypatch.setattr("dcant.cli.harvest.remote_of", lambda name: remote if name == "inside" else None)
    return site


def test_a_shipped_source_cannot_name_an_address_inside(shipped):
    report = harvest_one("inside", None)
    assert (report.exit_status, codes()) == (1, ["FORBIDDEN_ADDRESS"])
    assert shipped.asked == []


def test_the_worker_looks_only_at_sources_with_an_address_whose_time_has_come(shipped):
    assert due_sources(START) == ["inside"]
    run = Run.objects.create(
        source="inside", number=1, state="complete", started_at=START, ended_at=START, parser_version=1
    )
    assert due_sources(START + timedelta(hours=23)) == []
    assert due_sources(START + timedelta(hours=24)) == ["inside"]
    Run.objects.filter(pk=run.pk).update(state="running", ended_at=None)
    assert due_sources(START + timedelta(hours=5)) == []


def test_one_passage_at_a_time_never_twice_within_an_hour_and_none_left_behind(tmp_path):
    program = "import sys,time,pathlib\npathlib.Path(sys.argv[1],sys.argv[2]).touch()\nif sys.argv[2]=='slow': time.sleep(600)"
    harvests = Harvests([sys.executable, "-c", program, str(tmp_path)])
    harvests.turn(lambda _: ["quick", "slow"], START)
    child = harvests._child
    assert child is not None
    assert child.wait(timeout=60) == 0
    harvests.turn(lambda _: ["quick", "slow"], START + timedelta(minutes=1))
    slow = harvests._child
    assert slow is not None
    harvests.turn(lambda _: ["other"], START + timedelta(minutes=2))
    assert harvests._child is slow
    harvests.stop()
    assert slow.returncode is not None
    assert not (tmp_path / "other").exists()
    harvests.turn(lambda _: ["quick", "slow"], START + timedelta(minutes=30))
    assert harvests._child is None
