"""`dcant governance budget FILE.pb`: a shared budget allocated from the ballots of a file that anyone can write. No database needed."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dcant.cli.database import end_progress, fail, progress

if TYPE_CHECKING:
    from fractions import Fraction

    from dcant.governance.rules.budget import Allocation, Difference, Election, Purchase

_MOST_BALLOTS = 256_000_000  # bytes of a `.pb` file
_MOST_BITS = 8192


def add_part(parts: "argparse._SubParsersAction[Any]") -> None:
    budget = parts.add_parser("budget", help="un budget partagé, réparti selon les bulletins d’un fichier .pb")
    budget.add_argument("file", metavar="FILE.pb", help="l’élection (format de pabulib) ; « - » : l’entrée standard")
    budget.add_argument(
        "--rule", choices=["equal-shares", "greedy", "greedy-no-skip"], help="sans elle : celle que dit le fichier"
    )
    budget.add_argument(
        "--completion", choices=["add1", "none"], help="des parts égales : add1, sauf si le fichier dit autre chose"
    )
    budget.add_argument("--compare", action="store_true", help="compare aux lauréats publiés : 1 s’ils diffèrent")
    budget.add_argument("--format", choices=["text", "json"], default="text")
    budget.set_defaults(run=run_budget)


def run_budget(args: argparse.Namespace) -> int:
    from dcant.governance.rules.budget import BudgetFileError, allocate, difference, read_election
    from dcant.governance.rules.budget.compare import rule_of
    from dcant.governance.rules.budget.equal_shares import ADD1

    try:
        election = read_election(_read(args.file))
    except OSError as error:
        fail(f"{args.file} ne se lit pas : {error}")
    except BudgetFileError as error:
        fail(f"{args.file}, {error}")
    named = rule_of(election)
    if args.rule is None and named is None:
        fail(f"Le fichier nomme la règle « {election.meta['rule']} », que l’on ne sait pas appliquer : dites --rule.")
    rule = args.rule or (named[0] if named else "")
    completion = args.completion or (named[1] if named and named[0] == rule else ADD1)
    found = allocate(
        election, rule=rule, completion=completion, watch=lambda runs: progress(f"Parts égales : {runs} tours")
    )
    end_progress()
    differs = difference(election, found)
    if args.compare and differs is None:
        fail(f"{args.file} ne publie pas ses lauréats : il n’y a rien à comparer.")
    if args.format == "json":
        document = _budget_document(election, found, completion, differs if args.compare else None)
        json.dump(document, sys.stdout, ensure_ascii=False, indent=1)
        print()
    else:
        _print_budget(election, found, differs if args.compare else None)
    return int(args.compare and bool(differs))


def _read(name: str) -> bytes:
    if name == "-":
        content = sys.stdin.buffer.read(_MOST_BALLOTS + 1)
    else:
        with Path(name).open("rb") as file:
            content = file.read(_MOST_BALLOTS + 1)
    if len(content) > _MOST_BALLOTS:
        fail(f"{name} dépasse {_MOST_BALLOTS} octets.")
    return content


def _budget_document(
    election: "Election", found: "Allocation", completion: str, differs: "Difference | None"
) -> dict[str, Any]:
    from dcant.governance.rules.budget import decimal
    from dcant.governance.rules.budget.compare import not_applied
    from dcant.governance.rules.budget.equal_shares import RULE

    equal = {"completion": completion, "runs": found.runs, "raised": found.raised} if found.rule == RULE else {}
    document: dict[str, Any] = {
        "rule": found.rule,
        **equal,
        "budget": decimal(found.budget),
        "spent": decimal(found.spent),
        "ballots": len(election.ballots),
        "not_applied": list(not_applied(election)),
        "funded": [
            {
                "project": one.project.key,
                "name": one.project.name,
                "cost": decimal(one.project.cost),
                "support": decimal(one.support),
                **({"paid": _paid(one)} if one.payments else {}),
            }
            for one in found.funded
        ],
        "unfunded": [
            {
                "project": one.project.key,
                "name": one.project.name,
                "cost": decimal(one.project.cost),
                "support": decimal(one.support),
                "because": one.because,
                "held": decimal(one.held),
                "missing": decimal(one.missing),
            }
            for one in found.unfunded
        ],
    }
    if differs is not None:
        compared = {
            "same": not differs,
            "only_computed": list(differs.computed),
            "only_published": list(differs.published),
        }
        document["published"] = {"winners": len(election.published or ()), **compared}
    return document


def _paid(purchase: "Purchase") -> list[dict[str, Any]]:
    """How many voters paid how much, the most first: rounded, and the exact fraction."""
    from collections import Counter

    from dcant.governance.rules.budget import decimal

    amounts = Counter(amount for _voter, amount in purchase.payments)
    return [
        {"voters": amounts[amount], "each": decimal(amount), "exact": _exact(amount)}
        for amount in sorted(amounts, reverse=True)
    ]


def _exact(amount: "Fraction") -> str | None:
    """Written out, unless it would take more digits than Python writes."""
    return str(amount) if amount.denominator.bit_length() < _MOST_BITS else None


_WHY = {
    "no-support": "aucun bulletin ne le soutient",
    "dearer-than-budget": "plus cher que le budget",
    "below-threshold": "sous le seuil de voix que dit le fichier",
    "supporters-hold-too-little": "ses soutiens n’ont plus que {held}, il manque {missing}",
    "does-not-fit": "il ne reste que {held}, il manque {missing}",
    "after-the-stop": "la liste s’est arrêtée avant lui",
}


def _print_budget(election: "Election", found: "Allocation", differs: "Difference | None") -> None:
    from dcant.governance.rules.budget import decimal
    from dcant.governance.rules.budget.compare import not_applied

    currency = election.meta.get("currency", "")
    print(
        f"{len(found.funded)} projets financés, {decimal(found.spent)} sur {decimal(found.budget)} {currency}".rstrip()
    )
    for bought in found.funded:
        paid = f", {len(bought.payments)} soutiens paient {decimal(bought.most)} au plus" if bought.payments else ""
        print(f"  + {bought.project.key} {bought.project.name[:70]} : {decimal(bought.project.cost)}{paid}")
    for one in found.unfunded:
        why = _WHY[one.because].format(held=decimal(one.held), missing=decimal(one.missing))
        print(f"  - {one.project.key} {one.project.name[:70]} : {decimal(one.project.cost)}, {why}")
    for key in not_applied(election):
        print(f"Le fichier pose une condition que cette règle n’applique pas : {key}.")
    if differs is None:
        return
    if not differs:
        print("Mêmes lauréats que ceux publiés.")
    for word, keys in (("Financés ici seulement", differs.computed), ("Publiés seulement", differs.published)):
        if keys:
            print(f"{word} : {', '.join(keys)}")
