"""The Software Catalog API: what it answers, how its pages follow each other, and what becomes of wrong questions."""

import json
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

import pytest
import yaml
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from dcant.catalogue.exports.site import Site
from dcant.catalogue.models import Alias, Holding, Resource
from dcant.harvest.models import Item, Statement
from dcant.harvest.storage import keep_raw
from factories import resource, run

pytestmark = pytest.mark.django_db
NODE = Site("http://testserver", settings.LOG_NAME)
REQUIRED = {"id", "url", "publiccodeYml", "createdAt", "updatedAt"}
PROBLEM = {"title", "detail", "status"}
AUTHORED = Path(__file__).parent.parent / "catalogue" / "fixtures" / "publiccode" / "atelier__gelule.yml"


def walk(client, address: str, way: str = "next") -> list[list[dict[str, object]]]:
    """Every page from an address on, as a reader follows the links."""
    pages, place = [], address
    while place:
        answer = client.get(place)
        assert answer.status_code == 200, answer.content
        document = answer.json()
        pages.append(document["data"])
        place = address.partition("?")[0] + document["links"][way] if document["links"][way] else ""
    return pages


def identifiers(pages: list[list[dict[str, object]]]) -> list[object]:
    return [one["id"] for page in pages for one in page]


def harvested(made: Resource, text: str, *, licence: str = "EUPL-1.2", source: str = "publiccode") -> Item:
    """An item of an author's file, with its bytes kept."""
    content = text if source == "publiccode" else json.dumps({"id": "x", "publiccodeYml": text})
    raw_hash = f"{len(content):064x}"
    keep_raw(data=settings.DATA, raw_hash=raw_hash, content=content.encode())
    held = made.holdings.get().item
    item = Item.objects.create(
        source=source,
        collection="software",
        remote_id=made.slug,
        path="x.yml",
        title=made.title,
        kind="software",
        content_hash=raw_hash,
        parser_version=1,
        first_seen_at=held.first_seen_at,
        last_seen_at=held.last_seen_at,
    )
    Holding.objects.create(resource=made, item=item)
    if licence:
        Statement.objects.create(
            item=item,
            field="licence",
            value=licence,
            fetched_at=held.first_seen_at,
            raw_hash="0" * 64,
            parser_version=1,
        )
    return item


def test_software_has_what_the_api_requires_and_a_uuid_of_version_4(world, client):
    (page,) = walk(client, "/v1/software?page[size]=100")
    assert len(page) == 12
    for one in page:
        assert set(one) >= REQUIRED
        assert (UUID(one["id"]).version, one["active"]) == (4, True)
        assert yaml.safe_load(one["publiccodeYml"])["url"] == one["url"]
        assert client.get(f"/v1/software/{one['id']}").json() == one


@pytest.mark.parametrize("size", [1, 3, 5, 12, 13])
def test_pages_followed_either_way_give_every_software_once_in_the_order_it_came(world, client, size):
    whole = [
        str(NODE.software(one)) for one in Resource.objects.filter(kind="software").order_by("first_seen_at", "pk")
    ]
    pages = walk(client, f"/v1/software?page[size]={size}")
    assert identifiers(pages) == whole
    assert [len(page) for page in pages[:-1]] == [size] * (len(pages) - 1)
    last = client.get(f"/v1/software?page[size]={size}").json()
    while last["links"]["next"]:
        last = client.get("/v1/software" + last["links"]["next"]).json()
    if last["links"]["prev"]:
        backward = walk(client, "/v1/software" + last["links"]["prev"], "prev")
        assert identifiers(backward[::-1]) == whole[: -len(last["data"])]


def test_a_software_that_comes_meanwhile_is_neither_skipped_nor_repeated(world, client):
    first = client.get("/v1/software?page[size]=6").json()
    resource("venue-entre-temps", kind="software", repository_url="https://forge.example/entre")
    rest = walk(client, "/v1/software" + first["links"]["next"])
    seen = [one["id"] for one in first["data"]] + identifiers(rest)
    assert len(seen) == len(set(seen)) == 13


def test_links_keep_the_question(world, client):
    following = client.get("/v1/software?page[size]=2&all=true").json()["links"]["next"]
    assert following.startswith("?page[after]=")
    assert following.endswith("&page[size]=2&all=true")


