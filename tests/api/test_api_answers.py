"""What the API answers: facts, pages of a list, and one shape for every error."""

import json
from urllib.parse import quote

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from dcant.adoption.rules import Kind
from dcant.catalogue.models import Resource
from dcant.catalogue.sources import SOURCES
from dcant.record.models import Entry
from factories import TREVERIEN, says

pytestmark = pytest.mark.django_db
ROOT = "/api/v1"
LISTS = [
    "/resources",
    "/resources/rdv-service-public/adoptions",
    f"/territories/{TREVERIEN}/reusable",
    "/record/entries",
    "/resources/rdv-service-public/history",
    "/search?q=brique",
    f"/search?q=brique&territory={TREVERIEN}",
    "/compare?r=nuage&r=brique-00",
]
MISSING = [
    "/nothing",
    "/territories/35999",
    "/territories/35999/reusable",
    "/resources/nothing",
    "/resources/nothing/adoptions",
    "/resources/cachee",
    "/record/entries/nothing",
    "/resources/nothing/history",
    "/resources/nothing/history/2026-01-01",
    "/resources/rdv-service-public/history/1999-01-01",
    "/resources/rdv-service-public/history/2190-01-01",
    "/resources/cachee/relations",
    "/search?q=brique&territory=35999",
    "/infrastructures?territory=35999",
    "/sources/nothing/runs",
    "/sources/seed/runs/999",
    "/sources/seed/runs/99999999999999999999",
]
WRONG = [
    *(
        f"{address}{'&' if '?' in address else '?'}{query}"
        for address in LISTS
        for query in ("page=0", "page=x", "page_size=0", "page_size=101", "page=10001")
    ),
    "/search",
    "/search?q=",
    "/search?q=a&kind=pain",
    "/compare?r=franceconnect",
    "/compare?" + "&".join(f"r=brique-0{number}" for number in range(5)),
    "/compare?r=%00&r=franceconnect",
    "/infrastructures?type=pain",
    "/infrastructures?control=pain",
    "/resources/rdv-service-public/history/hier",
    "/territories",
    "/territories?q=",
    "/territories?q=a&limit=51",
    "/resources?kind=pain",
    f"/resources?q={'x' * 201}",
    "/sources/seed/runs/x",
    "/record/entries?type=%00",
    "/record/entries/%00",
    "/resources/%00",
    "/resources/%00/adoptions",
]
CODES = {400: "DCANT-A400", 404: "DCANT-A404", 422: "DCANT-A422"}


def ask(client, address: str, status: int = 200):
    answer = client.get(ROOT + address)
    assert answer.status_code == status, (address, answer.content[:300])
    return answer


def problem(client, address: str, status: int) -> None:
    answer = ask(client, address, status)
    assert answer["Content-Type"] == "application/problem+json"
    said = answer.json()
    assert set(said) == {"type", "title", "status", "detail", "code"}
    assert (said["status"], said["code"]) == (status, CODES[status])
    assert said["detail"]


@pytest.mark.parametrize("address", MISSING[1:])
def test_what_is_not_there_is_a_problem_that_says_so(address: str, world, client):
    problem(client, address, 404)


@pytest.mark.parametrize("address", [address[:60] for address in WRONG])
def test_a_parameter_out_of_bounds_is_a_problem_that_names_it(address: str, world, client):
    whole = next(one for one in WRONG if one.startswith(address))
    problem(client, whole, 422)


@pytest.mark.parametrize("address", ["/territories/x", "/territories/00000", "/territories/353456/reusable"])
def test_a_code_that_is_none_is_a_problem_that_shows_the_right_form(address: str, world, client):
    problem(client, address, 400)


@pytest.mark.parametrize("address", LISTS)
def test_pages_of_a_list_follow_one_another_to_the_end_and_hold_each_row_once(address: str, world, client):
    and_ = "&" if "?" in address else "?"
    whole = ask(client, f"{address}{and_}page_size=100").json()
    assert whole["previous"] is None
    assert (whole["next"] is None) == (whole["count"] == len(whole["results"]))
    assert whole["count"] > 7
    rows, at, before = [], f"{ROOT}{address}{and_}page_size=7", None
    while at:
        page = client.get(at).json()
        assert page["count"] == whole["count"]
        assert (page["previous"] is None) == (before is None)
        if before:
            assert client.get(page["previous"]).json()["results"] == before
        rows += page["results"]
        at, before = page["next"], page["results"]
    assert rows[:100] == whole["results"]
    assert len(rows) == len({str(row) for row in rows}) == whole["count"]


