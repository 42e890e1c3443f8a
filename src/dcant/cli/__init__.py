"""The `dcant` command. Only the parser is built here; what a command needs is imported when it runs."""

import argparse
import os
import sys

from dcant.cli import check, demo, governance, harvest, manage, record, search, serve, territories, transfer, worker

COMMANDS = (demo, serve, worker, territories, harvest, search, check, governance, record, transfer, manage)
WRONG_USE, INTERRUPTED = 2, 130


def parser() -> argparse.ArgumentParser:
    """The whole command line, as docs and tests read it."""
    root = argparse.ArgumentParser(prog="dcant", description="La base numérique partagée de l’État et des territoires.")
    root.add_argument("--version", action="version", version=f"dcant {_version()}")
    commands = root.add_subparsers(dest="command", required=True, metavar="COMMANDE")
    for command in COMMANDS:
        command.add_to(commands)
    return root


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 fine, 1 findings, 2 wrong use or unreadable input, 130 interrupted."""
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] == ["manage"]:  # Django reads its own options
        return manage.run_with(given[1:])
    args = parser().parse_args(given)
    if getattr(args, "data", None):
        os.environ["DCANT_DATA"] = args.data
    try:
        return int(args.run(args))
    except KeyboardInterrupt:
        print("Interrompu.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115  # nobody reads any more
        return 0


def _version() -> str:
    from importlib.metadata import version

    return version("dcant")
