"""The name behind a seat is nowhere but in its row, and nowhere at all once erased; verification and replay still pass."""

import json
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from dcant.cli.transfer import MODELS, _write_table
from dcant.governance.models import SeatHolder
from dcant.governance.services.founding import close_seat
from dcant.governance.services.holders import end_holder, erase_person, name_holder
from dcant.governance.services.speaking import Speaker
from dcant.governance.unrecorded import unrecorded_rows
from dcant.record.canonical import commitment
from dcant.record.keys import SigningKey
from dcant.record.models import Entry
from dcant.record.policy import Policy
from dcant.record.publication import FOLDER, KEY, publish_log
from dcant.record.sequencer import sequence_entries
from dcant.record.tiles import folder_reader
from dcant.record.verifier import folder_files, verify_log
from governance.log_of import falsified, found, indices, leaves, replayed
from governance.stage import Stage, refused

NAME = "Ève Zébulon-Quartz"


def named(stage: Stage, seat: str = "e1", *, name: str = NAME, part: str = "titular") -> SeatHolder:
    return name_holder(seat=stage.seats[seat], name=name, part=part, speaker=stage.secretariat, at=stage.later())


def end(stage: Stage, holder: SeatHolder) -> SeatHolder:
    return end_holder(holder=holder, speaker=stage.secretariat, at=stage.later())


def erase(stage: Stage, holder: SeatHolder) -> list[str]:
    return erase_person(holder=holder, speaker=stage.secretariat, at=stage.later())


def where_it_is(name: str, folder: Path) -> set[str]:
    """The files of a whole export, and of the published log, that hold this name as people or JSON write it."""
    for model in MODELS:
        _write_table(model, folder / f"{model}.jsonl")
    while sequence_entries():
        pass
    publish_log(data=folder / "data", name="journal.example/registre")
    forms = (name.encode(), json.dumps(name)[1:-1].encode())
    files = [path for path in folder.rglob("*") if path.is_file()]
    held = {path.name for path in files if any(form in path.read_bytes() for form in forms)}
    if connection.vendor == "sqlite":
        memory = connection.connection.serialize()
        held |= {"database"} if any(form in memory for form in forms) else set()
    return held


def test_a_name_is_erased_everywhere_and_the_log_stays_whole(stage, tmp_path):
    first, second = named(stage), named(stage, "t1", part="alternate")
    other = named(stage, "e2", name="Autre Personne")
    (tmp_path / "before").mkdir()
    (tmp_path / "after").mkdir()
    expected = {"governance.seatholder.jsonl"} | ({"database"} if connection.vendor == "sqlite" else set())
    assert where_it_is(NAME, tmp_path / "before") == expected
    before = leaves()
    assert erase(stage, first) == [first.commitment, second.commitment]
    assert where_it_is(NAME, tmp_path / "after") == set()
    assert leaves()[: len(before)] == before  # not a byte of what was written moves
    state = replayed()
    assert state.erased == {first.commitment, second.commitment}
    data = tmp_path / "after" / "data"
    policy = Policy.parse(f"log {SigningKey.read(data / KEY).public}\nquorum none\n".encode())
    report = verify_log(folder_reader(data / FOLDER), policy, files=folder_files(data / FOLDER))
    assert (report.findings, report.size) == ([], len(leaves()))
    other.refresh_from_db()
    assert (other.name, other.valid_to) == ("Autre Personne", None)
    assert unrecorded_rows() == []


def test_a_commitment_opens_with_its_salt_while_it_is_kept(stage):
    holder = SeatHolder.objects.get(pk=named(stage).pk)
    assert commitment(bytes(holder.salt), {"name": NAME}) == holder.commitment
    assert named(stage, "e2").commitment != holder.commitment


def test_each_act_on_a_holder_leaves_its_line_without_a_name(stage):
    start = Entry.objects.count()
    holder = named(stage)
    end(stage, holder)
    again = named(stage)
    erase(stage, again)
    kinds = [one.type for one in Entry.objects.order_by("pk")[start:]]
    assert kinds == ["mandate.started", "mandate.ended", "mandate.started", "mandate.ended", "person.erased"]
    replayed()


def test_only_the_secretariat_names_ends_and_erases(stage):
    holder = named(stage)
    who = Speaker(stage.secretariat.organisation, "association")
    with refused("Seul le secrétariat"):
        name_holder(seat=stage.seats["e2"], name=NAME, part="titular", speaker=who, at=stage.now)
    with refused("Seul le secrétariat"):
        end_holder(holder=holder, speaker=who, at=stage.now)
    with refused("Seul le secrétariat"):
        erase_person(holder=holder, speaker=who, at=stage.now)


def test_a_place_is_held_by_one_person_of_an_open_seat(stage):
    holder = named(stage)
    for seat, name, part, because in (
        ("e1", NAME, "titular", "Cette place est tenue"),
        ("e1", "  ", "alternate", "Écrivez un nom"),
        ("e1", NAME, "chief", "Écrivez un nom"),
    ):
        with refused(because):
            named(stage, seat, name=name, part=part)
    end(stage, holder)
    with refused("Ce mandat a déjà pris fin."):
        end(stage, holder)
    erase(stage, SeatHolder.objects.get(pk=holder.pk))
    with refused("Cette personne est déjà effacée."):
        erase(stage, SeatHolder.objects.get(pk=holder.pk))
    close_seat(seat=stage.seats["t3"], speaker=stage.secretariat, at=stage.later())
    with refused("Ce siège est déjà fermé."):
        named(stage, "t3")


def test_the_database_lets_a_name_be_erased_and_never_replaced(stage):
    holder = named(stage)
    for change in ({"personal": {"name": "Autre"}}, {"salt": b"x" * 32}, {"commitment": "sha256:00"}):
        with pytest.raises(DatabaseError, match="keeps what was published"), transaction.atomic():
            SeatHolder.objects.filter(pk=holder.pk).update(**change)


def test_a_falsified_mandate_is_named(stage):
    holder = named(stage)
    stage.later(days=1)
    erase(stage, holder)
    log = leaves()
    ended, erased = indices(log, "mandate.ended")[0], indices(log, "person.erased")[0]
    assert found(falsified(log, erased, lambda body: body.update(commitments=["sha256:00"]))) == [(erased, "mandate")]
    assert found([*log[:ended], *log[ended + 1 :]]) == [(ended, "mandate")]
    assert (ended, "mandate") in found(falsified(log, ended, lambda body: body.update(holder="sha256:00")))
