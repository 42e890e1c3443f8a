"""`dcant worker` and the process of its checks killed with -9 at random, checks cancelled at random: does each end, once?

    python benchmarks/tables/faults.py [--kills 40] [--seed 1]

A node of its own, in a temporary folder. While checks are asked for, a hand drawn from the seed kills the worker, the process
that checks, or both, most often in the middle of a check, cancels one now and then, and starts a worker again. Then a worker is left in
peace until nothing waits. Of each check it is looked at: its state (done, cancelled, or failed after two deaths), its report
(the errors counted are those of the same file checked in peace), that it was not begun a third time, and that no file is left.
Exit status: 0 when all is so, 1 otherwise.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
PROJECT = FOLDER.parents[1]
sys.path[:0] = [str(FOLDER), str(FOLDER.parent), str(PROJECT / "tests")]

from apart import met  # noqa: E402  # beside this script
from machine import describe  # noqa: E402

ROWS, PEACE_SECONDS = 4_000, 600


def running(word: str, data: Path) -> list[int]:
    """The processes of this node whose command holds that word."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().split(b"\0")
        except OSError:
            continue
        if str(data).encode() in words and word.encode() in words:
            found.append(int(entry.parent.name))
    return found


def killed(data: Path, *, worker: bool, child: bool) -> int:
    """How many processes were killed."""
    checks = running("--checks", data)
    chosen = [
        *(checks if child else []),
        *([one for one in running("worker", data) if one not in checks] if worker else []),
    ]
    for pid in chosen:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    return len(chosen)


def start(data: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-m", "dcant", "worker", "--data", str(data)], stdin=subprocess.DEVNULL)


class Node:
    """The node under fire: its checks, and how one of them ends in peace."""

    def __init__(self, data: Path) -> None:
        import django

        os.environ |= {"DCANT_DATA": str(data), "DJANGO_SETTINGS_MODULE": "dcant.config.settings"}
        django.setup()
        from django.core.management import call_command
        from django.utils import timezone

        from dcant.standards.models import TableCheck
        from dcant.standards.tasks import run_waiting
        from standards.checked import BAD, a_standard

        call_command("migrate", verbosity=0)
        _, self.document, _ = a_standard(timezone.now())
        header, *rows = BAD.splitlines(keepends=True)
        self.data, self.now, self.checks = data, timezone.now, TableCheck.objects
        self.content, self.asked = header + "".join(rows) * (ROWS // len(rows)), []
        self.ask()
        run_waiting(now=self.now, data=data)
        self.errors = self.checks.get(pk=self.asked.pop()).errors

    def ask(self) -> None:
        from standards.checked import ask

        self.asked.append(ask(self.document, self.content, self.now(), self.data, visitor=f"v{len(self.asked)}").pk)

    def cancel(self, chance: random.Random) -> int:
        from dcant.standards.services import cancel_check

        waiting = list(self.checks.waiting().values_list("pk", flat=True))
        if not waiting:
            return 0
        cancel_check(check_id=chance.choice(waiting), at=self.now(), data=self.data)
        return 1

    def await_until(self, ready: Callable[[], bool]) -> None:
        limit = time.monotonic() + PEACE_SECONDS
        while not ready() and time.monotonic() < limit:
            time.sleep(0.05)

    def ill_ended(self) -> list[str]:
        from dcant.standards.tables import Report

        bad = []
        for check in self.checks.filter(pk__in=self.asked):
            whole = (
                check.state == "done" and Report.from_json(check.report_json).complete and check.errors == self.errors
            )
            said = check.state == "cancelled" or (check.state == "failed" and check.attempts == 2 and check.failure)
            if not (whole or said) or check.attempts > 2:
                bad.append(
                    f"{check.pk}: {check.state}, begun {check.attempts} times, {check.errors} errors of {self.errors}"
                )
        return bad

    def left(self) -> list[str]:
        done = {f"{one}.xlsx" for one in self.checks.filter(state="done").values_list("pk", flat=True)}
        return sorted({one.name for one in (self.data / "checks").iterdir()} - done - {".lock"})


def campaign(data: Path, kills: int, seed: int) -> int:
    node, chance, dead, cancelled, began = Node(data), random.Random(seed), 0, 0, time.monotonic()
    worker = start(data)
    while dead < kills:
        while node.checks.waiting().count() < 3:
            node.ask()
        if chance.random() < 0.8:  # in the middle of a check, most of the time
            node.await_until(lambda: bool(running("--checks", data)))
        time.sleep(chance.uniform(0.0, 4.0))
        if chance.random() < 0.06:
            cancelled += node.cancel(chance)
        which = chance.choice(((True, False), (False, True), (True, True)))
        dead += killed(data, worker=which[0], child=which[1])
        if which[0]:
            worker.wait()
            worker = start(data)
    node.await_until(lambda: not node.checks.waiting().exists() and not running("--checks", data))
    worker.terminate()
    worker.wait()
    bad, left = node.ill_ended(), node.left()
    states = Counter(node.checks.filter(pk__in=node.asked).values_list("state", flat=True))
    print(
        f"{dead} processes killed, {cancelled} checks cancelled, {len(node.asked)} checks in {time.monotonic() - began:.0f} s: {dict(states)}"
    )
    for one in [*bad, *left]:
        print(f"  {one}")
    print(
        f"ended otherwise than said: {len(bad)} (bar 0: {met(not bad)}); files left: {len(left)} (bar 0: {met(not left)})"
    )
    return 0 if not bad and not left else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(describe())
    with tempfile.TemporaryDirectory(prefix="dcant-faults-") as temporary:
        data = Path(temporary) / "data"
        data.mkdir()
        try:
            return campaign(data, options.kills, options.seed)
        finally:
            killed(data, worker=True, child=True)


if __name__ == "__main__":
    sys.exit(main())
