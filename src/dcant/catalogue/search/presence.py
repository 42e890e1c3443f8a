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
        self._numbers = np.array([numbers[term] for term in self.terms], dtype=np.int64)
        self._columns = {term: column for column, term in enumerate(self.terms)}

    def columns(self, terms: Sequence[str]) -> list[int]:
        return [self._columns[term] for term in terms]

    def read(self, written: Sequence[bytes]) -> Presence:
        """written: what each document keeps of its terms."""
        lines, numbers = held_in(written)
        columns = np.minimum(np.searchsorted(self._numbers, numbers), len(self._numbers) - 1)
        asked = self._numbers[columns] == numbers
        there = np.zeros((len(written) * len(FIELDS), len(self._numbers)), dtype=bool)
        there[lines[asked], columns[asked]] = True
        lengths = np.bincount(lines, minlength=len(there))
        shape = (len(written), len(FIELDS))
        return Presence(there.reshape(*shape, -1), lengths.reshape(shape))
