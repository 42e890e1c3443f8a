"""A node of its own for tests that need real processes: a data folder and a database file, or a PostgreSQL database."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

TESTS = Path(__file__).resolve().parent
_FOLDER = tempfile.TemporaryDirectory(prefix="dcant-migrated-")


def environment(data: Path, *, database: str = "") -> dict[str, str]:
    """The variables of a node; `database`: the address of its PostgreSQL database, none for a file in its folder."""
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "DCANT_DEMO"}}
    own = {"DCANT_DATA": str(data), "DJANGO_SETTINGS_MODULE": "dcant.config.settings", "PYTHONPATH": str(TESTS)}
    return kept | own | ({"DATABASE_URL": database} if database else {})


@contextmanager
def own_node(data: Path, *, migrated: bool = True) -> Iterator[dict[str, str]]:
    """A blank node, on PostgreSQL when DATABASE_URL names one, on SQLite else; its database goes away with it."""
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        node = environment(data)
        if migrated:
            data.mkdir(parents=True, exist_ok=True)
            shutil.copy(_migrated(), data / "dcant.sqlite3")
        yield node
        return
    name = f"own_{secrets.token_hex(6)}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        try:
            node = environment(data, database=urlsplit(server)._replace(path=f"/{name}").geturl())
            if migrated:
                dcant(node, "manage", "migrate", "-v0")
            yield node
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@cache
def _migrated() -> Path:
    """A database file with its tables, made once for each process of tests: to migrate takes seconds."""
    folder = Path(_FOLDER.name)
    dcant(environment(folder), "manage", "migrate", "-v0")
    return folder / "dcant.sqlite3"


def dcant(node: dict[str, str], *arguments: str, status: int = 0) -> "subprocess.CompletedProcess[str]":
    """The command itself, in a process of its own; its exit status must be the one expected."""
    ended = subprocess.run(
        [sys.executable, "-m", "dcant", *arguments], env=node, capture_output=True, text=True, check=False
    )
    assert ended.returncode == status, f"{arguments}: {ended.returncode}\n{ended.stdout}\n{ended.stderr}"
    return ended


def python(node: dict[str, str], script: str, *arguments: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-c", SET_UP + script, *arguments], env=node, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def together(node: dict[str, str], script: str, arguments: Sequence[str]) -> list[str]:
    """One process for each argument, all let go at the same moment; what each printed."""
    command = [sys.executable, "-c", SET_UP + "print('ready', flush=True); sys.stdin.readline()\n" + script]
    runners = [
        subprocess.Popen([*command, one], env=node, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for one in arguments
    ]
    for runner in runners:
        assert runner.stdout.readline() == "ready\n"
    for runner in runners:
        runner.stdin.write("\n")
        runner.stdin.flush()
    said = [runner.communicate()[0] for runner in runners]
    assert [runner.returncode for runner in runners] == [0] * len(runners)
    return said


SET_UP = "import json, sys, django\ndjango.setup()\n"
