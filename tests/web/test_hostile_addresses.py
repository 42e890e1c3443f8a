"""Whatever is typed in an address or a form, the answer is a page: never a broken one."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from web.addresses import body_of, documents, pages

pytestmark = pytest.mark.django_db
VALUES = [
    "",
    "\x00",
    "a\x00b",
    "abc",
    "-1",
    "0",
    "9" * 5000,
    "é" * 3000,
    "'; DROP TABLE record_entry; --",
    '"><script>alert(1)</script>',
    "%",
    "{{ 7*7 }}",
    "../../etc/passwd",
    "9999-99-99",
    "\u202e\ufeff",
    "١٢٣",
    "*:* AND (",
]
NAMES = ["q", "page", "commune", "type", "ressource", "genre", "theme", "acces", "public", "niveau", "origine", "kind"]
NAMES += ["ancien", "dit", "next", "day", "r", "jour", "controle"]
PATHS = [
    "/territoires/{}/",
    "/territoires/{}.json",
    "/territoires/{}/fiche-maire/",
    "/ressources/{}/",
    "/ressources/{}.json",
    "/ressources/{}/nous-l-utilisons/",
    "/ressources/rdv-service-public/declare/{}/",
    "/ressources/sources/{}/",
    "/ressources/sources/seed/passages/{}/",
    "/ressources/sources/seed/passages/{}.csv",
    "/offres/{}/lettre/",
    "/actions/{}/",
    "/actions/{}.json",
    "/registre/{}/",
    "/registre/{}.json",
    "/{}",
]


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
def test_a_hostile_parameter_breaks_no_page(world, client, value):
    every = pages(world) | documents(world)
    for name, examples in every.items():
        if not name.startswith("api/"):
            response = client.get(examples[0].partition("?")[0], dict.fromkeys(NAMES, value))
            assert response.status_code in {200, 302, 404}, name
            assert b"<script>alert" not in body_of(response)


@pytest.mark.parametrize("path", PATHS)
def test_a_hostile_address_breaks_no_page(world, client, path):
    for value in ("%00", "a%00b", "%27", "%22%3E%3Cscript%3E", "%C3%A9", "%FF%FE", "9" * 30, "9" * 5000, "..", "%25"):
        response = client.get(path.format(value))
        assert response.status_code in {200, 301, 302, 404}, value
        assert b"<script>" not in response.content


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
def test_a_hostile_form_breaks_no_page(world, client, settings, value):
    settings.DEMO = True
    fields = {
        "kind": value,
        "day": value,
        "via": value,
        "commune": value,
        "role": value,
        "next": value,
        "language": value,
    }
    for address in ("/demo/entrer/", "/quitter/", "/langue/", "/ressources/rdv-service-public/declarer/"):
        assert client.post(address, fields).status_code in {302, 400, 404}, address
        valid = {"role": "secretaire", "kind": "used"}
        assert client.post(address, fields | valid).status_code in {302, 400, 404}, address
    for address in ("/ressources/sources/reunions/1/", "/ressources/sources/seed/passages/1/accepter/"):
        assert client.post(address, {"decision": value, "reason": value}).status_code in {403, 404}, address
    valid = {"commune": "35345", "kind": "used"}
    assert client.post("/ressources/rdv-service-public/declarer/", fields | valid).status_code in {400, 403}


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60))
def test_any_text_may_be_searched(world, client, text):
    for address in ("/territoires/", "/ressources/"):
        assert client.get(address, {"q": text}).status_code in {200, 302}
