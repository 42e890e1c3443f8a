"""Does a person find their commune? 2,000 queries over all communes of the shipped reference, without a database.

    python benchmarks/commune_search.py [--seed 2026] [--queries 2000] [--failures]

Protocol. Communes are drawn uniformly (a village of 40 people weighs as much as Paris), then one of five categories:
  edits      one or two letters inserted, removed, replaced or exchanged, anywhere, the first included;
  stripped   accents, hyphens (a space, or nothing) and articles dropped, « Saint » abbreviated one time in two;
  prefix     the first 60 to 95 % of the letters of the name;
  former     the name of a former commune that is now part of it (drawn among the communes that have one);
  postcode   its postcode.
Homonyms. When another commune has the same folded name, the query adds the département, by number or by name. So it does
when another commune has a name that begins with the same prefix, or a former commune bears the same name. A shared postcode
leaves the département no use, since the communes that share it are nearly always in the same one: the query adds the first
60 to 100 % of the name instead, as people write an address; a postcode of one commune only stays alone.
What is right: the commune drawn, and it only. A query is drawn again in one case: its text, folded and without sign, is
exactly the present name of another commune (an edit or a prefix made it so), since nobody could then tell. Queries that are as
near to another commune as to the drawn one stay, and count as failures when the other comes first.
Beside it, in the same run: SQLite FTS5 (unicode61, remove_diacritics 2, every word a prefix, bm25) over name, former names,
postcodes and département, as a developer would set it up in an hour.
"""

import argparse
import platform
import random
import re
import sqlite3
import string
import sys
import time
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dcant.identifiers.folding import fold, fold_words
from dcant.territories.rules.commune_index import CommuneIndex, FormerName, IndexedCommune
from dcant.territories.shipped import Reference, read_reference

CATEGORIES = ("edits", "stripped", "prefix", "former", "postcode")
ARTICLES = re.compile(r"(?i)\b(le|la|les)\b[ -]|\bl['’]")
FIRST, FIVE, P95_MS = 95.0, 99.0, 20.0


@dataclass(frozen=True)
class Query:
    category: str
    text: str
    code: str


class Draw:
    """Queries about the communes of a reference, by a seed."""

    def __init__(self, reference: Reference, seed: int) -> None:
        self.random = random.Random(seed)
        self.communes = reference.communes
        self.departements = {row.code: row.name for row in reference.departements}
        self.by_code = {row.code: row for row in self.communes}
        self.names = Counter(compact(row.name) for row in self.communes)
        self.former = [
            row for row in reference.former if row.old_name and not row.via.startswith("arr") and compact(row.old_name)
        ]
        self.former_names: Counter[str] = Counter()
        for row in self.former:
            self.former_names[compact(row.old_name)] += 1
        self.sorted_names = sorted(compact(row.name) for row in self.communes)
        self.by_postcode: dict[str, int] = Counter(code for row in self.communes for code in row.postcodes.split())

    def query(self) -> Query:
        category = self.random.choice(CATEGORIES)
        while True:
            drawn = getattr(self, f"_{category}")()
            name = compact(self.by_code[drawn.code].name)
            text = compact(drawn.text)
            if text and (text == name or not self.names[text]):
                return drawn

    def _place(self, row, *, ambiguous: bool) -> str:
        if not ambiguous:
            return ""
        name = self.departements[row.departement]
        return self.random.choice([f" {row.departement}", f" ({name})", f" {fold(name)}"])

    def _homonym(self, row) -> bool:
        return self.names[compact(row.name)] > 1

    def _edits(self) -> Query:
        row = self.random.choice(self.communes)
        text = row.name
        for _ in range(self.random.choice((1, 2))):
            text = self._edited(text)
        return Query("edits", text + self._place(row, ambiguous=self._homonym(row)), row.code)

    def _edited(self, text: str) -> str:
        place = self.random.randrange(len(text))
        letter = self.random.choice(string.ascii_lowercase)
        kind = self.random.choice(("insert", "remove", "replace", "exchange"))
        if kind == "insert":
            return text[:place] + letter + text[place:]
        if kind == "remove" and len(text) > 2:
            return text[:place] + text[place + 1 :]
        if kind == "exchange" and place + 1 < len(text):
            return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
        return text[:place] + letter + text[place + 1 :]

    def _stripped(self) -> Query:
        row = self.random.choice(self.communes)
        text = fold(ARTICLES.sub("", row.name)) or fold(row.name)
        text = re.sub(r"['-]", self.random.choice((" ", "")), text)
        if self.random.random() < 0.5:
            text = re.sub(r"\bsaint(e?)\b", r"st\1", text)
        return Query("stripped", text + self._place(row, ambiguous=self._homonym(row)), row.code)

    def _prefix(self) -> Query:
        row = self.random.choice(self.communes)
        size = max(2, round(len(row.name) * self.random.uniform(0.6, 0.95)))
        text = row.name[:size].rstrip(" -'")
        return Query("prefix", text + self._place(row, ambiguous=self._sharing(text) > 1), row.code)

    def _sharing(self, text: str) -> int:
        key = compact(text)
        return bisect_left(self.sorted_names, key + "\uffff") - bisect_left(self.sorted_names, key)

    def _former(self) -> Query:
        old = self.random.choice(self.former)
        row = self.by_code[old.code]
        key = compact(old.old_name)
        ambiguous = self.former_names[key] > 1 or (self.names[key] > 0 and key != compact(row.name))
        return Query("former", old.old_name + self._place(row, ambiguous=ambiguous), row.code)

    def _postcode(self) -> Query:
        row = self.random.choice(self.communes)
        while not row.postcodes:
            row = self.random.choice(self.communes)
        postcode = self.random.choice(row.postcodes.split())
        if self.by_postcode[postcode] == 1:
            return Query("postcode", postcode, row.code)
        size = max(2, round(len(row.name) * self.random.uniform(0.6, 1)))
        return Query("postcode", f"{postcode} {fold(row.name[:size])}", row.code)


