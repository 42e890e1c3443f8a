"""What does it cost to bring in the whole base, and to look again when nothing has changed?

    python benchmarks/harvest.py [--rounds 3]

Protocol. A temporary node; each source whose corpus is here is harvested twice, in the order below, each passage in a process
of its own, so that its memory is its own. Time and processor time are taken around the whole act: reading, statements,
sheets, relations, joins, the line of the log and the search index; not around the loading of Python, Django and ours.
Rounds start from an empty node; a figure is the median of the rounds.
Beside each first passage, in the same round: the same files only parsed, as bare as it gets: the YAML head by the C loader
of PyYAML, JSON by `json`, CSV by `csv`; no check, no line number, nothing kept.
Bars: the counts of the reference; nothing written the second time; a second look at all sources takes less than 5 % of the
processor time of the first; all first passages under 60 s of clock; no passage over 300 MiB. Sources without a corpus are
named, and are not measured.
"""

import argparse
import csv
import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median
from typing import Any

import machine
import sheets

PROJECT = Path(__file__).resolve().parent.parent
SEED = PROJECT / "src" / "dcant" / "catalogue" / "seed"
# Source → its folder in the corpora, and what the reference counts there, by collection.
EXPECTED: dict[str, tuple[str, dict[str, int]]] = {
    "seed": ("", {}),
    "apigouv": ("apigouv", {"apis": 170, "producers": 60, "services": 18, "guides": 30}),
    "betagouv": ("startups", {"startups": 662, "organisations": 145, "incubators": 23, "phases": 8}),
    "standards": ("schemas", {"schemas": 95}),
    "sill": ("sill", {"software": 225}),
    "suite": ("suite-territoriale", {"services": 21, "operators": 29}),
    "publiccode": ("publiccode", {"software": 81}),
}
MOST_SHARE = 5.0
MOST_SECONDS = 60.0
MOST_MEMORY = 300.0  # MiB


def folder_of(name: str) -> Path:
    return SEED if name == "seed" else sheets.catalogue() / EXPECTED[name][0]


def parse_head(text: str) -> object:
    import yaml

    parts = text.split("---", 2)
    return yaml.load(parts[1] if len(parts) == 3 else text, Loader=yaml.CSafeLoader)


def parse_whole(text: str) -> object:
    import yaml

    return yaml.load(text, Loader=yaml.CSafeLoader)


# Source → the files that its reader reads, and how they parse.
BARE: dict[str, tuple[tuple[str, ...], Callable[[str], object]]] = {
    "seed": (("*/*.yaml",), parse_whole),
    "apigouv": (tuple(f"_data/{name}/*.md" for name in ("api", "producteurs", "service", "guides")), parse_head),
    "betagouv": (
        tuple(f"content/_{name}/*" for name in ("startups", "organisations", "incubators", "phases")),
        parse_head,
    ),
    "standards": (("schemas.json",), json.loads),
    "sill": (("20*/sill-20*.csv",), lambda text: list(csv.reader(io.StringIO(text)))),
    "suite": (("services.json", "operators.json"), json.loads),
    "publiccode": (("*.yml",), parse_whole),
}


def parse_bare(name: str) -> dict[str, float]:
    """Processor seconds, and the files that parsed; a file that does not is passed over."""
    import yaml

    patterns, parse = BARE[name]
    files = [path for pattern in patterns for path in sorted(folder_of(name).glob(pattern))]
    began, parsed = time.process_time(), 0
    for path in files:
        try:
            parse(path.read_text(encoding="utf-8"))
            parsed += 1
        except (ValueError, yaml.YAMLError, csv.Error):
            continue
    return {"cpu": time.process_time() - began, "files": parsed}


def passage(name: str) -> dict[str, Any]:
    """One passage in this process, whose environment names the node."""
    import django

    django.setup()
    import dcant.catalogue.services  # noqa: F401  # loaded before the clock starts
    from dcant.cli.database import migrate
    from dcant.cli.harvest import harvest_one

    migrate()
    before, cpu, clock = peak(), time.process_time(), time.perf_counter()
    report = harvest_one(name, folder_of(name))
    return {
        "cpu": time.process_time() - cpu,
        "seconds": time.perf_counter() - clock,
        "peak": peak(),
        "more": peak() - before,
        "state": report.state,
        "written": report.written,
        "seen": {collection: counts["seen"] for collection, counts in report.collections.items()},
    }


