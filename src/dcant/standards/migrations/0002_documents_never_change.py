"""The bytes of a version are never changed nor deleted. Held by the database, not by Python."""

from django.db import migrations

TABLE = "standards_document"
SQLITE = [
    f"""CREATE TRIGGER {TABLE}_no_update BEFORE UPDATE ON {TABLE}
       BEGIN SELECT RAISE(ABORT, 'standards: a document is never changed'); END""",
    # REPLACE deletes without asking the trigger below.
    f"""CREATE TRIGGER {TABLE}_no_replace BEFORE INSERT ON {TABLE}
       WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id OR (version_id = NEW.version_id AND sha256 = NEW.sha256))
       BEGIN SELECT RAISE(ABORT, 'standards: a document is never replaced'); END""",
    f"""CREATE TRIGGER {TABLE}_no_delete BEFORE DELETE ON {TABLE}
       BEGIN SELECT RAISE(ABORT, 'standards: a document is never deleted'); END""",
]
POSTGRESQL = [
    f"""CREATE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'standards: a document is never changed nor deleted'; END $$""",
    f"""CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION {TABLE}_refuse()""",
    f"""CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE} EXECUTE FUNCTION {TABLE}_refuse()""",
]


def install(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name in ("no_update", "no_replace", "no_delete"):
            schema_editor.execute(f"DROP TRIGGER {TABLE}_{name}")
        return
    for name in ("no_change", "no_truncate"):
        schema_editor.execute(f"DROP TRIGGER {TABLE}_{name} ON {TABLE}")
    schema_editor.execute(f"DROP FUNCTION {TABLE}_refuse()")


class Migration(migrations.Migration):
    dependencies = [("standards", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
