"""A site with nothing in it answers, with nothing."""

import pytest


@pytest.fixture(autouse=True)
def blank(db, tmp_path, settings) -> None:
    settings.DATA, settings.STATIC_ROOT = tmp_path, tmp_path


def test_a_site_without_programme_says_so_without_error(client):
    said = client.get("/api/v1/programme").json()
    assert said == {"programme": None, "title": None, "period": None, "actions": []}


@pytest.mark.parametrize("address", ["resources", "resources?q=cantine", "record/entries", "sources/seed/runs"])
def test_an_empty_list_has_neither_next_nor_previous(address: str, client):
    said = client.get(f"/api/v1/{address}").json()
    assert said == {"count": 0, "next": None, "previous": None, "results": []}


def test_no_commune_is_found_where_none_is_loaded(client):
    assert client.get("/api/v1/territories?q=rennes").json() == []
