"""One demonstration for all the tests of the command: killed in the middle of an act, then made again to its end."""

import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from own_node import dcant, environment

KILLED = """
import os, signal, sys, django
django.setup()
from dcant.adoption import demo
demo.rebuild = lambda **_: os.kill(os.getpid(), signal.SIGKILL)
from dcant.cli import main
main(["demo", "--no-serve", "--data", sys.argv[1]])
"""


@pytest.fixture(scope="session")
def demo(tmp_path_factory) -> Path:
    """The data folder of a prepared demonstration, shared by the processes of one run of the tests; read it, do not write."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / "demo"
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "demo.made").exists():
            killed = subprocess.run(
                [sys.executable, "-c", KILLED, str(folder)], check=False, env=environment(folder) | {"DCANT_DEMO": "1"}
            )
            assert killed.returncode == -signal.SIGKILL
            assert not (folder / "first-day.sqlite3").exists()
            dcant(environment(folder), "demo", "--no-serve", "--data", str(folder))
            (shared / "demo.made").touch()
    return folder
