"""Does a search put the right sheet first? Judged French queries on the real sheets of the corpora, three engines in the same run.

    python benchmarks/search_quality.py [--misses]

Weights and synonyms were fixed while looking at the queries marked `tune`; the figures to quote are those of the ones marked `test`.
MRR: mean of 1/rank of the first accepted sheet among the first fifty, 0 when there is none.
Each query is asked three times: as written, without accents, and with one mistake of typing in one word of five letters or more.
"""

import argparse
import random
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import tantivy
from sheets import PROJECT, read_sheets

from dcant.catalogue.search import MemoryIndex, SearchDocument, SearchQuery
from dcant.identifiers import fold, fold_words

BARS = {"clean": 0.90, "no accents": 0.88, "typos": 0.85}
DEPTH = 50
SEED = 20261121
Search = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Judged:
    query: str
    accepted: frozenset[str]
    half: str
    title_words: str


def read_judged(path: Path) -> list[Judged]:
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    return [Judged(query, frozenset(slugs.split(",")), half, flag) for query, slugs, half, flag in rows]


def dcant(sheets: list[SearchDocument]) -> Search:
    index = MemoryIndex(sheets)
    return lambda text: [hit.slug for hit in index.search(SearchQuery(text, limit=DEPTH)).hits]


def fts5(sheets: list[SearchDocument]) -> Search:
    database = sqlite3.connect(":memory:")
    database.execute(
        "create virtual table sheet using fts5(slug unindexed, title, purpose, rest, tokenize='unicode61')"
    )
    rows = ((s.slug, s.title, s.purpose, " ".join((*s.keywords, s.producer, s.body))) for s in sheets)
    database.executemany("insert into sheet values (?, ?, ?, ?)", rows)

    def search(text: str) -> list[str]:
        asked = " OR ".join(f'"{word}"' for word in fold_words(text).split())
        found = database.execute(
            "select slug from sheet where sheet match ? order by bm25(sheet, 0, 8, 4, 1), slug limit ?", (asked, DEPTH)
        )
        return [slug for (slug,) in found]

    return search


def plain_tantivy(sheets: list[SearchDocument]) -> Search:
    """As one starts with it: its default analyser, its own query parser, a field and a weight each."""
    builder = tantivy.SchemaBuilder().add_text_field("slug", stored=True, tokenizer_name="raw")
    for field in ("title", "purpose", "rest"):
        builder.add_text_field(field)
    index = tantivy.Index(builder.build())
    writer = index.writer(num_threads=1)
    for s in sheets:
        rest = " ".join((*s.keywords, s.producer, s.body))
        writer.add_document(tantivy.Document(slug=s.slug, title=s.title, purpose=s.purpose, rest=rest))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def search(text: str) -> list[str]:
        weights = {"title": 8.0, "purpose": 4.0, "rest": 1.0}
        query, _ = index.parse_query_lenient(text.replace("'", " "), list(weights), weights)
        return [searcher.doc(address)["slug"][0] for _, address in searcher.search(query, DEPTH).hits]

    return search


def mistyped(text: str, chance: random.Random) -> str:
    """One mistake in one word: two letters swapped, one left out, one doubled, or one replaced; never the first letter."""
    words = text.split(" ")
    places = [place for place, word in enumerate(words) if len(word) >= 5 and word.isalpha()]
    if not places:
        return text
    place = chance.choice(places)
    word = words[place]
    at = chance.randrange(1, len(word) - 1)
    ways = (
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        word[:at] + word[at + 1 :],
        word[:at] + word[at] + word[at:],
        word[:at] + chance.choice("abcdefghijklmnopqrstuvwxyz") + word[at + 1 :],
    )
    words[place] = chance.choice(ways)
    return " ".join(words)


def reciprocal_rank(found: list[str], accepted: frozenset[str]) -> float:
    return next((1 / rank for rank, slug in enumerate(found, start=1) if slug in accepted), 0.0)


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--misses", action="store_true", help="print the queries marked tune whose first hit is not accepted"
    )
    options = parser.parse_args()
    sheets = read_sheets()
    judged = read_judged(PROJECT / "benchmarks" / "judged_queries.tsv")
    chance = random.Random(SEED)
    asked = {
        "clean": [one.query for one in judged],
        "no accents": [fold(one.query) for one in judged],
        "typos": [mistyped(one.query, chance) for one in judged],
    }
    silent = sum(one.title_words == "none" for one in judged)
    print(f"{len(sheets)} sheets, {len(judged)} queries, {silent} of them without any word of an accepted title")
    print(f"{'engine':16} {'half':5} " + " ".join(f"{way:>11}" for way in asked) + "   without title words (clean)")
    engines = {"dcant": dcant(sheets), "sqlite fts5": fts5(sheets), "plain tantivy": plain_tantivy(sheets)}
    for name, search in engines.items():
        ranks = {
            way: [reciprocal_rank(search(text), one.accepted) for text, one in zip(texts, judged, strict=True)]
            for way, texts in asked.items()
        }
        for half in ("tune", "test"):
            kept = [number for number, one in enumerate(judged) if one.half == half]
            figures = " ".join(f"{mean([ranks[way][number] for number in kept]):11.3f}" for way in asked)
            hard = [ranks["clean"][number] for number in kept if judged[number].title_words == "none"]
            print(f"{name:16} {half:5} {figures}   {mean(hard):.3f}")
    print("bars on the test half: " + ", ".join(f"{way} {bar:.2f}" for way, bar in BARS.items()))
    if options.misses:
        print_misses(engines["dcant"], judged)


def print_misses(search: Search, judged: list[Judged]) -> None:
    for one in judged:
        found = search(one.query)
        if one.half == "tune" and found[:1] and found[0] not in one.accepted:
            print(f"{one.query} | {', '.join(found[:3])} | accepted: {', '.join(sorted(one.accepted))}")


if __name__ == "__main__":
    main()
