"""`dcant record replay` as an auditor types it: a folder and a policy file, no database."""

import argparse
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dcant.cli import record
from dcant.record.checkpoint import Checkpoint
from dcant.record.keys import SigningKey
from dcant.record.tile_writer import TileWriter
from governance.log_of import falsified, indices, leaves
from governance.played import played_half_years

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def dcant(*arguments: object) -> int:
    parser = argparse.ArgumentParser()
    record.add_to(parser.add_subparsers())
    args = parser.parse_args(["record", *map(str, arguments)])
    try:
        return args.run(args)
    except SystemExit as stop:
        return int(stop.code or 0)


@pytest.fixture
def log(db) -> list[bytes]:
    played_half_years(NOW)
    return leaves()


def signed(folder: Path, entries: list[bytes]) -> tuple[Path, Path]:
    """A well signed log of these entries, and the policy that trusts its key."""
    key = SigningKey.new("journal.example/registre", "log")
    with TileWriter(folder) as writer:
        writer.append(entries)
        writer.publish(bytes(key.sign(str(Checkpoint(key.name, writer.size, writer.root)))))
    policy = folder.parent / "policy.txt"
    policy.write_text(f"log {key.public}\nquorum none\n", encoding="utf-8")
    return folder, policy


def test_an_honest_log_gives_every_outcome_and_the_roadmap_in_force(log, tmp_path, capsys):
    folder, policy = signed(tmp_path / "log", log)
    assert dcant("replay", folder, "--policy", policy, "--strict") == 0
    said = capsys.readouterr().out
    assert f"Rien à redire : {len(log)} entrées" in said
    assert "lignes du programme rejouées, 10 décisions recalculées" in said
    assert "feuille de route en vigueur, semestre 2024-S2" in said
    assert said.count("(nouvelle)") == 4


def test_a_program_reads_the_same_as_one_document(log, tmp_path, capsys):
    folder, policy = signed(tmp_path / "log", log)
    assert dcant("replay", folder, "--policy", policy, "--format", "json") == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["ok"], said["verify"]["size"], said["replay"]["findings"]) == (True, len(log), [])
    assert [one["cycle"] for one in said["replay"]["roadmaps"]] == ["2024-S2"]
    assert {one["state"] for one in said["replay"]["decisions"]} == {"adopted", "rejected", "open"}


def test_a_falsified_outcome_in_a_well_signed_log_is_named_by_its_entry_and_rule(log, tmp_path, capsys):
    place = indices(log, "decision.closed")[-1]
    wrong = falsified(log, place, lambda body: body["outcome"].update(outcome="no_quorum"))
    folder, policy = signed(tmp_path / "log", wrong)
    assert dcant("verify", folder, "--policy", policy, "--strict") == 0
    assert dcant("replay", folder, "--policy", policy) == 1
    assert f"outcome [entrée {place}] Issue annoncée : no_quorum. Issue recalculée : " in capsys.readouterr().out


def test_a_log_that_is_not_whole_is_not_judged(log, tmp_path, capsys):
    folder, policy = signed(tmp_path / "log", log)
    bundle = next((folder / "tile/entries").rglob("*.p/*"))
    bundle.write_bytes(bundle.read_bytes()[:-3])
    assert dcant("replay", folder, "--policy", policy) == 1
    assert "les décisions ne sont pas recalculées" in capsys.readouterr().out
    assert dcant("replay", folder, "--policy", policy, "--format", "json") == 1
    assert json.loads(capsys.readouterr().out)["replay"] is None


def test_what_cannot_be_read_is_status_two(tmp_path, capsys):
    assert dcant("replay", tmp_path / "absent", "--policy", tmp_path / "absent") == 2
    assert capsys.readouterr().out == ""


def test_an_auditor_needs_neither_django_nor_a_database():
    script = "import sys, dcant.governance.rules.replay, dcant.record.verifier; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
