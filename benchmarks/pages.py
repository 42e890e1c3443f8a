"""How long does the site take to make a page, and does ten times the events change it? SQLite and PostgreSQL, in one run.

    python benchmarks/pages.py [--quick] [--resources 2000] [--sqlite] [--seed 2018] [--rounds 3]

Protocol. One process for each database and number of events, each with the 35,000 communes shipped, the seed base, the
resources of the api.gouv.fr corpora where they are (DCANT_CORPORA), and seeded copies of these up to --resources; the
events (invented: resources by a Zipf law, communes uniformly) and as many lines of the public log. Events are written in
bulk without a line of the log of their own, and the lines beside them, for speed: the pages read both all the same.
Then rounds, each process in its turn while the others wait: every address once to warm up (number of queries, size of the
HTML), then once more, timed. A figure is the median of the rounds.
It is SERVER time: Django's test client in the same process, middleware and templates included, no socket, no browser.
Without DATABASE_URL, PostgreSQL is a throw-away server (scripts/with-postgres); where there is none it is left out, aloud.
"""

import argparse
import json
import os
import random
import resource as process
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from machine import describe, load

PROJECT = Path(__file__).resolve().parent.parent
P95_MS, QUERIES, KILOBYTES, RATIO = 100.0, 10, 60.0, 1.5
ABSENT = 77  # status of scripts/with-postgres where there is no server
BATCH = 5000
WORDS = ("cantine", "adresse", "identité", "rendez-vous", "marchés publics", "quotient familial", "état civil", "impôt")


@dataclass(frozen=True, slots=True)
class Sizes:
    events: tuple[int, int]
    addresses: int
    rounds: int
    resources: int
    seed: int


# ---- the process that holds one database ----


def hold(sizes: Sizes, events: int) -> None:
    """Fills a database, says « ready », then answers each line of standard input with the figures of a round."""
    import django

    django.setup()
    began = time.perf_counter()
    fill(sizes, events)
    addresses = addresses_of(sizes)
    answer({"seconds": time.perf_counter() - began, "peak": peak(), "holds": contents()})
    for _ in sys.stdin:
        answer(measured(addresses))


def answer(value: object) -> None:
    print(json.dumps(value), flush=True)


def peak() -> float:
    """Most memory this process ever held, in MiB."""
    return process.getrusage(process.RUSAGE_SELF).ru_maxrss / 1024


def fill(sizes: Sizes, events: int) -> None:
    from django.db import connection
    from django.utils import timezone

    from dcant.adoption.offers import link_offers
    from dcant.adoption.projection import rebuild
    from dcant.catalogue.index import rebuild_index
    from dcant.cli.database import migrate
    from dcant.cli.harvest import harvest_one
    from dcant.governance.services import load_programme
    from dcant.territories.services import load_reference

    migrate()
    load_reference()
    harvest_one("seed", None)
    corpus = Path(os.environ.get("DCANT_CORPORA") or PROJECT.parent / "shared" / "corpora") / "catalogue" / "apigouv"
    if corpus.is_dir():
        harvest_one("apigouv", corpus)
    else:
        print(f"no corpora at {corpus}: copies stand in for them", file=sys.stderr)
    copy_resources(sizes.resources, random.Random(sizes.seed))
    link_offers()
    load_programme()
    rebuild_index()
    write_events(events, sizes.seed)
    write_lines(events)
    rebuild(today=timezone.localdate())
    if connection.vendor == "postgresql":  # what autovacuum does by itself within minutes
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def copy_resources(wanted: int, draw: random.Random) -> None:
    """Copies of harvested resources under other names, until there are as many as wanted."""
    from dcant.catalogue.models import Resource

    models = list(Resource.objects.shown())
    copies = []
    for number in range(wanted - len(models)):
        copy = draw.choice(models)
        copies.append(
            Resource(
                slug=f"{copy.slug[:60]}-copie-{number}",
                title=f"{copy.title} (copie {number})",
                kind=copy.kind,
                purpose=copy.purpose,
                producer_name=copy.producer_name,
                producer_level=copy.producer_level,
                sheet=copy.sheet,
                facts=copy.facts,
                first_seen_at=copy.first_seen_at,
                changed_at=copy.changed_at,
            )  # fmt: skip
        )
    Resource.objects.bulk_create(copies, batch_size=200)


