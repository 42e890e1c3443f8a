"""The log of a demonstration, taken away and checked as an auditor would; its two witnesses as processes of their own."""

import json
import os
from pathlib import Path

import pytest

from dcant.cli.demo_witnesses import NAMES, two_witnesses
from dcant.cli.witnesses import poster
from dcant.record.cosigning import ask_witness
from dcant.record.keys import SigningKey
from dcant.record.policy import Policy
from dcant.record.tile_writer import TileWriter
from own_node import dcant, environment


def test_the_log_of_a_demonstration_is_cosigned_by_both_sides_and_one_bit_is_found(demo: Path, tmp_path: Path):
    node = environment(demo)
    log = tmp_path / "log"
    said = dcant(node, "record", "export", str(log)).stdout
    assert "Sans la cosignature" not in said
    policy = str(log / "policy.txt")
    assert (log / "policy.txt").read_text(encoding="utf-8").endswith("quorum équilibre\n")
    verified = dcant(node, "record", "verify", str(log), "--policy", policy)
    assert "Cosigné par : État, territoires." in verified.stdout
    status = json.loads(dcant(node, "record", "status", "--format", "json").stdout)
    assert (status["ok"], status["quorum"], status["waiting"], status["unsigned"]) == (True, True, 0, 0)
    last = max(path for path in (log / "tile" / "entries").rglob("*") if path.is_file())
    data = bytearray(last.read_bytes())
    data[-9] ^= 1
    last.write_bytes(bytes(data))
    found = dcant(node, "record", "verify", str(log), "--policy", policy, status=1)
    assert "entry [entrée " in found.stdout


@pytest.mark.parametrize("times", [1, 2], ids=["once", "again"])
def test_both_witnesses_are_processes_with_keys_of_their_own_and_end_together(tmp_path: Path, times: int):
    """Started a second time on the same folder, they are the same witnesses, and remember."""
    key, policy = SigningKey.new("essai.example/registre", "log"), tmp_path / "witnesses.txt"
    with TileWriter(tmp_path / "log"):
        pass
    empty = key.sign(f"{key.name}\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")
    keys = set()
    for _ in range(times):
        with two_witnesses(tmp_path, key.public, policy) as running:
            assert [witness.name for witness in running] == list(NAMES)
            assert len({witness.process.pid for witness in running} | {os.getpid()}) == 3
            parties = Policy.read(policy).witnesses
            keys |= {str(party.key) for party in parties}
            lines = [ask_witness(party, empty, tmp_path / "log", old=0, post=poster()) for party in parties]
            assert [line.key for line in lines] == [party.key.short for party in parties]
        assert all(witness.process.poll() is not None for witness in running)
    assert len(keys) == 2
