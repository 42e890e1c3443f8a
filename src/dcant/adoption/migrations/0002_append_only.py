"""An adoption event is never changed nor deleted. Held by the database, not by Python."""

from django.db import migrations

SQLITE = [
    """CREATE TRIGGER adoption_event_no_update BEFORE UPDATE ON adoption_adoptionevent
       BEGIN SELECT RAISE(ABORT, 'adoption: an event is never changed'); END""",
    """CREATE TRIGGER adoption_event_no_delete BEFORE DELETE ON adoption_adoptionevent
       BEGIN SELECT RAISE(ABORT, 'adoption: an event is never deleted'); END""",
    # REPLACE deletes without asking the trigger above.
    """CREATE TRIGGER adoption_event_no_replace BEFORE INSERT ON adoption_adoptionevent
       WHEN EXISTS (SELECT 1 FROM adoption_adoptionevent WHERE id = NEW.id OR entry_id = NEW.entry_id)
       BEGIN SELECT RAISE(ABORT, 'adoption: an event is never replaced'); END""",
]
POSTGRESQL = [
    """CREATE FUNCTION adoption_event_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'adoption: an event is never changed nor deleted'; END $$""",
    """CREATE TRIGGER adoption_event_no_update BEFORE UPDATE OR DELETE ON adoption_adoptionevent FOR EACH ROW
       EXECUTE FUNCTION adoption_event_refuse()""",
    """CREATE TRIGGER adoption_event_no_truncate BEFORE TRUNCATE ON adoption_adoptionevent
       EXECUTE FUNCTION adoption_event_refuse()""",
]


def install(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def remove(apps, schema_editor):
    sqlite = schema_editor.connection.vendor == "sqlite"
    for name in ("no_update", "no_delete", "no_replace") if sqlite else ("no_update", "no_truncate"):
        schema_editor.execute(f"DROP TRIGGER adoption_event_{name}" + ("" if sqlite else " ON adoption_adoptionevent"))
    if not sqlite:
        schema_editor.execute("DROP FUNCTION adoption_event_refuse()")


class Migration(migrations.Migration):
    dependencies = [("adoption", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
