"""Feeds: any reader reads them, an entry keeps its name, and what is told is what changed, never that it was looked at."""

import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta

import feedparser
import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from dcant.catalogue.index import rebuild_index
from dcant.catalogue.models import Resource
from dcant.harvest.models import Statement
from factories import DINGE, EPCI, LEAVING, REFUSING, TREVERIEN, resource
from web.addresses import documents, names

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
FEEDS = sorted(name for name in names() if name.endswith("-atom") and not name.startswith("cycle"))


def read(client, address: str) -> feedparser.FeedParserDict:
    answer = client.get(address)
    assert answer.status_code == 200
    feed = feedparser.parse(answer.content, response_headers={"content-type": answer["Content-Type"]})
    assert not feed.bozo, feed.get("bozo_exception")
    return feed


def titles(feed: feedparser.FeedParserDict) -> list[str]:
    return [entry.title for entry in feed.entries]


def moment(parsed) -> datetime:
    return datetime(*parsed[:6], tzinfo=UTC)


@pytest.mark.parametrize("name", FEEDS)
def test_a_feed_has_what_atom_makes_mandatory_and_a_fresh_copy_is_not_sent_again(world, client, name):
    for address in documents(world)[name]:
        answer = client.get(address)
        assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
        root = ET.fromstring(answer.content)
        for node in [root, *root.findall(f"{ATOM}entry")]:
            assert all(node.findtext(f"{ATOM}{key}") for key in ("id", "title", "updated")), address
        assert root.findtext(f"{ATOM}author/{ATOM}name")
        identifiers = [entry.findtext(f"{ATOM}id") for entry in root.findall(f"{ATOM}entry")]
        assert len(set(identifiers)) == len(identifiers)
        assert all(re.fullmatch(r"tag:[a-z0-9.-]+,2026:\S+", one) for one in identifiers)
        assert client.get(address, headers={"if-none-match": answer["ETag"]}).status_code == 304
        assert client.get(address, headers={"if-modified-since": answer["Last-Modified"]}).status_code == 304


def test_every_link_of_a_feed_leads_to_a_page(world, client):
    links = {entry.link for name in FEEDS for entry in read(client, documents(world)[name][0]).entries}
    assert len(links) > 10
    for link in links:
        assert client.get(link.removeprefix("http://testserver")).status_code == 200, link


def test_the_latest_change_comes_first_with_its_day(world, client):
    changed = Resource.objects.get(slug="brique-03")
    changed.changed_at = timezone.now() + timedelta(hours=1)
    changed.save()
    feed = read(client, "/ressources.atom")
    assert feed.entries[0].title == changed.title
    assert moment(feed.entries[0].updated_parsed) == changed.changed_at.replace(microsecond=0)
    assert feed.feed.updated == feed.entries[0].updated


def test_an_entry_keeps_its_name_at_whatever_address_the_site_is_asked(world):
    one, other = (Client(SERVER_NAME=host) for host in ("localhost", "127.0.0.1"))
    named = [[entry.id for entry in read(client, "/ressources.atom").entries] for client in (one, other)]
    assert named[0] == named[1]
    assert settings.LOG_NAME.partition("/")[0] in named[0][0]


def test_a_search_has_its_feed(world, client):
    resource("agenda-des-maires", kind="software", purpose="Un agenda partagé entre élus.")
    rebuild_index()
    assert titles(read(client, "/ressources.atom?q=agenda")) == ["Agenda des maires"]
    assert set(titles(read(client, "/ressources.atom?genre=infrastructure"))) == {"Nuage"}


def test_a_source_has_its_feed(world, client):
    resource("du-sill", kind="software", source="sill")
    assert titles(read(client, "/ressources/sources/sill.atom")) == ["Du sill"]
    assert client.get("/ressources/sources/inconnue.atom").status_code == 404


def test_a_type_of_infrastructure_has_its_feed(world, client):
    resource("archives", kind="infrastructure", infra_type="archiving")
    assert titles(read(client, "/infrastructures.atom?type=archiving")) == ["Archives"]
    assert set(titles(read(client, "/infrastructures.atom"))) == {"Archives", "Nuage"}


def test_a_sheet_tells_which_fields_changed_and_which_source_said_it(world, client):
    made = resource("suivie", kind="software", version="1")
    first = Statement.objects.get(item__holding__resource=made, field="version")
    at = first.fetched_at + timedelta(days=3)
    Statement.objects.filter(pk=first.pk).update(ended_at=at, end_reason="changed")
    Statement.objects.create(
        item=first.item, field="version", value="2", fetched_at=at, raw_hash="1" * 64, parser_version=1
    )
    entries = read(client, "/ressources/suivie.atom").entries
    assert len(entries) == 2
    assert (entries[0].title, entries[0].summary) == ("Suivie · seed : 1 champ changé", "Version")
    assert moment(entries[0].updated_parsed) == at.replace(microsecond=0)


def test_a_territory_tells_who_uses_what_near_it_and_never_who_does_not(world, client):
    told = "\n".join(titles(read(client, f"/territoires/{TREVERIEN}.atom")))
    assert "Commune de Trévérien : Quotient familial" in told
    assert "Commune de Dingé" in told
    assert "Refusante" not in told
    assert "Partante" not in told
    for code in (REFUSING, LEAVING, DINGE, EPCI, "35"):
        assert "Refusante" not in "\n".join(titles(read(client, f"/territoires/{code}.atom")))
    assert client.get("/territoires/35999.atom").status_code == 404


def test_an_empty_feed_says_the_same_every_day(world, client):
    first = client.get("/ressources/sources/comptoir.atom")
    assert read(client, "/ressources/sources/comptoir.atom").entries == []
    assert "2000-01-01T00:00:00" in first.content.decode()


@pytest.mark.parametrize("text", ["\x0b\x1f", "<b>&amp;</b>", "\ufffe", "]]>"])
def test_any_text_of_a_source_makes_a_feed_that_reads(world, client, text):
    resource("casse", kind="api", purpose=f"x{text}y")
    entry = read(client, "/ressources.atom").entries[0]
    assert entry.title == "Casse"
    assert entry.summary.startswith("x")


def test_what_a_licence_keeps_is_not_in_a_feed(world, client):
    resource("gardee", kind="service", source="betagouv", purpose="Un texte que sa licence garde.")
    entry = read(client, "/ressources.atom").entries[0]
    assert (entry.title, entry.summary) == ("Gardee", "Voir la fiche et ses sources.")


def test_a_page_names_its_feed(world, client):
    for page, feed in {
        "/ressources/?q=brique": "/ressources.atom?q=brique",
        "/ressources/brique-00/": "/ressources/brique-00.atom",
        "/ressources/sources/seed/": "/ressources/sources/seed.atom",
        "/infrastructures/?type=cloud": "/infrastructures.atom?type=cloud",
        f"/territoires/{TREVERIEN}/": f"/territoires/{TREVERIEN}.atom",
        f"/territoires/{EPCI}/": f"/territoires/{EPCI}.atom",
    }.items():
        assert f'type="application/atom+xml" href="{feed}"' in client.get(page).content.decode(), page
