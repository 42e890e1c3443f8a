"""From the database to files that anyone checks: only ever extended, stopped by the least contradiction."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from dcant.record.checkpoint import Checkpoint
from dcant.record.models import Entry
from dcant.record.policy import Policy
from dcant.record.publication import alarm, current_note, export_log, log_key, publish_log
from dcant.record.sequencer import sequence_entries
from dcant.record.services import digest, write_entry
from dcant.record.tile_writer import LogInconsistent
from dcant.record.tiles import folder_reader
from dcant.record.verifier import folder_files, verify_log

pytestmark = pytest.mark.django_db
NAME = "essai.example/registre"


def _say(number: int) -> None:
    body = {"number": number}
    with transaction.atomic():
        write_entry(
            kind="test.said",
            actor="system:test",
            subject=digest(body),
            body=body,
            at=datetime(2026, 11, 21, tzinfo=UTC),
        )


def _grow(data, numbers) -> int:
    for number in numbers:
        _say(number)
    sequence_entries()
    return publish_log(data=data, name=NAME)


def _checkpoint(data) -> Checkpoint:
    return Checkpoint.parse(current_note(data).text)


def _findings(folder, data) -> list:
    policy = Policy.parse(f"log {log_key(data, NAME).public}\nquorum none\n".encode())
    return verify_log(folder_reader(folder), policy, files=folder_files(folder)).findings


def test_what_is_published_is_the_leaves_in_order_and_each_size_extends_the_one_before(tmp_path):
    assert _grow(tmp_path, range(3)) == 3
    first = _checkpoint(tmp_path)
    assert _grow(tmp_path, range(3, 300)) == 297
    assert _grow(tmp_path, ()) == 0
    last = _checkpoint(tmp_path)
    assert (first.size, last.size) == (3, 300)
    export_log(data=tmp_path, target=tmp_path / "copy", witnesses=tmp_path / "witnesses.txt")
    assert _findings(tmp_path / "copy", tmp_path) == []
    bundle = (tmp_path / "copy" / "tile" / "entries" / "000").read_bytes()
    leaf = bytes(Entry.objects.get(index=0).leaf)
    assert bundle[2 : 2 + len(leaf)] == leaf
    assert (tmp_path / "log.key").stat().st_mode & 0o777 == 0o600


def test_an_entry_without_its_number_is_not_published(tmp_path):
    _grow(tmp_path, range(2))
    _say(2)
    assert publish_log(data=tmp_path, name=NAME) == 0
    assert _checkpoint(tmp_path).size == 2


def test_one_bit_changed_in_the_published_files_is_found(tmp_path):
    _grow(tmp_path, range(20))
    export_log(data=tmp_path, target=tmp_path / "copy", witnesses=tmp_path / "witnesses.txt")
    bundle = tmp_path / "copy" / "tile" / "entries" / "000.p" / "20"
    data = bytearray(bundle.read_bytes())
    data[-9] ^= 1
    bundle.write_bytes(bytes(data))
    assert "entry" in {finding.code for finding in _findings(tmp_path / "copy", tmp_path)}


def test_a_database_shorter_than_what_was_signed_stops_the_publication_and_says_so(tmp_path, client, settings):
    settings.DATA = tmp_path
    with transaction.atomic():
        _grow(tmp_path, range(5))
        transaction.set_rollback(True)  # the entries never were, and were signed
    with pytest.raises(LogInconsistent):
        publish_log(data=tmp_path, name=NAME)
    assert "signed" in alarm(tmp_path)
    assert "log" in client.get("/readyz").json()["problems"]
    assert "arrêtée" in client.get("/registre/").content.decode()


def test_tiles_that_do_not_lead_to_what_was_signed_are_never_extended(tmp_path):
    _grow(tmp_path, range(5))
    tile = tmp_path / "log" / "tile" / "0" / "000.p" / "5"
    tile.write_bytes(bytes(32) + tile.read_bytes()[32:])
    _say(5)
    sequence_entries()
    with pytest.raises(LogInconsistent):
        publish_log(data=tmp_path, name=NAME)
    assert _checkpoint(tmp_path).size == 5
    assert alarm(tmp_path)


def test_the_files_are_served_as_the_format_asks_and_nothing_else_is(tmp_path, client, settings):
    settings.DATA = tmp_path
    _grow(tmp_path, range(3))
    checkpoint = client.get("/registre/log/checkpoint")
    assert checkpoint["Content-Type"] == "text/plain; charset=utf-8"
    assert checkpoint.content.decode().startswith(f"{NAME}\n3\n")
    tile = client.get("/registre/log/tile/0/000.p/3")
    assert (tile["Content-Type"], len(tile.content)) == ("application/octet-stream", 96)
    assert "immutable" in tile["Cache-Control"]
    assert client.get("/registre/log/tile/entries/000.p/3").status_code == 200
    for path in ("log.key", "../log.key", "tile/0/../../../log.key", "tile/0/001", "checkpoint.3", ".writing/lock"):
        assert client.get(f"/registre/log/{path}").status_code == 404, path
