"""Installs in the database what `rules.immutability` generates, and says whether it is all there."""

from typing import Any

from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from dcant.governance.rules.immutability import GUARDS, PREFIX, statements


def install(_apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """For a migration. One that changes a guarded table takes the guards off first (`remove`) and puts them back last:

    SQLite makes such a table again and forgets its triggers, and will not rename one that a trigger names.
    A table that a later migration makes, or gives a column to guard, is guarded by that one.
    """
    remove(_apps, schema_editor)
    asked = schema_editor.connection.introspection
    guarded = {guard.table for guard in GUARDS}
    with schema_editor.connection.cursor() as cursor:
        present = {
            table: [column.name for column in asked.get_table_description(cursor, table)]
            for table in guarded.intersection(asked.table_names(cursor))
        }
    for statement in statements(schema_editor.connection.vendor, present):
        schema_editor.execute(statement)


def remove(_apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Takes off whatever an earlier version put, by the beginning of its name."""
    sqlite = schema_editor.connection.vendor == "sqlite"
    asked = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND substr(name, 1, %s) = %s"
        if sqlite
        else "SELECT proname FROM pg_proc WHERE left(proname, %s) = %s AND pronamespace = current_schema()::regnamespace"
    )
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(asked, [len(PREFIX), PREFIX])
        names = [str(row[0]) for row in cursor.fetchall()]
    for name in names:
        schema_editor.execute(f"DROP TRIGGER {name}" if sqlite else f"DROP FUNCTION {name}() CASCADE")


def tables_without_guard() -> list[str]:
    """The guarded tables whose triggers are not all there and working."""
    if connection.vendor == "sqlite":
        asked, each = "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND substr(name, 1, %s) = %s", 3
    else:
        asked, each = (
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D' AND left(tgname, %s) = %s",
            2,
        )
    with connection.cursor() as cursor:
        cursor.execute(asked, [len(PREFIX), PREFIX])
        present = [str(row[0]) for row in cursor.fetchall()]
    return sorted(guard.table for guard in GUARDS if present.count(guard.table) < each)
