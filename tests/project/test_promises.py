"""What the documentation promises is there: each command parses, each address answers."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from dcant.cli import parser
from factories import World, lent_world

PROJECT = Path(__file__).resolve().parents[2]
PAGES = [PROJECT / "README.md", *sorted((PROJECT / "docs").rglob("*.md"))]
ROWS = PROJECT / "docs" / "programme-rows.md"
STATES = ("built", "first sheets", "read only", "not built", "public log")


def commands() -> list[str]:
    """Every command line that begins with « dcant », in a block of code or between back quotes."""
    found = set()
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        blocks = "\n".join(re.findall(r"```\w*\n(.*?)```", text, re.DOTALL))
        lines = [line.strip().removeprefix("$ ") for line in blocks.splitlines()]
        lines += re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
        found |= {line.removeprefix(".venv/bin/") for line in lines if re.match(r"(\.venv/bin/)?dcant \w", line)}
    return sorted(found)


@pytest.mark.parametrize("line", commands())
def test_every_command_of_the_documentation_parses(line: str):
    words = shlex.split(line, comments=True)[1:]
    if words[0] != "manage":  # Django reads its own
        assert parser().parse_args(words).command == words[0]


def rows() -> list[list[str]]:
    lines = [line for line in ROWS.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_documentation_shows_commands_and_rows():
    assert len(commands()) > 8
    assert len(rows()) > 10


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_every_row_of_the_programme_says_its_state_and_where_to_see_it(row: list[str]):
    _system, state, address, command = row
    assert state.startswith(STATES)
    if state == "not built":
        assert (address, command) == ("not built", "not built")
    else:
        assert address.startswith("`/")
    assert command == "not built" or command.strip("`") in commands()


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock(), lent_world() as lent:
        yield lent


def addresses() -> list[str]:
    return sorted({row[2].strip("`") for row in rows() if row[2] != "not built"})


@pytest.mark.django_db
@pytest.mark.parametrize("address", addresses())
def test_every_address_of_the_programme_answers(address: str, world, client):
    assert client.get(address).status_code == 200


LINK = re.compile(r"\]\((?!https?://|mailto:|#)([^)#]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(PROJECT).as_posix())
def test_every_link_between_pages_of_the_documentation_leads_somewhere(page: Path):
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []
