"""Our own harvester reads our own Software Catalog API over HTTP, and finds what the sources had said."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db.models import Count

from dcant.catalogue.exports.licences import spdx_expression
from dcant.catalogue.exports.site import Site
from dcant.catalogue.models import Resource
from dcant.catalogue.services import harvest_source
from dcant.catalogue.sources import load_source
from dcant.fetch import Fetcher
from dcant.harvest.models import Statement
from dcant.harvest.remote import Pages, Remote, RemoteSnapshot
from dcant.harvest.rules import RawItem, Reading
from dcant.harvest.rules.redaction import redact_bytes
from dcant.harvest.snapshots import open_snapshot
from factories import own_folder, resource
from fetch.sites import Site as Server
from fetch.sites import serve

FIXTURE = Path(__file__).parent.parent / "catalogue" / "fixtures" / "publiccode" / "atelier__gelule.yml"
LONG = (
    "Un texte assez long pour la norme : "
    + "il dit à quoi sert ce logiciel, à qui il s’adresse et comment il s’installe." * 3
)
# Everything a sheet may state for which publiccode.yml has a word.
STATED = {
    "title": "Outil : « commun » n° 1",
    "purpose": "Faire - ensemble # sans y penser: oui",
    "description": LONG,
    "repository_url": "https://forge.example/commun/outil",
    "website": "https://outil.example/?a=1&b=é",
    "roadmap_url": "https://outil.example/feuille",
    "documentation_url": "https://doc.outil.example/",
    "version": "0.10",
    "released_on": "2026-01-31",
    "phase": "beta",
    "keywords": ["procurement", "it-security"],
    "licence": "EUPL-1.2",
    "producer": "Communauté d’Essai",
}
# Said of the answer itself, not of the software.
OF_THE_ANSWER = {"updated_on", "catalogapi:createdAt", "catalogapi:catalogId"}


@pytest.fixture
def folder(db):
    with own_folder() as data:
        yield data


@pytest.fixture
def site() -> Iterator[Server]:
    yield from serve()


def publish(client, site: Server) -> None:
    """Puts what this node answers now, page after page, on a server of the loopback."""
    address = "/v1/software?page[size]=20"
    while address:
        answer = client.get(address)
        for asked in {address, quote(address, safe="/?&=%")}:
            site.say(asked, answer.content, content_type=answer["Content-Type"], etag=answer["ETag"])
        following = answer.json()["links"]["next"]
        address = f"/v1/software{following}" if following else ""


def harvest_files(folder: Path, data: Path) -> None:
    with open_snapshot(folder) as snapshot:
        report = harvest_source(
            name="publiccode", snapshot=snapshot, now=lambda: datetime(2026, 11, 21, tzinfo=UTC), data=data
        )
    assert report.totals["created"] > 0


def answers(address: str, data: Path, collection: str) -> RemoteSnapshot:
    pages = Pages(f"{collection}/page-{{page}}.json", f"{address}/v1/{collection}?page[size]=20", next="links.next")
    return RemoteSnapshot(remote=Remote(pages=pages), data=data, fetcher=Fetcher(sleep=lambda _: None), trusted=True)


def read_back(address: str, data: Path) -> dict[str, Reading]:
    """Identifier → reading, as a harvest of this site has it."""
    _, reader = load_source("catalogapi")
    snapshot = answers(address, data, "software")
    return {
        raw.remote_id: reader.read(RawItem(*raw.key, raw.path, redact_bytes(raw.data)))
        for raw in reader.items(snapshot)
        if raw.collection == "software"
    }


def identifier(of: Resource) -> str:
    return str(Site("", settings.LOG_NAME).software(of))


def said_by_files(of: Resource) -> dict[str, object]:
    rows = Statement.objects.current().filter(item__holding__resource=of, item__source="publiccode")
    return {one.field: one.value for one in rows.exclude(field__startswith="link:")}


def stated_of(reading: Reading) -> dict[str, object]:
    return {fact.field: fact.value for fact in reading.facts if fact.field not in OF_THE_ANSWER}


def test_a_harvested_file_comes_back_field_for_field(folder, client, site):
    alone = folder / "alone"
    alone.mkdir()
    shutil.copy(FIXTURE, alone)
    harvest_files(alone, folder)
    publish(client, site)
    back = read_back(site.url, folder / "other")
    gelule = Resource.objects.get()
    said = said_by_files(gelule)
    assert len(said) > 10
    assert stated_of(back[identifier(gelule)]) == said


def test_what_the_standard_has_a_word_for_comes_back_from_a_composed_file(folder, client, site):
    tool = resource("outil", kind="software", **STATED)
    for number in range(24):
        resource(f"autre-{number}", kind="software", repository_url=f"https://forge.example/autre/{number}")
    publish(client, site)
    back = read_back(site.url, folder / "other")
    assert len(back) == 25
    said = stated_of(back[identifier(tool)])
    assert {field: said.get(field) for field in STATED} == STATED
    assert {key for key in said if key.startswith("publiccode:")} == {
        "publiccode:publiccodeYmlVersion",
        "publiccode:organisation",
    }


def test_a_reader_that_asks_again_is_told_that_nothing_changed(folder, client, site):
    resource("outil", kind="software", **STATED)
    publish(client, site)
    first = read_back(site.url, folder / "other")
    assert read_back(site.url, folder / "other") == first
    assert "if-none-match" in site.asked[-1][1]


def test_real_files_come_back_field_for_field(folder, client, site, corpora):
    harvest_files(corpora / "catalogue" / "publiccode", folder)
    publish(client, site)
    back = read_back(site.url, folder / "other")
    rows = Resource.objects.filter(kind="software", sheet__has_key="repository_url").annotate(files=Count("holdings"))
    known = [row for row in rows.filter(files=1) if spdx_expression(str(row.value("licence") or ""))]
    assert len(known) >= 60
    for row in known:
        assert stated_of(back[identifier(row)]) == said_by_files(row), row.slug
    assert len(back) == rows.count()
