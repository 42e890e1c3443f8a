"""A site where nothing has come in yet: every page stands, and says what to do first."""

import pytest

from dcant.catalogue.index import rebuild_index
from factories import own_folder

pytestmark = pytest.mark.django_db
PAGES = ["/", "/territoires/", "/territoires/?q=a", "/ressources/", "/ressources/comparer/", "/ressources/sources/"]
PAGES += ["/couverture/", "/programme/", "/registre/", "/visite/", "/connexion/", "/equilibre/"]


@pytest.fixture
def blank(db):
    with own_folder():
        rebuild_index()
        yield


@pytest.mark.parametrize("address", PAGES)
def test_a_page_of_a_blank_site_stands(blank, client, address):
    response = client.get(address)
    assert response.status_code == 200
    assert "<h1" in response.content.decode()


def test_an_empty_base_answers_with_empty_data(blank, client):
    assert client.get("/programme.json").json() == {"programme": None, "axes": []}
    assert client.get("/couverture.json").json()["resource"] is None
    log = client.get("/registre.json").json()
    assert (log["entries"], log["log"]["size"], log["log"]["ok"]) == ([], 0, True)
    assert client.get("/ressources.json").json() == {"count": 0, "resources": []}


def test_the_balance_of_a_blank_site_says_that_there_is_nothing_to_count(blank, client):
    page = client.get("/equilibre/").content.decode()
    assert "il n’y a rien à compter" in page
    assert "Aucune ressource n’est entrée" in page
    assert client.get("/api/v1/balance").json() == {"demo": False, "common_base": [], "programme": []}
