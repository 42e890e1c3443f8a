"""Faults on a small source: no wrongful withdrawal, no lost statement, and a line that says what to do."""

import pytest

from dcant.harvest.locks import source_lock
from dcant.harvest.models import Item, Line, Run, Statement
from dcant.harvest.rules import SnapshotError
from dcant.harvest.storage import load_raw, raw_path
from dcant.identifiers import Refused

pytestmark = pytest.mark.django_db


def codes() -> list[str]:
    return sorted(Line.objects.exclude(code="").values_list("code", flat=True))


def current() -> int:
    return Statement.objects.current().count()


def test_a_second_run_on_the_same_bytes_writes_nothing(world, make_things):
    first = world.play(make_things(12))
    assert (first.state, first.totals["created"], first.exit_status) == ("complete", 12, 0)
    second = world.play(make_things(12), day=1)
    assert (second.run, second.written, second.totals["unchanged"]) == (2, 0, 12)
    assert Line.objects.filter(run__number=2).count() == 0
    assert len(world.sink.calls) == 12


def test_a_change_appends_a_statement_and_ends_the_old_one(world, make_sheet):
    world.play({"things/a.md": make_sheet("A", colour="rouge", size="1")})
    report = world.play({"things/a.md": make_sheet("A", colour="bleu", size="1")}, day=2)
    assert (report.totals["updated"], report.written) == (1, 3)
    old, new = Statement.objects.filter(field="colour").order_by("pk")
    assert (old.value, old.ended_at, new.value, new.ended_at) == ("rouge", new.fetched_at, "bleu", None)
    assert Statement.objects.at(old.fetched_at).filter(field="colour").get() == old


def test_a_parser_of_another_version_reads_again_and_keeps_equal_statements(world, make_things):
    world.play(make_things(3))
    before = set(Statement.objects.values_list("pk", flat=True))
    world.reader.parser_version = 2
    report = world.play(make_things(3), day=1)
    assert (report.totals["unchanged"], report.written) == (3, 3)
    assert set(Statement.objects.values_list("pk", flat=True)) == before
    assert world.play(make_things(3), day=2).written == 0


@pytest.mark.parametrize("left", [0, 10])
def test_half_or_all_of_the_files_gone_is_suspect_however_often(world, make_things, left):
    world.play(make_things(20))
    held = current()
    for day in (1, 5, 9, 14, 30):
        report = world.play(make_things(left), day=day)
        assert (report.state, report.exit_status, report.totals["withdrawn"]) == ("suspect", 1, 0)
        assert report.findings[-1]["code"] == "LOSS"
    assert set(world.states().values()) == {"seen"}
    assert current() == held


def test_a_person_may_accept_a_loss(world, make_things):
    world.play(make_things(20))
    report = world.play(make_things(10), day=1, accept_loss=True)
    assert (report.state, report.totals["unseen"]) == ("complete", 10)


def test_one_file_gone_is_unseen_then_withdrawn_then_returned(world, make_things):
    world.play(make_things(20))
    for day, state in ((1, "unseen"), (2, "unseen"), (3, "unseen"), (8, "withdrawn"), (9, "withdrawn")):
        world.play(make_things(19), day=day)
        assert world.states()["t19"] == state
    item = Item.objects.get(remote_id="t19")
    assert (item.withdrawn_reason, item.unseen_since_run, item.statements.current().count()) == ("absent", 2, 2)
    report = world.play(make_things(20), day=10)
    assert (report.totals["returned"], world.states()["t19"]) == (1, "returned")
    assert world.sink.calls[-2:] == [("withdrawn", "t19"), ("returned", "t19")]
    assert world.play(make_things(20), day=11).written == 0


def test_suspect_and_failed_runs_do_not_count_as_absence(world, make_things):
    world.play(make_things(20))
    world.play(make_things(19), day=1)
    for day in (3, 6, 9):
        world.play({}, day=day)
    world.play(make_things(19), day=12)
    assert world.states()["t19"] == "unseen"
    assert Item.objects.get(remote_id="t19").unseen_runs == 2


