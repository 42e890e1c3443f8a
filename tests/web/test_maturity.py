"""« Est-elle prête à être reprise ? »: the producer reads what to do first, and what each answer rests on."""

import pytest

from dcant.catalogue.models import Alias, Resource
from factories import resource

pytestmark = pytest.mark.django_db


def test_the_page_says_what_to_do_first_and_the_data_says_the_same(world, client):
    page = client.get("/ressources/brique-00/maturite/").content.decode()
    document = client.get("/ressources/brique-00/maturite.json").json()
    assert f"Niveau {document['level']} sur 3" in page
    gains = {item["id"]: item["points"] for item in document["items"]}
    assert [gains[one] for one in document["to_do"]] == sorted((gains[one] for one in document["to_do"]), reverse=True)
    remedies = [item["remedy"] for item in document["items"] if item["id"] == document["to_do"][0]]
    assert page.index(remedies[0]) > page.index('id="faire"')
    assert client.get("/api/v1/resources/brique-00/readiness").json() == document


def test_each_answer_shows_its_field_and_its_source(world, client):
    resource("arretee", phase="Arrêté (depuis le 3 mai 2024)")
    page = client.get("/ressources/arretee/maturite/").content.decode()
    assert '/ressources/arretee/#champ-phase">' in page
    assert "non, d’après la source" in page
    (phase,) = [one for one in client.get("/ressources/arretee/maturite.json").json()["items"] if one["id"] == "phase"]
    assert (phase["result"], phase["evidence"][0]["sources"][0]["source"]) == ("fail", "seed")


def test_a_former_address_leads_to_the_present_one(world, client):
    Alias.objects.create(slug="ancienne-brique", resource=Resource.objects.get(slug="brique-00"))
    for end in ("/", ".json"):
        response = client.get(f"/ressources/ancienne-brique/maturite{end}")
        assert (response.status_code, response["Location"]) == (301, f"/ressources/brique-00/maturite{end}")
    assert client.get("/ressources/nulle-part/maturite/").status_code == 404
    assert client.get("/api/v1/resources/nulle-part/readiness").status_code == 404
