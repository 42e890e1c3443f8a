"""How long do the exports of a whole base take, and how much memory do they hold? Beside plain json.dumps, and rdflib.

    python benchmarks/exports.py [--resources 2000] [--rounds 3] [--seed 2018]

Protocol. A throw-away SQLite base: our own sheets, those of api.gouv.fr, of the SILL and of publiccode.yml files where the
corpora are (DCANT_CORPORA), and seeded copies of their sheets up to --resources. Each export runs in a process of its own, which first reads one batch (the code is then loaded and the connection open):
« more » is the peak of resident memory after the export, less what it was just before. Times are medians of the rounds;
the exports follow each other within a round, so that the noise of the machine is shared.
The peers hold what they write: `json.dumps` of the list of all the same rows, read the same way and not compressed; rdflib,
where it is installed, parses our Turtle and writes it again. Bar: 150 MB more at most for JSONL and for Turtle.
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
from pathlib import Path
from statistics import median
from typing import Any

from large_base import copy_resources
from machine import describe

MORE_MB = 150.0
ABSENT = 77
OURS = ("jsonl.gz", "turtle", "json-ld")
PEERS = ("json.dumps", "rdflib")


def prepare(wanted: int, seed: int) -> dict[str, int]:
    """Fills the base; what it holds."""
    from dcant.catalogue.models import Holding, Relation, Resource
    from dcant.cli.database import migrate
    from dcant.cli.harvest import harvest_one
    from dcant.harvest.models import Statement

    migrate()
    harvest_one("seed", None)
    corpora = os.environ.get("DCANT_CORPORA") or Path(__file__).resolve().parent.parent.parent / "shared" / "corpora"
    folder = Path(corpora) / "catalogue"
    for source in ("apigouv", "sill", "publiccode"):
        if folder.is_dir():
            harvest_one(source, folder)
        else:
            print(f"no corpora at {folder}: copies stand in for {source}", file=sys.stderr)
    copy_resources(wanted, random.Random(seed))
    return {
        "resources": Resource.objects.shown().count(),
        "holdings": Holding.objects.count(),
        "statements": Statement.objects.current().count(),
        "relations": Relation.objects.count(),
    }


def run(name: str, folder: str) -> dict[str, float]:
    """One export, written to a file as it comes."""
    from dcant.catalogue.exports.dump import shown_batches

    next(shown_batches())
    list(_pieces(name, first_only=True))
    before = _peak()
    began, cpu, size = time.perf_counter(), time.process_time(), 0
    with (Path(folder) / f"out.{name}").open("wb") as out:
        for piece in _pieces(name):
            size += out.write(piece)
    return {
        "seconds": time.perf_counter() - began,
        "cpu": time.process_time() - cpu,
        "more": _peak() - before,
        "mb": size / 1e6,
    }


def _pieces(name: str, *, first_only: bool = False) -> Iterator[bytes]:
    from itertools import chain

    from dcant.catalogue.exports.dcat import resource_nodes
    from dcant.catalogue.exports.dump import compressed, dump, shown_batches
    from dcant.catalogue.exports.jsonld import jsonld
    from dcant.catalogue.exports.redistribution import given
    from dcant.catalogue.exports.site import Site
    from dcant.catalogue.exports.turtle import turtle

    site = Site("https://socle.example", "socle.example/registre")
    batches = iter([next(shown_batches())[:5]]) if first_only else shown_batches()
    nodes = chain.from_iterable(resource_nodes(given(batch), site) for batch in batches)
    if name == "jsonl.gz":
        yield from compressed(dump(site)) if not first_only else ()
    elif name == "turtle":
        yield from (piece.encode() for piece in turtle(nodes))
    elif name == "json-ld":
        # By batches, as pages give it: a document of JSON-LD is one value.
        yield from (json.dumps(jsonld([node]), ensure_ascii=False).encode() for node in nodes)
    elif name == "json.dumps":
        rows = [json.loads(line) for line in dump(site)] if not first_only else []
        yield json.dumps(rows, ensure_ascii=False).encode()
    elif name == "rdflib":
        try:
            import rdflib
        except ModuleNotFoundError:
            sys.exit(ABSENT)
        graph = rdflib.Graph().parse(data=b"".join(piece.encode() for piece in turtle(nodes)), format="turtle")
        yield graph.serialize(format="turtle", encoding="utf-8")


def _peak() -> float:
    """Most memory this process ever held, in MB."""
    return process.getrusage(process.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--resources", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=2018)
    parser.add_argument("--only", choices=("prepare", *OURS, *PEERS), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        import django

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dcant.config.settings")
        django.setup()
        done = (
            prepare(options.resources, options.seed)
            if options.only == "prepare"
            else run(options.only, os.environ["DCANT_DATA"])
        )
        print(json.dumps(done))
        return 0
    print(describe())
    with tempfile.TemporaryDirectory(prefix="dcant-exports-") as data:
        print(_child("prepare", data, options))
        results: dict[str, list[dict[str, float]]] = {}
        for _ in range(options.rounds):
            for name in (*OURS, *PEERS):
                done = _child(name, data, options)
                if done is not None:
                    results.setdefault(name, []).append(done)
    return report(results)


def _child(name: str, data: str, options: argparse.Namespace) -> Any:
    arguments = ["--only", name, "--resources", str(options.resources), "--seed", str(options.seed)]
    environment = os.environ | {"DCANT_DATA": data}
    environment.pop("DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, __file__, *arguments], env=environment, stdout=subprocess.PIPE, check=False, text=True
    )
    if done.returncode == ABSENT:
        return None
    if done.returncode:
        sys.exit(f"{name} failed")
    return json.loads(done.stdout.splitlines()[-1])


def report(results: dict[str, list[dict[str, float]]]) -> int:
    print(f"{'export':12} {'seconds':>8} {'CPU s':>8} {'MB more':>8} {'MB out':>8}")
    for name, rounds in results.items():
        middle = {key: median(one[key] for one in rounds) for key in rounds[0]}
        print(f"{name:12} {middle['seconds']:8.2f} {middle['cpu']:8.2f} {middle['more']:8.1f} {middle['mb']:8.1f}")
    for name in PEERS:
        if name not in results:
            print(f"{name:12} not installed: left out")
    worst = max(median(one["more"] for one in results[name]) for name in OURS)
    print(f"bar: {MORE_MB:.0f} MB more at most for ours: {worst:.1f} MB: {'met' if worst <= MORE_MB else 'MISSED'}")
    return 0 if worst <= MORE_MB else 1


if __name__ == "__main__":
    sys.exit(main())
