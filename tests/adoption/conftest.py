"""A neighbourhood for each test of adoption."""

import pytest

from neighbourhood import Neighbourhood, neighbourhood


@pytest.fixture
def near(db) -> Neighbourhood:
    return neighbourhood()
