"""A small world for each module of pages, taken back at its end, and hands to act on it."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection, transaction
from django.test import Client
from factories import World, mandate, small_world

from dcant.accounts.models import Role
from dcant.catalogue.index import rebuild_index
from dcant.territories.models import Organisation


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        built = small_world()
        rebuild_index()
        connection.check_constraints()  # now and once: PostgreSQL would check what is pending at the end of each test
        yield built
        transaction.set_rollback(True)


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
