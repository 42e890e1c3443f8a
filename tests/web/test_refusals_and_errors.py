"""What is missing, moved, broken or refused is said in French, with a way out."""

import pytest
from django.http import HttpRequest
from django.test import Client
from django.urls import include, path

from factories import DINGE, FORMER_CODE

pytestmark = pytest.mark.django_db
handler500 = "dcant.web.errors.server_error"


def _broken(request: HttpRequest) -> None:
    raise RuntimeError("something no page foresaw: secret detail")


urlpatterns = [path("panne/", _broken), path("", include("dcant.web.urls"))]


def _text(response) -> str:
    return response.content.decode()


def test_a_former_commune_leads_for_ever_to_the_present_one_which_says_so(world, client):
    response = client.get(f"/territoires/{FORMER_CODE}/")
    assert (response.status_code, response["Location"]) == (301, f"/territoires/{DINGE}/?ancien={FORMER_CODE}")
    assert f"Le code {FORMER_CODE} est celui d’une ancienne commune" in _text(client.get(response["Location"]))


@pytest.mark.parametrize("typed", ["35094%20", "%2035094"])
def test_a_code_badly_typed_is_not_called_a_former_commune(world, client, typed):
    response = client.get(f"/territoires/{typed}/")
    assert (response.status_code, response["Location"]) == (301, f"/territoires/{DINGE}/")


def test_nobody_makes_a_page_say_that_a_code_is_a_former_commune(world, client):
    assert "ancienne commune" not in _text(client.get(f"/territoires/{DINGE}/?ancien=volée"))
    assert "ancienne commune" not in _text(client.get(f"/territoires/{DINGE}/?ancien=35345"))


@pytest.mark.parametrize("ending", ["/", ".json"])
def test_a_former_address_of_a_resource_leads_for_ever_to_the_present_one(world, client, ending):
    response = client.get(f"/ressources/rdv-aide-numerique{ending}")
    assert (response.status_code, response["Location"]) == (301, f"/ressources/rdv-service-public{ending}")


def test_a_withdrawn_resource_keeps_its_page_and_offers_no_declaration(world, client):
    text = _text(client.get("/ressources/retiree/"))
    assert "Ressource retirée." in text
    assert "nous-l-utilisons" not in text
    assert 'href="/ressources/retiree/' not in _text(client.get("/ressources/?q=retiree"))


@pytest.mark.parametrize("ending", ["/", ".json", "/nous-l-utilisons/"])
def test_an_unpublished_resource_does_not_exist(world, client, ending):
    response = client.get(f"/ressources/cachee{ending}")
    assert response.status_code == 404
    assert "Le socle commun n’a pas de ressource « cachee »." in _text(response)


def test_a_page_lists_what_is_shown_today_even_when_the_index_is_late(world, client):
    world.rdv.state = "unpublished"
    world.rdv.save()
    assert "/ressources/rdv-service-public/" not in _text(client.get("/ressources/?q=rdv"))


@pytest.mark.parametrize(
    "address",
    [
        "/nulle-part/",
        "/territoires/99999/",
        "/territoires/35/fiche-maire/",
        "/offres/987654321/lettre/",
        "/actions/inconnue/",
        "/registre/inconnue/",
        "/ressources/sources/inconnue/",
        "/ressources/sources/seed/passages/99/",
        "/couverture/?ressource=inconnue",
        "/ressources/franceconnect/declare/inconnue/",
    ],
)
def test_what_does_not_exist_is_said_in_french_with_a_way_out(world, client, address):
    response = client.get(address)
    assert response.status_code == 404
    text = _text(response)
    assert '<html lang="fr">' in text
    assert "Cette page n’existe pas" in text
    assert "matches the given query" not in text
    assert 'href="/ressources/"' in text


def test_a_machine_that_misnames_the_site_receives_a_page_of_error(world, client):
    response = client.get("/", headers={"host": "mal.example"})
    assert response.status_code == 400
    assert "Cette demande n’est pas lisible" in _text(response)


def test_a_form_left_open_too_long_is_explained_and_writes_nothing(world):
    response = Client(enforce_csrf_checks=True).post("/ressources/rdv-service-public/declarer/", {"commune": DINGE})
    assert response.status_code == 403
    assert "ouverte depuis trop longtemps" in _text(response)


def test_a_failure_of_ours_shows_a_plain_page_and_no_detail(world, settings):
    settings.ROOT_URLCONF = __name__
    response = Client(raise_request_exception=False).get("/panne/")
    assert response.status_code == 500
    assert "Une erreur de notre côté" in _text(response)
    assert "secret detail" not in _text(response)


def test_a_page_shown_after_a_form_leads_back_to_an_address_that_can_be_read(world, client):
    refused = client.post("/ressources/rdv-service-public/declarer/", {"commune": DINGE, "kind": "used"})
    assert refused.status_code == 403
    switched = client.post("/langue/", {"language": "en", "next": _next_of(_text(refused))}, follow=True)
    assert switched.status_code == 200
    client.cookies.clear()


def _next_of(text: str) -> str:
    return text.split('name="next" value="', 1)[1].split('"', 1)[0]
