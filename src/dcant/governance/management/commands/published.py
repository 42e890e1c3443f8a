"""`dcant manage published`: what the database keeps, and what of it the log does not tell."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from dcant.governance.immutability import tables_without_guard
from dcant.governance.unrecorded import unrecorded_rows


class Command(BaseCommand):
    """Lists the tables without their guard and the public rows without their line; status 1 when there are any."""

    help = "les lignes publiées du programme sont-elles gardées par la base, et toutes dites par le journal ?"

    def handle(self, *_args: Any, **_options: Any) -> None:
        open_tables, rows = tables_without_guard(), unrecorded_rows()
        for table in open_tables:
            self.stdout.write(f"{table} : la base ne garde plus cette table, ses déclencheurs manquent.")
        for row in rows:
            self.stdout.write(f"{row.table} {row.number} : aucune ligne du journal ne dit cette ligne.")
        if open_tables or rows:
            sys.exit(1)
        self.stdout.write("Rien à redire : tout ce qui est publié est gardé, et dit par le journal.")
