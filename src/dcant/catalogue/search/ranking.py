"""The score of a document for a query, as a tantivy query.

A word of the query brings the best of its ways (itself, a synonym, an ending), and a share of the others. A way brings its weight times the
BM25 of its terms in the heading (title, keywords, purpose) and in the whole. A word that is there, by itself or by a synonym, brings its
rarity besides: what puts first the documents that satisfy more of the query. Nothing else: on judged queries, weights for each field and
for words that follow each other did no better.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import tantivy
from tantivy import Occur, Query

from dcant.catalogue.search.expansion import Alternative, Clause
from dcant.catalogue.search.indexing import HEADING, WHOLE


@dataclass(frozen=True, slots=True)
class Weights:
    """What counts how much, fixed on the judged queries marked `tune` (benchmarks/search_quality.py).

    ways: weight of each way to satisfy a word; other_ways: share of all but the best one.
    """

    ways: Mapping[str, float]
    other_ways: float


TUNED = Weights(ways={"word": 1.0, "synonym": 0.7, "prefix": 0.1}, other_ways=0.3)


def either(queries: Iterable[Query]) -> Query:
    """Documents that satisfy one of the queries at least; scores add up."""
    return Query.boolean_query([(Occur.Should, query) for query in queries])


class Ranking:
    """Builds the queries of one index."""

    def __init__(self, schema: tantivy.Schema, searcher: tantivy.Searcher, weights: Weights) -> None:
        self._schema = schema
        self._searcher = searcher
        self._weights = weights

    def known(self, clauses: Sequence[Clause]) -> list[Clause]:
        """The same words, each way with the terms that the index holds; ways that no document can satisfy left out."""
        return [Clause(clause.word, tuple(self._possible(clause.alternatives))) for clause in clauses]

    def matching(self, clauses: Sequence[Clause]) -> Query:
        """Documents that satisfy one word at least, without any score."""
        ways = {alternative.needs for clause in clauses for alternative in clause.alternatives}
        single = {term for needs in ways if len(needs) == 1 for term in needs[0]}
        several = [needs for needs in ways if len(needs) > 1 and not any(single.issuperset(terms) for terms in needs)]
        together = [
            Query.boolean_query([(Occur.Must, self._any(terms)) for terms in needs]) for needs in sorted(several)
        ]
        return either([self._any(sorted(single)), *together])

    def parts(self, clauses: Sequence[Clause]) -> list[tuple[str, Query]]:
        """The score in parts, one for each word."""
        return [(clause.word, self._clause(clause)) for clause in clauses]

    def _clause(self, clause: Clause) -> Query:
        best = Query.disjunction_max_query(
            [self._way(way) for way in clause.alternatives], tie_breaker=self._weights.other_ways
        )
        said = [way for way in clause.alternatives if way.how != "prefix"]
        if not said:
            return best
        there = Query.const_score_query(self.matching([Clause(clause.word, tuple(said))]), self._rarity(said))
        return either([best, there])

    def _rarity(self, ways: Sequence[Alternative]) -> float:
        """Between 0.7 (every document satisfies one of the ways) and the logarithm of the number of documents."""
        satisfied = sum(
            min(sum(self._searcher.doc_freq(WHOLE, term) for term in terms) for terms in way.needs) for way in ways
        )
        total = self._searcher.num_docs
        return math.log(1 + total / min(total, satisfied))

    def _possible(self, ways: Iterable[Alternative]) -> Iterable[Alternative]:
        for way in ways:
            needs = tuple(tuple(term for term in terms if self._searcher.doc_freq(WHOLE, term)) for terms in way.needs)
            if all(needs):
                yield Alternative(needs, way.how, way.found)

    def _way(self, way: Alternative) -> Query:
        """Every need must be met somewhere in the whole; each brings its share of the weight of the way, there and in the heading."""
        share = self._weights.ways[way.how] / len(way.needs)
        needs = [[self._term(WHOLE, term, share) for term in terms] for terms in way.needs]
        heading = [
            (Occur.Should, self._term(HEADING, term, share))
            for terms in way.needs
            for term in terms
            if self._searcher.doc_freq(HEADING, term)
        ]
        if len(needs) == 1:
            return Query.boolean_query([*((Occur.Should, term) for term in needs[0]), *heading])
        must = [(Occur.Must, terms[0] if len(terms) == 1 else either(terms)) for terms in needs]
        return Query.boolean_query([*must, *heading])

    def _term(self, field: str, term: str, share: float) -> Query:
        return Query.boost_query(Query.term_query(self._schema, field, term, "freq"), share)

    def _any(self, terms: Sequence[str]) -> Query:
        """Documents that hold one of the terms anywhere."""
        if len(terms) == 1:
            return Query.term_query(self._schema, WHOLE, terms[0], "basic")
        return Query.term_set_query(self._schema, WHOLE, list(terms))
