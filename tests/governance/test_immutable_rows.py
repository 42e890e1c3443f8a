"""Published rows resist raw SQL on both databases; what was forced in with the triggers off has no line of the log, and is named."""

import importlib
import pkgutil
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction

from dcant.governance import migrations
from dcant.governance.immutability import install, remove, tables_without_guard
from dcant.governance.rules import machines
from dcant.governance.rules.immutability import GUARDS, fingerprint
from dcant.governance.unrecorded import unrecorded_rows
from governance.played import Played, played_half_years
from governance.stage import everything

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
GUARD = "keeps what was published"


@pytest.fixture
def played() -> Played:
    made = played_half_years(NOW)
    connection.check_constraints()  # PostgreSQL empties no table while a deferred check waits
    return made


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement.replace("%", "%%"))


def refused(statement: str) -> bool:
    """The database says no, in the guard's own words, and nothing moves; what it accepts is taken back."""
    before = everything()
    try:
        with transaction.atomic():
            run(statement)
            transaction.set_rollback(True)
    except DatabaseError as error:
        if GUARD not in str(error):
            raise
        assert everything() == before
        return True
    return False


PUBLISHED = {
    "governance_charter": "state = 'published'",
    "governance_roadmap": "state = 'published'",
    "governance_balancesheet": "state = 'published'",
    "governance_actionversion": "state = 'adopted'",
    "governance_decision": "state IN ('adopted', 'rejected')",
    "governance_ballot": "decision_id IN (SELECT id FROM governance_decision WHERE state IN ('adopted', 'rejected'))",
    "governance_assessment": "1 = 1",
    "governance_reservation": "1 = 1",
    "governance_cycle": "state = 'closed'",
    "governance_budget": "state = 'closed'",
    "governance_budgetproject": "1 = 1",
    "governance_budgetballot": "budget_id IN (SELECT id FROM governance_budget WHERE state = 'closed')",
    "governance_amendment": "state IN ('integrated', 'rejected')",
    "governance_meeting": "state IN ('held', 'cancelled')",
    "governance_agendaitem": "meeting_id IN (SELECT id FROM governance_meeting WHERE state <> 'draft')",
    "governance_attendance": "meeting_id IN (SELECT meeting_id FROM governance_minutes)",
    "governance_minutes": "state = 'published'",
    "governance_indicator": "1 = 1",
    "governance_measurement": "superseded_at IS NOT NULL",
}


def test_nothing_of_a_published_row_is_updated_nor_deleted(played, subtests):
    models_of = {one._meta.db_table: one for one in apps.get_app_config("governance").get_models()}
    for table, where in PUBLISHED.items():
        with subtests.test(table):
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT count(*) FROM {table} WHERE {where}")
                assert cursor.fetchone()[0]
            assert refused(f"DELETE FROM {table} WHERE {where}")
            for field in models_of[table]._meta.local_concrete_fields:
                column = connection.ops.quote_name(field.column)
                other = f"{column} + 1000" if isinstance(field, models.AutoField | models.SmallIntegerField) else column
                assert refused(f"UPDATE {table} SET {column} = {other} WHERE {where}"), column


def test_no_table_is_emptied_nor_replaced(played, subtests):
    for guard in GUARDS:
        replace = f"INSERT OR REPLACE INTO {guard.table} SELECT * FROM {guard.table}"
        with subtests.test(guard.table):
            assert refused(replace if connection.vendor == "sqlite" else f"TRUNCATE {guard.table} CASCADE")


