"""Two colleges with their charter, ready to decide."""

import pytest

from governance.stage import Stage, founded


@pytest.fixture
def stage(db) -> Stage:
    return founded()
