"""Doors of the demonstration: closed on any other site, and what is invented always says so."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dcant.accounts.models import Mandate, Person
from dcant.accounts.services import PERSONAS
from dcant.adoption.demo import load_seats
from dcant.adoption.models import AdoptionEvent
from dcant.territories.models import Organisation, Territory
from factories import DINGE, TREVERIEN, offer, operator, says
from web.addresses import pages

pytestmark = pytest.mark.django_db
MARK = '<span class="tag demo">démonstration</span>'


@pytest.fixture
def demo(settings):
    settings.DEMO = True
    return settings


def _enter(client, role: str = "secretaire", **fields: str):
    return client.post("/demo/entrer/", {"role": role, "commune": TREVERIEN} | fields)


def test_an_ordinary_site_has_no_door_of_the_demonstration(world, client):
    response = _enter(client)
    assert response.status_code == 403
    assert "n’est pas une démonstration" in response.content.decode()
    assert not Person.objects.filter(is_demo=True).exists()
    assert not Mandate.objects.filter(evidence="démonstration").exists()
    assert "acting_for" not in client.session
    for method in (client.get, client.post):
        assert method("/demo/remettre/").status_code == 404


def test_an_ordinary_site_shows_no_role_to_try_and_no_invented_thing(world, client):
    for examples in pages(world).values():
        for address in examples:
            text = client.get(address).content.decode()
            assert "/demo/" not in text, address
            assert "démonstration" not in text.lower(), address


@pytest.mark.parametrize("role", [one.key for one in PERSONAS])
def test_each_role_of_the_demonstration_opens_says_who_one_is_and_closes(world, client, demo, role):
    load_seats()
    place = Territory.objects.get(kind="departement", code="35")
    Organisation.objects.create(key="departement-35", kind="departement", name="Département", territory=place)
    assert _enter(client, role, next="/programme/")["Location"] == "/programme/"
    label = next(one.label for one in PERSONAS if one.key == role)
    text = client.get("/programme/").content.decode()
    assert f"<strong>{label}</strong>" in text
    assert MARK in text
    client.post("/quitter/")
    assert f"<strong>{label}</strong>" not in client.get("/programme/").content.decode()


def test_a_role_costs_a_page_two_queries_more_its_session_and_its_mandate(
    world, client, demo, django_assert_max_num_queries
):
    _enter(client)
    for name, examples in pages(world).items():
        for address in examples:
            with django_assert_max_num_queries(12):
                assert client.get(address).status_code == 200, name


@pytest.mark.parametrize(
    "target", ["https://mal.example/", "//mal.example/", "/\\mal.example", "javascript:alert(1)", "ici"]
)
def test_no_door_leads_out_of_the_site(world, client, demo, target):
    assert _enter(client, next=target)["Location"] == "/"
    assert client.post("/quitter/", {"next": target})["Location"] == "/"
    switched = client.post("/langue/", {"language": "fr", "next": target})
    assert not switched["Location"].startswith(("https:", "//", "/\\", "javascript:"))


def test_a_role_that_does_not_exist_is_said_in_french(world, client, demo):
    response = _enter(client, "maire")
    assert response.status_code == 404
    assert "Ce rôle n’existe pas." in response.content.decode()


def test_what_a_role_declares_is_marked_on_pages_in_data_and_in_the_log(world, client, demo):
    _enter(client)
    client.post("/ressources/monservicesecurise/declarer/", {"commune": TREVERIEN, "kind": "used"})
    event = AdoptionEvent.objects.latest("pk")
    entry = event.entry.entry_id
    assert event.demo
    assert event.entry.body["demo"] is True
    for address in (
        f"/ressources/monservicesecurise/declare/{entry}/",
        f"/registre/{entry}/",
        "/registre/",
        f"/territoires/{TREVERIEN}/",
        "/couverture/?ressource=monservicesecurise",
        "/ressources/monservicesecurise/",
    ):
        assert MARK in client.get(address).content.decode(), address
    assert client.get(f"/registre/{entry}.json").json()["leaf"]["body"]["demo"] is True
    near = client.get(f"/territoires/{DINGE}.json").json()["near"]
    assert next(one["demo"] for one in near if one["resource"] == "monservicesecurise")
    adoptions = client.get("/api/v1/resources/monservicesecurise/adoptions").json()["results"]
    assert next(one["demo"] for one in adoptions if one["entry"] == entry)


def test_an_invented_price_and_its_operator_are_marked(world, client):
    place = Territory.objects.get(kind="departement", code="35")
    invented = operator("Operateur fictif", [place])
    invented.organisation.is_demo = True
    invented.organisation.save()
    offer(invented, world.rdv, price_basis="free", demo=True)
    assert MARK in client.get(f"/ressources/{world.rdv.slug}/?commune={TREVERIEN}").content.decode()
    assert MARK in client.get(f"/territoires/{TREVERIEN}/").content.decode()
    listed = client.get(f"/territoires/{TREVERIEN}.json").json()["operators"]
    assert [one["demo"] for one in listed if one["name"] == "Operateur fictif"] == [True]


def test_real_and_invented_uses_stand_apart_on_one_page(world, client):
    says(world.treverien, world.rdv, ago=1, demo=True)
    text = client.get(f"/ressources/{world.rdv.slug}/?commune={DINGE}").content.decode()
    assert text.count(MARK) == 1  # Trévérien alone: its neighbours are not invented


RESET = """
import django, os
django.setup()
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.test import Client
call_command("migrate", verbosity=0)
(settings.DATA / "static").mkdir()
from factories import small_world
from dcant.adoption.demo_copy import keep_copy
from dcant.adoption.models import AdoptionEvent
from dcant.catalogue.index import rebuild_index
from dcant.record.models import Entry
with transaction.atomic():
    small_world(crowd=1)
rebuild_index()
assert keep_copy(settings.DATA)
first = (AdoptionEvent.objects.count(), Entry.objects.count())
client = Client()
client.post("/demo/entrer/", {"role": "secretaire", "commune": "35345"})
said = client.post("/ressources/monservicesecurise/declarer/", {"commune": "35345", "kind": "used"})
assert said.status_code == 302 and AdoptionEvent.objects.count() == first[0] + 1
assert b"Remettre au d" in client.get("/demo/remettre/").content
again = client.post("/demo/remettre/", follow=True)
assert "revenue à son premier jour" in again.content.decode(), again.status_code
assert (AdoptionEvent.objects.count(), Entry.objects.count()) == first
assert client.get(said["Location"]).status_code == 404
print("restored")
"""


def test_a_demonstration_goes_back_to_its_first_day(tmp_path):
    here = Path(__file__).resolve().parent.parent
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {"DCANT_DATA": str(tmp_path), "DCANT_DEMO": "1", "PYTHONPATH": str(here)}
    environment |= {"DJANGO_SETTINGS_MODULE": "dcant.config.settings", "DCANT_HOSTS": "testserver"}
    done = subprocess.run([sys.executable, "-c", RESET], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "restored", done.stderr