def test_a_clock_that_jumps_withdraws_nothing(world, make_things):
    world.play(make_things(20))
    world.play(make_things(19), day=-2)
    world.play(make_things(19), day=30)
    assert world.states()["t19"] == "unseen"
    assert [run.number for run in Run.objects.of("small")] == [3, 2, 1]


def test_a_file_renamed_is_moved_and_again_with_an_edit(world, make_things, make_sheet):
    files = make_things(3)
    world.play(files)
    pk = Item.objects.get(remote_id="t02").pk
    files["things/new.md"] = files.pop("things/t02.md")
    report = world.play(files, day=1)
    assert (report.state, report.totals["moved"], report.totals["created"]) == ("complete", 1, 0)
    del files["things/new.md"]
    files["things/newer.md"] = make_sheet("Chose 2", producer="p", more="oui")
    assert world.play(files, day=2).totals["moved"] == 1
    assert Item.objects.get(remote_id="newer").pk == pk
    assert Item.objects.count() == 3


def test_a_copy_is_not_a_move(world, make_things):
    files = make_things(2)
    world.play(files)
    report = world.play(files | {"things/copy.md": files["things/t00.md"]}, day=1)
    assert (report.totals["moved"], report.totals["created"]) == (0, 1)


def test_of_two_items_with_one_name_the_first_by_path_wins(world, make_sheet):
    files = {"things/a/x.md": make_sheet("Un"), "things/b/x.md": make_sheet("Deux")}
    report = world.play(files)
    assert (report.state, report.exit_status, report.totals["rejected"]) == ("partial", 1, 1)
    assert Item.objects.get().title == "Un"
    line = Line.objects.get(code="DUPLICATE_ID")
    assert "things/a/x.md" in line.message
    assert "things/b/x.md" in line.message
    assert world.play(files, day=1).written == 0


def test_a_sheet_cut_or_poisoned_keeps_its_old_statements_and_counts_as_seen(world, make_things):
    files = make_things(9)
    world.play(files)
    held = current()
    bomb = b"---\na: &a [x,x]\n" + b"".join(
        b"b%d: &b%d [%s]\n" % (n, n, b",".join([b"*a" if n == 0 else b"*b%d" % (n - 1)] * 50)) for n in range(9)
    )
    files |= {
        "things/t00.md": files["things/t00.md"][:20],
        "things/t01.md": bomb + b"---\n",
        "things/t02.md": b"x" * 1_000_001,
        "things/t03.md": b"---\ntitle: " + b"[" * 500 + b"\n---\n",
        "things/t04.md": "---\ntitle: été\n---\n".encode("latin-1"),
        "things/t05.md": b"---\ntitle: a\x00b\n---\n",
        "things/t06.md": b"---\nproducer: p\n---\n",
        "things/t07.md": b"---\ntitle: a\ncrash: bang\n---\n",
    }
    report = world.play(files, day=1)
    assert (report.state, report.exit_status, report.totals["rejected"]) == ("partial", 1, 8)
    assert codes() == sorted(
        ["FRONT_MATTER", "ALIAS_BOMB", "TOO_LARGE", "DEPTH", "ENCODING", "ENCODING", "MISSING_TITLE", "UNREADABLE"]
    )
    assert all(line.message and line.remedy and line.place for line in Line.objects.exclude(code=""))
    assert (current(), set(world.states().values())) == (held, {"seen"})
    assert world.play(make_things(9), day=2).state == "complete"


def test_a_tombstone_withdraws_at_once(world, make_sheet):
    world.play({"things/a.md": make_sheet("A")})
    ended = {"things/a.md": make_sheet("A", ended="archivé")}
    report = world.play(ended, day=1)
    assert (report.state, report.totals["withdrawn"]) == ("complete", 1)
    assert Item.objects.get().withdrawn_reason == "dit par la source : archivé"
    assert world.play(ended, day=2).written == 0
    assert world.play({"things/a.md": make_sheet("A")}, day=3).totals["returned"] == 1


