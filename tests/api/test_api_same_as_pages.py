"""The API answers what the pages answer: the same questions are asked behind both."""

import pytest
from django.utils import timezone

from dcant.identifiers import fold
from factories import TREVERIEN

pytestmark = pytest.mark.django_db
ROOT = "/api/v1"


def test_a_search_from_a_commune_has_the_order_of_its_page(world, client):
    page = client.get(f"/ressources/?q=brique&commune={TREVERIEN}").content.decode()
    rows = client.get(f"{ROOT}/search?q=brique&territory={TREVERIEN}").json()["results"]
    places = [page.index(f'href="/ressources/{row["slug"]}/?commune={TREVERIEN}"') for row in rows[:10]]
    assert places == sorted(places)
    assert len(places) == 10


def test_a_hit_says_why_it_is_there_and_whether_one_may_enter(world, client):
    row = client.get(f"{ROOT}/search?q=brique&page_size=1").json()["results"][0]
    assert row["matches"]
    assert row["matches"][0].startswith("brique")
    assert (row["eligibility"], bool(row["eligible_because"])) == ("yes", True)


def test_a_word_unknown_to_the_base_is_corrected_and_the_answer_says_so(world, client):
    assert client.get(f"{ROOT}/search?q=brikue").json()["corrected"] == "brique"
    assert client.get(f"{ROOT}/search?q=brique").json()["corrected"] is None


def test_the_filters_and_their_counts_are_those_of_the_page(world, client):
    found = client.get(f"{ROOT}/search?q=brique").json()
    assert found["facets"]["theme"] == {"Vie locale": found["count"]}
    for facet, values in found["facets"].items():
        for value, count in values.items():
            for address in ("search", "resources"):
                narrowed = client.get(f"{ROOT}/{address}", {"q": "brique", facet: value}).json()
                assert narrowed["count"] == count, (address, facet, value)
    both = client.get(f"{ROOT}/resources?kind=software&kind=infrastructure&page_size=100").json()
    assert {row["kind"] for row in both["results"]} == {"software", "infrastructure"}
    titles = [fold(row["title"]) for row in both["results"]]
    assert titles == sorted(titles)
    page = client.get("/ressources/?genre=software&genre=infrastructure").content.decode()
    assert f"{both['count']} ressources" in page
    assert "Fiches de départ, rédigées et sourcées" in page
    by_case = client.get("/ressources/?theme=vie locale").content.decode()
    assert 'value="Vie locale" checked' in by_case


def test_the_registry_and_the_comparison_are_those_beside_their_pages(world, client):
    registry = client.get(f"{ROOT}/infrastructures?territory={TREVERIEN}").json()
    beside = client.get(f"/infrastructures.json?commune={TREVERIEN}").json()["infrastructures"]
    assert [{k: v for k, v in row.items() if k in beside[0]} for row in registry["results"]] == beside
    chosen = "?r=rdv-service-public&r=hostile&r=cachee"
    compared = client.get(f"{ROOT}/compare{chosen}&page_size=100").json()
    assert compared["results"] == client.get(f"/ressources/comparer.json{chosen}").json()["rows"]
    assert (compared["resources"], compared["unknown"]) == (["rdv-service-public", "hostile"], ["cachee"])


def test_relations_are_read_from_both_ends(world, client):
    of_one = client.get(f"{ROOT}/resources/rdv-service-public/relations").json()["results"]
    assert of_one == client.get(f"{ROOT}/resources/franceconnect/relations").json()["results"]
    assert of_one == [
        {"name": "consumes", "subject": "rdv-service-public", "target": "franceconnect", "source": "seed"}
    ]


def test_a_past_day_of_a_sheet_is_that_of_the_page_of_history(world, client):
    day = timezone.localdate(world.rdv.first_seen_at).isoformat()
    past = client.get(f"{ROOT}/resources/rdv-service-public/history/{day}").json()
    now = client.get(f"{ROOT}/resources/rdv-service-public").json()
    assert {field: fact["value"] for field, fact in past["sheet"].items()} == {
        field: fact["value"] for field, fact in now["sheet"].items()
    }
    changes = client.get(f"{ROOT}/resources/rdv-service-public/history?page_size=100").json()
    assert {one["field"] for one in changes["results"]} == set(past["sheet"])
    assert all(one["before"] is None for one in changes["results"])
