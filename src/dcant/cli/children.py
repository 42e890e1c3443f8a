"""The processes the worker starts beside itself, so that what is long or fragile never stops the numbering."""

import logging
import signal
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

REST = timedelta(hours=1)
STOP_SECONDS = 8  # whoever stops the worker gives it ten
BUSY = 75  # the status of a process that found another at its work
REST_SECONDS = 5
STALLED_SECONDS = 600
logger = logging.getLogger("dcant.worker")


@dataclass(slots=True)
class Harvests:
    """At most one `command NAME` at a time. A source is not started twice within an hour: a passage that dies before it
    opens its run leaves no trace that the cadence could see.
    """

    command: list[str]
    _child: "subprocess.Popen[bytes] | None" = None
    _name: str = ""
    _started: dict[str, datetime] = field(default_factory=dict)

    def turn(self, due: Callable[[datetime], Iterable[str]], now: datetime) -> None:
        """See whether the passage under way is over; when none is, start the first source that is due."""
        if self._child is not None:
            if self._child.poll() is None:
                return
            logger.info("worker: harvest of %s ended with status %s", self._name, self._child.returncode)
            self._child = None
        for name in due(now):
            if name not in self._started or now - self._started[name] >= REST:
                self._started[name], self._name = now, name
                command = [*self.command, name]
                self._child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)  # noqa: S603
                return

    def stop(self) -> None:
        """Interrupt the passage under way, so that it closes its run; it has a few seconds."""
        if self._child is None:
            return
        self._child.send_signal(signal.SIGINT)
        try:
            self._child.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._child = None


@dataclass(slots=True)
class Checks:
    """At most one process that runs the checks of tables asked for; started when one waits. After one that found another at
    it, or that died, the next is started a few seconds later, not at each turn.
    """

    command: list[str]
    _child: "subprocess.Popen[bytes] | None" = None
    _started: float = 0.0  # seconds of the monotonic clock, as the next
    _rest_until: float = 0.0

    def turn(self) -> None:
        """Say that the worker is there; start the process when a check waits, or was left by one that died; end one that has
        given no sign for ten minutes: its check is tried once more, then said to have failed, and those behind it go on.
        """
        from django.conf import settings
        from django.db import DatabaseError

        from dcant.standards.models import TableCheck
        from dcant.standards.services.check_files import silent_for

        (settings.DATA / "worker.beat").touch()
        if self._child is not None:
            if self._child.poll() is None:
                alive_for = time.monotonic() - self._started
                if alive_for > STALLED_SECONDS and silent_for(settings.DATA) > STALLED_SECONDS:
                    logger.warning("worker: the check under way gives no sign any more; its process is ended")
                    self._child.kill()
                return
            self._rest_until = time.monotonic() + REST_SECONDS if self._child.returncode else 0.0
            self._child = None
        if time.monotonic() < self._rest_until:
            return
        try:
            if TableCheck.objects.waiting().exists():
                self._started = time.monotonic()
                self._child = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)  # noqa: S603
        except DatabaseError as error:
            logger.warning("worker: %s, checks are looked at again at the next turn", type(error).__name__)

    def wait(self) -> None:
        """Until the checks under way are done."""
        if self._child is not None:
            self._child.wait()

    def stop(self) -> None:
        """The check under way is taken again at the next start: it waits like the others."""
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()
            try:
                self._child.wait(timeout=STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
        self._child = None
