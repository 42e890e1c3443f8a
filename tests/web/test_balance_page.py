"""The page of balance: every number opens the list it counts, the data says the same, and no sum of both sides is made."""

import re

import pytest

from dcant.adoption.questions import sides_that_use
from dcant.catalogue.models import Resource
from dcant.web.acting import today
from factories import resource, says

pytestmark = pytest.mark.django_db


def _links(page: str) -> list[tuple[str, int]]:
    found = re.findall(r'href="(/equilibre/liste/[^"]+)">([\d\u202f]+)</a>', page)
    return [(address.replace("&amp;", "&"), int(number.replace("\u202f", ""))) for address, number in found]


def test_every_number_of_the_page_opens_a_list_of_as_many_lines(world, client):
    links = _links(client.get("/equilibre/").content.decode())
    assert len(links) > 10
    for address, number in links:
        document = client.get(address.replace("/liste/", "/liste.json")).json()
        assert document["count"] == len(document["results"]) == number, address


def test_a_resource_of_the_state_that_a_town_uses_is_counted_as_taken_up_by_the_other_side(world, client):
    ours = resource("brique-de-l-etat", kind="dataset", audience_local="yes")
    Resource.objects.filter(pk=ours.pk).update(producer_level="state")
    says(world.treverien, ours)
    assert sides_that_use(today())[ours.pk] == {"territoires"}
    document = client.get("/equilibre/liste.json?mesure=crossed&niveau=state&genre=dataset").json()
    assert [one["address"] for one in document["results"]] == ["/ressources/brique-de-l-etat/"]
    assert client.get("/equilibre/liste.json?mesure=crossed&niveau=local&genre=dataset").json()["count"] == 0


def test_the_api_and_the_data_beside_the_page_say_the_same(world, client):
    page, api = client.get("/equilibre.json").json(), client.get("/api/v1/balance").json()
    assert page["common_base"] == api["common_base"]
    assert page["programme"] == api["programme"]
    assert {one["college"] for one in api["programme"]} == {"etat", "territoires"}
    assert client.get("/api/v1/balance?half_year=2001-S1").json()["common_base"] == []
    assert client.get("/api/v1/balance?half_year=hier").json()["code"] == "DCANT-A400"


def test_a_measure_that_does_not_exist_is_a_plain_404(world, client):
    for address in ("/equilibre/liste/?mesure=sum", "/equilibre/liste.json", "/equilibre/liste.csv?mesure=%00"):
        response = client.get(address)
        assert response.status_code == 404
        assert "partez de ses tableaux" in response.content.decode()
