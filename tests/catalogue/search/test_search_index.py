"""What holds for every set of documents and every query, in memory; the folder is the same engine (test_search_folder.py)."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies_of_search import collections, filters, queries

from dcant.catalogue.search import FACETS, MemoryIndex, SearchDocument, SearchQuery

EVERYTHING = 100
FEW = settings(max_examples=30)  # each example makes two indexes or more


def words_of(document):
    fields = (document.title, document.purpose, *document.keywords, document.body, document.producer)
    return {word for field in fields for word in field.split()}


def passes(document, chosen):
    return all(not values or set(document.facet_values(facet)) & values for facet, values in chosen.items())


def expected(known, text, chosen):
    asked = set(text.split())
    return [document for document in known if passes(document, chosen) and (not asked or asked & words_of(document))]


@FEW
@given(collections, queries, filters, st.randoms())
def test_the_order_of_arrival_changes_nothing(known, text, chosen, chance):
    query = SearchQuery(text, filters=chosen, limit=EVERYTHING, explain=True)
    shuffled = chance.sample(known, len(known))
    assert MemoryIndex(known).search(query) == MemoryIndex(shuffled).search(query)


@FEW
@given(collections, queries, filters)
def test_hits_and_total_are_those_of_reading_every_document(known, text, chosen):
    text = " ".join(word for word in text.split() if any(word in words_of(document) for document in known))
    found = MemoryIndex(known).search(SearchQuery(text, filters=chosen, limit=EVERYTHING))
    wanted = {document.slug for document in expected(known, text, chosen)}
    assert {hit.slug for hit in found.hits} == wanted
    assert found.total == len(found.hits) == len(wanted)


@FEW
@given(collections, queries, filters)
def test_a_facet_counts_the_filtered_set_without_its_own_filter(known, text, chosen):
    text = " ".join(word for word in text.split() if any(word in words_of(document) for document in known))
    found = MemoryIndex(known).search(SearchQuery(text, filters=chosen))
    for facet in FACETS:
        others = {name: values for name, values in chosen.items() if name != facet}
        counted = Counter(value for document in expected(known, text, others) for value in document.facet_values(facet))
        assert found.facets[facet] == counted


@FEW
@given(collections, queries)
def test_the_order_is_by_score_then_slug(known, text):
    hits = MemoryIndex(known).search(SearchQuery(text, limit=EVERYTHING)).hits
    if text:
        assert [(hit.score, hit.slug) for hit in hits] == [
            (hit.score, hit.slug) for hit in sorted(hits, key=lambda hit: (-hit.score, hit.slug))
        ]


@FEW
@given(collections, queries, st.integers(1, 4))
def test_pages_follow_one_another_without_gap_or_double(known, text, size):
    index = MemoryIndex(known)
    whole = index.search(SearchQuery(text, limit=EVERYTHING)).hits
    pages = [index.search(SearchQuery(text, limit=size, offset=start)).hits for start in range(0, len(whole) + 1, size)]
    assert tuple(hit for page in pages for hit in page) == whole


@FEW
@given(collections, queries)
def test_the_parts_add_up_to_the_score(known, text):
    for hit in MemoryIndex(known).search(SearchQuery(text, limit=EVERYTHING, explain=True)).hits:
        assert sum(part.score for part in hit.parts) == pytest.approx(hit.score, rel=1e-4)


@given(st.text(max_size=60))
def test_any_text_at_all_is_a_query(text):
    known = [SearchDocument("fiche-1", "api", "Tulipe rouge"), SearchDocument("fiche-2", "api", "Girafe")]
    found = MemoryIndex(known).search(SearchQuery(text))
    assert found.original == text
    assert found.total <= 2


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_at_all_is_a_document(title, body):
    index = MemoryIndex([SearchDocument("fiche-1", "api", title, body=body)])
    assert index.search(SearchQuery()).total == 1
    assert index.search(SearchQuery(title)).total <= 1


def test_an_empty_text_lists_everything_by_title():
    titles = {"c": "Zèbre", "b": "écluse", "a": "Abeille"}
    found = MemoryIndex(SearchDocument(slug, "api", title) for slug, title in titles.items()).search(SearchQuery("  "))
    assert [hit.slug for hit in found.hits] == ["a", "b", "c"]
    assert {hit.score for hit in found.hits} == {0.0}


def test_a_filter_on_something_else_than_a_facet_is_refused():
    with pytest.raises(ValueError, match="Filtre inconnu : couleur"):
        SearchQuery(filters={"couleur": frozenset({"rouge"})})


@pytest.mark.parametrize(("limit", "offset"), [(0, 0), (1, -1)])
def test_a_page_without_lines_or_before_the_first_is_refused(limit, offset):
    with pytest.raises(ValueError, match="page de résultats"):
        SearchQuery(limit=limit, offset=offset)


def test_a_document_with_an_unknown_facet_or_no_slug_is_refused():
    with pytest.raises(ValueError, match="Facette inconnue : taille"):
        SearchDocument("fiche", "api", "Titre", facets={"taille": ("grande",)})
    with pytest.raises(ValueError, match="identifiant"):
        SearchDocument("", "api", "Titre")


def test_pages_of_many_documents_follow_one_another_and_hold_all_that_matches_and_nothing_else():
    """More than a block of them, of which some hold one word only of a synonym of two: worth a look, and no answer."""
    known = [
        *(SearchDocument(f"cantine-{n:03}", "service", f"Cantine {n}", body="repas " * (n % 7)) for n in range(150)),
        *(SearchDocument(f"deux-{n:03}", "service", "Restauration scolaire", f"Pour {n}") for n in range(150)),
        *(SearchDocument(f"un-{n:03}", "service", "Restauration", "Restauration de tableaux") for n in range(150)),
    ]
    index = MemoryIndex(known)
    whole = index.search(SearchQuery("cantine ", limit=1000))
    assert {hit.slug.partition("-")[0] for hit in whole.hits} == {"cantine", "deux"}
    assert whole.total == len(whole.hits) == len({hit.slug for hit in whole.hits}) == 300
    for size in (7, 20, 64, 100):
        pages = [index.search(SearchQuery("cantine ", limit=size, offset=start)).hits for start in range(0, 300, size)]
        assert tuple(hit for page in pages for hit in page) == whole.hits
    assert index.search(SearchQuery("cantine ", limit=20, offset=300)).hits == ()
