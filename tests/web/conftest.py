"""A small world for each module of pages, taken back at its end, and hands to act on it."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from dcant.accounts.models import Role
from dcant.territories.models import Organisation
from factories import World, lent_world, mandate


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock(), lent_world() as lent:
        yield lent


@pytest.fixture
def acting_for(client: Client, db) -> Callable[[Organisation], Client]:
    """Signs the client in under a mandate for an organisation."""

    def sign_in(organisation: Organisation, role: str = Role.AGENT) -> Client:
        held = mandate(organisation, role)
        client.force_login(held.person)
        session = client.session
        session["acting_for"] = held.pk
        session.save()
        return client

    return sign_in
