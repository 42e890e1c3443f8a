"""`dcant serve`: the site in production, by granian."""

import argparse
import os
import sys
from typing import Any

from dcant.cli.database import add_data


def add_to(commands: "argparse._SubParsersAction[Any]") -> None:
    command = commands.add_parser("serve", help="sert le site")
    command.add_argument("--host", default="127.0.0.1")
    command.add_argument("--port", type=int, default=8000)
    command.add_argument("--workers", type=int, default=2)
    add_data(command)
    command.set_defaults(run=run)


def server(*, host: str, port: int, workers: int) -> list[str]:
    """The command line of the web server: synchronous Django costs half the processor under WSGI that it does under ASGI."""
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port), "--workers", str(workers),
        "--blocking-threads", "2", "--backlog", "256", "--respawn-failed-workers", "--no-ws", "--log-level", "warning",
        "dcant.config.wsgi:application",
    ]  # fmt: skip


def run(args: argparse.Namespace) -> int:
    command = server(host=args.host, port=args.port, workers=args.workers)
    os.execv(command[0], command)  # noqa: S606  # our own interpreter, our own arguments