def write_events(count: int, seed: int) -> None:
    """Same seed, same events; over the last thirty months, so that some have lapsed; a pair may speak several times."""
    from datetime import UTC, datetime, timedelta

    import numpy as np
    from django.utils import timezone

    from dcant.adoption.models import AdoptionEvent
    from dcant.adoption.rules import expiry
    from dcant.catalogue.models import Resource
    from dcant.territories.models import Organisation

    draw = np.random.default_rng(seed)
    organisations = list(Organisation.objects.filter(kind="commune").order_by("key").values_list("pk", flat=True))
    resources = list(Resource.objects.shown().order_by("slug").values_list("pk", flat=True))
    weights = 1 / np.arange(1, len(resources) + 1)
    kinds = ("used", "requested", "planned", "deployed")
    first = timezone.localdate() - timedelta(days=912)
    for start in range(0, count, BATCH):
        size = min(BATCH, count - start)
        drawn = zip(
            draw.integers(len(organisations), size=size),
            draw.choice(len(resources), size=size, p=weights / weights.sum()),
            draw.choice(4, size=size, p=(0.7, 0.12, 0.1, 0.08)),
            draw.integers(912, size=size),
            strict=True,
        )
        rows = []
        for organisation, resource, kind, days in drawn:
            day = first + timedelta(days=int(days))
            rows.append(
                AdoptionEvent(
                    organisation_id=organisations[organisation],
                    resource_id=resources[resource],
                    kind=kinds[kind],
                    day=day,
                    expires_on=expiry(kinds[kind], day),
                    at=datetime(day.year, day.month, day.day, 10, tzinfo=UTC),
                    declared_by="0" * 64,
                    salt=b"benchmark",
                    demo=True,
                )  # fmt: skip
            )
        AdoptionEvent.objects.bulk_create(rows, batch_size=1000)


def write_lines(count: int) -> None:
    """Numbered lines of the log whose leaves are drawn from a few hundred true ones: pages read the leaf, not its name."""
    from django.utils import timezone

    from dcant.adoption.models import AdoptionEvent
    from dcant.adoption.services import public_body
    from dcant.record.models import Entry
    from dcant.record.services import Draft, digest

    models = []
    for event in AdoptionEvent.objects.select_related("organisation", "resource", "via__organisation")[:500]:
        body = public_body(event)
        draft = Draft("adoption.declared", event.organisation.actor, digest(body), body, event.at)
        models.append(draft.entry())
    index = Entry.objects.next_index()
    now = timezone.now()
    for start in range(0, count, BATCH):
        rows = []
        for number in range(start, min(start + BATCH, count)):
            line = models[number % len(models)]
            rows.append(
                Entry(
                    entry_id=f"benchmark-{number}",
                    index=index + number,
                    type=line.type,
                    at=now,
                    actor=line.actor,
                    subject=line.subject,
                    leaf=line.leaf,
                )  # fmt: skip
            )
        Entry.objects.bulk_create(rows, batch_size=1000)


def contents() -> dict[str, int]:
    from dcant.adoption.models import AdoptionEvent, AdoptionState
    from dcant.catalogue.models import Resource
    from dcant.record.models import Entry
    from dcant.territories.models import Territory

    return {
        "communes": Territory.objects.communes().count(),
        "resources": Resource.objects.shown().count(),
        "events": AdoptionEvent.objects.count(),
        "states": AdoptionState.objects.count(),
        "lines": Entry.objects.count(),
    }


