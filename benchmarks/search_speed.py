"""How long a search takes among 100,000 sheets, facets counted, one process: percentiles in milliseconds, time and size of the index.

    python benchmarks/search_speed.py [--entries 100000]

The sheets are those of the corpora, again and again with variation: half of the body is that of another sheet, the title carries a number,
themes are those of another sheet, and one sheet in three is said to cover a département or those of one of forty operators.
The time of a query is the median of its three rounds; processor time is given too, for a busy machine. SQLite FTS5 is asked one query in five.
Latencies only: replicated sheets crowd one another and say nothing of quality.
"""

import argparse
import random
import resource
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

from search_quality import mistyped, read_judged
from sheets import PROJECT, read_sheets

from dcant.catalogue.search import SearchDocument, SearchQuery, TantivyIndex
from dcant.identifiers import fold_words

SEED = 20261121
BAR = 10.0
ROUNDS = 3
ONE_IN = 5  # of the queries, for the slower peer
DEPARTEMENTS = [f"{number:02}" for number in range(1, 97)]


def replicated(sheets: list[SearchDocument], entries: int) -> Iterator[SearchDocument]:
    chance = random.Random(SEED)
    bodies = [sheet.body.split() for sheet in sheets]
    operators = [tuple(sorted(chance.sample(DEPARTEMENTS, chance.randint(2, 6)))) for _ in range(40)]
    covered = [*operators, *((departement,) for departement in DEPARTEMENTS)]
    for number in range(entries):
        sheet = sheets[number % len(sheets)]
        own, other = bodies[number % len(sheets)], chance.choice(bodies)
        mixed = own[: len(own) // 2] + other[len(other) // 2 :]
        facets = {
            "theme": chance.choice(sheets).facet_values("theme"),
            "departement": chance.choice(covered) if chance.random() < 1 / 3 else (),
        }
        yield replace(
            sheet,
            slug=f"{sheet.slug}-{number}",
            title=f"{sheet.title} {number}",
            body=" ".join(mixed),
            facets={**sheet.facets, **facets},
        )


def percentiles(search: Callable[[str], object], queries: list[str]) -> str:
    for text in queries[:20]:
        search(text)
    rounds: list[list[tuple[float, float]]] = [[] for _ in queries]
    for _ in range(ROUNDS):
        for text, times in zip(queries, rounds, strict=True):
            start, start_of_work = time.perf_counter(), time.process_time()
            search(text)
            times.append(((time.perf_counter() - start) * 1000, (time.process_time() - start_of_work) * 1000))
    spent = [statistics.median(passed for passed, _ in times) for times in rounds]
    worked = [statistics.median(work for _, work in times) for times in rounds]
    cuts, cpu = statistics.quantiles(spent, n=100), statistics.quantiles(worked, n=100)
    return f"p50 {cuts[49]:7.2f}  p95 {cuts[94]:7.2f}  p99 {cuts[98]:7.2f} ms; processor p50 {cpu[49]:7.2f}  p95 {cpu[94]:7.2f} ms"


def megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def build(entries: int, folder: Path) -> tuple[float, float]:
    """Seconds passed and of the processor, the making of the documents left out."""
    documents = list(replicated(read_sheets(), entries))
    start, start_of_work = time.perf_counter(), time.process_time()
    TantivyIndex(folder).replace_all(documents)
    return time.perf_counter() - start, time.process_time() - start_of_work


def measure_dcant(entries: int, queries: dict[str, list[str]], folder: Path) -> None:
    # Built by another process, as the worker does: the one that answers holds no document.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
        spent, worked = apart.submit(build, entries, folder).result()
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"dcant: index {spent:.1f} s, of the processor {worked:.1f} s, {megabytes(folder):.0f} MB, peak memory {peak:.0f} MB"
    )
    start = time.perf_counter()
    index = TantivyIndex(folder)
    index.search(SearchQuery("école"))
    print(f"dcant: open and first answer {time.perf_counter() - start:.2f} s")
    theme = {"source": frozenset({"startups"}), "kind": frozenset({"service"})}
    for way, texts in queries.items():
        print(f"dcant {way:12} {percentiles(lambda text: index.search(SearchQuery(text)), texts)}")
    print(
        f"dcant {'two filters':12} {percentiles(lambda text: index.search(SearchQuery(text, filters=theme)), queries['clean'])}"
    )
    print(
        f"dcant {'page 5':12} {percentiles(lambda text: index.search(SearchQuery(text, offset=80)), queries['clean'])}"
    )


def measure_fts5(sheets: list[SearchDocument], entries: int, queries: dict[str, list[str]], folder: Path) -> None:
    """With its hits only: FTS5 counts no facet."""
    database = sqlite3.connect(folder / "fts5.sqlite")
    start = time.perf_counter()
    database.execute(
        "create virtual table sheet using fts5(slug unindexed, title, purpose, rest, tokenize='unicode61')"
    )
    rows = (
        (s.slug, s.title, s.purpose, " ".join((*s.keywords, s.producer, s.body))) for s in replicated(sheets, entries)
    )
    database.executemany("insert into sheet values (?, ?, ?, ?)", rows)
    database.commit()
    print(f"sqlite fts5: index {time.perf_counter() - start:.1f} s, {megabytes(folder):.0f} MB")

    def search(text: str) -> list[tuple[str]]:
        asked = " OR ".join(f'"{word}"' for word in fold_words(text).split())
        ranked = "select slug from sheet where sheet match ? order by bm25(sheet, 0, 8, 4, 1) limit 20"
        return database.execute(ranked, (asked,)).fetchall()

    for way, texts in queries.items():
        print(f"sqlite fts5 {way:12} {percentiles(search, texts[::ONE_IN])}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--entries", type=int, default=100_000)
    options = parser.parse_args()
    chance = random.Random(SEED)
    clean = [one.query for one in read_judged(PROJECT / "benchmarks" / "judged_queries.tsv")]
    queries = {"clean": clean, "typos": [mistyped(text, chance) for text in clean]}
    print(
        f"{options.entries} entries, {len(clean)} queries, 20 hits; bar for dcant: p95 below {BAR:.0f} ms with facets"
    )
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "fts5").mkdir()
        measure_dcant(options.entries, queries, Path(folder) / "dcant")
        print(f"dcant: answering, peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
        sheets = read_sheets()
        measure_fts5(sheets, options.entries, queries, Path(folder) / "fts5")


if __name__ == "__main__":
    main()
