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
    command.add_argument(
        "--territory", metavar="CODE", help="vu de cette commune : d’abord ce qui lui est ouvert, puis sert près d’elle"
    )
    command.add_argument("--kind", choices=KINDS)
    command.add_argument("--limit", type=int, default=20)
    command.add_argument(
        "--explain", action="store_true", help="les parts de chaque note, et où chaque mot a été trouvé"
    )
    command.add_argument("--format", choices=["text", "json"], default="text")
    add_data(command)
    command.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    set_up()
    from django.utils import timezone

    from dcant.adoption.reusable import found_anywhere, found_from
    from dcant.catalogue.index import EVERYTHING, search_base
    from dcant.catalogue.search import SearchQuery

    place = _commune(args.territory) if args.territory else None
    filters = {"kind": frozenset({args.kind})} if args.kind else {}
    limit = max(1, args.limit)
    asked = SearchQuery(args.query, filters, limit=EVERYTHING if place else limit, explain=args.explain)
    found = search_base(asked)
    hits = {hit.slug: hit for hit in found.hits}
    seen = found_from(found, place, timezone.localdate()) if place else found_anywhere(found)
    rows = [
        {
            "slug": one.resource.slug,
            "kind": one.resource.kind,
            "title": one.resource.title,
            "score": round(hits[one.resource.slug].score, 4),
            "eligibility": str(one.eligibility.verdict),
            "because": one.eligibility.because,
            "used_in_epci": one.use.epci,
            "used_in_departement": one.use.departement,
            "used_in_country": one.use.country,
            "matches": [f"{match.found} ({match.field})" for match in one.matches],
        }
        | (
            {"parts": {part.word: round(part.score, 4) for part in hits[one.resource.slug].parts}}
            if args.explain
            else {}
        )
        for one in seen[:limit]
    ]
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
            print("   note : " + ", ".join(f"{word} {score}" for word, score in row["parts"].items()))
            print("   trouvé par : " + ", ".join(row["matches"]))
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
