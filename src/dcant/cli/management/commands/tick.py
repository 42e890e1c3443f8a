"""`dcant manage tick`: what is due at this hour, for a site that is woken by its machine’s timetable rather than by a worker."""

import argparse
import subprocess
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from dcant.cli.due import by_the_day, by_the_hour, due_sources


class Command(BaseCommand):
    help = "fait ce qui est dû à cette heure : sources à relire, rapports à effacer, usages échus, lettres"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="dit les sources à relire, et ne fait rien")

    def handle(self, *, dry_run: bool, **_options: Any) -> None:
        """Sources one after the other, each in a process of its own: a reader that crashes stops no other. Exit status 1 when
        one failed. Beside a worker that reads too, the lock of each source lets one of the two through.
        """
        now = timezone.now()
        sources = due_sources(now)
        for name in sources:
            self.stdout.write(f"{name} : à relire")
        if dry_run:
            return
        by_the_hour(now)
        by_the_day(now)
        command = [sys.executable, "-m", "dcant", "harvest", "--data", str(settings.DATA)]
        failed = [name for name in sources if subprocess.run([*command, name], check=False).returncode]  # noqa: S603
        if failed:
            raise CommandError(f"Sources qui n’ont pas pu être relues : {', '.join(failed)}.", returncode=1)
