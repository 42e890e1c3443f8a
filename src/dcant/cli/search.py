"""`dcant search QUERY`: the search of the site, from the shell."""

import argparse
import json
import sys
from typing import Any

from dcant.cli.database import add_data, fail, set_up

KINDS = ("api", "service", "software", "standard", "dataset", "infrastructure", "practice")


def add_to(commands: "argparse._SubParsersAction[Any]") -> None:
    command = commands.add_parser("search", help="cherche dans le socle commun")
    command.add_argument("query", metavar="QUERY")
    command.add_argument("--territory", metavar="CODE", help="vu de cette commune : d’abord ce qui lui est ouvert")
    command.add_argument("--kind", choices=KINDS)
    command.add_argument("--limit", type=int, default=20)
    command.add_argument("--explain", action="store_true", help="les parts de chaque note")
    command.add_argument("--format", choices=["text", "json"], default="text")
    add_data(command)
    command.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    set_up()
    from dcant.adoption.reusable import applicant_of
    from dcant.catalogue.index import search_base
    from dcant.catalogue.models import Resource
    from dcant.catalogue.rules.eligibility import Applicant
    from dcant.catalogue.search import SearchQuery

    applicant = Applicant(kind="commune")
    if args.territory:
        applicant = applicant_of(_commune(args.territory))
    filters = {"kind": frozenset({args.kind})} if args.kind else {}
    found = search_base(SearchQuery(text=args.query, filters=filters, limit=max(1, args.limit), explain=args.explain))
    resources = Resource.objects.defer("sheet").by_slugs([hit.slug for hit in found.hits])
    rows = [
        {
            "slug": hit.slug,
            "kind": resources[hit.slug].kind,
            "title": resources[hit.slug].title,
            "score": round(hit.score, 4),
            "eligibility": str(resources[hit.slug].eligibility_for(applicant).verdict),
            "because": resources[hit.slug].eligibility_for(applicant).because,
        }
        | ({"parts": {part.word: round(part.score, 4) for part in hit.parts}} if args.explain else {})
        for hit in found.hits
        if hit.slug in resources
    ]
    if args.territory:
        order = {"yes": 0, "under_conditions": 1, "unknown": 2, "no": 3}
        rows.sort(key=lambda row: order[str(row["eligibility"])])
    if args.format == "json":
        document = {"query": args.query, "corrected": found.corrected, "total": found.total, "results": rows}
        json.dump(document, sys.stdout, ensure_ascii=False, indent=1)
        print()
    else:
        _print(rows, found.corrected)
    return 0


def _print(rows: list[dict[str, Any]], corrected: str | None) -> None:
    if corrected:
        print(f"Résultats pour « {corrected} »")
    for row in rows:
        print(f"{row['title']} [{row['kind']}] /ressources/{row['slug']}/ : {row['because']}")
        if "parts" in row:
            print("   " + ", ".join(f"{word} {score}" for word, score in row["parts"].items()))
    if not rows:
        print("Rien ne répond à cette recherche. Essayez un mot de tous les jours : cantine, adresse, rendez-vous.")


def _commune(code: str) -> Any:
    from dcant.identifiers import CommuneCode, IdentifierError
    from dcant.territories.models import Territory

    try:
        place = Territory.objects.communes().filter(code=str(CommuneCode(code))).first()
    except IdentifierError as error:
        fail(error.message)
    if place is None:
        fail(f"Aucune commune ne porte le code « {code} ».")
    return place
