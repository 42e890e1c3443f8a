"""Asking: one way to match, rank, count and explain, over a tantivy index wherever it is kept."""

import json
from collections.abc import Iterator, Mapping, Sequence

import tantivy
from tantivy import Occur, Query

from dcant.catalogue.search.documents import FACETS
from dcant.catalogue.search.expansion import expand
from dcant.catalogue.search.facets import GROUPS, Counts, FacetTable, group_field
from dcant.catalogue.search.indexing import Beside, facet_field, held_in
from dcant.catalogue.search.protocol import Hit, Part, SearchQuery, SearchResult
from dcant.catalogue.search.ranking import TUNED, Ranking, Weights, either
from dcant.catalogue.search.reasons import Reasons
from dcant.catalogue.search.synonyms import Synonyms

Parts = list[tuple[str, Query]]
_MOST_COMBINATIONS = 65_000  # what tantivy counts at once; a group of facets has some thousands


class Engine:
    """An index that is written no more: a new one replaces it. Safe to share between threads."""

    def __init__(self, index: tantivy.Index, beside: Beside, synonyms: Synonyms, weights: Weights = TUNED) -> None:
        self._schema = index.schema
        self._searcher = index.searcher()
        self._vocabulary = beside.vocabulary()
        self._numbers = {term: number for number, term in enumerate(beside.terms, start=1)}
        self._tables = [FacetTable(facets, rows) for facets, rows in zip(GROUPS, beside.combinations, strict=True)]
        self._synonyms = synonyms
        self._ranking = Ranking(self._schema, self._searcher, weights)

    def __len__(self) -> int:
        return self._searcher.num_docs

    def search(self, asked: SearchQuery) -> SearchResult:
        """Answer a query: hits by score then slug; by title when the text holds no word."""
        expanded = expand(asked.text, self._vocabulary, self._synonyms)
        clauses = self._ranking.known(expanded.clauses)
        parts = self._ranking.parts(clauses)
        matching = self._ranking.matching(clauses) if clauses else Query.all_query()
        facets, total = self._facets(matching, asked.filters)
        reasons = Reasons(clauses, self._numbers) if clauses else None
        return SearchResult(
            hits=tuple(
                self._hit(address, score, reasons, parts if asked.explain else [])
                for score, address in self._page(asked, parts).hits
            ),
            total=total,
            corrected=expanded.corrected,
            original=asked.text,
            facets=facets,
        )

    def _page(self, asked: SearchQuery, parts: Parts) -> tantivy.SearchResult:
        if not parts:
            everything = self._filtered(Query.all_query(), asked.filters)
            return self._searcher.search(
                everything,
                asked.limit,
                count=False,
                offset=asked.offset,
                order_by_field="by_title",
                order=tantivy.Order.Asc,
            )
        ranked = self._filtered(either(query for _, query in parts), asked.filters)
        return self._searcher.search(ranked, asked.limit, count=False, offset=asked.offset)

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

    def _combinations(
        self, matching: Query, filters: Mapping[str, frozenset[str]]
    ) -> Iterator[tuple[int, dict[int, int]]]:
        """For each group, the documents of each combination, those that pass the filters of the other groups; one pass for equal filters."""
        passes: dict[frozenset[str], list[int]] = {}
        for group, facets in enumerate(GROUPS):
            outside = frozenset(name for name, chosen in filters.items() if chosen and name not in facets)
            passes.setdefault(outside, []).append(group)
        for outside, groups in passes.items():
            passing = self._filtered(matching, {name: filters[name] for name in outside})
            yield from zip(groups, self._count(passing, groups), strict=True)

    def _count(self, query: Query, groups: Sequence[int]) -> list[dict[int, int]]:
        wanted = {
            group_field(group): {"terms": {"field": group_field(group), "size": _MOST_COMBINATIONS}} for group in groups
        }
        counted = self._searcher.aggregate(query, wanted)
        return [
            {int(bucket["key"]): bucket["doc_count"] for bucket in counted[group_field(group)]["buckets"]}
            for group in groups
        ]

    def _hit(self, address: tantivy.DocAddress, score: float, reasons: Reasons | None, explained: Parts) -> Hit:
        row = self._searcher.doc(address)
        slug = row["slug"][0]
        if reasons is None:
            return Hit(slug, 0.0)
        parts = tuple(Part(word, self._score(address, query)) for word, query in explained)
        return Hit(slug, score, tuple(reasons.of(held_in(row["held"][0]))), parts)

    def _score(self, address: tantivy.DocAddress, query: Query) -> float:
        """What one query gives to one document; nothing when it does not match, which tantivy tells by an error."""
        try:
            explained = query.explain(self._searcher, address).to_json()
        except ValueError:
            return 0.0
        return float(json.loads(explained)["value"])
