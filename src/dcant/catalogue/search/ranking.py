"""The score of a document for a query, as a tantivy query.

For each word of the query, the best way to satisfy it (itself, a synonym, an ending) brings a bonus for each field that holds it, the
rarer the word the larger, and the BM25 of that field. The bonus for being anywhere is what puts first the documents that satisfy more of
the query. Two words that follow each other in the query and in a title, a purpose or keywords bring a last bonus.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import tantivy
from tantivy import Occur, Query

from dcant.catalogue.search.analysis import query_terms
from dcant.catalogue.search.expansion import Alternative, Clause
from dcant.catalogue.search.indexing import EVERY_TERM, PAIRS, pair


@dataclass(frozen=True, slots=True)
class Weights:
    """What counts how much, fixed on one half of the judged queries and reported on the other (benchmarks/search_quality.py).

    presence: for each field, times the rarity of the word; frequency: for each field, times its BM25;
    pairs: times the rarity of two words together; ways: weight of each way to satisfy a word; other_ways: share of all but the best one.
    """

    presence: Mapping[str, float]
    frequency: Mapping[str, float]
    pairs: float
    ways: Mapping[str, float]
    other_ways: float


TUNED = Weights(
    presence={EVERY_TERM: 3.0, "title": 1.5, "keywords": 1.0},
    frequency={"title": 0.5, "keywords": 0.5, "purpose": 2.5, "producer": 0.5, "body": 1.2},
    pairs=2.0,
    ways={"word": 1.0, "synonym": 0.7, "prefix": 0.1},
    other_ways=0.3,
)


def either(queries: Iterable[Query]) -> Query:
    """Documents that satisfy one of the queries at least; scores add up."""
    return Query.boolean_query([(Occur.Should, query) for query in queries])


class Ranking:
    """Builds the queries of one index, whose counts say how rare a word is."""

    def __init__(self, schema: tantivy.Schema, searcher: tantivy.Searcher, weights: Weights) -> None:
        self._schema = schema
        self._searcher = searcher
        self._weights = weights

    def matching(self, clauses: tuple[Clause, ...]) -> Query:
        """Documents that satisfy one word at least, without any score."""
        ways = {alternative.needs for clause in clauses for alternative in clause.alternatives}
        single = {term for needs in ways if len(needs) == 1 for term in needs[0]}
        several = [needs for needs in ways if len(needs) > 1 and not any(single.issuperset(terms) for terms in needs)]
        together = [
            Query.boolean_query([(Occur.Must, self._any(EVERY_TERM, terms, 0.0)) for terms in needs])
            for needs in sorted(several)
            if all(self._known(EVERY_TERM, terms) for terms in needs)
        ]
        return either([self._any(EVERY_TERM, sorted(single), 0.0), *together])

    def parts(self, clauses: tuple[Clause, ...]) -> list[tuple[str, Query]]:
        """The score in parts: one for each word, one for each two words that follow each other."""
        return [(clause.word, self._clause(clause)) for clause in clauses] + list(self._pairs(clauses))

    def _clause(self, clause: Clause) -> Query:
        possible = [way for way in clause.alternatives if all(self._known(EVERY_TERM, terms) for terms in way.needs)]
        return Query.disjunction_max_query([self._way(way) for way in possible], tie_breaker=self._weights.other_ways)

    def _way(self, way: Alternative) -> Query:
        """Every need must be met somewhere; each brings its share of the weight of the way. An ending is not weighed by field."""
        share = self._weights.ways[way.how] / len(way.needs)
        needs = [self._need(terms, share, by_field=way.how != "prefix") for terms in way.needs]
        return needs[0] if len(needs) == 1 else Query.boolean_query([(Occur.Must, need) for need in needs])

    def _need(self, terms: tuple[str, ...], share: float, *, by_field: bool) -> Query:
        rarity = self._rarity(EVERY_TERM, terms)
        presence = self._weights.presence if by_field else {EVERY_TERM: self._weights.presence[EVERY_TERM]}
        present = [
            self._any(field, known, weight * rarity * share)
            for field, weight in presence.items()
            if (known := self._known(field, terms))
        ]
        frequent = [
            Query.boost_query(Query.term_query(self._schema, field, term, "freq"), weight * share)
            for field, weight in (self._weights.frequency.items() if by_field else ())
            for term in self._known(field, terms)
        ]
        return either(present + frequent)

    def _pairs(self, clauses: tuple[Clause, ...]) -> Iterator[tuple[str, Query]]:
        words = [clause.alternatives[0].found for clause in clauses]
        for first, second in pairwise(words):
            together = [pair(one, other) for one in query_terms(first) for other in query_terms(second)]
            if known := self._known(PAIRS, together):
                yield f"{first} {second}", self._any(PAIRS, known, self._weights.pairs * self._rarity(PAIRS, known))

    def _any(self, field: str, terms: Sequence[str], score: float) -> Query:
        """The same score for any document that holds one of the terms in the field."""
        single = len(terms) == 1
        held = (
            Query.term_query(self._schema, field, terms[0], "basic")
            if single
            else Query.term_set_query(self._schema, field, list(terms))
        )
        return Query.const_score_query(held, score)

    def _known(self, field: str, terms: Iterable[str]) -> list[str]:
        return [term for term in terms if self._searcher.doc_freq(field, term)]

    def _rarity(self, field: str, terms: Iterable[str]) -> float:
        """Between 0.7 (every document holds it) and the logarithm of the number of documents."""
        held = sum(self._searcher.doc_freq(field, term) for term in terms)
        return math.log(1 + self._searcher.num_docs / max(1, held))
