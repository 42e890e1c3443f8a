"""Counting facets: documents with the same values of a group of facets share one number, and numbers are counted, not documents.

Facets of few values are in one group, those of many values are alone, so that combinations stay few however many documents there are.
A group counts the documents that pass the filters of the other groups; its own filters are then laid on its combinations, which are few.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

import numpy as np
import numpy.typing as npt

from dcant.catalogue.search.documents import FACETS, SearchDocument

GROUPS = (
    tuple(facet for facet in FACETS if facet not in {"theme", "departement"}),
    ("theme",),
    ("departement",),
)
Combination = tuple[tuple[str, ...], ...]
Filters = Mapping[str, frozenset[str]]
Counts = dict[str, dict[str, int]]
Counted = tuple[Sequence[int], Sequence[int]]  # numbers of combinations, and how many documents have each


def group_field(group: int) -> str:
    """The field of the index that holds the number of the combination of a document."""
    return f"group_{group}"


@dataclass(frozen=True, slots=True)
class CombinationCount:
    """Numbers the combinations of each group in the order they come."""

    _numbers: tuple[dict[Combination, int], ...] = field(default_factory=lambda: tuple({} for _ in GROUPS))

    def number(self, group: int, document: SearchDocument) -> int:
        combination = tuple(document.facet_values(facet) for facet in GROUPS[group])
        return self._numbers[group].setdefault(combination, len(self._numbers[group]))

    def finish(self) -> list[list[Combination]]:
        return [list(numbers) for numbers in self._numbers]


class FacetTable:
    """The combinations of one group, ready to be counted: which combination holds which value, all its facets in one array."""

    def __init__(self, facets: tuple[str, ...], combinations: Iterable[Combination]) -> None:
        rows = list(combinations)
        self._length = len(rows)
        values = [sorted({value for row in rows for value in row[place]}) for place in range(len(facets))]
        starts = [0, *accumulate(map(len, values))]
        self._values = dict(zip(facets, values, strict=True))
        self._slices = {facet: slice(*pair) for facet, pair in zip(facets, pairwise(starts), strict=True)}
        places = [
            {value: start + at for at, value in enumerate(known)} for start, known in zip(starts, values, strict=False)
        ]
        held = [
            (row, places[at][value])
            for row, found in enumerate(rows)
            for at, some in enumerate(found)
            for value in some
        ]
        self._row, self._value = np.array(held, dtype=np.int64).reshape(-1, 2).T
        self._total = starts[-1]

    def count(self, documents: Counted, filters: Filters) -> tuple[Counts, int]:
        """Each facet counts without its own filter; then the total with all."""
        found = np.zeros(self._length, dtype=np.int64)
        found[np.array(documents[0], dtype=np.int64)] = documents[1]
        passing = {facet: self._holding(facet, filters[facet]) for facet in self._values if filters.get(facet)}
        everywhere = found
        for passed in passing.values():
            everywhere = everywhere * passed
        totals = self._totals(everywhere)
        counts = {}
        for facet in self._values:
            own = totals
            if facet in passing:
                others = [passed for other, passed in passing.items() if other != facet]
                own = self._totals(found * np.logical_and.reduce(others) if others else found)
            counts[facet] = self._told(facet, own[self._slices[facet]])
        return counts, int(everywhere.sum())

    def _totals(self, documents: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Documents of each value, from those of each combination."""
        return np.bincount(self._value, weights=documents[self._row], minlength=self._total).astype(np.int64)

    def _holding(self, facet: str, values: frozenset[str]) -> npt.NDArray[np.bool_]:
        """True for each combination that holds one of the values."""
        wanted = np.zeros(self._total, dtype=bool)
        wanted[self._slices[facet]] = [value in values for value in self._values[facet]]
        held = np.zeros(self._length, dtype=bool)
        held[self._row[wanted[self._value]]] = True
        return held

    def _told(self, facet: str, totals: npt.NDArray[np.int64]) -> dict[str, int]:
        """The values that are found, most frequent first, then by name."""
        order = np.argsort(-totals, kind="stable")[: np.count_nonzero(totals)]
        known = self._values[facet]
        return dict(zip([known[place] for place in order.tolist()], totals[order].tolist(), strict=True))
