"""`dcant governance`: where a half-year stands, recount a decision from a file (no database needed), take a half-year away in a format that others read."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dcant.cli.database import add_data, fail, set_up

if TYPE_CHECKING:  # Django is loaded when a command runs, not when its help is read
    from dcant.governance.models import Cycle
    from dcant.governance.status import Status

_MOST_BYTES = 16_000_000


def add_to(commands: "argparse._SubParsersAction[Any]") -> None:
    command = commands.add_parser("governance", help="la gouvernance partagée : où en est-on, recompter, exporter")
    parts = command.add_subparsers(dest="part", required=True, metavar="COMMANDE")
    outcome = parts.add_parser("outcome", help="l’issue d’une décision, recalculée depuis un fichier")
    outcome.add_argument("file", metavar="FILE", help="le fichier de décision (JSON) ; « - » : l’entrée standard")
    outcome.add_argument("--format", choices=["text", "json"], default="text")
    outcome.set_defaults(run=run_outcome)
    status = parts.add_parser("status", help="où en est-on : qui doit faire quoi, avant quand, et ce qui bloque")
    status.add_argument("--cycle", metavar="CYCLE", help="le semestre ; défaut : celui de chaque programme, en cours")
    status.add_argument("--format", choices=["text", "json"], default="text")
    add_programme(status)
    status.set_defaults(run=run_status)
    export = parts.add_parser("export", help="un semestre : décisions, voix par collège, feuille de route, bilan")
    export.add_argument("cycle", metavar="CYCLE", help="le semestre, comme 2018-S1")
    export.add_argument("--format", choices=["json", "csv", "akn", "ical", "atom"], default="json")
    export.add_argument("--output", metavar="F", help="le fichier à écrire ; défaut : la sortie standard")
    add_programme(export)
    export.set_defaults(run=run_export)


def add_programme(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--programme",
        metavar="SLUG",
        help="son programme ; défaut : celui dont le semestre est en cours, ou le dernier",
    )
    add_data(command)


def run_outcome(args: argparse.Namespace) -> int:
    from dcant.governance.rules import DecisionRefused
    from dcant.governance.rules.decision_file import evaluate

    try:
        text = sys.stdin.read(_MOST_BYTES) if args.file == "-" else Path(args.file).read_text(encoding="utf-8")
        found = evaluate(text)
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{args.file} ne se lit pas : {error}")
    except DecisionRefused as error:
        fail(f"Décision refusée, {error.code} : {error.about}")
    if args.format == "json":
        json.dump(found.as_dict(), sys.stdout, ensure_ascii=False, indent=1)
        print()
        return 0
    words = {"adopted": "Adoptée", "rejected": "Rejetée", "no_quorum": "Pas de quorum"}
    print(f"{words[found.outcome]} ({', '.join(found.because)})")
    for key, count in found.colleges.items():
        print(
            f"  {key} ({count.voice}) : {count.recorded} voix sur {count.seats} sièges, pour {count.for_}, contre {count.against}, "
            f"abstentions {count.abstain}, quorum {'atteint' if count.quorum else 'manqué'}"
        )
    return 0


def run_export(args: argparse.Namespace) -> int:
    set_up()
    from django.conf import settings

    from dcant.governance.export.facts import facts_of
    from dcant.governance.export.half_year import FORMATS
    from dcant.governance.export.place import Place

    written = FORMATS[args.format](facts_of(named_cycle(args)), Place(settings.LOG_NAME))
    if not args.output:
        sys.stdout.buffer.write(written)
        return 0
    path = Path(args.output)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written)
    except OSError as error:
        fail(f"{path} ne s’écrit pas : {error}")
    return 0


def run_status(args: argparse.Namespace) -> int:
    set_up()
    from django.utils import timezone

    from dcant.governance.status import current_cycles, status_of

    cycles = [named_cycle(args)] if args.cycle else current_cycles()
    wanted = [one for one in cycles if args.programme in {None, one.programme.slug}]
    found = [status_of(one, timezone.now()) for one in wanted]
    if args.format == "json":
        json.dump({"half_years": [one.as_dict() for one in found]}, sys.stdout, ensure_ascii=False, indent=1)
        print()
        return 0
    if not found:
        print("Aucun semestre n’est prévu ni en cours.")
    for one in found:
        _print_status(one)
    return 0


def _print_status(status: "Status") -> None:
    from dcant.governance.export.words import STATES, marked
    from dcant.governance.status import grouped

    cycle = status.cycle
    print(f"{marked(f'{cycle.half_year}, {cycle.programme.title}', demo=cycle.demo)} : {STATES[cycle.state]}")
    for task, names in grouped(status.tasks):
        by = f", avant le {task.by:%d/%m/%Y}" if task.by else ""
        print(f"  à faire{by} : {', '.join(names) or 'secrétariat'} : {task.what}")
    for block in status.blocks:
        print(f"  bloque : {block.why}")
    if not status.tasks and not status.blocks:
        print("  rien n’est attendu")


def named_cycle(args: argparse.Namespace) -> "Cycle":
    """The half-year that the command names; exits 2 with those that exist."""
    from dcant.governance.models import Cycle
    from dcant.governance.questions import cycles_named

    found = [one for one in cycles_named(args.cycle) if args.programme in {None, one.programme.slug}]
    if not found:
        known = Cycle.objects.order_by("half_year").values_list("half_year", "programme__slug")
        listed = ", ".join(f"{half_year} ({slug})" for half_year, slug in known) or "aucun semestre"
        fail(f"Aucun semestre « {args.cycle} » ici. Connus : {listed}.")
    return found[0]
