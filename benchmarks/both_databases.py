"""The same benchmark over a new SQLite file, then over a new PostgreSQL database, each in a process of its own."""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from machine import describe
from pages import ABSENT, PROJECT, database_beside


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sqlite", action="store_true", help="SQLite alone")
    parser.add_argument("--measure", help=argparse.SUPPRESS)


def on_both(script: str, options: argparse.Namespace, *, durable: bool = False) -> int:
    """Runs the script again with `--measure VENDOR` on each; 0 when both end with 0. Its folder is on the disk of the working directory.

    Without DATABASE_URL, PostgreSQL is a throw-away server (scripts/with-postgres), `durable` when it must survive a power cut;
    where there is none to start, its half is left out aloud.
    """
    server = "" if options.sqlite else os.environ.get("DATABASE_URL", "")
    if not server and not options.sqlite:
        starter = [PROJECT / "scripts" / "with-postgres", *(["--durable"] if durable else [])]
        status = subprocess.run([*starter, sys.executable, script, *sys.argv[1:]], check=False).returncode
        if status != ABSENT:
            return status
        print("PostgreSQL left out: there is no server to start (apt install postgresql).", file=sys.stderr)
    print(describe(), flush=True)
    missed = _run(script, "SQLite", "")
    if server.startswith("postgres"):
        with database_beside(server, f"dcant_bench_{os.getpid()}") as url:
            missed |= _run(script, "PostgreSQL", url)
    return 1 if missed else 0


def _run(script: str, vendor: str, database: str) -> int:
    with tempfile.TemporaryDirectory(prefix=".dcant-bench-", dir=Path()) as folder:
        (Path(folder) / "static").mkdir()  # WhiteNoise looks for it
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DCANT_")}
        own = {"DCANT_DATA": str(Path(folder).resolve()), "DJANGO_SETTINGS_MODULE": "dcant.config.settings"}
        environment = kept | own | {"DATABASE_URL": database}
        if not database:
            del environment["DATABASE_URL"]
        command = [sys.executable, script, *sys.argv[1:], "--measure", vendor]
        return subprocess.run(command, env=environment, check=False).returncode
