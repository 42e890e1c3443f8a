"""The one process that runs the checks asked for on pages, one after the other."""

import fcntl
import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from traceback import extract_tb
from typing import TYPE_CHECKING

from dcant.standards.models import TableCheck
from dcant.standards.services.check_files import WORK, annotated_of, file_of, folder_of, give_sign, lock_of
from dcant.standards.services.checks import end_check, expire_checks, put_back_the_dead, take_up

if TYPE_CHECKING:
    from dcant.standards.tables import Plan, Report

NOTED_EVERY = 0.5  # seconds between two notes of progress
State = TableCheck.State
logger = logging.getLogger("dcant.worker")


def run_waiting(*, now: Callable[[], datetime], data: Path) -> int | None:
    """Every check that waits, in order, until none does; the number done. None at once when another process is at it."""
    done = 0
    with _only_one(data) as alone:
        if not alone:
            return None
        with _temporary_files_in(folder_of(data) / WORK):
            put_back_the_dead(at=now(), data=data)
            while (check := take_up(at=now())) is not None:
                _run(check, now, data)
                done += 1
        expire_checks(at=now(), data=data)
    return done


@contextmanager
def _only_one(data: Path) -> Iterator[bool]:
    """Whether this process is the one; the system frees the place when it dies, however it dies."""
    handle = os.open(lock_of(data), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        give_sign(data)
        yield True
    finally:
        os.close(handle)


@contextmanager
def _temporary_files_in(folder: Path) -> Iterator[None]:
    """What a check spills lies on the disk of the data folder; what one that was killed left there goes with the next."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before
        shutil.rmtree(folder, ignore_errors=True)


def _run(check: TableCheck, now: Callable[[], datetime], data: Path) -> None:
    """One check, from its file to its report. Whatever the file does, the check ends in a said state."""
    from dcant.standards.tables import compile_schema, load_schema  # noqa: PLC0415  # a heavy engine
    from dcant.standards.tables.schema import ENGINE_VERSION  # noqa: PLC0415

    watch = _Watch(check, now, data)
    try:
        report = _report(check, compile_schema(load_schema(bytes(check.document.content))), watch, data)
    except Exception as error:  # noqa: BLE001  # a said state whatever the file does; the log names the place, never a cell
        place = extract_tb(error.__traceback__)[-1]
        logger.error("checks: %s at %s:%s", type(error).__name__, Path(place.filename).name, place.lineno)  # noqa: TRY400
        said = (
            f"La vérification n’a pas pu se faire : {type(error).__name__}. Réessayez, ou prévenez qui tient ce site."
        )
        end_check(check=check, state=State.FAILED, failure=said, at=now(), data=data)
        return
    if watch.asked:
        end_check(check=check, state=State.CANCELLED, at=now(), data=data)
        return
    found = report.files[0]
    facts = {
        "conforms": report.conforms,
        "rows": found.rows,
        "errors": found.counts.errors,
        "sha256": found.sha256 or "",
        "engine": f"dcant-tables/{ENGINE_VERSION}",
    }
    end_check(check=check, state=State.DONE, report=report.to_json(), facts=facts, at=now(), data=data)


def _report(check: TableCheck, plan: "Plan", watch: "_Watch", data: Path) -> "Report":
    """The report, and beside it the table itself with what is to be mended, when it was read to its end."""
    from dcant.standards.tables import SourceUnreadable, open_source, validate  # noqa: PLC0415  # a heavy engine
    from dcant.standards.tables.annotate import annotate  # noqa: PLC0415

    path, options = file_of(check, data), dict(check.options)
    columns = options.pop("columns", "auto")
    report = validate(path, plan, columns=columns, on_progress=watch.note, should_stop=watch.stopped, **options)
    found = report.files[0]
    if found.complete and found.counts.errors and not watch.asked:
        with (
            suppress(OSError, SourceUnreadable),
            closing(open_source(path, plan_labels=[one.name for one in plan.schema.fields], **options)) as again,
        ):
            aside = folder_of(data) / WORK / "annotated.xlsx"
            annotate(again, found, aside)
            aside.replace(annotated_of(check, data))
    return report


class _Watch:
    """Notes progress in the check's row, and reads there whether to stop; at most twice a second."""

    def __init__(self, check: TableCheck, now: Callable[[], datetime], data: Path) -> None:
        self._check, self._now, self._data = check, now, data
        self._noted, self._read = now(), now()
        self.asked = False

    def note(self, bytes_read: int, bytes_total: int | None, rows: int, errors: int) -> None:
        if (self._now() - self._noted).total_seconds() >= NOTED_EVERY:
            self._noted = self._now()
            said = {"bytes_read": bytes_read, "bytes_total": bytes_total, "rows": rows, "errors": errors}
            TableCheck.objects.filter(pk=self._check.pk).update(progress=said)

    def stopped(self) -> bool:
        if (self._now() - self._read).total_seconds() >= NOTED_EVERY:
            self._read = self._now()
            give_sign(self._data)
            self.asked = TableCheck.objects.filter(pk=self._check.pk, cancel_asked=True).exists()
        return self.asked
