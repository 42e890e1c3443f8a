"""What a query asks of the index, as tantivy queries: which documents match, and which are worth scoring."""

from collections.abc import Iterable, Mapping, Sequence

import tantivy
from tantivy import Occur, Query

from dcant.catalogue.search.expansion import Alternative, Clause
from dcant.catalogue.search.indexing import HEADING, WHOLE


def either(queries: Iterable[Query]) -> Query:
    """Documents that satisfy one of the queries at least; scores add up."""
    return Query.boolean_query([(Occur.Should, query) for query in queries])


class Ranking:
    """Builds the queries of one index."""

    def __init__(self, schema: tantivy.Schema, searcher: tantivy.Searcher, ways: Mapping[str, float]) -> None:
        """ways: weight of each way to satisfy a word."""
        self._schema = schema
        self._searcher = searcher
        self._ways = ways

    def known(self, clauses: Sequence[Clause]) -> list[Clause]:
        """The words that some document can satisfy, each way with the terms that the index holds; the other ways left out."""
        possible = [Clause(clause.word, tuple(self._possible(clause.alternatives))) for clause in clauses]
        return [clause for clause in possible if clause.alternatives]

    def matching(self, clauses: Sequence[Clause]) -> Query:
        """Documents that satisfy one word at least, without any score."""
        ways = {alternative.needs for clause in clauses for alternative in clause.alternatives}
        single = {term for needs in ways if len(needs) == 1 for term in needs[0]}
        several = [needs for needs in ways if len(needs) > 1 and not any(single.issuperset(terms) for terms in needs)]
        together = [
            Query.boolean_query([(Occur.Must, either(map(self._holding, terms))) for terms in needs])
            for needs in sorted(several)
        ]
        return either([*(self._holding(term) for term in sorted(single)), *together])

    def first(self, clauses: Sequence[Clause]) -> Query:
        """Documents that hold one of the terms, those that hold most of them first: a sum of terms and nothing else, which
        tantivy answers without reading all that matches (block-max WAND).
        """
        shares: dict[str, float] = {}
        for way in (way for clause in clauses for way in clause.alternatives):
            share = self._ways[way.how] / len(way.needs)
            for term in (term for terms in way.needs for term in terms):
                shares[term] = max(share, shares.get(term, 0.0))
        return either(
            Query.boost_query(Query.term_query(self._schema, field, term, "freq"), share)
            for term, share in sorted(shares.items())
            for field in (WHOLE, HEADING)
            if self._searcher.doc_freq(field, term)
        )

    def _possible(self, ways: Iterable[Alternative]) -> Iterable[Alternative]:
        for way in ways:
            needs = tuple(tuple(term for term in terms if self._searcher.doc_freq(WHOLE, term)) for terms in way.needs)
            if all(needs):
                yield Alternative(needs, way.how, way.found)

    def _holding(self, term: str) -> Query:
        """Documents that hold a term anywhere. A union of these is quicker than tantivy's sets of terms."""
        return Query.term_query(self._schema, WHOLE, term, "basic")
