"""The judged queries are well made, and a real sheet is found by its own title."""

from pathlib import Path

import pytest

from dcant.catalogue.search import MemoryIndex, SearchDocument, SearchQuery

JUDGED = Path(__file__).resolve().parents[3] / "benchmarks" / "judged_queries.tsv"
FOLDERS = {"apigouv": "catalogue/apigouv/_data/api", "startups": "catalogue/startups/content/_startups"}


@pytest.fixture(scope="module")
def judged():
    return [line.split("\t") for line in JUDGED.read_text(encoding="utf-8").splitlines()[1:]]


def test_there_are_two_hundred_different_judged_queries_in_two_halves(judged):
    assert len({query for query, *_ in judged}) == len(judged) >= 200
    assert {half for _, _, half, _ in judged} == {"tune", "test"}


def test_every_accepted_sheet_exists(judged, corpora):
    missing = [
        slug
        for _, slugs, _, _ in judged
        for slug in slugs.split(",")
        if not (corpora / FOLDERS[slug.split("/")[0]] / f"{slug.split('/')[1]}.md").is_file()
    ]
    assert missing == []


def test_the_title_of_a_real_sheet_finds_it_on_the_first_page(corpora):
    known = []
    for source, folder in FOLDERS.items():
        for path in sorted((corpora / folder).glob("*.md")):
            text = path.read_text(encoding="utf-8")
            title = next(line.split(":", 1)[1].strip(" '\"") for line in text.splitlines() if line.startswith("title:"))
            known.append(SearchDocument(f"{source}/{path.stem}", "service", title, body=text.split("---", 2)[2]))
    index = MemoryIndex(known)
    lost = [
        document.slug
        for document in known[::7]
        if document.slug not in {hit.slug for hit in index.search(SearchQuery(document.title)).hits}
    ]
    assert lost == []
