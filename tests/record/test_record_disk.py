"""The disk of the log is full, or takes nothing: acts stay, everyone is told, and it mends itself when there is room again."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from own_witness import NAME, grow, say

from dcant.record.models import Entry
from dcant.record.policy import Policy
from dcant.record.publication import alarm, current_note, log_key, publish_log
from dcant.record.questions import log_state
from dcant.record.tiles import folder_reader
from dcant.record.verifier import folder_files, verify_log
from own_node import own_node, python

# The system itself refuses to this process alone any byte beyond forty thousand in a file: what a full disk does, for anybody.
PUBLISH_WITHOUT_ROOM = """
import resource, signal, sys, django
django.setup()
from pathlib import Path
from django.conf import settings
from dcant.record.publication import publish_log
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, resource.RLIM_INFINITY))
publish_log(data=settings.DATA, name="essai.example/registre")
"""
BEFORE = """
import sys
sys.path.insert(0, sys.argv[1])
from django.conf import settings
from own_witness import grow, say
grow(settings.DATA, range(3))
say(range(3, 300))
"""
AFTER = """
import sys
sys.path.insert(0, sys.argv[1])
from django.conf import settings
from django.test import Client
from dcant.record.publication import publish_log
from own_witness import say
def told():
    client = Client(SERVER_NAME="localhost")
    return [client.get("/readyz").json()["problems"].get("log", ""), "arrêtée" in client.get("/registre/").content.decode()]
before = told()
say(range(300, 301))
print(json.dumps([before, publish_log(data=settings.DATA, name="essai.example/registre"), told()]))
"""


@pytest.mark.database
def test_a_full_disk_stops_the_signature_alone_says_so_and_is_forgotten_once_there_is_room(tmp_path):
    here = str(Path(__file__).parent)
    with own_node(tmp_path) as node:
        python(node, BEFORE, here)
        before = (tmp_path / "log" / "checkpoint").read_bytes()
        ended = subprocess.run(
            [sys.executable, "-c", PUBLISH_WITHOUT_ROOM], env=node, capture_output=True, text=True, check=False
        )
        assert "File too large" in ended.stderr
        assert (tmp_path / "log" / "checkpoint").read_bytes() == before  # nothing half written is ever shown
        stopped, added, after = json.loads(python(node, AFTER, here))  # acts go on, and so does the log at once
        assert stopped == ["The folder of the log cannot be written: File too large", True]
        assert (added, after) == (298, ["", False])
        policy = Policy.parse(f"log {log_key(tmp_path, NAME).public}\nquorum none\n".encode())
        report = verify_log(folder_reader(tmp_path / "log"), policy, files=folder_files(tmp_path / "log"))
        assert (report.findings, report.size) == ([], 301)


@pytest.mark.django_db
def test_a_folder_that_takes_no_file_is_an_alarm_and_loses_no_act(tmp_path, client, settings):
    settings.DATA, settings.WITNESSES = tmp_path, tmp_path / "witnesses.txt"
    grow(tmp_path, range(2))
    log, aside = tmp_path / "log", tmp_path / "aside"
    log.rename(aside)
    log.write_bytes(b"")  # nobody writes below a file, not even who may do everything
    say(range(2, 5))
    with pytest.raises(OSError, match="exists"):
        publish_log(data=tmp_path, name=NAME)
    assert "cannot be written" in alarm(tmp_path)
    assert "log" in client.get("/readyz").json()["problems"]
    assert "arrêtée" in client.get("/registre/").content.decode()
    assert Entry.objects.written().count() == 5
    log.unlink()
    aside.rename(log)
    assert publish_log(data=tmp_path, name=NAME) == 3
    assert alarm(tmp_path) == ""
    assert current_note(tmp_path).text.startswith(f"{NAME}\n5\n")


@pytest.mark.django_db
def test_an_alarm_that_cannot_be_written_either_is_said_by_the_entries_that_wait(tmp_path):
    grow(tmp_path, range(1))
    say(range(1, 2))
    (tmp_path / "log").rename(tmp_path / "aside")
    (tmp_path / "log").write_bytes(b"")
    (tmp_path / "log-alarm.new").mkdir()
    with pytest.raises(OSError, match="exists"):
        publish_log(data=tmp_path, name=NAME)
    assert alarm(tmp_path) == ""
    (tmp_path / "log").unlink()
    (tmp_path / "aside").rename(tmp_path / "log")
    later = datetime(2026, 11, 21, tzinfo=UTC) + timedelta(minutes=6)
    assert log_state(data=tmp_path, witnesses=tmp_path / "witnesses.txt", now=later).late
