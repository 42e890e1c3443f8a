"""What every test shares: the folder of corpora, the marks, the profile of Hypothesis."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A data folder of its own for each worker process, thrown away at the end.
_FOLDER = tempfile.TemporaryDirectory(prefix="dcant-tests-")

settings.register_profile(
    "ci", derandomize=True, deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("default-run", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default-run"))

PROJECT = Path(__file__).resolve().parent.parent


def pytest_configure() -> None:
    """Whatever folder Django found in the environment, tests keep their index and raw bytes elsewhere."""
    from django.conf import settings as site

    os.environ["DCANT_DATA"] = _FOLDER.name
    site.DATA = Path(_FOLDER.name)
    site.WITNESSES = site.DATA / "witnesses.txt"


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The real data tests are tried on; it is never part of the project."""
    folder = Path(os.environ.get("DCANT_CORPORA") or PROJECT.parent / "shared" / "corpora")
    if not folder.is_dir():
        pytest.skip(f"corpora absent: set DCANT_CORPORA ({folder} is not a folder)")
    return folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("django_db") or {"db", "transactional_db"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.database)


@pytest.fixture(autouse=True)
def nothing_is_remembered_from_another_test() -> None:
    """What a process keeps of its database is of another one by the next test."""
    from dcant.catalogue.shown import forget_shown

    forget_shown()
