"""The public log in its database: the outbox of an act, one place each, and nothing ever changed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from dcant.record.canonical import dumps
from dcant.record.models import Entry
from dcant.record.refusal import LeafRefused
from dcant.record.sequencer import sequence_entries
from dcant.record.services import Draft, digest, write_entries, write_entry

AT = datetime(2026, 3, 2, 9, 30, 15, tzinfo=UTC)


def say(number: int = 0) -> Entry:
    body = {"number": number}
    return write_entry(kind="test.said", actor="system:test", subject=digest(body), body=body, at=AT)


def leaves() -> dict[str, bytes]:
    return {entry.entry_id: bytes(entry.leaf) for entry in Entry.objects.all()}


def run_sql(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
def test_an_entry_is_the_leaf_of_what_was_said_and_waits_for_its_place():
    entry = say(7)
    held = Entry.objects.get()
    assert held.document == {
        "v": 1,
        "type": "test.said",
        "id": entry.entry_id,
        "at": "2026-03-02T09:30:15Z",
        "actor": "system:test",
        "subject": digest({"number": 7}),
        "body": {"number": 7},
    }
    assert bytes(held.leaf) == dumps(held.document)
    assert (held.index, held.place, held.is_demo) == (None, "en attente", False)


@pytest.mark.django_db
def test_the_line_goes_with_the_act_that_fails():
    def act() -> None:
        with transaction.atomic():
            say()
            assert Entry.objects.count() == 1
            raise RuntimeError("the act fails")

    with pytest.raises(RuntimeError):
        act()
    assert Entry.objects.count() == 0


@pytest.mark.django_db
def test_a_body_that_the_record_cannot_hold_leaves_no_line():
    with pytest.raises(LeafRefused) as caught:
        write_entry(kind="test.said", actor="system:test", subject="", body={"price": 1.5}, at=AT)
    assert (caught.value.code, caught.value.path) == ("leaf-float", "$.body.price")
    assert Entry.objects.count() == 0


def test_a_line_is_never_written_outside_a_transaction(django_db_blocker):
    with django_db_blocker.unblock(), pytest.raises(RuntimeError, match="transaction"):
        say()


@pytest.mark.django_db
@settings(max_examples=20)
@given(st.lists(st.integers(0, 6) | st.just("number them"), max_size=12), st.integers(1, 4))
def test_indices_are_gapless_in_the_order_of_writing_and_leaves_never_move(moves, limit: int):
    with transaction.atomic():
        said: dict[str, bytes] = {}
        for move in moves:
            if move == "number them":
                assert sequence_entries(limit=limit) <= limit
            else:
                write_entries(
                    Draft("test.said", "system:test", digest({"n": n}), {"n": n}, AT + timedelta(days=-n))
                    for n in range(move)
                )
            said |= {name: leaf for name, leaf in leaves().items() if name not in said}
        while sequence_entries(limit=limit):
            pass
        assert sequence_entries() == 0
        rows = list(Entry.objects.order_by("pk").values_list("index", flat=True))
        assert rows == list(range(len(said)))
        assert leaves() == said
        assert [entry.index for entry in Entry.objects.written()] == rows[::-1]
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_the_same_identity_is_never_written_twice():
    draft = Draft("test.said", "system:test", "", {}, AT, entry_id="mine")
    write_entries([draft])
    with pytest.raises(DatabaseError), transaction.atomic():
        write_entries([draft])


@pytest.fixture
def log(db) -> None:
    """One line with its place, one that waits."""
    say(0)
    sequence_entries()
    say(1)


WRITTEN = 'WHERE "index" = 0'
WAITING = 'WHERE "index" IS NULL'
FORBIDDEN = {
    "change a leaf": f"UPDATE record_entry SET leaf = leaf || leaf {WRITTEN}",
    "change a moment": f"UPDATE record_entry SET at = '2020-01-01' {WRITTEN}",
    "change a type": f"UPDATE record_entry SET type = 'x' {WRITTEN}",
    "change a place": f'UPDATE record_entry SET "index" = 5 {WRITTEN}',
    "take a place back": f'UPDATE record_entry SET "index" = NULL {WRITTEN}',
    "change a waiting leaf": f"UPDATE record_entry SET leaf = leaf || leaf {WAITING}",
    "change a waiting leaf and number it": f'UPDATE record_entry SET leaf = leaf || leaf, "index" = 1 {WAITING}',
    "rename a waiting one": f"UPDATE record_entry SET entry_id = 'x', \"index\" = 1 {WAITING}",
    "change a waiting actor": f"UPDATE record_entry SET actor = 'x', \"index\" = 1 {WAITING}",
    "delete one": f"DELETE FROM record_entry {WRITTEN}",
    "delete a waiting one": f"DELETE FROM record_entry {WAITING}",
    "delete all": "DELETE FROM record_entry",
    "a place below zero": f'UPDATE record_entry SET "index" = -1 {WAITING}',
}


@pytest.mark.parametrize("deed", FORBIDDEN)
def test_the_database_itself_refuses_to(deed: str, log):
    before = list(Entry.objects.order_by("pk").values())
    with pytest.raises(DatabaseError):
        run_sql(FORBIDDEN[deed])
    assert list(Entry.objects.order_by("pk").values()) == before


def test_postgresql_refuses_to_empty_the_log_at_once(log):
    if connection.vendor != "postgresql":
        pytest.skip("TRUNCATE exists in PostgreSQL alone")
    with pytest.raises(DatabaseError):
        run_sql("TRUNCATE record_entry CASCADE")


@pytest.mark.parametrize("key", ["id", "entry_id", '"index"'])
def test_sqlite_refuses_to_replace_a_line_by_another_of_the_same_key(key: str, log):
    if connection.vendor != "sqlite":
        pytest.skip("REPLACE exists in SQLite alone")
    columns = {"id": "id + 100", "entry_id": "'other'", '"index"': '"index" + 100'} | {key: key}
    chosen = ", ".join(columns.values())
    names = 'id, entry_id, "index", type, at, actor, subject, leaf'
    with pytest.raises(DatabaseError):
        run_sql(
            f"REPLACE INTO record_entry ({names}) SELECT {chosen}, 'x', at, actor, subject, leaf FROM record_entry {WRITTEN}"
        )
    assert not Entry.objects.filter(type="x").exists()


@pytest.mark.django_db
def test_sqlite_says_done_only_once_it_is_on_the_disk():
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL does so of itself")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous")
        assert cursor.fetchone() == (2,)  # FULL: with less, a power cut takes back an act whose line is signed
