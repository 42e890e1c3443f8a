"""Every address of the site answers, within its budgets, whatever it holds. A new address without an example fails here."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings as site_settings

import dcant.web
from dcant.territories.models import LoadedReference
from web.addresses import POSTED, documents, names, pages

pytestmark = pytest.mark.django_db
ALONE = {"software-status", "readyz", "demo-reset", "api/", "experience-edit"}  # tried by tests of their own
PAGES = sorted(set(names()) - POSTED - ALONE)
STATIC = Path(dcant.web.__file__).parent / "static"
QUERIES, HTML, CSS, SCRIPT = 10, 60_000, 20_000, 25_000


def _examples(world, name: str) -> list[str]:
    return (pages(world) | documents(world))[name]


def test_every_address_has_an_example(world):
    assert set(names()) == set(pages(world)) | set(documents(world)) | POSTED | ALONE


@pytest.mark.parametrize("name", PAGES)
def test_an_address_answers_within_its_budgets_and_allows_nothing_from_elsewhere(
    world, client, django_assert_max_num_queries, name
):
    for address in _examples(world, name):
        with django_assert_max_num_queries(QUERIES):
            response = client.get(address)
        assert response.status_code == 200, address
        policy = response["Content-Security-Policy"]
        assert "default-src 'self'" in policy.split("; ")
        assert "unsafe" not in policy
        if response["Content-Type"].startswith("text/html"):
            assert len(response.content) < HTML, address
            assert not re.search(
                r'<script(?! src="/static/dcant/[a-z]+\.js" defer></script>)|<style|\sstyle=|\son[a-z]+="|href="javascript:',
                response.content.decode(),
            ), address


def test_a_page_is_complete(world, client):
    for examples in pages(world).values():
        for address in examples:
            text = client.get(address).content.decode()
            assert text.lstrip().startswith("<!doctype html>"), address
            assert '<html lang="fr">' in text, address
            assert len(re.findall(r"<h1[ >]", text)) == 1, address
            assert len(re.findall(r"<main[ >]", text)) == 1, address
            assert re.search(r"<title>\s*[^<\s][^<]* · [^<]+</title>", text), address
            ids = re.findall(r'\sid="([^"]+)"', text)
            assert len(ids) == len(set(ids)), address


def test_no_link_of_the_site_is_dead(world, client):
    targets = set()
    for examples in pages(world).values():
        for address in examples:
            targets |= set(re.findall(r'href="(/[^"#]*)', client.get(address).content.decode().replace("&amp;", "&")))
    for target in sorted(targets):
        if not target.startswith("/static/"):
            assert client.get(target).status_code in {200, 301, 302}, target


def test_stylesheets_and_scripts_stay_light():
    files = [file for file in STATIC.rglob("*") if file.is_file()]
    assert any(file.suffix == ".css" for file in files)
    for file in files:
        size = len(file.read_bytes())
        assert file.suffix != ".css" or size < CSS, file
        assert file.suffix != ".js" or len(gzip.compress(file.read_bytes())) < SCRIPT, file


def test_a_reader_who_accepts_gzip_receives_it(world, client):
    response = client.get("/couverture/", headers={"accept-encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip"
    assert b"<h1>" in gzip.decompress(response.content)


def test_the_site_is_ready_once_territories_are_loaded_and_the_log_is_written(world, client):
    assert client.get("/readyz").json()["problems"] == {"territories": "not loaded: dcant territories load"}
    LoadedReference.objects.create(name="essai", digest="0" * 64)
    assert client.get("/readyz").json() == {"status": "ready", "problems": {}}


@pytest.mark.parametrize(
    ("address", "queries"),
    [("/", 7), ("/territoires/35345/", 9), ("/ressources/rdv-service-public/", 6), ("/ressources/", 3)],
)
def test_the_number_of_queries_of_a_main_page_is_frozen(world, client, django_assert_num_queries, address, queries):
    with django_assert_num_queries(queries):
        client.get(address)


def test_settings_of_tests_are_those_of_an_ordinary_site():
    assert not site_settings.DEMO
    assert not site_settings.DEBUG
