"""A load that is killed, or runs twice at once, on a real database file, in processes of its own."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

LOAD = """
import os, signal, sys
import django
django.setup()
from dcant.territories.services import load_reference
def tell(label, done, total):
    if label == sys.argv[1]:
        os.kill(os.getpid(), signal.SIGKILL)
print(load_reference(on_progress=tell).created)
"""
TABLES = ("territory", "membership", "formercode", "organisation", "organisationterritory", "operator", "college")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A data folder of its own, its database migrated."""
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    variables = {**kept, "DCANT_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "dcant.config.settings"}
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "territories"], env=variables, check=True, capture_output=True
    )
    return variables


def loading(environment: dict[str, str], killed_at: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", LOAD, killed_at],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def rows(environment: dict[str, str]) -> dict[str, int]:
    with closing(sqlite3.connect(Path(environment["DCANT_DATA"]) / "dcant.sqlite3")) as base:
        return {table: base.execute(f"select count(*) from territories_{table}").fetchone()[0] for table in TABLES}


def test_a_killed_load_leaves_nothing_and_two_at_once_load_once(environment: dict[str, str]):
    with loading(environment, "organisations") as killed:
        killed.communicate()
    assert killed.returncode == -signal.SIGKILL
    assert set(rows(environment).values()) == {0}
    with loading(environment, "never") as one, loading(environment, "never") as other:
        said = [one.communicate(), other.communicate()]
    held = rows(environment)
    assert held["territory"] == 36_362
    created = sorted(int(out) for out, _ in said if out)
    assert created[-1] == sum(held[table] for table in TABLES[:5])
    # The second finds the work done or, where the machine is slow, is told after the wait that the database is busy.
    assert created[:-1] == [0] or any("database is locked" in err for _, err in said)
