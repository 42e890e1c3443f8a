"""`dcant manage …`: Django's own commands."""

import argparse
import os
from typing import Any


def add_to(commands: "argparse._SubParsersAction[Any]") -> None:
    command = commands.add_parser("manage", help="les commandes de Django (migrate, check…)")
    command.add_argument("arguments", nargs=argparse.REMAINDER)
    command.set_defaults(run=lambda args: run_with(args.arguments))


def run_with(arguments: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dcant.config.settings")
    if "--data" in arguments:
        place = arguments.index("--data")
        os.environ["DCANT_DATA"] = arguments[place + 1]
        arguments = arguments[:place] + arguments[place + 2 :]
    from django.core.management import execute_from_command_line

    execute_from_command_line(["dcant manage", *arguments])
    return 0