def test_only_active_software_unless_all_is_asked(world, client):
    gone = resource("partie", kind="software", state="withdrawn", repository_url="https://forge.example/partie")
    resource("secrete", kind="software", state="unpublished", repository_url="https://forge.example/secrete")
    resource("sans-depot", kind="software")
    assert str(NODE.software(gone)) not in identifiers(walk(client, "/v1/software"))
    everything = {one["id"]: one["active"] for page in walk(client, "/v1/software?all=true") for one in page}
    assert len(everything) == 13
    assert everything[str(NODE.software(gone))] is False
    for hidden in ("secrete", "sans-depot", "rdv-service-public"):
        assert client.get(f"/v1/software/{NODE.identifier('software', hidden)}").status_code == 404


@pytest.mark.parametrize(
    "written", ["https://forge.example/atelier/brique-03", "HTTPS://www.Forge.example/atelier/brique-03.git/"]
)
def test_software_is_found_by_its_address_however_it_is_written(world, client, written):
    found = client.get("/v1/software", {"url": written}).json()["data"]
    assert [one["url"] for one in found] == ["https://forge.example/atelier/brique-03"]
    nothing = {"data": [], "links": {"prev": None, "next": None}}
    for other in ("https://forge.example/nulle-part", "pas une adresse", "\x00"):
        assert client.get("/v1/software", {"url": other}).json() == nothing


def test_moments_bound_the_day_it_came(world, client):
    middle = Resource.objects.filter(kind="software").order_by("first_seen_at")[5].first_seen_at.isoformat()
    before = identifiers(walk(client, f"/v1/software?to={quote(middle)}"))
    after = identifiers(walk(client, f"/v1/software?from={middle}"))  # its « + » not escaped
    assert (len(before), len(after), len(set(before + after))) == (6, 7, 12)


def test_the_file_of_an_author_is_given_as_harvested_and_any_other_is_composed(world, client):
    text = AUTHORED.read_text(encoding="utf-8")
    brique = Resource.objects.get(slug="brique-01")
    item = harvested(brique, text)
    told = client.get(f"/v1/software/{NODE.software(brique)}").json()
    assert told["publiccodeYml"] == text
    assert told["catalogId"] == str(NODE.identifier("catalog", "publiccode"))
    item.state = "withdrawn"
    item.save()
    assert "composé d’après la fiche" in client.get(f"/v1/software/{NODE.software(brique)}").json()["publiccodeYml"]


@pytest.mark.parametrize("licence", ["", "LICENSE.md", "Tous droits réservés"])
def test_a_file_under_no_known_licence_is_not_given_away(world, client, licence):
    brique = Resource.objects.get(slug="brique-02")
    harvested(brique, AUTHORED.read_text(encoding="utf-8"), licence=licence)
    told = client.get(f"/v1/software/{NODE.software(brique)}").json()
    assert "Gélule" not in told["publiccodeYml"]
    assert "catalogId" not in told


def test_the_file_that_another_catalogue_gave_is_given_too(world, client):
    brique = Resource.objects.get(slug="brique-04")
    harvested(brique, "name: Ailleurs\n", source="catalogapi")
    assert client.get(f"/v1/software/{NODE.software(brique)}").json()["publiccodeYml"] == "name: Ailleurs\n"


def test_a_joined_software_answers_at_the_identifier_of_the_one_that_stays(world, client):
    kept, gone = Resource.objects.get(slug="brique-05"), Resource.objects.get(slug="brique-06")
    gone.state = Resource.State.MERGED
    gone.save()
    Alias.objects.create(slug=gone.slug, resource=kept)
    answer = client.get(f"/v1/software/{NODE.software(gone)}")
    assert (answer.status_code, answer["Location"]) == (301, f"/v1/software/{NODE.software(kept)}")


def test_publishers_are_found_by_identifier_and_by_number(world, client):
    numbered = resource(
        "numerotee",
        kind="software",
        repository_url="https://forge.example/n",
        producer_name="Ville d’Essai",
        producer_key="213500013",
    )
    publishers = [one for page in walk(client, "/v1/publishers?page[size]=1") for one in page]
    assert [one["description"] for one in publishers] == ["Atelier commun", "Ville d’Essai"]
    assert len(publishers[0]["codeHosting"]) == 12
    assert set(publishers[0]["codeHosting"][0]) == {"url", "group", "createdAt", "updatedAt"}
    assert publishers[1]["alternativeId"] == "213500013"
    for name in (publishers[1]["id"], publishers[1]["id"].upper(), "213500013"):
        assert client.get(f"/v1/publishers/{name}").json() == publishers[1]
    described = yaml.safe_load(client.get(f"/v1/software/{NODE.software(numbered)}").json()["publiccodeYml"])
    assert described["organisation"] == {
        "name": "Ville d’Essai",
        "uri": f"http://testserver/v1/publishers/{publishers[1]['id']}",
    }


