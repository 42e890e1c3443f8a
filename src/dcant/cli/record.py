"""`dcant record …`: check the public log, prove one entry, make a key, be a witness. Only `export` and `status` need the database."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dcant.cli.database import add_data, end_progress, fail, progress
from dcant.cli.record_of_node import run_export, run_status

if TYPE_CHECKING:
    from dcant.record.keys import SigningKey
    from dcant.record.policy import Policy
    from dcant.record.tiles import Read
    from dcant.record.verifier import Report, Take

_FOUND, _SHOWN = 1, 100


def add_to(commands: "argparse._SubParsersAction[Any]") -> None:
    record = commands.add_parser("record", help="journal public : vérifier, prouver, être témoin")
    acts = record.add_subparsers(dest="act", required=True, metavar="ACTE")
    verify = acts.add_parser("verify", help="revérifie tout un journal, entrée par entrée")
    _add_log(verify)
    verify.set_defaults(run=run_verify)
    replay = acts.add_parser("replay", help="revérifie tout un journal, puis recalcule chaque décision du programme")
    _add_log(replay)
    replay.set_defaults(run=run_replay)
    proof = acts.add_parser("proof", help="vérifie, hors ligne, la preuve d’une entrée")
    proof.add_argument("proof", type=Path, metavar="FILE")
    proof.add_argument("--entry", type=Path, required=True, metavar="FILE", help="l’entrée, telle quelle")
    proof.add_argument("--policy", type=Path, required=True, metavar="FILE")
    proof.add_argument("--format", choices=["text", "json"], default="text")
    proof.set_defaults(run=run_proof)
    witness = acts.add_parser("witness", help="sert un témoin, qui cosigne ce qui prolonge ce qu’il a vu")
    witness.add_argument("--key", type=Path, required=True, metavar="FILE")
    witness.add_argument("--store", type=Path, required=True, metavar="DIR", help="ce que le témoin a cosigné")
    witness.add_argument(
        "--log", action="append", required=True, metavar="VKEY", help="journal suivi ; peut se répéter"
    )
    witness.add_argument("--host", default="127.0.0.1")
    witness.add_argument("--port", type=int, default=8100, metavar="N", help="0 : un port libre")
    witness.set_defaults(run=run_witness)
    export = acts.add_parser("export", help="copie les fichiers publiés du journal, et la politique qui nomme sa clé")
    export.add_argument("folder", type=Path, metavar="DIR")
    add_data(export)
    export.set_defaults(run=run_export)
    status = acts.add_parser("status", help="où en est le journal : signé, cosigné, en attente, alarmes")
    status.add_argument("--format", choices=["text", "json"], default="text")
    add_data(status)
    status.set_defaults(run=run_status)
    key = acts.add_parser("key", help="clés de journal et de témoin").add_subparsers(dest="key_act", required=True)
    new = key.add_parser("new", help="fait une clé : le secret dans un fichier, la clé publique à l’écran")
    new.add_argument("--name", required=True, metavar="N")
    new.add_argument("--type", choices=["log", "witness"], required=True)
    new.add_argument("--output", type=Path, metavar="FILE", help="fichier du secret ; défaut : TYPE.key")
    new.set_defaults(run=run_key_new)


def _add_log(command: argparse.ArgumentParser) -> None:
    command.add_argument("log", metavar="DIR|URL")
    command.add_argument(
        "--policy", type=Path, required=True, metavar="FILE", help="les clés et témoins auxquels vous vous fiez"
    )
    command.add_argument("--checkpoint", type=Path, metavar="FILE", help="un point de contrôle que vous aviez gardé")
    command.add_argument("--strict", action="store_true", help="une signature inconnue est un constat")
    command.add_argument("--format", choices=["text", "json"], default="text")


def run_verify(args: argparse.Namespace) -> int:
    report = _verified(args)
    if args.format == "json":
        print(json.dumps({"ok": not report.findings} | asdict(report), ensure_ascii=False, indent=1))
    else:
        _print(report)
    return _FOUND if report.findings else 0


def run_replay(args: argparse.Namespace) -> int:
    """Entries are replayed as they are verified. With one missing, what follows it cannot be judged: replay then says nothing."""
    from dcant.cli.replay import print_replay, said_of
    from dcant.governance.rules.replay import Replay

    replay, read = Replay(), 0

    def take(index: int, entries: list[bytes]) -> None:
        nonlocal read
        for place, leaf in enumerate(entries, start=index):
            replay.read(place, leaf)
        read += len(entries)

    report = _verified(args, take)
    state = replay.end() if read == report.size else None
    wrong = bool(report.findings) or state is None or bool(state.findings)
    if args.format == "json":
        said = {"ok": not wrong, "verify": asdict(report), "replay": said_of(state) if state else None}
        print(json.dumps(said, ensure_ascii=False, indent=1))
        return _FOUND if wrong else 0
    _print(report)
    if state is None:
        print("Le journal n’est pas entier : les décisions ne sont pas recalculées.")
    else:
        print_replay(state)
    return _FOUND if wrong else 0


def _verified(args: argparse.Namespace, take: "Take | None" = None) -> "Report":
    from dcant.record.verifier import folder_files, verify_log

    policy = _policy(args.policy)
    remote = args.log.startswith(("https://", "http://"))
    folder = Path(args.log)
    if not remote and not folder.is_dir():
        fail(f"{args.log} n’est pas un dossier.")
    try:
        return verify_log(
            url_reader(args.log) if remote else _folder_reader(folder),
            policy,
            files=() if remote else folder_files(folder),
            seen=args.checkpoint.read_bytes() if args.checkpoint else None,
            strict=args.strict,
            progress=lambda done, size: progress(f"Entrées vérifiées : {done} / {size}"),
            take=take or (lambda _index, _entries: None),
        )
    except OSError as error:
        fail(f"Journal illisible : {error}")
        raise
    finally:
        end_progress()


def run_proof(args: argparse.Namespace) -> int:
    from dcant.record.note import Malformed, shown
    from dcant.record.proof import ProofFile, check_proof

    policy = _policy(args.policy)
    try:
        proof = ProofFile.parse(args.proof.read_bytes())
        checked = check_proof(proof, args.entry.read_bytes(), policy)
    except OSError as error:
        fail(f"Fichier illisible : {error}")
    except Malformed as error:
        fail(f"{args.proof} : {error.message}")
    if args.format == "json":
        said = {"index": proof.index, "origin": checked.checkpoint.origin, "size": checked.checkpoint.size}
        lists = {"findings": checked.findings, "trusted": checked.trusted, "ignored": checked.ignored}
        print(json.dumps({"ok": bool(checked)} | said | lists, ensure_ascii=False, indent=1))
        return 0 if checked else _FOUND
    for code, message in checked.findings:
        print(f"{code} : {shown(message)}")
    if checked:
        print(f"Cette entrée est la n° {proof.index} du journal « {shown(checked.checkpoint.origin)} ».")
    _print_keys(checked.trusted, checked.ignored)
    return 0 if checked else _FOUND


def run_witness(args: argparse.Namespace) -> int:
    import signal
    import time
    from contextlib import suppress

    from dcant.cli.witness_server import make_server
    from dcant.record.note import COSIGNATURE, ED25519, Malformed, VerifierKey
    from dcant.record.witness import Witness, application

    key = _key(args.key)
    try:
        logs = [VerifierKey.parse(text) for text in args.log]
    except Malformed as error:
        fail(error.message)
    if key.kind != COSIGNATURE or any(log.kind != ED25519 for log in logs):
        fail("Un témoin signe avec une clé de témoin (--type witness), et suit des clés de journal.")
    try:
        witness = Witness(key, logs, args.store, lambda: int(time.time()))
        server = make_server(application(witness), args.host, args.port)
    except OSError as error:
        fail(f"Le témoin ne peut pas démarrer : {error}")
    print(f"Témoin {key.public} à l’écoute sur http://{args.host}:{server.server_port}/", flush=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with server, suppress(KeyboardInterrupt):  # the usual way to stop a server
        server.serve_forever()
    return 0


def run_key_new(args: argparse.Namespace) -> int:
    from dcant.record.keys import SigningKey
    from dcant.record.note import Malformed

    file = args.output or Path(f"{args.type}.key")
    try:
        key = SigningKey.new(args.name, args.type)
        key.write(file)
    except Malformed as error:
        fail(error.message)
    except FileExistsError:
        fail(f"{file} existe déjà : une clé ne s’écrase pas.")
    except OSError as error:
        fail(f"{file} ne peut pas être écrit : {error}")
    print(key.public)
    return 0


def url_reader(address: str) -> "Read":
    """Reads a log over the network, at an address that the operator typed."""
    from dcant.fetch import Fetcher, FetchError, Limits, Policy
    from dcant.record.tiles import MAX_FILE

    fetcher = Fetcher(policy=Policy(politeness=0))

    def read(path: str) -> bytes:
        try:
            return fetcher.fetch(f"{address.rstrip('/')}/{path}", trusted=True, limits=Limits(MAX_FILE)).body
        except FetchError as error:
            kind = FileNotFoundError if error.code in {"NOT_FOUND", "GONE"} else OSError
            raise kind(f"{path} : {error.message_fr}") from error

    return read


def _folder_reader(folder: Path) -> "Read":
    from dcant.record.tiles import folder_reader

    return folder_reader(folder)


def _policy(file: Path) -> "Policy":
    from dcant.record.note import Malformed
    from dcant.record.policy import Policy

    try:
        return Policy.parse(file.read_bytes())
    except OSError as error:
        fail(f"Politique illisible : {error}")
    except Malformed as error:
        fail(error.message)


def _key(file: Path) -> "SigningKey":
    from dcant.record.keys import SigningKey
    from dcant.record.note import Malformed

    try:
        return SigningKey.read(file)
    except (OSError, Malformed) as error:
        fail(f"Clé illisible : {error}")


def _print(report: "Report") -> None:
    for finding in report.findings[:_SHOWN]:
        print(f"{finding.code} [{finding.place}] {finding.message}")
    if len(report.findings) > _SHOWN:
        print(f"… et {len(report.findings) - _SHOWN} autres constats.")
    verdict = "Rien à redire" if not report.findings else f"{len(report.findings)} constats"
    print(
        f"{verdict} : {report.entries} entrées et {report.checkpoints} points de contrôle vérifiés du journal "
        f"« {report.origin} », taille {report.size}, racine {report.root}."
    )
    print(f"Cosigné par : {', '.join(report.cosigned) or 'aucun témoin de la politique'}.")
    _print_keys(report.trusted, report.ignored)


def _print_keys(trusted: "tuple[str, ...] | list[str]", ignored: "tuple[str, ...] | list[str]") -> None:
    print(f"Clés dont une signature a été vérifiée : {', '.join(trusted) or 'aucune'}.")
    for line in ignored:
        print(f"Signature ignorée, de clé inconnue : {line}")
