"""A publisher killed at the worst moments: what a witness was shown is never unsaid, and no cosignature is lost for long."""

import json
import signal
import subprocess
import sys

import pytest
from own_witness import NAME, STATE, TOWNS, served, write_policy

from dcant.record.checkpoint import Checkpoint
from dcant.record.policy import Policy
from dcant.record.publication import current_note, log_key, policy_text
from dcant.record.tile_writer import TileWriter
from dcant.record.tiles import folder_reader
from dcant.record.verifier import folder_files, verify_log
from own_node import own_node, python

START = """
import os, signal, sys, django
django.setup()
from pathlib import Path
from django.conf import settings
sys.path.insert(0, sys.argv[1])
from own_witness import NAME, say
from dcant.cli.witnesses import cosigners
from dcant.record import cosigning, publication, tile_writer
def die(*_, **__): os.kill(os.getpid(), signal.SIGKILL)
"""
MOMENTS = {
    "before the witnesses are asked": "cosigning.Cosigners.ask = die",
    "between their answer and the publication": "tile_writer.TileWriter.publish = die",
    "between the two names of the checkpoint": """
settle = tile_writer.TileWriter._settle
def once(writer):
    settle(writer)
    if b'temoin' in (settings.DATA / 'log' / 'checkpoint').read_bytes(): die()
tile_writer.TileWriter._settle = once""",
}
PUBLISH = """
say(range(%d, %d))
publication.publish_log(data=settings.DATA, name=NAME, cosigners=cosigners())
"""
COUNT = """
from dcant.record.models import Entry
print(json.dumps(list(Entry.objects.order_by("index").values_list("index", flat=True))))
"""


def run(node: dict[str, str], before: str, first: int, last: int) -> int:
    script = START + before + PUBLISH % (first, last)
    here = node["PYTHONPATH"] + "/record"
    return subprocess.run([sys.executable, "-c", script, here], env=node, check=False).returncode


@pytest.mark.database
def test_a_publisher_killed_around_its_witnesses_loses_nothing_and_never_says_two_things(tmp_path):
    log = log_key(tmp_path, NAME).public
    with (
        own_node(tmp_path) as node,
        served(STATE, log, tmp_path / "state") as state,
        served(TOWNS, log, tmp_path / "towns") as towns,
    ):
        write_policy(tmp_path, state, towns)
        size, seen = 0, []
        for before in MOMENTS.values():
            assert run(node, before, size, size + 3) == -signal.SIGKILL
            with TileWriter(tmp_path / "log") as writer:  # what the next one goes on from
                assert writer.size == size + 3
                seen.append((writer.size, writer.root))
            size += 3
        assert run(node, "", size, size + 1) == 0
        policy = Policy.parse(policy_text(data=tmp_path, witnesses=tmp_path / "witnesses.txt").encode())
        report = verify_log(folder_reader(tmp_path / "log"), policy, files=folder_files(tmp_path / "log"))
        assert (report.findings, report.cosigned, report.size) == ([], ["État", "communes"], 10)
        last = Checkpoint.parse(current_note(tmp_path).text)
        with TileWriter(tmp_path / "log") as writer:
            assert (writer.size, writer.root) == (last.size, last.root)
        kept = [Checkpoint.read((tmp_path / "log" / f"checkpoint.{n}").read_bytes())[0] for n, _root in seen]
        assert [(one.size, one.root) for one in kept] == seen
        assert json.loads(python(node, COUNT)) == list(range(10))
