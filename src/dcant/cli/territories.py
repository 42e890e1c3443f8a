"""`dcant territories load` and `dcant territories resolve CODE`."""

import argparse
import json
import sys
from datetime import date
from typing import Any

from dcant.cli.database import add_data, end_progress, fail, progress, set_up


def add_to(commands: "argparse._SubParsersAction[Any]") -> None:
    command = commands.add_parser("territories", help="le référentiel des territoires")
    parts = command.add_subparsers(dest="part", required=True, metavar="load|resolve")
    load = parts.add_parser("load", help="charge communes, EPCI, départements, régions, opérateurs")
    add_data(load)
    load.set_defaults(run=run_load)
    resolve = parts.add_parser("resolve", help="le code d’aujourd’hui d’une commune, même réunie à une autre")
    resolve.add_argument("code", metavar="CODE")
    resolve.add_argument("--on", type=date.fromisoformat, metavar="DATE", help="le jour du code donné (AAAA-MM-JJ)")
    resolve.add_argument("--format", choices=["text", "json"], default="text")
    add_data(resolve)
    resolve.set_defaults(run=run_resolve)


def run_load(args: argparse.Namespace) -> int:  # noqa: ARG001
    set_up(create=True)
    from dcant.territories.services import load_reference

    report = load_reference(on_progress=lambda what, done, total: progress(f"{what} : {done} / {total}"))
    end_progress()
    print(f"Territoires : {report.created} créés, {report.updated} mis à jour, {report.unchanged} inchangés.")
    return 0


def run_resolve(args: argparse.Namespace) -> int:
    set_up()
    from dcant.identifiers import IdentifierError
    from dcant.territories.services import UnknownCommune, resolve

    try:
        found = resolve(code=args.code, on=args.on)
    except (UnknownCommune, IdentifierError) as error:
        fail(str(error))
    if args.format == "json":
        targets = [{"code": code, "weight": str(weight)} for code, weight in found.targets]
        json.dump({"code": found.code, "targets": targets, "because": found.because}, sys.stdout, ensure_ascii=False)
        print()
    else:
        shown = ", ".join(code if weight == 1 else f"{code} ({weight})" for code, weight in found.targets)
        print(f"{found.code} → {shown} : {found.because}")
    return 0
