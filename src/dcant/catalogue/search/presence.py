"""Where the terms of a query stand in documents: many documents read at once, as one table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dcant.catalogue.search.documents import FIELDS
from dcant.catalogue.search.expansion import Clause
from dcant.catalogue.search.indexing import held_in


@dataclass(frozen=True, slots=True)
class Presence:
    """there: documents × fields × terms asked. lengths: documents × fields, how many distinct terms each field has."""

    there: npt.NDArray[np.bool_]
    lengths: npt.NDArray[np.int64]


class Asked:
    """The terms of some clauses, each with its column: the order of their numbers in the index."""

    def __init__(self, clauses: Sequence[Clause], numbers: Mapping[str, int]) -> None:
        ways = (way for clause in clauses for way in clause.alternatives)
        found = {term for way in ways for terms in way.needs for term in terms}
        self.terms = sorted(found, key=numbers.__getitem__)
        # For each number of the index, the column of its term; that of no term is one more.
        self._column = np.full(len(numbers) + 1, len(self.terms), dtype=np.int32)
        self._column[[numbers[term] for term in self.terms]] = np.arange(len(self.terms))
        self._columns = {term: column for column, term in enumerate(self.terms)}

    def columns(self, terms: Sequence[str]) -> list[int]:
        return [self._columns[term] for term in terms]

    def read(self, written: Sequence[bytes]) -> Presence:
        """written: what each document keeps of its terms."""
        lines, numbers = held_in(written)
        columns = self._column[numbers]
        asked = np.flatnonzero(columns < len(self.terms))
        there = np.zeros((len(written) * len(FIELDS), len(self.terms)), dtype=bool)
        there[lines[asked], columns[asked]] = True
        lengths = np.bincount(lines, minlength=len(there))
        shape = (len(written), len(FIELDS))
        return Presence(there.reshape(*shape, -1), lengths.reshape(shape))