def peak() -> float:
    """The most memory this process has held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def child(data: Path, *words: str) -> dict[str, Any]:
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "DCANT_DEMO"}}
    node = kept | {"DCANT_DATA": str(data), "DJANGO_SETTINGS_MODULE": "dcant.config.settings"}
    command = [sys.executable, str(Path(__file__).resolve()), *words]
    ended = subprocess.run(command, env=node, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(ended.stdout))


def one_round() -> dict[str, dict[str, dict[str, Any]]]:
    with tempfile.TemporaryDirectory(prefix="dcant-harvest-") as folder:
        data = Path(folder)
        first = {name: child(data, "--passage", name) for name in EXPECTED}
        return {
            name: {
                "first": first[name],
                "again": child(data, "--passage", name),
                "bare": child(data, "--bare", name),
            }
            for name in EXPECTED
        }


def middle(rounds: Iterable[dict[str, dict[str, dict[str, Any]]]], name: str, step: str, key: str) -> float:
    return float(median(one[name][step][key] for one in rounds))


def print_table(rounds: list[dict[str, dict[str, dict[str, Any]]]]) -> None:
    print(
        "| source | items | seconds | processor, s | bare parsing, s | peak, MiB | rows | again: processor, s | rows |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for name in EXPECTED:
        first, again = rounds[0][name]["first"], rounds[0][name]["again"]
        figures = [
            f"{sum(first['seen'].values())}",
            f"{middle(rounds, name, 'first', 'seconds'):.2f}",
            f"{middle(rounds, name, 'first', 'cpu'):.2f}",
            f"{middle(rounds, name, 'bare', 'cpu'):.3f}",
            f"{middle(rounds, name, 'first', 'peak'):.0f} (+{middle(rounds, name, 'first', 'more'):.0f})",
            f"{first['written']}",
            f"{middle(rounds, name, 'again', 'cpu'):.3f}",
            f"{again['written']}",
        ]
        print(f"| {name} | {' | '.join(figures)} |")


def judge(rounds: list[dict[str, dict[str, dict[str, Any]]]]) -> bool:
    """Prints each bar, and says whether all are met."""
    counts = [
        f"{name}/{collection}"
        for name, (_, expected) in EXPECTED.items()
        for collection, count in expected.items()
        if any(one[name]["first"]["seen"].get(collection) != count for one in rounds)
    ]
    written = [name for name in EXPECTED if any(one[name]["again"]["written"] for one in rounds)]
    first, again = (sum(middle(rounds, name, step, "cpu") for name in EXPECTED) for step in ("first", "again"))
    share = 100 * again / first
    print(f"\nCounts of the reference: {'missed by ' + ', '.join(counts) if counts else 'met'}.")
    print(f"Nothing written the second time: {'missed by ' + ', '.join(written) if written else 'met'}.")
    print(f"Second look, share of processor time: {share:.1f} % ({'met' if share < MOST_SHARE else 'missed'}).")
    clock = sum(middle(rounds, name, "first", "seconds") for name in EXPECTED)
    print(f"First passages of all sources: {clock:.1f} s ({'met' if clock < MOST_SECONDS else 'missed'}).")
    most = max(middle(rounds, name, step, "peak") for name in EXPECTED for step in ("first", "again"))
    print(f"Most memory of a passage: {most:.0f} MiB ({'met' if most < MOST_MEMORY else 'missed'}).")
    return not counts and not written and share < MOST_SHARE and clock < MOST_SECONDS and most < MOST_MEMORY


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--passage", help=argparse.SUPPRESS)
    parser.add_argument("--bare", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.passage or options.bare:
        print(json.dumps(passage(options.passage) if options.passage else parse_bare(options.bare)))
        return 0
    from dcant.catalogue.sources import SOURCES

    sheets.catalogue()
    print(f"{machine.describe()}\n{options.rounds} rounds, medians.\n")
    rounds = [one_round() for _ in range(options.rounds)]
    print_table(rounds)
    print(f"\nNo corpus here, not measured: {', '.join(sorted(set(SOURCES) - set(EXPECTED)))}.")
    return 0 if judge(rounds) else 1


if __name__ == "__main__":
    sys.exit(main())
