"""An entry that has its index is never changed; no entry is ever deleted. Held by the database, not by Python."""

from django.db import migrations

SQLITE = [
    """CREATE TRIGGER record_entry_no_update BEFORE UPDATE ON record_entry
       WHEN OLD."index" IS NOT NULL OR NEW."index" IS NULL OR NEW.id <> OLD.id OR NEW.entry_id <> OLD.entry_id
       OR NEW.leaf IS NOT OLD.leaf OR NEW.type <> OLD.type OR NEW.at <> OLD.at OR NEW.actor <> OLD.actor OR NEW.subject <> OLD.subject
       BEGIN SELECT RAISE(ABORT, 'record: an entry is never changed'); END""",
    # REPLACE deletes without asking the trigger below.
    """CREATE TRIGGER record_entry_no_replace BEFORE INSERT ON record_entry
       WHEN EXISTS (SELECT 1 FROM record_entry WHERE id = NEW.id OR entry_id = NEW.entry_id OR "index" = NEW."index")
       BEGIN SELECT RAISE(ABORT, 'record: an entry is never replaced'); END""",
    """CREATE TRIGGER record_entry_no_delete BEFORE DELETE ON record_entry
       BEGIN SELECT RAISE(ABORT, 'record: an entry is never deleted'); END""",
]
POSTGRESQL = [
    """CREATE FUNCTION record_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'record: an entry is never changed nor deleted'; END $$""",
    """CREATE TRIGGER record_entry_no_update BEFORE UPDATE ON record_entry FOR EACH ROW
       WHEN (OLD."index" IS NOT NULL OR NEW."index" IS NULL OR NEW.id <> OLD.id OR NEW.entry_id <> OLD.entry_id
       OR NEW.leaf IS DISTINCT FROM OLD.leaf OR NEW.type <> OLD.type OR NEW.at <> OLD.at OR NEW.actor <> OLD.actor OR NEW.subject <> OLD.subject)
       EXECUTE FUNCTION record_entry_refuse()""",
    """CREATE TRIGGER record_entry_no_delete BEFORE DELETE ON record_entry FOR EACH ROW
       EXECUTE FUNCTION record_entry_refuse()""",
    """CREATE TRIGGER record_entry_no_truncate BEFORE TRUNCATE ON record_entry
       EXECUTE FUNCTION record_entry_refuse()""",
]


def install(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def remove(apps, schema_editor):
    sqlite = schema_editor.connection.vendor == "sqlite"
    for name in ("no_update", "no_delete", "no_replace") if sqlite else ("no_update", "no_delete", "no_truncate"):
        schema_editor.execute(f"DROP TRIGGER record_entry_{name}" + ("" if sqlite else " ON record_entry"))
    if not sqlite:
        schema_editor.execute("DROP FUNCTION record_entry_refuse()")


class Migration(migrations.Migration):
    dependencies = [("record", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
