"""A territory is free: nobody is listed for not using, a refusal or a departure is shown nowhere; harvested text stays harmless."""

import re

import pytest

from factories import LEAVING, REFUSING, TREVERIEN
from web.addresses import body_of, documents, pages

pytestmark = pytest.mark.django_db
OWN = (f"/territoires/{REFUSING}", f"/territoires/{LEAVING}")
PRIVATE = ("Refusante", "Partante", REFUSING)


def _everything(world, client):
    for examples in (pages(world) | documents(world)).values():
        for address in examples:
            yield address, body_of(client.get(address)).decode(errors="replace")


def test_a_commune_that_refused_or_left_is_named_by_no_page_no_data_and_no_list(world, client):
    for address, text in _everything(world, client):
        for name in ("Refusante", REFUSING):
            assert name not in text, address
        if "Partante" in text:  # it once said « we use it »: the log keeps that line, and no page counts it today
            assert address.startswith(("/registre", "/api/v1/record", "/")), address
            assert "n’utilise plus" not in text


def test_a_refusal_or_a_departure_is_not_even_on_the_page_of_its_commune(world, client):
    for code in (REFUSING, LEAVING):
        for address in (f"/territoires/{code}/", f"/territoires/{code}.json", f"/api/v1/territories/{code}/reusable"):
            text = body_of(client.get(address)).decode(errors="replace")
            assert not re.search(r"refusée|retirée|refused|withdrawn", text), address
        text = client.get(f"/ressources/{world.rdv.slug}/?commune={code}").content.decode()
        assert not re.search(r"refusée|chez vous : retirée", text)


def test_a_commune_that_left_is_among_the_users_no_more(world, client):
    for address in (
        f"/ressources/{world.rdv.slug}/",
        f"/ressources/{world.rdv.slug}/?commune={TREVERIEN}",
        f"/territoires/{TREVERIEN}/",
        f"/territoires/{TREVERIEN}.json",
        f"/api/v1/resources/{world.rdv.slug}/adoptions?page_size=100",
    ):
        assert "Partante" not in body_of(client.get(address)).decode(errors="replace"), address


def test_no_page_speaks_of_those_who_do_not_use(world, client):
    for address, text in _everything(world, client):
        assert not re.search(r"n’utilisent pas|non-utilisa|en retard|n’ont pas adopté|non[_-]adopt", text), address


def test_a_group_counts_its_communes_and_names_none(world, client):
    for address in ("/territoires/35/", "/territoires/243500733/"):
        text = body_of(client.get(address)).decode(errors="replace")
        assert "Voisine" not in text
        assert "Dingé" not in text


def test_harvested_html_is_shown_without_what_could_run(world, client):
    text = client.get("/ressources/hostile/").content.decode()
    assert "<strong>gras</strong>" in text
    for wrong in ("<script", "onerror", "<img", "javascript:", "alert("):
        assert wrong not in text.replace("&lt;script", "")


def test_unknown_is_never_shown_as_no(world, client):
    text = client.get("/ressources/hostile/?commune=22001").content.decode()
    assert "non renseigné" in text
    assert "Pas pour vous" not in text
    page = client.get("/territoires/22001/").content.decode()
    assert "population non renseignée" in page
    assert "dans aucune intercommunalité" in page
