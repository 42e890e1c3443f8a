"""How long do the pages of the common base take, with a country of communes and 2,000 resources of 40 statements each?

    python benchmarks/catalogue_pages.py [--quick] [--resources 2000] [--sqlite] [--seed 2018] [--rounds 3]

Protocol. One process for each database, filled as `pages` fills it (large_base.py: 35,000 communes, seed base, corpora of
api.gouv.fr where they are, seeded copies, invented events), then every resource is given an item of its own and what it takes
to hold 40 statements, its sheet made again of them; and the half-years of the demonstration, so that the balance of the
programme counts something. The first round is to warm up and tells queries and size; the others are timed, and the time of an
address is the median of its rounds; p50 and p95 are over the addresses of a page. SERVER time, as in `pages`: Django's test
client, middleware and templates included. Without DATABASE_URL, PostgreSQL is a throw-away server (scripts/with-postgres).
"""

import argparse
import math
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from large_base import contents, fill
from machine import describe, load
from pages import ABSENT, KILOBYTES, P95_MS, PROJECT, QUERIES, WORDS, database_beside, peak, timed, warm

STATEMENTS, EVENTS = 40, 10_000


def state_more(wanted: int) -> int:
    """Gives each resource an item, and statements until it has as many as wanted; returns how many rows there are."""
    from django.utils import timezone

    from dcant.catalogue.models import Holding, Resource
    from dcant.harvest.models import Item, Statement

    now = timezone.now()
    for resource in Resource.objects.order_by("pk").iterator(chunk_size=200):
        item = Item.objects.filter(holding__resource=resource).first()
        if item is None:
            item = Item.objects.create(
                source="seed", collection="resources", remote_id=resource.slug, path=f"{resource.slug}.yaml",
                title=resource.title, kind=resource.kind, content_hash="0" * 64, parser_version=1,
                first_seen_at=now, last_seen_at=now,
            )  # fmt: skip
            Holding.objects.create(resource=resource, item=item)
            stated = {field: fact["value"] for field, fact in resource.sheet.items()}
        else:
            stated = {}
        held = Statement.objects.filter(item__holding__resource=resource).count() + len(stated)
        more = {f"seed:champ-{n}": f"Valeur {n} de {resource.title[:60]}" for n in range(max(0, wanted - held))}
        Statement.objects.bulk_create(
            Statement(item=item, field=field, value=value, fetched_at=now, raw_hash="0" * 64, parser_version=1)
            for field, value in (stated | more).items()
        )
        said = {"source": "seed", "fetched_at": now.date().isoformat(), "url": ""}
        resource.sheet |= {field: {"value": value, "sources": [said], "others": []} for field, value in more.items()}
        resource.save(update_fields=["sheet"])
    return Statement.objects.count()


def addresses_of(number: int, seed: int) -> dict[str, list[str]]:
    """Each page at as many different places."""
    from dcant.catalogue.models import Resource
    from dcant.territories.models import Territory

    draw = random.Random(seed)
    slugs = sorted(Resource.objects.shown().values_list("slug", flat=True))
    codes = draw.sample(sorted(Territory.objects.communes().values_list("code", flat=True)), number)
    four = ["&r=".join(draw.sample(slugs, 4)) for _ in range(number)]
    measures = [("produced", "state"), ("opened", "inconnu"), ("used", "state"), ("crossed", "local")]
    return {
        "list": [f"/ressources/?q={WORDS[n % len(WORDS)] if n % 2 else ''}&page={1 + n // 2 % 10}" for n in range(number)],
        "sheet": [f"/ressources/{slug}/" for slug in draw.sample(slugs, number)],
        "history of a sheet": [f"/ressources/{slug}/historique/" for slug in draw.sample(slugs, number)],
        "comparison of 4": [f"/ressources/comparer/?r={chosen}" for chosen in four],
        "infrastructures": ["/infrastructures/"] * number,
        "infrastructures from a commune": [f"/infrastructures/?commune={code}" for code in codes],
        "balance": ["/equilibre/"] * number,
        "list behind a number": [
            "/equilibre/liste/?mesure={}&niveau={}".format(*measures[n % 4]) for n in range(number)
        ],
    }  # fmt: skip


