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
from openapi_spec_validator import OpenAPIV31SpecValidator, validate
from schemathesis.specs.openapi.checks import positive_data_acceptance

from dcant.api import api

PROJECT = Path(__file__).resolve().parents[2]
DOCUMENT = json.loads((PROJECT / "docs" / "openapi.json").read_text(encoding="utf-8"))
PLAIN = {"Accept-Encoding": "identity"}  # the tool reads no compressed answer
OPERATIONS = {operation["operationId"]: path for path, item in DOCUMENT["paths"].items() for operation in item.values()}


def test_the_description_kept_with_the_project_is_the_present_one():
    present = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")))
    assert present == DOCUMENT, "run: scripts/openapi > docs/openapi.json"


def test_the_description_is_valid_openapi_31():
    assert DOCUMENT["openapi"].startswith("3.1.")
    validate(DOCUMENT, cls=OpenAPIV31SpecValidator)


@pytest.mark.django_db
def test_the_description_is_served(world, client):
    served = client.get("/api/v1/openapi.json")
    assert served.status_code == 200
    assert served.json() == DOCUMENT


def test_every_operation_reads_has_a_summary_and_says_its_errors():
    for path, item in DOCUMENT["paths"].items():
        assert set(item) == {"get"}, path
        operation = item["get"]
        assert operation["summary"]
        if operation.get("parameters"):
            assert {"200", "400", "404", "422"} <= set(map(str, operation["responses"])), path


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
@pytest.mark.parametrize("operation", OPERATIONS)
def test_whatever_one_asks_the_answer_is_what_the_description_says(operation: str, world, schema, kept_connection):
    asked = schema[OPERATIONS[operation]]["GET"]
    asked.app = schema.app = WSGIHandler()

    @settings(max_examples=12)
    @given(st.data())
    def ask(data) -> None:
        case = data.draw(asked.as_strategy())
        # The form of a code is the rule of identifiers, answered by 400: the description does not repeat it.
        case.call_and_validate(base_url="http://localhost", headers=PLAIN, excluded_checks=[positive_data_acceptance])

    ask()
