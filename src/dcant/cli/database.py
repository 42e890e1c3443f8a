"""Bringing Django up for a command that touches the database."""

import argparse
import os
import sys
from pathlib import Path
from typing import NoReturn


def add_data(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--data", metavar="DIR", help="dossier des données (base, index, clé) ; défaut : DCANT_DATA, sinon var/data"
    )


def set_up(*, create: bool = False) -> None:
    """Loads Django; makes the tables of an embedded base that is not there yet when `create`, else exits 2 saying so."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dcant.config.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as error:
        fail(f"Réglage refusé : {error}")
    from django.db import connection

    missing = connection.vendor == "sqlite" and not Path(str(connection.settings_dict["NAME"])).exists()
    if missing and not create:
        fail(
            f"Aucune base dans {Path(str(connection.settings_dict['NAME'])).parent} : lancez d’abord « dcant demo --no-serve --data … »."
        )
    if create:
        migrate()


def migrate() -> None:
    from django.core.management import call_command
    from django.db import connection

    if connection.vendor == "sqlite":
        Path(str(connection.settings_dict["NAME"])).parent.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0, interactive=False)


def fail(message: str) -> NoReturn:
    """Wrong use or unreadable input: the sentence on standard error, status 2."""
    print(message, file=sys.stderr)
    raise SystemExit(2)


def progress(words: str) -> None:
    """One line of progress, to a terminal only."""
    if sys.stderr.isatty():
        print(f"\r\033[K{words}", end="", file=sys.stderr, flush=True)


def end_progress() -> None:
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)