def test_the_link_to_the_next_page_keeps_what_was_asked(world, client):
    page = ask(client, "/resources?q=brique&kind=software&page_size=2").json()
    assert page["next"] == f"{ROOT}/resources?q=brique&kind=software&page_size=2&page=2"
    assert {row["kind"] for row in client.get(page["next"]).json()["results"]} == {"software"}


@pytest.mark.parametrize("address", [*LISTS, "/programme", "/sources", f"/territories/{TREVERIEN}", "/openapi.json"])
def test_an_answer_already_had_is_not_sent_again(address: str, world, client):
    first = ask(client, address)
    assert first["ETag"]
    again = client.get(ROOT + address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_commune_is_found_and_says_where_it_lies(world, client):
    assert ask(client, "/territories?q=treverien").json()[0]["code"] == TREVERIEN
    place = ask(client, f"/territories/{TREVERIEN}").json()
    assert (place["name"], place["population"], place["departement"]) == ("Trévérien", 941, "35")


def test_what_a_commune_may_reuse_says_why_and_what_it_declared(world, client):
    rows = {
        row["resource"]: row
        for row in ask(client, f"/territories/{TREVERIEN}/reusable?page_size=100").json()["results"]
    }
    assert rows["rdv-service-public"]["eligibility"] == "yes"
    assert rows["rdv-service-public"]["because"]
    assert rows["quotient-familial"]["declared"] == "used"
    assert rows["brique-00"]["declared"] is None
    assert not {"retiree", "cachee"} & set(rows)


def test_a_sheet_carries_the_source_of_each_value_and_a_withdrawn_one_says_so(world, client):
    sheet = ask(client, "/resources/rdv-service-public").json()
    assert sheet["sheet"]["licence"]["sources"]
    assert sheet["used_by_communes"] > 0
    assert ask(client, "/resources/retiree").json()["state"] == Resource.State.WITHDRAWN
    assert ask(client, "/resources/retiree").json()["used_by_communes"] is None


def test_the_list_of_users_names_only_those_who_use_it(world, client):
    rows = ask(client, "/resources/rdv-service-public/adoptions?page_size=100").json()["results"]
    assert {row["state"] for row in rows} == {Kind.USED}
    said = json.dumps(rows, ensure_ascii=False)
    assert "Refusante" not in said
    assert "Partante" not in said
    assert all(row["entry"] for row in rows)


def test_a_use_just_declared_is_an_entry_that_waits_for_its_place(world, client):
    event = says(world.treverien, Resource.objects.get(slug="brique-03"), ago=0)
    entry = ask(client, f"/record/entries/{event.entry.entry_id}").json()
    assert (entry["index"], entry["leaf"]["type"]) == (None, "adoption.declared")
    assert entry["leaf"] == Entry.objects.get(entry_id=entry["id"]).document
    latest = ask(client, "/record/entries?type=adoption.declared&page_size=1").json()
    assert latest["results"] == [entry]


def test_sources_and_their_passages_are_public(world, client):
    assert {row["name"] for row in ask(client, "/sources").json()} == set(SOURCES)
    runs = ask(client, "/sources/apigouv/runs").json()["results"]
    assert [run["run"] for run in runs] == [2, 1]
    assert ask(client, "/sources/apigouv/runs/1").json() == runs[1]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("address", ["/resources", "/record/entries", "/roadmaps", "/cycles"])
def test_what_is_only_read_takes_nothing(method: str, address: str, world, client):
    assert getattr(client, method)(f"{ROOT}{address}").status_code == 405


@settings(max_examples=40)
@given(
    st.sampled_from(
        ["/territories?q=", "/resources?q=", "/record/entries?type=", "/search?q=", "/compare?r=franceconnect&r="]
    ),
    st.text(max_size=30),
)
def test_any_text_is_an_answer_or_a_problem_and_never_a_failure(address: str, text: str):
    answer = Client().get(f"{ROOT}{address}{quote(text)}")
    assert answer.status_code in {200, 422}
