"""`dcant governance`: where a half-year stands, recount a decision or a shared budget from a file (no database needed), take a half-year away in a format that others read."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dcant.cli.database import add_data, fail, set_up
from dcant.cli.shared_budget import add_part as add_budget

if TYPE_CHECKING:  # Django is loaded when a command runs, not when its help is read
    from dcant.governance.models import Cycle
    from dcant.governance.services.speaking import Speaker
    from dcant.governance.status import Status

_MOST_BYTES = 16_000_000


def add_to(commands: "argparse._SubParsersAction[Any]") -> None:
    command = commands.add_parser("governance", help="la gouvernance partagée : où en est-on, recompter, exporter")
    parts = command.add_subparsers(dest="part", required=True, metavar="COMMANDE")
    outcome = parts.add_parser("outcome", help="l’issue d’une décision, recalculée depuis un fichier")
    outcome.add_argument("file", metavar="FILE", help="le fichier de décision (JSON) ; « - » : l’entrée standard")
    outcome.add_argument("--format", choices=["text", "json"], default="text")
    outcome.set_defaults(run=run_outcome)
    add_budget(parts)
    status = parts.add_parser("status", help="où en est-on : qui doit faire quoi, avant quand, et ce qui bloque")
    status.add_argument("--cycle", metavar="CYCLE", help="le semestre ; défaut : celui de chaque programme, en cours")
    status.add_argument("--format", choices=["text", "json"], default="text")
    add_programme(status)
    status.set_defaults(run=run_status)
    add_import(parts)
    export = parts.add_parser("export", help="un semestre : décisions, voix par collège, feuille de route, bilan")
    export.add_argument("cycle", metavar="CYCLE", help="le semestre, comme 2018-S1")
    export.add_argument("--format", choices=["json", "csv", "akn", "ical", "atom"], default="json")
    export.add_argument("--output", metavar="F", help="le fichier à écrire ; défaut : la sortie standard")
    add_programme(export)
    export.set_defaults(run=run_export)


def add_import(parts: "argparse._SubParsersAction[Any]") -> None:
    brought = parts.add_parser("import", help="des sièges ou des mesures en tableau, sous les mêmes droits que la page")
    brought.add_argument("what", choices=["seats", "measurements"])
    brought.add_argument(
        "file",
        metavar="FILE",
        help="sièges : college, organisation ; mesures (classeur aussi) : indicateur, semestre, valeur, source ; « - » : l’entrée standard",
    )
    brought.add_argument("--programme", metavar="SLUG", help="le programme où ouvrir des sièges")
    brought.add_argument("--dry-run", action="store_true", help="relit le tableau, n’écrit rien")
    brought.add_argument("--as", dest="secretariat", metavar="KEY", help="l’organisation qui tient le secrétariat")
    add_data(brought)
    brought.set_defaults(run=run_import)


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
        found = evaluate(_read(args.file))
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


def run_import(args: argparse.Namespace) -> int:
    """0 when every line may be opened (and was, without --dry-run), 1 when one may not, 2 when nothing could be tried."""
    if args.what == "measurements":
        return run_import_measurements(args)
    if not args.programme:
        fail("Dites par « --programme SLUG » où ouvrir ces sièges.")
    text = _read(args.file)
    set_up()
    from django.utils import timezone

    from dcant.governance.models import Programme
    from dcant.governance.services.seats import import_seats, preview_seats
    from dcant.identifiers import Refused

    programme = Programme.objects.filter(played=True, slug=args.programme).first()
    if programme is None:
        fail(f"Aucun programme « {args.programme} » n’est décidé ici.")
    table = preview_seats(programme=programme, text=text, at=timezone.now())
    for line in table.lines:
        print(f"ligne {line.number} : {line.college}, {line.name or line.organisation} : {line.fault or 'prête'}")
    if not table.ready:
        print(table.fault or "Une ligne au moins est à corriger : rien n’a été ouvert.", file=sys.stderr)
        return 1
    if args.dry_run:
        return 0
    try:
        opened = import_seats(programme=programme, text=text, speaker=_secretariat(args), at=timezone.now())
    except Refused as refused:
        fail(f"Refusé, {refused.code} : {refused.permit.because}")
    print(f"{len(opened)} sièges ouverts.")
    return 0


def run_import_measurements(args: argparse.Namespace) -> int:
    """0 when every line may be recorded (and was, without --dry-run), 1 when one may not, 2 when nothing could be tried."""
    content = _read_bytes(args.file)
    set_up()
    from django.conf import settings
    from django.utils import timezone

    from dcant.accounts.models import Role
    from dcant.governance.services.measurements import import_measurements, preview_measurements
    from dcant.governance.services.speaking import Speaker
    from dcant.identifiers import Refused
    from dcant.territories.models import Organisation

    nobody = args.dry_run and not args.secretariat  # nothing will be written: only the lines are judged
    speaker, now = Speaker(Organisation(), Role.SECRETARIAT) if nobody else _secretariat(args), timezone.now()
    table = preview_measurements(content=content, speaker=speaker, at=now)
    for line in table.lines:
        print(f"ligne {line.number} : {line.indicator}, {line.period}, {line.value} : {line.fault or 'prête'}")
    if not table.ready:
        print(table.fault or "Une ligne au moins est à corriger : rien n’a été enregistré.", file=sys.stderr)
        return 1
    if args.dry_run:
        return 0
    try:
        recorded = import_measurements(content=content, speaker=speaker, at=now, demo=settings.DEMO)
    except Refused as refused:
        fail(f"Refusé, {refused.code} : {refused.permit.because}")
    print(f"{len(recorded)} mesures enregistrées.")
    return 0


def _read_bytes(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read(_MOST_BYTES) if name == "-" else Path(name).read_bytes()
    except OSError as error:
        fail(f"{name} ne se lit pas : {error}")


def _secretariat(args: argparse.Namespace) -> "Speaker":
    """The organisation named by --as, when it has mandate today for the secretariat; exits 2 otherwise."""
    from django.utils import timezone

    from dcant.accounts.models import Mandate, Role
    from dcant.governance.services.speaking import Speaker

    held = Mandate.objects.active(timezone.localdate()).filter(role=Role.SECRETARIAT, person__is_active=True)
    mandate = held.filter(organisation__key=args.secretariat or "").select_related("organisation").first()
    if mandate is None:
        fail("Dites par « --as KEY » quelle organisation a mandat pour tenir le secrétariat.")
    return Speaker(mandate.organisation, mandate.role)


def _read(name: str) -> str:
    try:
        return sys.stdin.read(_MOST_BYTES) if name == "-" else Path(name).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{name} ne se lit pas : {error}")


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
