"""Where the log is, for a person and for a program; one sequencer at a time; the export that waits for its turn."""

import fcntl
import json
import threading

import pytest

from dcant.record.publication import log_key
from dcant.record.sequencer import SEAT_FILE, SequencerSeat
from dcant.record.tile_writer import LogBusy, TileWriter
from own_node import dcant, own_node, python

WRITE = """
from datetime import UTC, datetime
from django.db import transaction
from dcant.record.services import write_entry
with transaction.atomic():
    write_entry(kind="test.said", actor="system:test", subject="", body={"n": 1}, at=datetime(2026, 1, 1, tzinfo=UTC))
"""
COUNT = "from dcant.record.models import Entry; print(Entry.objects.waiting().count())"


@pytest.mark.database
def test_the_status_says_what_waits_who_is_awaited_and_ends_with_1_on_an_alarm(tmp_path):
    with own_node(tmp_path) as node:
        assert json.loads(dcant(node, "record", "status", "--format", "json").stdout) == {
            "ok": True, "origin": None, "size": 0, "root": None, "waiting": 0, "unsigned": 0, "quorum": None,
            "cosignatures": [], "alarms": [],
        }  # fmt: skip
        python(node, WRITE)
        late = dcant(node, "record", "status", status=1)
        assert "ALARME. Des entrées attendent depuis plus de cinq minutes" in late.stdout
        with (tmp_path / SEAT_FILE).open("w") as seat:
            fcntl.flock(seat, fcntl.LOCK_EX)
            assert "waits for its turn" in dcant(node, "worker", "--once").stderr
        assert python(node, COUNT) == "1\n"
        key = tmp_path / "witness.key"
        vkey = dcant(node, "record", "key", "new", "--name", "t", "--type", "witness", "--output", str(key)).stdout
        (tmp_path / "witnesses.txt").write_text(f"witness seul {vkey.strip()} http://127.0.0.1:1/\nquorum seul\n")
        dcant(node, "worker", "--once")
        said = json.loads(dcant(node, "record", "status", "--format", "json").stdout)
        assert (said["size"], said["waiting"], said["unsigned"], said["quorum"]) == (1, 0, 0, False)
        assert said["cosignatures"] == [
            {"witness": "seul", "key": "+".join(vkey.split("+")[:2]), "at": None, "reason": "down"}
        ]
        assert "seul : Ce témoin ne répond pas" in dcant(node, "record", "status").stdout
        assert "Sans la cosignature de « seul »" in dcant(node, "record", "export", str(tmp_path / "copy")).stdout
        policy = str(tmp_path / "copy" / "policy.txt")
        verified = dcant(node, "record", "verify", str(tmp_path / "copy"), "--policy", policy, status=1)
        assert "quorum" in verified.stdout
        (tmp_path / "log-alarm").write_text("tiles", encoding="utf-8")
        assert "ALARME. La publication du journal est arrêtée" in dcant(node, "record", "status", status=1).stdout


def test_a_policy_that_does_not_read_is_named_by_every_command(tmp_path):
    with own_node(tmp_path, migrated=False) as node:
        (tmp_path / "witnesses.txt").write_text("quorum nobody\n", encoding="utf-8")
        assert "nobody" in dcant(node, "record", "status", status=2).stderr
        absent = dcant(node | {"DCANT_WITNESSES": str(tmp_path / "absent")}, "record", "status", status=2)
        assert "DCANT_WITNESSES" in absent.stderr
        assert "Traceback" not in absent.stderr


@pytest.mark.django_db
def test_the_seat_of_the_sequencer_holds_one_and_is_taken_by_the_next_when_it_is_left(tmp_path):
    first, second = SequencerSeat(tmp_path), SequencerSeat(tmp_path)
    assert first.taken()
    assert first.taken()
    assert not second.taken()
    first.leave()
    assert second.taken()
    assert not first.taken()
    second.leave()


def test_a_second_writer_is_refused_or_waits_until_the_first_is_done(tmp_path):
    log_key(tmp_path, "essai.example/registre")
    order = []

    def second() -> None:
        with TileWriter(tmp_path / "log", wait=True):
            order.append("second")

    with TileWriter(tmp_path / "log"):
        with pytest.raises(LogBusy):
            TileWriter(tmp_path / "log")
        thread = threading.Thread(target=second)
        thread.start()
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
