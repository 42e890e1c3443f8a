"""Counting facets: documents with the same values of a group of facets share one number, and numbers are counted, not documents.

Facets of few values are in one group, those of many values are alone, so that combinations stay few however many documents there are.
A group counts the documents that pass the filters of the other groups; its own filters are then laid on its combinations, which are few.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

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
    """The combinations of one group, ready to be counted."""

    def __init__(self, facets: tuple[str, ...], combinations: Iterable[Combination]) -> None:
        self._rows = list(combinations)
        self._columns = {
            facet: _Column([combination[place] for combination in self._rows]) for place, facet in enumerate(facets)
        }

    def count(self, documents: Counted, filters: Filters) -> tuple[Counts, int]:
        """Each facet counts without its own filter; then the total with all."""
        found = np.zeros(len(self._rows), dtype=np.int64)
        found[np.array(documents[0], dtype=np.int64)] = documents[1]
        passing = {
            facet: column.holding(filters[facet]) for facet, column in self._columns.items() if filters.get(facet)
        }
        counts = {}
        for facet, column in self._columns.items():
            kept = found
            for other, passed in passing.items():
                if other != facet:
                    kept = kept * passed
            counts[facet] = column.count(kept)
        for passed in passing.values():
            found = found * passed
        return counts, int(found.sum())


class _Column:
    """The values of one facet: which combination holds which, as two arrays of the same length."""

    def __init__(self, rows: list[tuple[str, ...]]) -> None:
        self._values = sorted({value for row in rows for value in row})
        places = {value: place for place, value in enumerate(self._values)}
        self._row = np.array([row for row, values in enumerate(rows) for _ in values], dtype=np.int64)
        self._value = np.array([places[value] for values in rows for value in values], dtype=np.int64)
        self._length = len(rows)

    def holding(self, values: frozenset[str]) -> npt.NDArray[np.int64]:
        """1 for each combination that holds one of the values, else 0."""
        wanted = np.array([value in values for value in self._values], dtype=bool)
        held = np.zeros(self._length, dtype=np.int64)
        held[self._row[wanted[self._value]]] = 1
        return held

    def count(self, documents: npt.NDArray[np.int64]) -> dict[str, int]:
        """The values that are found, most frequent first, then by name."""
        totals = np.bincount(self._value, weights=documents[self._row], minlength=len(self._values)).astype(np.int64)
        found = np.flatnonzero(totals)
        order = found[np.argsort(-totals[found], kind="stable")]
        return dict(zip([self._values[place] for place in order.tolist()], totals[order].tolist(), strict=True))