def test_an_item_that_the_source_file_ignores_has_its_line_and_nothing_else(world, make_things, make_sheet):
    report = world.play(make_things(2) | {"things/essai.md": make_sheet("TEST")})
    assert (report.state, Item.objects.count(), codes()) == ("complete", 2, ["IGNORED"])


def test_a_date_not_yet_come_is_said(world, make_sheet):
    report = world.play({"things/a.md": make_sheet("A", updated_on="2099-01-01")})
    assert (report.state, report.totals["warned"], codes()) == ("complete", 1, ["DATE_IN_FUTURE"])


def test_a_second_run_at_once_is_refused_and_names_the_first(world, make_things):
    with source_lock(data=world.data, source="small") as note:
        note(7)
        with pytest.raises(Refused, match="n° 7") as caught:
            world.play(make_things(1))
    assert caught.value.code == "DCANT-H001"
    assert not Run.objects.exists()


def test_a_run_that_died_is_marked_interrupted_by_the_next(world, make_things):
    world.play(make_things(1))
    Run.objects.update(state="running")
    assert world.play(make_things(1), day=1).run == 2
    assert [run.state for run in Run.objects.of("small")] == ["complete", "interrupted"]


class Broken:
    ref = "broken"

    def list(self, prefix: str) -> "list[str]":  # noqa: ARG002 -- the shape of a snapshot
        raise SnapshotError("UNREADABLE", "La source ne répond pas.", "Réessayez.")


def test_a_source_that_does_not_answer_is_a_failed_run_and_changes_nothing(world, make_things):
    world.play(make_things(3))
    report = world.play({}, day=1, snapshot=Broken())
    assert (report.state, report.exit_status, report.written) == ("failed", 2, 0)
    assert set(world.states().values()) == {"seen"}


def test_a_full_disk_fails_the_run_and_loses_nothing(world, make_things):
    (world.data / "raw").write_text("a file where a folder should be")
    report = world.play(make_things(3))
    assert (report.state, report.exit_status, codes()) == ("failed", 2, ["STORAGE"])
    assert not Item.objects.exists()
    (world.data / "raw").unlink()
    assert world.play(make_things(3), day=1).totals["created"] == 3


def test_a_sink_that_fails_takes_its_batch_back(world, make_things):
    def fail(item, statements, links):
        raise ValueError("no room")

    world.sink.changed = fail
    with pytest.raises(ValueError, match="no room"):
        world.play(make_things(3))
    assert (Item.objects.count(), Statement.objects.count(), Run.objects.get().state) == (0, 0, "failed")


def test_a_rehearsal_says_everything_and_leaves_nothing(world, make_things):
    report = world.play(make_things(3), dry_run=True)
    assert report.totals["created"] == 3
    assert not Run.objects.exists()
    assert not Item.objects.exists()
    assert not (world.data / "raw").exists()


def test_names_of_people_are_neither_stated_nor_stored_and_the_hash_is_that_of_the_original(world, make_sheet):
    data = make_sheet("A", contact="prenom.nom@exemple.fr")
    world.play({"things/a.md": data})
    item = Item.objects.get()
    assert b"prenom" not in load_raw(data=world.data, raw_hash=item.content_hash)
    assert "prenom" not in str(list(Statement.objects.values_list("value", flat=True)))
    assert raw_path(world.data, item.content_hash).parent.name == item.content_hash[:2]
    assert world.play({"things/a.md": data}, day=1).written == 0


def test_the_summary_and_the_entry_of_the_record_are_in_the_run(world, make_things):
    def record(run: Run) -> None:
        assert len(run.summary_hash) == 64
        run.record_entry = "entry-1"

    world.play(make_things(1), on_finished=record)
    run = Run.objects.get()
    assert (run.record_entry, run.totals["created"], run.collections["things"]["seen"]) == ("entry-1", 1, 1)


def test_the_report_has_the_agreed_shape(world, make_things):
    document = world.play(make_things(1)).as_dict()
    assert list(document) == [
        "source", "run", "state", "seen", "created", "updated", "unchanged", "moved", "warned", "rejected", "unseen",
        "withdrawn", "returned", "written", "seconds", "findings", "collections",
    ]  # fmt: skip
