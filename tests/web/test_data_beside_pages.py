"""The data says what the page says, is safe to open in a spreadsheet, and is fetched again only when it changed."""

import csv
import io
import json

import pytest

from factories import FORMULA, TREVERIEN
from web.addresses import POSTED, documents, names

pytestmark = pytest.mark.django_db
NOT_JSON = {
    "api/",
    "api/record/entries/<entry_id>/proof",
    "api/table-checks/<check_id>/errors.csv",
    "api/table-checks/<check_id>/annotated.xlsx",
}
JSON = sorted({name for name in names() if name.endswith("-json") or name.startswith("api/")} - POSTED - NOT_JSON)
CSV = sorted(name for name in names() if name.endswith("-csv"))


@pytest.mark.parametrize("name", JSON)
def test_a_document_is_valid_json_and_a_fresh_copy_is_not_sent_again(world, client, name):
    for address in documents(world)[name]:
        response = client.get(address)
        assert json.loads(response.content)
        again = client.get(address, headers={"if-none-match": response["ETag"]})
        assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("name", CSV)
def test_a_table_opens_in_a_spreadsheet_without_running_anything(world, client, name):
    for address in documents(world)[name]:
        response = client.get(address)
        assert response["Content-Type"] == "text/csv; charset=utf-8"
        rows = list(csv.reader(io.StringIO(response.content.decode(), newline="")))
        assert len({len(row) for row in rows}) == 1
        assert len(rows) > 1
        assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
        assert client.get(address, headers={"if-none-match": response["ETag"]}).status_code == 304


@pytest.mark.parametrize("address", ["/ressources.csv", "/ressources/sources/seed/passages/1.csv"])
def test_a_formula_is_kept_as_text(world, client, address):
    rows = csv.reader(io.StringIO(client.get(address).content.decode(), newline=""))
    assert any(f"'{FORMULA}" in row for row in rows)


def test_the_data_of_a_commune_says_what_its_page_says(world, client):
    page = client.get(f"/territoires/{TREVERIEN}/").content.decode()
    document = client.get(f"/territoires/{TREVERIEN}.json").json()
    assert (document["name"], document["population"], document["siren"] or None) == ("Trévérien", 941, None)
    assert all(one["name"] in page for one in document["operators"])
    assert all(f"/ressources/{one['resource']}/" in page for one in document["near"])
    first = [one["resource"] for one in document["reusable"] if not one["declared"]][:12]
    assert [
        page.index(f'/ressources/{slug}/?commune={TREVERIEN}">', page.index('id="reprendre"')) for slug in first
    ] == sorted(
        page.index(f'/ressources/{slug}/?commune={TREVERIEN}">', page.index('id="reprendre"')) for slug in first
    )
    declared = {one["resource"] for one in document["reusable"] if one["declared"]}
    assert declared == {"quotient-familial", "franceconnect"}


def test_the_data_of_a_resource_says_what_its_page_says(world, client):
    page = client.get(f"/ressources/{world.rdv.slug}/").content.decode()
    document = client.get(f"/ressources/{world.rdv.slug}.json").json()
    assert document["title"] in page
    assert f"en tout {document['used_by_communes']} communes" in page
    for field in ("licence", "phase", "purpose"):
        assert document["sheet"][field]["value"] in page


def test_the_data_of_the_coverage_adds_up_to_what_its_page_says(world, client):
    page = client.get("/couverture/").content.decode()
    document = client.get("/couverture.json").json()
    assert f"<strong>{sum(one['communes'] for one in document['departements'])}</strong>" in page
    assert all(one["need"] is None for one in document["departements"])
    assert "besoin : inconnu" in page


def test_the_data_of_the_programme_and_of_the_log_say_what_their_pages_say(world, client):
    programme = client.get("/programme/").content.decode().replace("&#x27;", "'")
    for axis in client.get("/programme.json").json()["axes"]:
        assert axis["title"].replace("&#x27;", "'") in programme
        assert all(f"/actions/{one['code']}/" in programme for one in axis["actions"])
    log = client.get("/registre/").content.decode()
    assert all(one["leaf"]["id"] in log for one in client.get("/registre.json").json()["entries"])
