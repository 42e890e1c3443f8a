"""The description of the API: valid, kept with the project, and true of every answer, whatever one asks."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import given, settings
from hypothesis import strategies as st
from ninja import Schema
from openapi_spec_validator import OpenAPIV31SpecValidator, validate
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from api.hands import signed_in
from dcant.api import api

PROJECT = Path(__file__).resolve().parents[2]
DOCUMENT = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")))
PLAIN = {"Accept-Encoding": "identity"}  # the tool reads no compressed answer
OPERATIONS = {
    operation["operationId"]: (path, method, operation)
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
}
READS = [name for name, (_path, method, _said) in OPERATIONS.items() if method == "get"]
ACTS = [name for name in OPERATIONS if name not in READS]
OPEN_TO_ALL = [name for name in ACTS if OPERATIONS[name][2]["tags"] == ["table-checks"]]


def test_the_description_kept_with_the_project_is_the_present_one():
    kept = json.loads((PROJECT / "docs" / "openapi.json").read_text(encoding="utf-8"))
    assert kept == DOCUMENT, "run: scripts/openapi > docs/openapi.json"


def test_the_description_is_valid_openapi_31():
    assert DOCUMENT["openapi"].startswith("3.1.")
    validate(DOCUMENT, cls=OpenAPIV31SpecValidator)


@pytest.mark.django_db
def test_the_description_is_served(world, client):
    served = client.get("/api/v1/openapi.json")
    assert served.status_code == 200
    assert served.json() == DOCUMENT


def test_every_operation_has_a_name_of_its_own_a_summary_and_says_its_errors():
    assert len(OPERATIONS) == sum(len(item) for item in DOCUMENT["paths"].values())
    for name, (path, _method, operation) in OPERATIONS.items():
        assert operation["summary"], name
        if operation.get("parameters"):
            assert {"400", "404", "422"} <= set(operation["responses"]), path


def test_no_two_shapes_of_the_description_bear_one_name():
    """The description names a shape by its class: the second of one name would silently replace the first."""
    found = [one for one in every_subclass(Schema) if one.__module__.startswith("dcant.")]
    assert len({one.__name__ for one in found}) == len(found), sorted(one.__name__ for one in found)


def every_subclass(shape: type) -> list[type]:
    return [one for direct in shape.__subclasses__() for one in (direct, *every_subclass(direct))]


def test_reading_and_checking_are_public_and_every_other_act_asks_for_the_session_and_says_that_it_may_be_refused():
    for name in READS:
        assert "security" not in OPERATIONS[name][2], name
    for name in OPEN_TO_ALL:
        assert "security" not in OPERATIONS[name][2], name
        assert "ouverte à tous" in OPERATIONS[name][2]["description"], name
    for name in set(ACTS) - set(OPEN_TO_ALL):
        _path, method, operation = OPERATIONS[name]
        assert (method, operation["security"]) == ("post", [{"SiteSession": []}]), name
        assert "403" in operation["responses"], name
        assert "mandat" in operation["description"], name
    assert "mandat" in DOCUMENT["info"]["description"]


def test_every_list_has_pages_and_a_total():
    for name in READS:
        path, _method, operation = OPERATIONS[name]
        said = operation["responses"]["200"]["content"].get("application/json", {"schema": {}})["schema"]
        if said.get("$ref", "").endswith("Page"):
            assert {"page", "page_size"} <= {one["name"] for one in operation["parameters"]}, path


@pytest.fixture
def kept_connection() -> Iterator[None]:
    """A request of its own would close the connection that the test holds, as Django's own test client knows."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def schema():
    return schemathesis.openapi.from_dict(DOCUMENT)


@pytest.mark.django_db
@pytest.mark.parametrize("operation", READS)
def test_whatever_one_asks_the_answer_is_what_the_description_says(operation: str, world, schema, kept_connection):
    path, _method, _said = OPERATIONS[operation]
    asked = schema[path]["GET"]
    asked.app = schema.app = WSGIHandler()

    @settings(max_examples=8)
    @given(st.data())
    def ask(data) -> None:
        case = data.draw(asked.as_strategy())
        # The form of a code is the rule of identifiers, answered by 400: the description does not repeat it.
        case.call_and_validate(base_url="http://localhost", headers=PLAIN, excluded_checks=[positive_data_acceptance])

    ask()


@pytest.mark.django_db
@pytest.mark.parametrize("operation", ACTS)
def test_whatever_a_signed_in_person_sends_the_answer_is_what_the_description_says(
    operation: str, world, schema, kept_connection
):
    """Codes that exist are put in the path, so that bodies reach the acts."""
    path, method, _said = OPERATIONS[operation]
    asked = schema[path][method.upper()]
    asked.app = schema.app = WSGIHandler()
    session = signed_in("t3").session
    token = "t" * 32
    headers = PLAIN | {"X-CSRFToken": token}
    cookies = {"sessionid": session.session_key, "csrftoken": token}
    code = world.played.draft.code if "/actions/" in path else world.played.consent.code

    @settings(max_examples=6)
    @given(st.data())
    def ask(data) -> None:
        case = data.draw(asked.as_strategy())
        if "code" in case.path_parameters:
            case.path_parameters["code"] = code
        case.call_and_validate(
            base_url="http://localhost",
            headers=headers,
            cookies=cookies,
            excluded_checks=[positive_data_acceptance, ignored_auth],
        )

    ask()