def measure(options: argparse.Namespace) -> int:
    """Fills the database of the environment, asks every page, prints the table; 0 when every bar is met."""
    import django
    from django.test import Client

    django.setup()
    from dcant.adoption.demo import load_seats
    from dcant.governance.demo import load_half_year

    fill(events=EVENTS, resources=options.resources, seed=options.seed)
    statements = state_more(STATEMENTS)
    load_seats()
    load_half_year()
    held = ", ".join(f"{number:,} {what}" for what, number in contents().items())
    print(f"\n{options.measure}: {held}, {statements:,} statements; {load()}\n", flush=True)
    client, met = Client(SERVER_NAME="localhost"), True
    print("| page | p50 ms | p95 ms | queries | HTML kB | bars |\n|---|---:|---:|---:|---:|---|")
    for page, addresses in addresses_of(options.addresses, options.seed).items():
        weight = warm(client, addresses)
        rounds = [timed(client, addresses) for _ in range(options.rounds)]
        times = sorted(median(each) for each in zip(*rounds, strict=True))
        p95 = times[math.ceil(len(times) * 0.95) - 1]
        bars = {"p95": p95 < P95_MS, "queries": weight["queries"] <= QUERIES, "HTML": weight["kB"] < KILOBYTES}
        missed = ", ".join(word for word, good in bars.items() if not good)
        met = met and not missed
        figures = f"{median(times):.1f} | {p95:.1f} | {weight['queries']:.0f} | {weight['kB']:.1f}"
        print(f"| {page} | {figures} | {f'missed: {missed}' if missed else 'met'} |", flush=True)
    print(f"\npeak memory of the process: {peak():.0f} MiB; {load()}", flush=True)
    return 0 if met else 1


def run_on(vendor: str, database: str) -> int:
    """The same command in a process of its own, over a new database."""
    with tempfile.TemporaryDirectory(prefix="dcant-bench-") as folder:
        (Path(folder) / "static").mkdir()  # WhiteNoise looks for it
        kept = {
            key: value for key, value in os.environ.items() if not key.startswith("DCANT_") or key == "DCANT_CORPORA"
        }
        environment = kept | {"DCANT_DATA": folder, "DJANGO_SETTINGS_MODULE": "dcant.config.settings"}
        environment.pop("DATABASE_URL", None)
        if database:
            environment["DATABASE_URL"] = database
        command = [sys.executable, __file__, *sys.argv[1:], "--measure", vendor]
        return subprocess.run(command, env=environment, check=False).returncode


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="400 resources, 12 addresses, one round")
    parser.add_argument("--resources", type=int, default=2000)
    parser.add_argument("--sqlite", action="store_true", help="SQLite alone")
    parser.add_argument("--seed", type=int, default=2018)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--addresses", type=int, default=60)
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.quick:
        options.resources, options.addresses, options.rounds = min(400, options.resources), 12, 1
    if options.measure:
        return measure(options)
    server = "" if options.sqlite else os.environ.get("DATABASE_URL", "")
    if not server and not options.sqlite:
        command = [PROJECT / "scripts" / "with-postgres", sys.executable, __file__, *sys.argv[1:]]
        status = subprocess.run(command, check=False).returncode
        if status != ABSENT:
            return status
        print("PostgreSQL left out: there is no server to start (apt install postgresql).", file=sys.stderr)
    print(describe(), flush=True)
    missed = run_on("SQLite", "")
    if server.startswith("postgres"):
        with database_beside(server, f"dcant_bench_{os.getpid()}") as url:
            missed |= run_on("PostgreSQL", url)
    bars = f"p95 < {P95_MS:g} ms, at most {QUERIES} queries, HTML < {KILOBYTES:g} kB"
    print(f"bars: {bars}: {'NOT MET' if missed else 'met'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
