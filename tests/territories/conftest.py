"""The shipped reference, read once, and a database that holds it, loaded once for each module that asks."""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from dcant.territories.rules.commune_index import CommuneIndex, FormerName, IndexedCommune
from dcant.territories.services import LoadReport, load_reference
from dcant.territories.shipped import Reference, read_reference


@pytest.fixture(scope="session")
def reference() -> Reference:
    return read_reference()


@pytest.fixture(scope="session")
def index(reference: Reference) -> CommuneIndex:
    return CommuneIndex(
        (
            IndexedCommune(row.code, row.name, row.departement, row.siren, row.population, tuple(row.postcodes.split()))
            for row in reference.communes
        ),
        (FormerName(row.old_code, row.old_name, row.code) for row in reference.former),
        {row.code: row.name for row in reference.departements},
    )


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker) -> Iterator[LoadReport]:
    """The whole reference, taken back when the module is done: other tests find the database as it was."""
    with django_db_blocker.unblock(), transaction.atomic():
        report = load_reference()
        connection.check_constraints()  # now and once: PostgreSQL would check what is pending at the end of each test
        yield report
        transaction.set_rollback(True)