def test_lines_of_the_harvest_come_latest_first_with_the_software_they_speak_of(world, client):
    brique = Resource.objects.get(slug="brique-07")
    harvested(brique, "name: x\n")
    passage = run("publiccode", 3)
    for remote_id in ("brique-07", "inconnue", "brique-07"):
        passage.lines.create(
            collection="software", remote_id=remote_id, outcome="warned", code="MISSING_KEY", message="Il manque."
        )
    lines = [one for page in walk(client, "/v1/logs?page[size]=2") for one in page]
    entity = f"/software/{NODE.software(brique)}"
    assert [one.get("entity") for one in lines] == [entity, None, entity]
    assert len({one["id"] for one in lines}) == 3
    assert "MISSING_KEY : Il manque." in lines[0]["message"]
    own = walk(client, f"/v1/software/{NODE.software(brique)}/logs")
    assert [one["id"] for page in own for one in page] == [lines[0]["id"], lines[2]["id"]]
    assert walk(client, "/v1/logs?to=2001-01-01T00:00:00Z") == [[]]


def test_catalogues_name_the_licence_of_what_they_give(world, client):
    (catalogue,) = client.get("/v1/catalogs").json()["data"]
    assert (catalogue["alternativeId"], catalogue["licence"]) == ("seed", "EUPL-1.2")


def test_the_status_says_nothing_but_that_all_is_well(world, client):
    answer = client.get("/v1/status")
    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize("address", ["software", "publishers", "logs"])
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("page[size]", "0"),
        ("page[size]", "101"),
        ("page[size]", "٣"),
        ("page[size]", "-1"),
        ("all", "oui"),
        ("from", "hier"),
        ("from", "2026-01-01"),
        ("to", "2026-01-01T10:00:00"),
        ("to", "9999-12-31T23:59:59-10:00"),
        ("page[after]", "abc"),
        ("page[before]", "é"),
        ("page[after]", "eHh4fDE"),
        ("page[after]", "MjAyNi0xMS0yMVQwNToyNTozM3wx"),
    ],
)
def test_a_wrong_parameter_is_named(world, client, address, field, value):
    answer = client.get(f"/v1/{address}", {field: value})
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    problem = answer.json()
    assert set(problem) >= PROBLEM
    (error,) = problem["validationErrors"]
    assert set(error) == {"field", "rule", "value"}
    assert error["field"].partition("[")[0] == field.partition("[")[0]


@pytest.mark.parametrize(
    "address", ["software/x", f"software/{UUID(int=0)}", "software/x/logs", "publishers/x", "publishers/%00"]
)
def test_an_unknown_identifier_is_a_problem(world, client, address):
    answer = client.get(f"/v1/{address}")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert (set(answer.json()) >= PROBLEM, answer.json()["status"]) == (True, 404)


def test_writing_is_refused_as_a_problem(world):
    from django.test import Client

    answer = Client(enforce_csrf_checks=True).post("/v1/software", {})
    assert (answer.status_code, answer["Content-Type"], answer["Allow"]) == (
        405,
        "application/problem+json",
        "GET, HEAD",
    )


def test_a_copy_that_is_fresh_is_not_sent_again(world, client):
    tag = client.get("/v1/software")["ETag"]
    assert client.get("/v1/software", headers={"if-none-match": tag}).status_code == 304


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(
    st.sampled_from(["software", "publishers", "logs"]),
    st.dictionaries(
        st.sampled_from(["page[size]", "page[after]", "page[before]", "from", "to", "all", "url"]), st.text(max_size=30)
    ),
)
def test_any_question_is_answered_or_refused_as_a_problem(world, client, address, asked):
    answer = client.get(f"/v1/{address}", asked)
    assert answer.status_code in {200, 422}
    assert set(answer.json()) >= ({"data", "links"} if answer.status_code == 200 else PROBLEM)


def test_identifiers_are_those_of_the_thing_and_of_the_node(world):
    brique = Resource.objects.get(slug="brique-08")
    assert NODE.software(brique) == Site("https://autre.example", settings.LOG_NAME).software(brique)
    assert NODE.software(brique) != Site("http://testserver", "autre.example/registre").software(brique)
    assert NODE.identifier("software", "x") != NODE.identifier("publisher", "x")


def test_dates_are_written_as_the_api_writes_them(world, client):
    brique = Resource.objects.get(slug="brique-09")
    brique.changed_at = brique.first_seen_at + timedelta(days=1)
    brique.save()
    told = client.get(f"/v1/software/{NODE.software(brique)}").json()
    assert told["createdAt"].endswith("Z")
    assert told["updatedAt"] > told["createdAt"]
