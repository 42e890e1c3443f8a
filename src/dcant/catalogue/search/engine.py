"""Asking: one way to match, rank, count and explain, over a tantivy index wherever it is kept."""

from collections.abc import Iterator, Mapping, Sequence

import tantivy
from tantivy import Occur, Query

from dcant.catalogue.search.documents import FACETS
from dcant.catalogue.search.expansion import Clause, expand
from dcant.catalogue.search.facets import GROUPS, Counted, Counts, FacetTable, group_field
from dcant.catalogue.search.indexing import HEADING, WHOLE, Beside, facet_field
from dcant.catalogue.search.presence import Asked
from dcant.catalogue.search.protocol import Hit, Part, SearchQuery, SearchResult
from dcant.catalogue.search.ranking import Ranking
from dcant.catalogue.search.reasons import reasons
from dcant.catalogue.search.scoring import TUNED, Frequencies, Scoring, Weights
from dcant.catalogue.search.synonyms import Synonyms

BLOCK = 48
_MOST_COMBINATIONS = 65_000  # what tantivy counts at once; a group of facets has some thousands


class Engine:
    """An index that is written no more: a new one replaces it. Safe to share between threads."""

    def __init__(self, index: tantivy.Index, beside: Beside, synonyms: Synonyms, weights: Weights = TUNED) -> None:
        self._schema = index.schema
        self._searcher = index.searcher()
        self._vocabulary = beside.vocabulary()
        self._numbers = {term: number for number, term in enumerate(beside.terms, start=1)}
        self._lengths = beside.lengths
        self._tables = [FacetTable(facets, rows) for facets, rows in zip(GROUPS, beside.combinations, strict=True)]
        self._synonyms = synonyms
        self._weights = weights
        self._ranking = Ranking(self._schema, self._searcher, weights.ways)

    def __len__(self) -> int:
        return self._searcher.num_docs

    def search(self, query: SearchQuery) -> SearchResult:
        """Answer a query: hits by score then slug, a block after the other; by title when the text holds no word."""
        expanded = expand(query.text, self._vocabulary, self._synonyms, literal=query.literal)
        clauses = self._ranking.known(expanded.clauses)
        matching = self._ranking.matching(clauses) if expanded.clauses else Query.all_query()
        facets, total = self._facets(matching, query.filters)
        hits = self._best(query, clauses, total) if expanded.clauses else self._by_title(query)
        return SearchResult(
            hits=tuple(hits),
            total=total,
            corrected=expanded.corrected,
            original=query.text,
            facets=facets,
        )

    def _by_title(self, query: SearchQuery) -> list[Hit]:
        found = self._searcher.search(
            self._filtered(Query.all_query(), query.filters),
            query.limit,
            count=False,
            offset=query.offset,
            order_by_field="by_title",
            order=tantivy.Order.Asc,
        )
        return [Hit(self._searcher.doc(address)["slug"][0], 0.0) for _, address in found.hits]

    def _best(self, query: SearchQuery, clauses: Sequence[Clause], total: int) -> list[Hit]:
        """One page of hits. Documents are scored by blocks, those first that hold most of the terms: scoring all that match
        would cost more than anything else, and pages follow one another whatever their size.
        """
        asked = Asked(clauses, self._numbers)
        scoring = Scoring(clauses, asked, self._frequencies(asked), self._weights)
        first = self._filtered(self._ranking.first(clauses), query.filters)
        wanted = range(query.offset, query.offset + query.limit)
        hits: list[Hit] = []
        passed = 0
        for rows in self._chunks(first, BLOCK * -(-wanted.stop // BLOCK)):
            slugs = [row["slug"][0] for row in rows]
            read = asked.read([row["held"][0] for row in rows])
            scored = scoring.score(read)
            scores = scored.parts.sum(axis=1).tolist()
            order = sorted((place // BLOCK, -score, slugs[place], place) for place, score in enumerate(scores) if score)
            here = [place for *_, place in order[max(0, wanted.start - passed) : max(0, wanted.stop - passed)]]
            passed += len(order)
            told = reasons(clauses, asked, read.there[here], scored.satisfied[here])
            for place, because in zip(here, told, strict=True):
                parts = scored.parts[place].tolist()
                said = zip((one.word for one in clauses), parts, strict=True) if query.explain else ()
                hits.append(Hit(slugs[place], scores[place], because, tuple(Part(*part) for part in said)))
            if passed >= min(total, wanted.stop):
                break
        return hits

    def _chunks(self, query: Query, size: int) -> Iterator[list[tantivy.Document]]:
        start = 0
        while found := self._searcher.search(query, size, count=False, offset=start).hits:
            yield [self._searcher.doc(address) for _, address in found]
            start += size

    def _frequencies(self, asked: Asked) -> Frequencies:
        heading, whole = ([self._searcher.doc_freq(field, term) for term in asked.terms] for field in (HEADING, WHOLE))
        return Frequencies(len(self), self._lengths, heading, whole)

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

    def _facets(self, matching: Query, filters: Mapping[str, frozenset[str]]) -> tuple[Counts, int]:
        """For each facet what its filter would leave, the other filters laid; then how many documents pass them all."""
        counts: Counts = {}
        total = 0
        for group, documents in self._combinations(matching, filters):
            counted, total = self._tables[group].count(documents, filters)
            counts |= counted
        return {facet: counts[facet] for facet in FACETS}, total

    def _combinations(self, matching: Query, filters: Mapping[str, frozenset[str]]) -> Iterator[tuple[int, Counted]]:
        """For each group, the documents of each combination, those that pass the filters of the other groups; one pass for equal filters."""
        passes: dict[frozenset[str], list[int]] = {}
        for group, facets in enumerate(GROUPS):
            outside = frozenset(name for name, chosen in filters.items() if chosen and name not in facets)
            passes.setdefault(outside, []).append(group)
        for outside, groups in passes.items():
            passing = self._filtered(matching, {name: filters[name] for name in outside})
            yield from zip(groups, self._count(passing, groups), strict=True)

    def _count(self, query: Query, groups: Sequence[int]) -> list[Counted]:
        wanted = {
            group_field(group): {"terms": {"field": group_field(group), "size": _MOST_COMBINATIONS}} for group in groups
        }
        counted = self._searcher.aggregate(query, wanted)
        buckets = [counted[group_field(group)]["buckets"] for group in groups]
        return [([one["key"] for one in some], [one["doc_count"] for one in some]) for some in buckets]