KEPT = [
    "UPDATE governance_decision SET electorate = '[]' WHERE state = 'open'",
    "UPDATE governance_decision SET text_hash = 'sha256:00' WHERE state = 'open'",
    "UPDATE governance_decision SET deadline = '2099-01-01 00:00:00' WHERE state = 'open'",
    "UPDATE governance_decision SET rule = 'qualified' WHERE state = 'open'",
    "UPDATE governance_ballot SET value = 'abstain'",
    "DELETE FROM governance_ballot",
    "UPDATE governance_objection SET reason = 'Rien.'",
    "UPDATE governance_objection SET state = 'raised', reason = ''",
    "UPDATE governance_seat SET organisation_id = organisation_id + 1",
    "DELETE FROM governance_seat",
    "UPDATE governance_proxy SET from_seat_id = to_seat_id",
    "DELETE FROM governance_actionversion_copilots",
    "UPDATE governance_actionversion_copilots SET seat_id = seat_id",
    "UPDATE governance_programme SET title = 'Autre' WHERE played",
    "UPDATE governance_action SET code = 'autre' WHERE state = 'adopted'",
    "DELETE FROM governance_cycle",
    "UPDATE governance_measurement SET value = '100' WHERE superseded_at IS NULL",
    "UPDATE governance_measurement SET source = 'Autre' WHERE superseded_at IS NULL",
    "DELETE FROM governance_measurement WHERE superseded_at IS NULL",
    "UPDATE governance_meeting SET starts_at = '2099-01-01 00:00:00' WHERE state = 'convened'",
    "UPDATE governance_meeting SET place = 'Ailleurs' WHERE state = 'convened'",
    "UPDATE governance_meeting SET sequence = sequence + 1 WHERE state = 'convened'",
    "DELETE FROM governance_meeting WHERE state = 'convened'",
    'UPDATE governance_agendaitem SET "order" = "order" + 1 WHERE meeting_id IN (SELECT id FROM governance_meeting WHERE state = \'convened\')',
]


def test_what_is_public_before_its_end_is_kept_too(played, subtests):
    for statement in KEPT:
        with subtests.test(statement):
            assert refused(statement)


MACHINES = {
    "governance_cycle": machines.CYCLE,
    "governance_action": machines.ACTION,
    "governance_actionversion": machines.VERSION,
    "governance_amendment": machines.AMENDMENT,
    "governance_roadmap": machines.DOCUMENT,
    "governance_balancesheet": machines.DOCUMENT,
    "governance_charter": machines.DOCUMENT,
    "governance_decision": machines.DECISION,
    "governance_objection": machines.OBJECTION,
    "governance_meeting": machines.MEETING,
    "governance_minutes": machines.DOCUMENT,
}


def test_a_state_follows_the_arrows_of_its_machine_and_no_other(played):
    """Each pair of states, tried on a row put in the first with the guards off."""
    for table, before in [(table, state) for table, machine in MACHINES.items() for state in machine]:
        machine, one = MACHINES[table], f"id = (SELECT min(id) FROM {table})"
        place = transaction.savepoint()
        remove(None, InPlace())
        run("UPDATE governance_cycle SET state = 'planned'")  # else a second one under way is refused for that
        run(f"UPDATE {table} SET state = '{before}' WHERE {one}")
        install(None, InPlace())
        for after in set(machine) - {before}:
            stopped = refused(f"UPDATE {table} SET state = '{after}' WHERE {one}")
            assert stopped == (after not in machine[before].values()), (table, before, after)
        transaction.savepoint_rollback(place)


class InPlace:
    """Runs the statements of a migration inside the test's own transaction, where an editor of schemas may not begin."""

    connection = connection

    def execute(self, statement: str) -> None:
        connection.check_constraints()  # PostgreSQL drops no trigger while a deferred check waits
        run(statement)


def test_each_unique_key_of_a_guarded_table_is_known_to_its_guard():
    """SQLite deletes by REPLACE, without a word, the row that bears the same key."""
    tables = {guard.table: guard for guard in GUARDS}
    for model in apps.get_app_config("governance").get_models(include_auto_created=True):
        guard = tables.get(model._meta.db_table)
        if guard is None:
            continue
        keys = {tuple(column.strip('"') for column in columns) for columns, _condition in guard.keys}
        unique = {(field.column,) for field in model._meta.local_fields if field.unique and not field.primary_key}
        unique |= {
            tuple(model._meta.get_field(name).column for name in one.fields)
            for one in model._meta.constraints
            if isinstance(one, models.UniqueConstraint)
        }
        unique |= {tuple(model._meta.get_field(name).column for name in one) for one in model._meta.unique_together}
        assert keys == unique, guard.table


