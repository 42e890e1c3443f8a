"""Why a document was found: for each word of the query, by which way and in which fields."""

from collections.abc import Iterator, Mapping, Sequence

from dcant.catalogue.search.documents import FIELDS
from dcant.catalogue.search.expansion import Alternative, Clause
from dcant.catalogue.search.protocol import Match

Numbers = frozenset[int]


class Reasons:
    """The ways of a query, their terms as the numbers that documents keep."""

    def __init__(self, clauses: Sequence[Clause], numbers: Mapping[str, int]) -> None:
        self._clauses = [
            (clause.word, [(way, _numbered(way, numbers)) for way in clause.alternatives]) for clause in clauses
        ]

    def of(self, held: Sequence[Numbers]) -> Iterator[Match]:
        """held: the terms of each field. For each word the first way that the document satisfies, and every field where it does."""
        everywhere = frozenset[int]().union(*held)
        for word, ways in self._clauses:
            for way, needs in ways:
                if all(not everywhere.isdisjoint(terms) for terms in needs):
                    for field, here in zip(FIELDS, held, strict=True):
                        if any(not here.isdisjoint(terms) for terms in needs):
                            yield Match(word, field, way.how, way.found)
                    break


def _numbered(way: Alternative, numbers: Mapping[str, int]) -> list[Numbers]:
    return [frozenset(numbers[term] for term in terms) for terms in way.needs]
