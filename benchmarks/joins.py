"""Does the rule say which two sheets are one thing? Labelled pairs of real sheets, half of them different and alike.

    python benchmarks/joins.py [--failures]

Protocol. `joins_pairs.csv` names pairs of items by their references only; their sheets are read from the corpora at run
time. « yes »: every pair of the reviewed file of joins, and services of two sources at one address, judged mostly on title, repository and address.
« no », all chosen because they look alike: one title under two kinds, one repository for several products or schemas, two
instances of one software, one register number shared by modules, near titles. Pairs nobody could tell were left out.
The reviewed file is not given to the rule. Each sheet alone is its input: title, kind, register numbers, repository.
Two answers are measured: `certain`, which joins without a person, and `certain or probable`, which a person is asked about.
Beside it, what one would do in an hour: equal folded titles; the same, of one kind; titles alike at 90 % or more, of one kind.
Bar: at least 99 % of the certain are right, and there is one. What is found is printed, without a bar: many of these
sheets have neither number, nor page, nor repository in common.
"""

import argparse
import csv
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import machine
import sheets
from rapidfuzz import fuzz

from dcant.catalogue.rules.joins import Identity, Likeness, identity, same_thing
from dcant.catalogue.seed_folder import seed_folder
from dcant.identifiers import fold_words

PAIRS = Path(__file__).resolve().parent / "joins_pairs.csv"
SOURCES = ("seed", "apigouv", "betagouv", "sill", "suite", "publiccode", "standards")
LEAST_PRECISION = 0.99
Rule = Callable[[Identity, Identity], bool]


def read_identities() -> dict[str, Identity]:
    """Every sheet of a resource, by its reference « source:collection/remote id »."""
    from dcant.catalogue.sources import load_source
    from dcant.harvest.snapshots import open_snapshot

    found = {}
    for name in SOURCES:
        _, reader = load_source(name)
        with open_snapshot(seed_folder() if name == "seed" else sheets.catalogue()) as snapshot:
            for raw in reader.items(snapshot):
                reading = reader.read(raw)
                if reading.kind and not reading.rejected:
                    facts = {fact.field: fact.value for fact in reading.facts}
                    found[f"{name}:{raw.collection}/{raw.remote_id}"] = identity(reading.kind, facts)
    return found


def read_pairs() -> list[dict[str, str]]:
    with PAIRS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def one_title(one: Identity, other: Identity) -> bool:
    return fold_words(one.title) == fold_words(other.title)


def near_title(one: Identity, other: Identity) -> bool:
    alike = fuzz.token_sort_ratio(fold_words(one.title), fold_words(other.title)) >= 90
    return one.kind == other.kind and alike


RULES: dict[str, Rule] = {
    "dcant, certain": lambda one, other: same_thing(one, other).likeness == Likeness.CERTAIN,
    "dcant, certain or probable": lambda one, other: same_thing(one, other).likeness != Likeness.DIFFERENT,
    "equal titles": one_title,
    "equal titles, one kind": lambda one, other: one.kind == other.kind and one_title(one, other),
    "titles alike at 90 %, one kind": near_title,
}


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} % ({part}/{whole})" if whole else "none named"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--failures", action="store_true", help="print what the rule gets wrong, pair by pair")
    options = parser.parse_args()
    identities, pairs = read_identities(), read_pairs()
    absent = sorted({pair[end] for pair in pairs for end in ("one", "other")} - identities.keys())
    if absent:
        print(f"Not in these corpora: {', '.join(absent)}.", file=sys.stderr)
        return 1
    same = [pair for pair in pairs if pair["same"] == "yes"]
    print(f"{machine.describe()}\n{len(pairs)} pairs: {len(same)} the same, {len(pairs) - len(same)} not.\n")
    print("| rule | precision | recall |\n|---|---:|---:|")
    wrong: dict[str, list[dict[str, str]]] = {}
    for name, rule in RULES.items():
        named = [pair for pair in pairs if rule(identities[pair["one"]], identities[pair["other"]])]
        right = [pair for pair in named if pair["same"] == "yes"]
        wrong[name] = [pair for pair in named if pair["same"] == "no"]
        print(f"| {name} | {share(len(right), len(named))} | {share(len(right), len(same))} |")
    _print_by_reason(pairs, identities)
    if options.failures:
        _print_failures(pairs, identities)
    certain = sum(RULES["dcant, certain"](identities[pair["one"]], identities[pair["other"]]) for pair in pairs)
    right = certain - len(wrong["dcant, certain"])
    held = certain > 0 and right >= LEAST_PRECISION * certain
    print(f"\nAt least {LEAST_PRECISION:.0%} of the {certain} certain are right: {'met' if held else 'missed'}.")
    return 0 if held else 1


def _print_by_reason(pairs: list[dict[str, str]], identities: dict[str, Identity]) -> None:
    counts: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: dict.fromkeys(Likeness, 0))
    for pair in pairs:
        counts[pair["same"], pair["why"]][same_thing(identities[pair["one"]], identities[pair["other"]]).likeness] += 1
    print("\n| the same? | pairs | certain | probable | different |\n|---|---|---:|---:|---:|")
    for (label, why), found in sorted(counts.items(), reverse=True):
        print(f"| {label} | {why} | {' | '.join(str(found[likeness]) for likeness in Likeness)} |")


def _print_failures(pairs: list[dict[str, str]], identities: dict[str, Identity]) -> None:
    for pair in pairs:
        judged = same_thing(identities[pair["one"]], identities[pair["other"]])
        if (judged.likeness != Likeness.DIFFERENT) != (pair["same"] == "yes"):
            print(f"{judged.likeness}: {pair['one']} | {pair['other']} | {pair['why']} | {judged.because}")


if __name__ == "__main__":
    sys.exit(main())
