"""Why documents were found: for each word of the query, by which way and in which fields."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from dcant.catalogue.search.documents import FIELDS
from dcant.catalogue.search.expansion import Clause
from dcant.catalogue.search.presence import Asked
from dcant.catalogue.search.protocol import Match


def reasons(
    clauses: Sequence[Clause], asked: Asked, there: npt.NDArray[np.bool_], satisfied: npt.NDArray[np.bool_]
) -> list[tuple[Match, ...]]:
    """there: as in `Presence`; satisfied: as in `Scored`. For each document and each word, the first way that it satisfies,
    and every field where it does.
    """
    found: list[list[Match]] = [[] for _ in there]
    start = 0
    for clause in clauses:
        ways = satisfied[:, start : start + len(clause.alternatives)]
        start += len(clause.alternatives)
        firsts = np.where(ways.any(axis=1), ways.argmax(axis=1), -1)
        for place in sorted(set(firsts.tolist()) - {-1}):
            way = clause.alternatives[place]
            documents = np.flatnonzero(firsts == place)
            columns = asked.columns([term for terms in way.needs for term in terms])
            fields = np.logical_or.reduce(there[documents][:, :, columns], axis=2)
            matches = [Match(clause.word, field, way.how, way.found) for field in FIELDS]
            rows, which = np.nonzero(fields)
            for document, field in zip(documents[rows].tolist(), which.tolist(), strict=True):
                found[document].append(matches[field])
    return [tuple(one) for one in found]
