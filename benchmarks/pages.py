"""How long does the site take to make a page, and does ten times the events change it? SQLite and PostgreSQL, in one run.

    python benchmarks/pages.py [--quick] [--resources 2000] [--sqlite] [--seed 2018] [--rounds 3]

Protocol. One process for each database and number of events, each with the 35,000 communes shipped, the seed base, the
resources of the api.gouv.fr corpora where they are (DCANT_CORPORA), and seeded copies of these up to --resources; the
events (invented: resources by a Zipf law, communes uniformly) and as many lines of the public log. Events are written in
bulk without a line of the log of their own, and the lines beside them, for speed: the pages read both all the same.
Then rounds: page after page, each process asks all its addresses while the others wait. The first round is only to warm up,
and tells the number of queries and the size of the HTML; the others are timed. The time of an address is the median of its
rounds; p50 and p95 are taken over the addresses. Thus what other processes of the machine do weighs on both sides alike.
It is SERVER time: Django's test client in the same process, middleware and templates included, no socket, no browser.
Without DATABASE_URL, PostgreSQL is a throw-away server (scripts/with-postgres); where there is none it is left out, aloud.
"""

import argparse
import json
import math
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
from typing import TYPE_CHECKING, Any

from large_base import contents, fill
from machine import describe, load

if TYPE_CHECKING:
    from django.test import Client

PROJECT = Path(__file__).resolve().parent.parent
P95_MS, QUERIES, KILOBYTES, RATIO = 100.0, 10, 60.0, 1.5
ABSENT = 77  # status of scripts/with-postgres where there is no server
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
    """Fills a database and says what it holds; then answers each line of standard input, « warm PAGE » or « time PAGE »."""
    import django
    from django.test import Client

    django.setup()
    began = time.perf_counter()
    fill(events=events, resources=sizes.resources, seed=sizes.seed)
    addresses = addresses_of(sizes)
    answer({"seconds": time.perf_counter() - began, "peak": peak(), "holds": contents(), "pages": list(addresses)})
    client = Client(SERVER_NAME="localhost")
    for line in sys.stdin:
        way, page = line.strip().split(" ", 1)
        answer((warm if way == "warm" else timed)(client, addresses[page]))


def answer(value: object) -> None:
    print(json.dumps(value), flush=True)


def peak() -> float:
    """Most memory this process ever held, in MiB."""
    return process.getrusage(process.RUSAGE_SELF).ru_maxrss / 1024


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


def warm(client: "Client", addresses: list[str]) -> dict[str, float]:
    """Most queries and largest HTML, in kB of 1,000 bytes before compression."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    queries, size = 0, 0
    for address in addresses:
        with CaptureQueriesContext(connection) as captured:
            response = client.get(address)
        if response.status_code not in {200, 302}:
            sys.exit(f"{address}: status {response.status_code}")
        queries, size = max(queries, len(captured)), max(size, len(response.content))
    return {"queries": queries, "kB": size / 1000, "peak": peak()}


def timed(client: "Client", addresses: list[str]) -> list[float]:
    """Milliseconds of each address, in their order."""
    spent = []
    for address in addresses:
        start = time.perf_counter()
        client.get(address)
        spent.append((time.perf_counter() - start) * 1000)
    return spent


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
        self.weights: dict[str, dict[str, float]] = {}
        self.times: dict[str, list[list[float]]] = {}

    def __str__(self) -> str:
        return f"{self.vendor}, {self.events:,} events"

    def read(self) -> Any:
        line = self.process.stdout.readline() if self.process.stdout else ""
        if not line:
            sys.exit(f"{self}: its process ended with status {self.process.wait()}")
        return json.loads(line)

    def ask(self, way: str, page: str) -> None:
        if self.process.stdin:
            print(way, page, file=self.process.stdin, flush=True)
        if way == "warm":
            self.weights[page] = self.read()
        else:
            self.times.setdefault(page, []).append(self.read())

    def end(self) -> None:
        if self.process.stdin:
            self.process.stdin.close()
        self.process.wait()

    def p50_p95(self, page: str) -> tuple[float, float]:
        addresses = sorted(median(rounds) for rounds in zip(*self.times[page], strict=True))
        return median(addresses), addresses[math.ceil(len(addresses) * 0.95) - 1]


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
                (Path(folder) / "static").mkdir()  # WhiteNoise looks for it
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
        for way in ("warm", *["time"] * sizes.rounds):
            for page in said["pages"]:
                for site in everyone:
                    site.ask(way, page)
        print(f"{sizes.rounds} rounds, {sizes.addresses} addresses a page; before: {before}; after: {load()}")
        tables = [table(*sites) for sites in pairs]  # both are printed, whatever the first says
        return all(tables)


def table(small: Site, large: Site) -> bool:
    """Times in milliseconds of server time; True when every bar is met."""
    print(f"\n{small.vendor}: server time in ms, {small.events:,} events then {large.events:,}\n")
    print("| page | p50 | p95 | p50 | p95 | ratio of p95 | queries | HTML kB | bars |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---|")
    met = True
    for page in large.times:
        before, after = small.p50_p95(page), large.p50_p95(page)
        ratio = after[1] / before[1]
        queries, size = (max(site.weights[page][name] for site in (small, large)) for name in ("queries", "kB"))
        checks = {
            "p95": max(before[1], after[1]) < P95_MS,
            "ratio": ratio < RATIO,
            "queries": queries <= QUERIES,
            "HTML": size < KILOBYTES,
        }
        missed = ", ".join(word for word, good in checks.items() if not good)
        met = met and not missed
        shown = " | ".join(f"{one:.1f}" for one in (*before, *after))
        said = f"missed: {missed}" if missed else "met"
        print(f"| {page} | {shown} | {ratio:.2f} | {queries:.0f} | {size:.1f} | {said} |")
    most = max(weight["peak"] for weight in large.weights.values())
    print(f"\npeak memory of the process, pages included: {most:.0f} MiB at {large.events:,} events")
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
