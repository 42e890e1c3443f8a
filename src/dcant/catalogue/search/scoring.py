"""The score of documents for a query, for many documents at once.

A word of the query brings the best of its ways (itself, a synonym, an ending), and a share of the others. A way brings its weight times the
BM25 of its terms in the heading (title, keywords, purpose) and in the whole, a field that holds a term counting as one time, whatever the
times it is said there. A word that is there, by itself or by a synonym, brings its rarity besides: what puts first the documents that
satisfy more of the query. On judged queries, more weights and words that follow each other did no better.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dcant.catalogue.search.documents import FIELDS
from dcant.catalogue.search.expansion import Alternative, Clause
from dcant.catalogue.search.indexing import IN_HEADING
from dcant.catalogue.search.presence import Asked, Presence

Floats = npt.NDArray[np.float64]
_K1, _B = 1.2, 0.75  # those of Robertson and Zaragoza, « The Probabilistic Relevance Framework: BM25 and Beyond », 2009
_HEADING = np.array([field in IN_HEADING for field in FIELDS])


@dataclass(frozen=True, slots=True)
class Weights:
    """What counts how much, fixed on the judged queries marked `tune` (benchmarks/search_quality.py).

    ways: weight of each way to satisfy a word; other_ways: share of all but the best one; title: how many times a term of the
    title counts in the whole; there: weight of the rarity of a word that is there.
    """

    ways: Mapping[str, float]
    other_ways: float
    title: float
    there: float


TUNED = Weights(ways={"word": 1.0, "synonym": 0.7, "prefix": 0.1}, other_ways=0.3, title=3.0, there=1.3)


@dataclass(frozen=True, slots=True)
class Frequencies:
    """What the index counts: its documents, the mean number of terms of each field, and in how many documents each asked
    term stands, in the heading and anywhere.
    """

    documents: int
    lengths: Sequence[float]
    heading: Sequence[int]
    whole: Sequence[int]


@dataclass(frozen=True, slots=True)
class Scored:
    """parts: what each clause brings to each document, documents × clauses. satisfied: documents × ways, clause by clause."""

    parts: Floats
    satisfied: npt.NDArray[np.bool_]


class Scoring:
    """The score of one query. clauses: those that some document can satisfy."""

    def __init__(self, clauses: Sequence[Clause], asked: Asked, counted: Frequencies, weights: Weights) -> None:
        ways = [(way, [asked.columns(terms) for terms in way.needs]) for one in clauses for way in one.alternatives]
        self._ways = [needs for _, needs in ways]
        self._weights = np.array([weights.ways[way.how] / len(way.needs) for way, _ in ways])
        self._said = np.array([way.how != "prefix" for way, _ in ways])
        self._starts = np.cumsum([0, *(len(one.alternatives) for one in clauses[:-1])])
        self._other_ways = weights.other_ways
        whole = dict(zip(asked.terms, counted.whole, strict=True))
        self._there = weights.there * np.array([_rarity(one, whole, counted.documents) for one in clauses])
        self._times = np.array([weights.title if field == "title" else 1.0 for field in FIELDS])
        self._means = np.array(counted.lengths)
        self._idf = [
            np.log1p((counted.documents - held + 0.5) / (held + 0.5))
            for held in (np.array(counted.heading), np.array(counted.whole))
        ]

    def score(self, read: Presence) -> Scored:
        """Nothing but zeros: the document satisfies no word."""
        terms = self._terms(read)
        ways = np.empty((len(terms), len(self._ways)))
        for place, needs in enumerate(self._ways):
            met = [terms[:, columns].sum(axis=1) for columns in needs]
            ways[:, place] = np.where(np.minimum.reduce(met) > 0, sum(met), 0.0) if len(met) > 1 else met[0]
        ways *= self._weights
        best = np.maximum.reduceat(ways, self._starts, axis=1)
        together = np.add.reduceat(ways, self._starts, axis=1)
        satisfied = ways > 0
        there = np.logical_or.reduceat(satisfied & self._said, self._starts, axis=1)
        return Scored(best + self._other_ways * (together - best) + self._there * there, satisfied)

    def _terms(self, read: Presence) -> Floats:
        """BM25 of each term in the heading and in the whole: documents × terms."""
        heading = self._bm25(read.there[:, _HEADING].sum(axis=1), read.lengths[:, _HEADING], self._means[_HEADING])
        whole = self._bm25(np.tensordot(read.there, self._times, axes=(1, 0)), read.lengths, self._means)
        return heading * self._idf[0] + whole * self._idf[1]

    @staticmethod
    def _bm25(times: npt.NDArray[np.number], lengths: npt.NDArray[np.int64], means: Floats) -> Floats:
        long = lengths.sum(axis=1, keepdims=True) / max(float(means.sum()), 1.0)
        return np.asarray(times * (_K1 + 1) / (times + _K1 * (1 - _B + _B * long)))


def _rarity(clause: Clause, held: Mapping[str, int], documents: int) -> float:
    """Between 0.7 (every document satisfies one of the ways) and the logarithm of the number of documents; 0 for endings alone."""
    said = [_satisfied(way, held) for way in clause.alternatives if way.how != "prefix"]
    return float(np.log1p(documents / min(documents, sum(said)))) if said else 0.0


def _satisfied(way: Alternative, held: Mapping[str, int]) -> int:
    return min(sum(held[term] for term in terms) for terms in way.needs)