def addresses_of(sizes: Sizes) -> dict[str, list[str]]:
    """Each page of the main walk at as many different places; one commune in ten is among the most populous."""
    from django.db.models import F

    from dcant.catalogue.models import Resource
    from dcant.territories.models import Territory

    draw = random.Random(sizes.seed)
    number = sizes.addresses
    communes = list(Territory.objects.communes().order_by("code").values_list("code", "name"))
    large = Territory.objects.communes().order_by(F("population").desc(nulls_last=True)).values_list("code", "name")
    places = draw.sample(communes, number - number // 10) + list(large[: number // 10])
    codes = [code for code, _ in places]
    slugs = draw.sample(sorted(Resource.objects.shown().values_list("slug", flat=True)), number)
    return {
        "home": ["/"] * number,
        "commune search": [f"/territoires/?q={name[: max(3, len(name) - 1)]}" for _, name in places],
        "territory": [f"/territoires/{code}/" for code in codes],
        "resource": [f"/ressources/{slug}/" for slug in slugs],
        "resource from a commune": [f"/ressources/{slug}/?commune={code}" for slug, code in zip(slugs, codes, strict=True)],
        "list": [f"/ressources/?q={WORDS[n % len(WORDS)] if n % 2 else ''}&page={1 + n // 2 % 10}" for n in range(number)],
        "list from a commune": [
            f"/ressources/?commune={code}&q={WORDS[n % len(WORDS)] if n % 2 else ''}" for n, code in enumerate(codes)
        ],
        "coverage": [f"/couverture/?ressource={slug}" for slug in slugs],
        "public log": [f"/registre/?page={n + 1}" for n in range(number)],
    }  # fmt: skip


def measured(addresses: dict[str, list[str]]) -> dict[str, Any]:
    """For each page: p50 and p95 in milliseconds, most queries, largest HTML in kB (1,000 bytes); and the peak so far."""
    import numpy as np
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(SERVER_NAME="localhost")
    figures: dict[str, Any] = {}
    for page, listed in addresses.items():
        queries, size, spent = 0, 0, []
        for address in listed:
            with CaptureQueriesContext(connection) as captured:
                response = client.get(address)
            if response.status_code not in {200, 302}:
                sys.exit(f"{address}: status {response.status_code}")
            queries, size = max(queries, len(captured)), max(size, len(response.content))
        for address in listed:
            start = time.perf_counter()
            client.get(address)
            spent.append((time.perf_counter() - start) * 1000)
        p50, p95 = np.percentile(spent, [50, 95])
        figures[page] = {"p50": p50, "p95": p95, "queries": queries, "kB": size / 1000}
    return {"pages": figures, "peak": peak()}


# ---- the process that asks, and prints ----


class Site:
    """A database with its process."""

    def __init__(self, vendor: str, events: int, sizes: Sizes, folder: str, database: str) -> None:
        self.vendor, self.events = vendor, events
        environment = {key: value for key, value in os.environ.items() if not key.startswith("DCANT_")}
        environment |= {"DCANT_DATA": folder, "DJANGO_SETTINGS_MODULE": "dcant.config.settings"}
        if "DCANT_CORPORA" in os.environ:
            environment["DCANT_CORPORA"] = os.environ["DCANT_CORPORA"]
        environment.pop("DATABASE_URL", None)
        if database:
            environment["DATABASE_URL"] = database
        numbers = [str(one) for one in (events, sizes.addresses, sizes.resources, sizes.seed)]
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--hold", *numbers],
            env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.rounds: list[dict[str, Any]] = []

    def __str__(self) -> str:
        return f"{self.vendor}, {self.events:,} events"

    def read(self) -> dict[str, Any]:
        line = self.process.stdout.readline() if self.process.stdout else ""
        if not line:
            sys.exit(f"{self}: its process ended with status {self.process.wait()}")
        return dict(json.loads(line))

    def ask(self) -> None:
        if self.process.stdin:
            print("round", file=self.process.stdin, flush=True)
        self.rounds.append(self.read())

    def end(self) -> None:
        if self.process.stdin:
            self.process.stdin.close()
        self.process.wait()

    def figure(self, page: str, name: str) -> float:
        """The median of the rounds."""
        return float(median(one["pages"][page][name] for one in self.rounds))


@contextmanager
def database_beside(url: str, name: str) -> Iterator[str]:
    """A new database on the server of an address, dropped at the end."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(url, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield url.rsplit("/", 1)[0] + "/" + name
    finally:
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def run(sizes: Sizes, server: str) -> bool:
    """Prints the machine, what each database holds, and a table for each vendor; True when every bar is met."""
    print(describe(), flush=True)
    with ExitStack() as stack:
        pairs = []
        for vendor in ("SQLite", "PostgreSQL") if server else ("SQLite",):
            sites = []
            for events in sizes.events:
                folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="dcant-bench-"))
                name = f"dcant_bench_{events}_{os.getpid()}"
                url = stack.enter_context(database_beside(server, name)) if vendor == "PostgreSQL" else ""
                site = Site(vendor, events, sizes, folder, url)
                stack.callback(site.end)
                sites.append(site)
            pairs.append(sites)
        everyone = [site for sites in pairs for site in sites]
        for site in everyone:
            said = site.read()
            held = ", ".join(f"{number:,} {what}" for what, number in said["holds"].items())
            print(
                f"{site}: filled in {said['seconds']:.0f} s (all at once), peak {said['peak']:.0f} MiB; {held}",
                flush=True,
            )
        before = load()
        for _ in range(sizes.rounds):
            for site in everyone:
                site.ask()
        print(f"{sizes.rounds} rounds, {sizes.addresses} addresses a page; before: {before}; after: {load()}")
        return all([table(*sites) for sites in pairs])


def table(small: Site, large: Site) -> bool:
    """Times in milliseconds of server time; True when every bar is met."""
    print(f"\n{small.vendor}: server time in ms, {small.events:,} events then {large.events:,}\n")
    print("| page | p50 | p95 | p50 | p95 | ratio of p95 | queries | HTML kB | bars |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---|")
    met = True
    for page in large.rounds[0]["pages"]:
        times = [site.figure(page, name) for site in (small, large) for name in ("p50", "p95")]
        ratio = times[3] / times[1]
        queries = max(site.figure(page, "queries") for site in (small, large))
        size = max(site.figure(page, "kB") for site in (small, large))
        missed = [
            word
            for word, bad in {
                "p95": max(times[1], times[3]) >= P95_MS,
                "ratio": ratio >= RATIO,
                "queries": queries > QUERIES,
                "HTML": size >= KILOBYTES,
            }.items()
            if bad
        ]
        met = met and not missed
        shown = " | ".join(f"{one:.1f}" for one in times)
        said = f"missed: {', '.join(missed)}" if missed else "met"
        print(f"| {page} | {shown} | {ratio:.2f} | {queries:.0f} | {size:.1f} | {said} |")
    print(
        f"\npeak memory of the process, pages included: {large.rounds[-1]['peak']:.0f} MiB at {large.events:,} events"
    )
    return met


def main() -> int:
    if sys.argv[1:2] == ["--hold"]:
        events, addresses, resources, seed = (int(one) for one in sys.argv[2:])
        hold(Sizes((events, events), addresses, 1, resources, seed), events)
        return 0
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="1,000 then 10,000 events, 20 addresses, one round")
    parser.add_argument("--resources", type=int, default=2000, help="resources in the base, with copies if need be")
    parser.add_argument("--sqlite", action="store_true", help="SQLite alone")
    parser.add_argument("--seed", type=int, default=2018)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    server = "" if options.sqlite else os.environ.get("DATABASE_URL", "")
    if not server and not options.sqlite:
        status = subprocess.run(
            [PROJECT / "scripts" / "with-postgres", sys.executable, __file__, *sys.argv[1:]], check=False
        ).returncode
        if status != ABSENT:
            return status
        print("PostgreSQL left out: there is no server to start (apt install postgresql).", file=sys.stderr)
    if options.quick:
        sizes = Sizes((1_000, 10_000), 20, 1, min(options.resources, 400), options.seed)
    else:
        sizes = Sizes((100_000, 1_000_000), 120, options.rounds, options.resources, options.seed)
    met = run(sizes, server if server.startswith("postgres") else "")
    bars = f"p95 < {P95_MS:g} ms, ratio < {RATIO:g}, at most {QUERIES} queries, HTML < {KILOBYTES:g} kB"
    print(f"bars: {bars}: {'met' if met else 'NOT MET'}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
