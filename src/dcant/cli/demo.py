"""`dcant demo`: from nothing to the site: embedded base, reference data, seed base, demonstration, then the server, a worker and
two witnesses.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
from threading import Event
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from dcant.cli.database import end_progress, fail, migrate, progress, set_up
from dcant.cli.demo_witnesses import DemoWitness, stop, two_witnesses
from dcant.cli.serve import server


def add_to(commands: "argparse._SubParsersAction[Any]") -> None:
    command = commands.add_parser("demo", help="prépare et lance une démonstration complète")
    command.add_argument("--data", metavar="DIR", default="var/demo", help="dossier des données ; défaut : var/demo")
    command.add_argument("--port", type=int, default=8000)
    command.add_argument("--no-serve", action="store_true", help="prépare la base, puis s’arrête")
    command.add_argument("--blank", action="store_true", help="sans usage, programme ni vote de démonstration")
    command.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    os.environ["DCANT_DATA"] = args.data
    os.environ["DCANT_DEMO"] = "1"
    for name in ("DATABASE_URL", "DCANT_WITNESSES"):  # a demonstration is always embedded, and has witnesses of its own
        os.environ.pop(name, None)
    if not args.no_serve:
        _refuse_busy(args.port)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whatever stops it, its witnesses stop with it
    prepare(blank=args.blank)
    from django.conf import settings

    from dcant.record.publication import log_key

    with two_witnesses(
        settings.DATA, log_key(settings.DATA, settings.LOG_NAME).public, settings.WITNESSES
    ) as witnesses:
        sign()
        if args.no_serve:
            print(f"Démonstration prête dans {args.data}.")
            return 0
        return _serve(args, witnesses)


def prepare(*, blank: bool) -> None:
    """Everything the site shows, in order; done again on the same folder, it changes nothing."""
    set_up(create=True)
    from django.utils import timezone

    from dcant.adoption.demo import load_demo, load_seats
    from dcant.adoption.offers import link_offers
    from dcant.adoption.usage import write_usage_snapshots
    from dcant.catalogue.demo import load_demo_experience
    from dcant.cli.harvest import harvest_one
    from dcant.governance.demo import load_half_year
    from dcant.governance.services import load_programme
    from dcant.standards.models import Standard
    from dcant.standards.seed_folder import standards_seed_folder
    from dcant.territories.services import load_reference

    migrate()
    load_reference(on_progress=lambda what, done, total: progress(f"{what} : {done} / {total}"))
    harvest_one("seed", None, on_progress=lambda done, total: progress(f"Socle commun : {done} / {total}"))
    if (
        not Standard.objects.exists()
    ):  # once: what a later passage brings is not to be taken for a loss by this small folder
        harvest_one("standards", standards_seed_folder())
    link_offers()
    load_seats()
    if not blank:
        progress("Démonstration…")
        load_demo(at=timezone.now())
        load_programme()
        load_half_year()
        load_demo_experience(at=timezone.now())
        write_usage_snapshots(today=timezone.localdate())


def sign() -> None:
    """Every line numbered, signed and cosigned; then the first day is kept, so that a visitor can go back to it."""
    from django.conf import settings

    from dcant.adoption.demo_copy import copy_exists, keep_copy
    from dcant.catalogue.index import ensure_index
    from dcant.cli.witnesses import cosigners
    from dcant.record.publication import publish_log
    from dcant.record.sequencer import sequence_entries

    while sequence_entries():
        pass
    publish_log(data=settings.DATA, name=settings.LOG_NAME, cosigners=cosigners(), wait=True)
    ensure_index()
    if not copy_exists(settings.DATA):
        keep_copy(settings.DATA)
    end_progress()


def _refuse_busy(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            fail(f"Le port {port} est déjà pris : essayez « --port {port + 1} ».")


def _serve(args: argparse.Namespace, witnesses: list[DemoWitness]) -> int:
    """The site and one worker as children, stopped together. A witness that stops delays its cosignature, and nothing else."""
    halt = Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: halt.set())
    children = [
        subprocess.Popen(server(host="127.0.0.1", port=args.port, workers=2)),  # noqa: S603
        subprocess.Popen([sys.executable, "-m", "dcant", "worker", "--data", args.data]),  # noqa: S603
    ]
    awaited = list(witnesses)
    try:
        if _answers(args.port, children, halt):
            _say(args)
        while not halt.wait(0.5):
            if any(child.poll() is not None for child in children):
                print("Un des processus s’est arrêté : fin de la démonstration.", file=sys.stderr)
                return 1
            for witness in [one for one in awaited if one.process.poll() is not None]:
                awaited.remove(witness)
                print(f"Le témoin « {witness.name} » s’est arrêté : sa cosignature est attendue.", file=sys.stderr)
    finally:
        stop(children)
    return 0


def _answers(port: int, children: "list[subprocess.Popen[bytes]]", halt: Event) -> bool:
    limit = time.monotonic() + 60
    while time.monotonic() < limit and not halt.is_set() and all(child.poll() is None for child in children):
        try:
            with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                return True
        except (URLError, OSError):
            halt.wait(0.1)
    return False


def _say(args: argparse.Namespace) -> None:
    shown = "rien (base vierge)" if args.blank else "les usages, les prix et l’opérateur marqués « démonstration »"
    print(f"Le site répond : http://127.0.0.1:{args.port}/ (visite guidée : /visite/ ; arrêter : Ctrl+C)")
    print("Réel : communes, intercommunalités, opérateurs et services, fiches du socle, avec leurs sources.")
    print(f"Démonstration : {shown}.", flush=True)
