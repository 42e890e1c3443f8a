"""`dcant record export` and `dcant record status`: the log of this node, which is the one that is in the database."""

import argparse
import json
from typing import TYPE_CHECKING

from dcant.cli.database import fail, set_up

if TYPE_CHECKING:
    from dcant.record.questions import LogState

_ALARM = 1


def run_export(args: argparse.Namespace) -> int:
    """The folder that any mirror can serve, brought up to date first."""
    set_up()
    from django.conf import settings
    from django.utils import timezone

    from dcant.cli.witnesses import cosigners
    from dcant.record.note import Malformed
    from dcant.record.publication import export_log, publish_log
    from dcant.record.questions import log_state
    from dcant.record.sequencer import BATCH, sequence_entries
    from dcant.record.tile_writer import LogInconsistent

    if args.folder.exists():
        fail(f"{args.folder} existe déjà : choisissez un dossier neuf.")
    while sequence_entries() == BATCH:
        pass
    try:
        publish_log(data=settings.DATA, name=settings.LOG_NAME, cosigners=cosigners(), wait=True)
        export_log(data=settings.DATA, target=args.folder, witnesses=settings.WITNESSES)
    except (LogInconsistent, Malformed, OSError) as problem:
        fail(f"Le journal n’est pas copié : {problem}")
    state = log_state(data=settings.DATA, witnesses=settings.WITNESSES, now=timezone.now())
    print(f"Journal copié dans {args.folder}, avec policy.txt.")
    for one in state.awaited:
        print(f"Sans la cosignature de « {one.witness} ». {one.because}")
    return 0


def run_status(args: argparse.Namespace) -> int:
    """Exit 1 when an alarm stands; a witness that is awaited is none."""
    set_up()
    from django.conf import settings
    from django.utils import timezone

    from dcant.record.questions import log_state

    state = log_state(data=settings.DATA, witnesses=settings.WITNESSES, now=timezone.now())
    if args.format == "json":
        print(json.dumps(state.document, ensure_ascii=False, indent=1))
    else:
        _print(state)
    return _ALARM if state.alarms else 0


def _print(state: "LogState") -> None:
    if state.checkpoint is None:
        print("Journal pas encore signé.")
    else:
        print(f"Journal « {state.checkpoint.origin} » : {state.checkpoint.size} entrées signées, racine {state.root}.")
    print(f"En attente : {state.waiting} sans numéro, {state.unsigned} numérotées et pas encore signées.")
    for one in state.cosignatures:
        print(f"{one.witness} : " + (f"a cosigné, {one.at:%Y-%m-%d %H:%M:%S} UTC." if one.at else one.because))
    if not state.cosignatures:
        print("Aucun témoin : ce journal n’est signé que par ce site.")
    elif state.quorum is not None:
        print("Quorum des témoins atteint." if state.quorum else "Quorum des témoins pas encore atteint.")
    for alarm in state.alarms:
        print(f"ALARME. {alarm}")
