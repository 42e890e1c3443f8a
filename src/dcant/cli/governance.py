"""`dcant governance outcome FILE`: what colleges decide, from a file that anyone can write. No database needed."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from dcant.cli.database import fail

_MOST_BYTES = 16_000_000


def add_to(commands: "argparse._SubParsersAction[Any]") -> None:
    command = commands.add_parser("governance", help="les règles de la gouvernance partagée")
    parts = command.add_subparsers(dest="part", required=True, metavar="outcome")
    outcome = parts.add_parser("outcome", help="l’issue d’une décision, recalculée depuis un fichier")
    outcome.add_argument("file", metavar="FILE", help="le fichier de décision (JSON) ; « - » : l’entrée standard")
    outcome.add_argument("--format", choices=["text", "json"], default="text")
    outcome.set_defaults(run=run_outcome)


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
