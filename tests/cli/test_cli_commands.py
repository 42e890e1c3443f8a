"""The command line: what parses, how it ends, and what it prints where."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import pytest

from dcant.catalogue.seed_folder import seed_folder
from dcant.catalogue.sources import SOURCES
from dcant.cli import COMMANDS, main, parser
from own_node import dcant, environment, own_node


def subcommands(of: argparse.ArgumentParser, before: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = [before] if before else []
    for action in of._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, inner in action.choices.items():
                found += subcommands(inner, (*before, name))
    return found


@pytest.mark.parametrize("words", [(), *subcommands(parser())], ids=lambda words: " ".join(words) or "dcant")
def test_every_command_explains_itself(words: tuple[str, ...], capsys):
    with pytest.raises(SystemExit) as ended:
        parser().parse_args([*words, "--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr()
    assert "usage: dcant" in shown.out
    assert shown.err == ""


def test_every_module_of_the_command_adds_to_it():
    assert len({words[0] for words in subcommands(parser())}) >= len(COMMANDS)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nothing"],
        ["search"],
        ["search", "a", "--kind", "pain"],
        ["export", "DIR"],
        ["territories"],
        ["demo", "--port", "x"],
    ],
    ids=" ".join,
)
def test_wrong_use_ends_with_2_and_a_word_on_standard_error(arguments: list[str], capsys):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "usage" in shown.err


def test_help_needs_neither_database_nor_engine():
    loaded = (
        "import sys; from dcant.cli import parser; parser(); print({'django', 'tantivy', 'numpy'} & set(sys.modules))"
    )
    said = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert said.stdout == "set()\n"


@pytest.mark.parametrize(
    "arguments",
    [["search", "cantine"], ["territories", "resolve", "35345"], ["export", "--all", "away"], ["worker", "--once"]],
    ids=" ".join,
)
def test_a_base_that_is_not_there_is_said_and_not_made(arguments: list[str], tmp_path: Path):
    ended = dcant(environment(tmp_path), *arguments, "--data", str(tmp_path / "data"), status=2)
    assert ended.stdout == ""
    assert "Aucune base" in ended.stderr
    assert "dcant demo" in ended.stderr
    assert not (tmp_path / "data" / "dcant.sqlite3").exists()


def test_an_unknown_source_ends_with_2_and_the_names_of_the_known(tmp_path: Path):
    ended = dcant(environment(tmp_path), "harvest", "nothing", status=2)
    assert all(name in ended.stderr for name in SOURCES)
    assert not (tmp_path / "dcant.sqlite3").exists()
    assert "--from" in dcant(environment(tmp_path), "harvest", "apigouv", status=2).stderr
    assert dcant(environment(tmp_path), "harvest", "seed", "--from", str(tmp_path / "nowhere"), status=2).stderr


def test_a_setting_that_cannot_be_used_is_named(tmp_path: Path):
    node = environment(tmp_path) | {"DCANT_DEMO": "peut-être"}
    ended = dcant(node, "harvest", "seed", status=2)
    assert "DCANT_DEMO" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_json_of_a_search_is_alone_on_standard_output(demo: Path):
    node = environment(demo)
    ended = dcant(node, "search", "quotient familial", "--territory", "35345", "--format", "json")
    found = json.loads(ended.stdout)
    assert ended.stderr == ""
    assert found["results"][0]["slug"] == "quotient-familial"
    told = {"slug", "kind", "title", "score", "eligibility", "because", "matches"}
    assert set(found["results"][0]) == told | {"used_in_epci", "used_in_departement", "used_in_country"}
    assert json.loads(dcant(node, "search", "zzzzzz", "--format", "json").stdout)["results"] == []
    assert "CODE" not in dcant(node, "search", "cantine", "--territory", "00000", status=2).stdout


def test_an_unknown_commune_ends_with_2_and_a_former_one_is_resolved(demo: Path):
    node = environment(demo)
    for command in (["territories", "resolve", "99999"], ["search", "a", "--territory", "35999"]):
        ended = dcant(node, *command, status=2)
        assert ended.stdout == ""
        assert ended.stderr
    assert (
        json.loads(dcant(node, "territories", "resolve", "20004", "--format", "json").stdout)["targets"][0]["code"]
        == "2A004"
    )


def test_a_reader_that_leaves_ends_nothing_badly(demo: Path):
    command = [sys.executable, "-m", "dcant", "search", "commune", "--explain", "--limit", "200", "--format", "json"]
    with subprocess.Popen(command, env=environment(demo), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as asked:
        asked.stdout.close()
        assert b"Traceback" not in asked.stderr.read()


@pytest.mark.database
def test_the_sheets_of_api_gouv_come_in_once(corpora: Path, tmp_path: Path):
    with own_node(tmp_path, migrated=False) as node:
        command = ["harvest", "apigouv", "--from", str(corpora / "catalogue" / "apigouv"), "--format", "json"]
        first = dcant(node, *command)
        assert first.stderr == ""
        (run,) = json.loads(first.stdout)["runs"]
        assert run["collections"]["apis"]["created"] == run["collections"]["apis"]["seen"] == 170
        (again,) = json.loads(dcant(node, *command).stdout)["runs"]
        assert again["written"] == 0
        assert {(counts["created"], counts["updated"]) for counts in again["collections"].values()} == {(0, 0)}
        assert f"créés {len(list(seed_folder().rglob('*.yaml')))}" in dcant(node, "harvest", "seed", "--dry-run").stdout
        found = json.loads(dcant(node, "search", "FranceConnect", "--format", "json").stdout)["results"]
        assert "franceconnect" in {row["slug"] for row in found}