def compact(text: str) -> str:
    return fold_words(text).replace(" ", "")


def our_index(reference: Reference) -> CommuneIndex:
    return CommuneIndex(
        (
            IndexedCommune(row.code, row.name, row.departement, row.siren, row.population, tuple(row.postcodes.split()))
            for row in reference.communes
        ),
        (FormerName(row.old_code, row.old_name, row.code) for row in reference.former),
        {row.code: row.name for row in reference.departements},
    )


def fts5(reference: Reference) -> Callable[[str], list[str]]:
    base = sqlite3.connect(":memory:")
    base.execute(
        "create virtual table commune using fts5(code unindexed, name, former, postcodes, departement,"
        " tokenize='unicode61 remove_diacritics 2', prefix='2 3 4')"
    )
    former: dict[str, list[str]] = defaultdict(list)
    for row in reference.former:
        former[row.code].append(row.old_name)
    names = {row.code: row.name for row in reference.departements}
    base.executemany(
        "insert into commune values (?, ?, ?, ?, ?)",
        (
            (
                row.code,
                row.name,
                " ".join(former[row.code]),
                row.postcodes,
                f"{row.departement} {names[row.departement]}",
            )
            for row in reference.communes
        ),
    )

    def search(text: str) -> list[str]:
        words = re.findall(r"\w+", text)
        match = " ".join(f'"{word}"*' for word in words)
        rows = base.execute(
            "select code from commune where commune match ? order by bm25(commune, 0, 10, 5, 3, 1), code limit 5",
            (match,),
        )
        return [code for (code,) in rows]

    return search


def measure(name: str, search: Callable[[str], list[str]], queries: Sequence[Query], *, failures: bool) -> bool:
    """Prints first %, first five %, p50 and p95 by category; True when all bars are met."""
    rows: dict[str, list[tuple[bool, bool, float]]] = defaultdict(list)
    for query in queries:
        start = time.perf_counter()
        codes = search(query.text)
        spent = (time.perf_counter() - start) * 1000
        rows[query.category].append((codes[:1] == [query.code], query.code in codes[:5], spent))
        if failures and codes[:1] != [query.code]:
            print(f"    {query.category:9} {query.text!r:45} wanted {query.code}, got {codes}")
    print(f"{name:8} {'category':10} {'n':>5} {'first %':>8} {'five %':>7} {'p50 ms':>7} {'p95 ms':>7}")
    for category in (*CATEGORIES, "all"):
        part = [row for key in (CATEGORIES if category == "all" else (category,)) for row in rows[key]]
        table = np.array(part, dtype=float)
        first, five = table[:, 0].mean() * 100, table[:, 1].mean() * 100
        p50, p95 = np.percentile(table[:, 2], [50, 95])
        print(f"{'':8} {category:10} {len(part):5} {first:8.2f} {five:7.2f} {p50:7.2f} {p95:7.2f}")
    return bool(first >= FIRST and five >= FIVE and p95 < P95_MS)


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--queries", type=int, default=2000)
    parser.add_argument("--failures", action="store_true", help="print every query whose commune is not first")
    options = parser.parse_args()
    reference = read_reference()
    draw = Draw(reference, options.seed)
    queries = [draw.query() for _ in range(options.queries)]
    start = time.perf_counter()
    index = our_index(reference)
    built = time.perf_counter() - start
    index.find("paris")
    print(
        f"machine  {processor()}, Python {platform.python_version()}; seed {options.seed}; index built in {built:.2f} s"
    )
    met = measure(
        "dcant",
        lambda text: [found.commune.code for found in index.find(text, limit=5)],
        queries,
        failures=options.failures,
    )
    measure("fts5", fts5(reference), queries, failures=False)
    print(f"bars     first >= {FIRST:g} %, five >= {FIVE:g} %, p95 < {P95_MS:g} ms: {'met' if met else 'NOT MET'}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