def test_a_change_of_machines_or_guards_comes_with_a_migration_that_installs_them():
    modules = [
        importlib.import_module(f"{migrations.__name__}.{one.name}")
        for one in pkgutil.iter_modules(migrations.__path__)
    ]
    last = [module.FINGERPRINT for module in modules if hasattr(module, "FINGERPRINT")][-1]
    assert last == fingerprint()


def test_every_guard_is_there_after_all_migrations(db):
    assert tables_without_guard() == []


# Rows that no line tells


def test_everything_that_was_played_is_told_by_the_log(played):
    assert unrecorded_rows() == []
    said = StringIO()
    call_command("published", stdout=said)
    assert said.getvalue().startswith("Rien à redire")


FORCED = [
        ("governance_ballot", "UPDATE governance_ballot SET value = 'abstain' WHERE id = (SELECT min(id) FROM governance_ballot)"),
        ("governance_ballot", 'INSERT INTO governance_ballot (decision_id, seat_id, value, "by", holder_id, at, superseded_at) SELECT decision_id, seat_id, value, "by", holder_id, at, at FROM governance_ballot WHERE id = (SELECT min(id) FROM governance_ballot)'),
        ("governance_decision", "UPDATE governance_decision SET state = 'adopted' WHERE state = 'rejected'"),
        ("governance_roadmap", "UPDATE governance_roadmap SET body = '[]'"),
        ("governance_balancesheet", "UPDATE governance_balancesheet SET body = '[]'"),
        ("governance_assessment", "UPDATE governance_assessment SET grade = 'abandonnee' WHERE id = (SELECT min(id) FROM governance_assessment)"),
        ("governance_charter", "UPDATE governance_charter SET body = '{}'"),
        ("governance_actionversion", "UPDATE governance_actionversion SET text = 'Autre.' WHERE id = (SELECT min(id) FROM governance_actionversion)"),
        ("governance_seat", "UPDATE governance_seat SET college_id = 'etat' WHERE college_id = 'territoires' AND id = (SELECT max(id) FROM governance_seat)"),
        ("governance_meeting", "UPDATE governance_meeting SET starts_at = '2099-01-01 00:00:00' WHERE state = 'convened'"),
        ("governance_meeting", "UPDATE governance_meeting SET state = 'cancelled' WHERE state = 'convened'"),
        ("governance_meeting", "DELETE FROM governance_agendaitem WHERE meeting_id = (SELECT min(id) FROM governance_meeting)"),
        ("governance_minutes", "UPDATE governance_minutes SET body = '{}'"),
        ("governance_minutes", "UPDATE governance_attendance SET presence = 'present'"),
        ("governance_indicator", "UPDATE governance_indicator SET target = '1' WHERE id = (SELECT min(id) FROM governance_indicator)"),
        ("governance_measurement", "UPDATE governance_measurement SET value = '100' WHERE id = (SELECT min(id) FROM governance_measurement)"),
        ("governance_reservation", "UPDATE governance_reservation SET text = 'Rien.'"),
    ]  # fmt: skip


def test_what_an_operator_forces_with_the_guards_off_is_named(played, subtests):
    remove(None, InPlace())
    assert len(tables_without_guard()) == len(GUARDS)
    for table, statement in FORCED:
        with subtests.test(statement):
            place = transaction.savepoint()
            run(statement)
            assert {one.table for one in unrecorded_rows()} == {table}
            said = StringIO()
            with pytest.raises(SystemExit) as stop:
                call_command("published", stdout=said)
            assert (stop.value.code, f"{table} " in said.getvalue()) == (1, True)
            transaction.savepoint_rollback(place)
