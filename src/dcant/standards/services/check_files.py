"""Where the files of checks lie: <data>/checks, readable by the account of the site alone."""

import os
import time
from pathlib import Path

from dcant.standards.models import TableCheck

WORK = ".work"  # temporary files of the check under way


def folder_of(data: Path) -> Path:
    folder = data / "checks"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def file_of(check: TableCheck, data: Path) -> Path:
    """Where the file waits; it is erased when the check ends, whatever its end."""
    return folder_of(data) / check.id


def annotated_of(check: TableCheck, data: Path) -> Path:
    return folder_of(data) / f"{check.id}.xlsx"


def lock_of(data: Path) -> Path:
    """Held by the one process that runs checks; its date is the last sign that this process gave."""
    return folder_of(data) / ".lock"


def give_sign(data: Path) -> None:
    os.utime(lock_of(data))


def silent_for(data: Path) -> float:
    """Seconds since the process that runs checks last gave a sign."""
    return time.time() - lock_of(data).stat().st_mtime
