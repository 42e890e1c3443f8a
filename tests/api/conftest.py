"""The small world, lent to a module of tests of the API, with an index of its own."""

from collections.abc import Iterator

import pytest

from factories import World, lent_world


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock(), lent_world() as lent:
        yield lent
