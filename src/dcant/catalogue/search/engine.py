"""Asking: one way to match, rank, count and explain, over a tantivy index wherever it is kept."""

import json
from collections.abc import Iterator, Mapping

import tantivy
from tantivy import Occur, Query

from dcant.catalogue.search.documents import FACETS, FIELDS, SearchDocument
from dcant.catalogue.search.expansion import Clause, expand
from dcant.catalogue.search.indexing import facet_field
from dcant.catalogue.search.protocol import Hit, Match, Part, SearchQuery, SearchResult
from dcant.catalogue.search.ranking import TUNED, Ranking, Weights, either
from dcant.catalogue.search.synonyms import Synonyms
from dcant.catalogue.search.vocabulary import Vocabulary

Parts = list[tuple[str, Query]]

_MOST_FACET_VALUES = 10_000


class Engine:
    """An index that is written no more: a new one replaces it. Safe to share between threads."""

    def __init__(
        self, index: tantivy.Index, vocabulary: Vocabulary, synonyms: Synonyms, weights: Weights = TUNED
    ) -> None:
        self._schema = index.schema
        self._searcher = index.searcher()
        self._vocabulary = vocabulary
        self._synonyms = synonyms
        self._ranking = Ranking(self._schema, self._searcher, weights)

    def __len__(self) -> int:
        return self._searcher.num_docs

    def documents(self) -> Iterator[SearchDocument]:
        """Everything the index holds, by title."""
        found = self._searcher.search(
            Query.all_query(), max(len(self), 1), order_by_field="by_title", order=tantivy.Order.Asc
        )
        return (self._document(address) for _, address in found.hits)

    def search(self, asked: SearchQuery) -> SearchResult:
        """Answer a query: hits by score then slug; by title when the text holds no word."""
        expanded = expand(asked.text, self._vocabulary, self._synonyms)
        clauses = expanded.clauses
        parts = self._ranking.parts(clauses)
        matching = self._ranking.matching(clauses) if clauses else Query.all_query()
        found = self._page(asked, parts, matching)
        return SearchResult(
            hits=tuple(
                self._hit(address, score, clauses, parts if asked.explain else []) for score, address in found.hits
            ),
            total=found.count,  # type: ignore[attr-defined]  # in the library, not in its stubs
            corrected=expanded.corrected,
            original=asked.text,
            facets=self._facets(matching, asked.filters),
        )

    def _page(self, asked: SearchQuery, parts: Parts, matching: Query) -> tantivy.SearchResult:
        if not parts:
            everything = self._filtered(matching, asked.filters)
            return self._searcher.search(
                everything, asked.limit, offset=asked.offset, order_by_field="by_title", order=tantivy.Order.Asc
            )
        ranked = self._filtered(either(query for _, query in parts), asked.filters)
        return self._searcher.search(ranked, asked.limit, offset=asked.offset)

    def _filtered(self, query: Query, filters: Mapping[str, frozenset[str]]) -> Query:
        """Facets add up, values of one facet are alternatives; an empty set of values filters nothing."""
        chosen = [
            (
                Occur.Must,
                Query.const_score_query(Query.term_set_query(self._schema, facet_field(facet), sorted(values)), 0.0),
            )
            for facet, values in sorted(filters.items())
            if values
        ]
        return Query.boolean_query([(Occur.Must, query), *chosen]) if chosen else query

    def _facets(self, matching: Query, filters: Mapping[str, frozenset[str]]) -> dict[str, dict[str, int]]:
        """One count for all the facets that filter nothing, one for each of the others, without its own filter."""
        active = [facet for facet in FACETS if filters.get(facet)]
        counts = self._count(self._filtered(matching, filters), [facet for facet in FACETS if facet not in active])
        for facet in active:
            others = {name: values for name, values in filters.items() if name != facet}
            counts |= self._count(self._filtered(matching, others), [facet])
        return {facet: counts[facet] for facet in FACETS}

    def _count(self, query: Query, facets: list[str]) -> dict[str, dict[str, int]]:
        wanted = {facet: {"terms": {"field": facet_field(facet), "size": _MOST_FACET_VALUES}} for facet in facets}
        buckets = self._searcher.aggregate(query, wanted) if wanted else {}
        return {
            facet: {
                bucket["key"]: bucket["doc_count"]
                for bucket in sorted(counted["buckets"], key=lambda bucket: (-bucket["doc_count"], bucket["key"]))
            }
            for facet, counted in buckets.items()
        }

    def _hit(self, address: tantivy.DocAddress, score: float, clauses: tuple[Clause, ...], explained: Parts) -> Hit:
        row = self._searcher.doc(address)
        slug = row["slug"][0]
        if not clauses:
            return Hit(slug, 0.0)
        parts = tuple(Part(word, self._score(address, query)) for word, query in explained)
        return Hit(slug, score, tuple(_because(row["held"][0].decode(), clauses)), parts)

    def _score(self, address: tantivy.DocAddress, query: Query) -> float:
        """What one query gives to one document; nothing when it does not match, which tantivy tells by an error."""
        try:
            explained = query.explain(self._searcher, address).to_json()
        except ValueError:
            return 0.0
        return float(json.loads(explained)["value"])

    def _document(self, address: tantivy.DocAddress) -> SearchDocument:
        return SearchDocument.from_json(self._searcher.doc(address)["document"][0].decode())


def _because(held: str, clauses: tuple[Clause, ...]) -> Iterator[Match]:
    """For each word of the query the first way that the document satisfies, and every field where it does."""
    lines = held.split("\n")
    for clause in clauses:
        way = next((way for way in clause.alternatives if all(_holds(held, terms) for terms in way.needs)), None)
        if way is not None:
            for field, line in zip(FIELDS, lines, strict=True):
                if any(_holds(line, terms) for terms in way.needs):
                    yield Match(clause.word, field, way.how, way.found)


def _holds(held: str, terms: tuple[str, ...]) -> bool:
    """A plain search of text: far quicker than to make a set of some hundreds of terms for each hit."""
    for term in terms:  # noqa: SIM110 - called some thousands of times for one page: a generator costs more than the search
        if f" {term} " in held:
            return True
    return False
