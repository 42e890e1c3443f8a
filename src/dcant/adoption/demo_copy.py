"""The first day of a demonstration, kept beside its database so that a visitor can go back to it. SQLite only."""

import sqlite3
from contextlib import closing
from pathlib import Path

from django.db import connection

from dcant.catalogue.shown import forget_shown
from dcant.record.publication import forget_log

NAME = "first-day.sqlite3"


def keep_copy(data: Path) -> bool:
    """Copies the database as it is; False where it is not SQLite, and then there is no way back."""
    if connection.vendor != "sqlite":
        return False
    connection.close()
    unfinished = data / f"{NAME}.part"
    with closing(sqlite3.connect(_database())) as source, closing(sqlite3.connect(unfinished)) as target:
        source.backup(target)
    unfinished.replace(data / NAME)
    return True


def copy_exists(data: Path) -> bool:
    return connection.vendor == "sqlite" and (data / NAME).is_file()


def restore_copy(data: Path) -> None:
    """Writes the first day over the present one, page by page, in one transaction of SQLite's own backup."""
    connection.close()
    with closing(sqlite3.connect(data / NAME)) as source, closing(sqlite3.connect(_database(), timeout=20)) as target:
        source.backup(target)
    forget_shown()
    # The worker signs the first day anew, and its two witnesses forget: a demonstration proves nothing to anybody.
    forget_log(data)


def _database() -> str:
    return str(connection.settings_dict["NAME"])
