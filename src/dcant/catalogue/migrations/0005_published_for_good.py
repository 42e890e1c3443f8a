"""A published return of experience is never changed nor deleted, only ended; a reply never. Held by the database, not by Python."""

from django.db import migrations

REPORT, REPLY = "catalogue_experiencereport", "catalogue_experiencereply"
COLUMNS = (
    "id", "code", "version", "resource_id", "organisation_id", "number", "population_class", "problem", "done",
    "planned_cost", "real_cost", "planned_months", "real_months", "again", "obstacles", "know_first", "contact_role",
    "written_at", "published_at", "digest", "entry_id", "demo",
)  # fmt: skip


def _report_condition(differs: str) -> str:
    """Once published: only its end may be written, once."""
    changed = " OR ".join(f"NEW.{column} {differs} OLD.{column}" for column in COLUMNS)
    ended = "OLD.state <> 'published' OR NEW.state NOT IN ('corrected', 'withdrawn')"
    return f"OLD.published_at IS NOT NULL AND ({changed} OR {ended})"


SQLITE = [
    f"""CREATE TRIGGER {REPORT}_no_update BEFORE UPDATE ON {REPORT} WHEN {_report_condition("IS NOT")}
        BEGIN SELECT RAISE(ABORT, 'experience: a published report is never changed'); END""",
    f"""CREATE TRIGGER {REPORT}_no_delete BEFORE DELETE ON {REPORT} WHEN OLD.published_at IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'experience: a published report is never deleted'); END""",
    # REPLACE deletes without asking the trigger above.
    f"""CREATE TRIGGER {REPORT}_no_replace BEFORE INSERT ON {REPORT}
        WHEN EXISTS (SELECT 1 FROM {REPORT} WHERE published_at IS NOT NULL AND (id = NEW.id
        OR (code = NEW.code AND version = NEW.version) OR entry_id = NEW.entry_id
        OR (code = NEW.code AND state = 'published' AND NEW.state = 'published')))
        BEGIN SELECT RAISE(ABORT, 'experience: a published report is never replaced'); END""",
    f"""CREATE TRIGGER {REPLY}_no_update BEFORE UPDATE ON {REPLY}
        BEGIN SELECT RAISE(ABORT, 'experience: a reply is never changed'); END""",
    f"""CREATE TRIGGER {REPLY}_no_delete BEFORE DELETE ON {REPLY}
        BEGIN SELECT RAISE(ABORT, 'experience: a reply is never deleted'); END""",
    f"""CREATE TRIGGER {REPLY}_no_replace BEFORE INSERT ON {REPLY}
        WHEN EXISTS (SELECT 1 FROM {REPLY} WHERE id = NEW.id OR report_id = NEW.report_id OR entry_id = NEW.entry_id)
        BEGIN SELECT RAISE(ABORT, 'experience: a reply is never replaced'); END""",
]
POSTGRESQL = [
    """CREATE FUNCTION catalogue_experience_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'experience: what is published is never changed nor deleted'; END $$""",
    f"""CREATE TRIGGER {REPORT}_no_update BEFORE UPDATE ON {REPORT} FOR EACH ROW
        WHEN ({_report_condition("IS DISTINCT FROM")}) EXECUTE FUNCTION catalogue_experience_refuse()""",
    f"""CREATE TRIGGER {REPORT}_no_delete BEFORE DELETE ON {REPORT} FOR EACH ROW
        WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION catalogue_experience_refuse()""",
    f"""CREATE TRIGGER {REPORT}_no_truncate BEFORE TRUNCATE ON {REPORT}
        EXECUTE FUNCTION catalogue_experience_refuse()""",
    f"""CREATE TRIGGER {REPLY}_no_update BEFORE UPDATE OR DELETE ON {REPLY} FOR EACH ROW
        EXECUTE FUNCTION catalogue_experience_refuse()""",
    f"""CREATE TRIGGER {REPLY}_no_truncate BEFORE TRUNCATE ON {REPLY}
        EXECUTE FUNCTION catalogue_experience_refuse()""",
]
TRIGGERS = {
    "sqlite": [(table, act) for table in (REPORT, REPLY) for act in ("no_update", "no_delete", "no_replace")],
    "postgresql": [
        *((REPORT, act) for act in ("no_update", "no_delete", "no_truncate")),
        *((REPLY, act) for act in ("no_update", "no_truncate")),
    ],
}


def install(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def remove(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for table, act in TRIGGERS[vendor]:
        schema_editor.execute(f"DROP TRIGGER {table}_{act}" + ("" if vendor == "sqlite" else f" ON {table}"))
    if vendor != "sqlite":
        schema_editor.execute("DROP FUNCTION catalogue_experience_refuse()")


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0004_experience")]
    operations = [migrations.RunPython(install, remove)]
