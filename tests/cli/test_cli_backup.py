"""The backups of docs/running.md, taken and put back: the restored node says what the first said."""

import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from own_node import dcant, own_node, python

SAY = """
from django.db import transaction
from django.utils import timezone
from dcant.record.services import digest, write_entry
from dcant.record.sequencer import sequence_entries
body = {"said": "before the backup"}
with transaction.atomic():
    write_entry(kind="test.said", actor="system:test", subject=digest(body), body=body, at=timezone.now())
sequence_entries()
"""
READ = "from dcant.record.models import Entry\nprint([entry.body for entry in Entry.objects.order_by('index')])"


@pytest.mark.database
def test_a_backup_put_back_says_what_was_said(tmp_path: Path):
    with own_node(tmp_path / "first") as first, own_node(tmp_path / "second", migrated=False) as second:
        dcant(first, "harvest", "seed")
        python(first, SAY)
        if "DATABASE_URL" in first:
            tools = Path(shutil.which("pg_dump") or "").parent
            dump = tmp_path / "dcant.dump"
            subprocess.run([tools / "pg_dump", "--format=custom", f"--file={dump}", first["DATABASE_URL"]], check=True)
            subprocess.run([tools / "pg_restore", f"--dbname={second['DATABASE_URL']}", dump], check=True)
        else:
            (tmp_path / "second").mkdir(exist_ok=True)
            with (
                closing(sqlite3.connect(tmp_path / "first" / "dcant.sqlite3")) as source,
                closing(sqlite3.connect(tmp_path / "second" / "dcant.sqlite3")) as copy,
            ):
                source.backup(copy)
        assert python(second, READ) == python(first, READ)
        assert "before the backup" in python(second, READ)
        found = dcant(second, "search", "quotient familial").stdout  # the index makes itself again
        assert "/ressources/quotient-familial/" in found
