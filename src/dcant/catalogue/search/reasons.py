"""Why documents were found: for each word of the query, by which way and in which fields."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from dcant.catalogue.search.documents import FIELDS
from dcant.catalogue.search.expansion import Alternative, Clause
from dcant.catalogue.search.presence import Asked
from dcant.catalogue.search.protocol import Match


def reasons(clauses: Sequence[Clause], asked: Asked, there: npt.NDArray[np.bool_]) -> list[tuple[Match, ...]]:
    """there: as in `Presence`. For each document and each word, the first way that it satisfies, and every field where it does."""
    anywhere = np.logical_or.reduce(there, axis=1)
    found: list[list[Match]] = [[] for _ in there]
    for clause in clauses:
        waiting = np.ones(len(there), dtype=bool)
        for way in clause.alternatives:
            satisfied = waiting & _satisfied(way, asked, anywhere)
            waiting &= ~satisfied
            if not satisfied.any():
                continue
            columns = asked.columns([term for terms in way.needs for term in terms])
            fields = np.logical_or.reduce(there[:, :, columns], axis=2)
            matches = [Match(clause.word, field, way.how, way.found) for field in FIELDS]
            documents, places = np.nonzero(fields & satisfied[:, np.newaxis])
            for document, place in zip(documents.tolist(), places.tolist(), strict=True):
                found[document].append(matches[place])
    return [tuple(one) for one in found]


def _satisfied(way: Alternative, asked: Asked, anywhere: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Documents where every need is met, each by one of its terms."""
    satisfied = np.ones(len(anywhere), dtype=bool)
    for terms in way.needs:
        satisfied &= np.logical_or.reduce(anywhere[:, asked.columns(terms)], axis=1)
    return satisfied
