"""Finding a commune from what a person types: exact names, beginnings, typing errors, words, former names and codes.

Keys are names without accent, sign or space, kept sorted (beginnings are a slice) and grouped by length (two typing errors
change the length by two at most, so nothing that resembles is missed). No database, no clock; built once, then read only.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from dcant.territories.rules.commune_query import CommuneQuery, Reading, read_query
from dcant.territories.rules.place_words import bare_key, is_small, lesser_keys, place_words, telling_words, whole_key

NAME, FORMER = "nom", "ancienne commune"
BEGINNING, NEAR, WORDS = "début du nom", "nom proche", "mots du nom"
POSTCODE, CODE, FORMER_CODE, SIREN = "code postal", "code INSEE", "ancien code", "numéro SIREN"
_BECAUSE = (NAME, BEGINNING, NEAR, WORDS, POSTCODE, CODE, FORMER_CODE, SIREN, FORMER)
_RANK = {because: number for number, because in enumerate(_BECAUSE)}
_BARE, _FORMER = 0.01, 0.02  # what a name loses for an article left out, for being a former one
_OTHER_ARTICLE = 0.05  # what a query loses whose own articles are left out: they were typed for a reason
_STRANGE = 0.25  # share of a typing error that is due to the letter typed
_ELSEWHERE = 0.02  # what a reading with département loses: the whole text may itself be a name


@dataclass(frozen=True, slots=True)
class IndexedCommune:
    """What the index knows of a commune; `population` None when unknown."""

    code: str
    name: str
    departement: str
    siren: str
    population: int | None
    postcodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FormerName:
    """An old code, its name (may be empty) and the present code."""

    old_code: str
    old_name: str
    code: str


@dataclass(frozen=True, slots=True)
class Found:
    """A commune of the index, how well it answers (0 to 1) and why."""

    commune: IndexedCommune
    score: float
    because: str


class _Hits:
    """Candidates gathered in columns: place in the index, score, reason."""

    def __init__(self) -> None:
        self.places: list[NDArray[np.int64]] = []
        self.scores: list[NDArray[np.float64]] = []
        self.reasons: list[NDArray[np.int64]] = []

    def add(self, places: NDArray[np.int64], scores: NDArray[np.float64], reasons: NDArray[np.int64]) -> None:
        self.places.append(places)
        self.scores.append(scores)
        self.reasons.append(reasons)

    def add_all(self, places: Iterable[int], score: float, because: str) -> None:
        where = np.fromiter(places, dtype=np.int64)
        self.add(where, np.full(len(where), score), np.full(len(where), _RANK[because]))


class CommuneIndex:
    """Built from all communes; `find` answers in a few milliseconds and always in the same order."""

    def __init__(
        self, communes: Iterable[IndexedCommune], former: Iterable[FormerName], departements: dict[str, str]
    ) -> None:
        self.communes = sorted(communes, key=lambda commune: commune.code)
        self._people = np.array([commune.population or 0 for commune in self.communes], dtype=np.int64)
        place_of = {commune.code: place for place, commune in enumerate(self.communes)}
        self._departements = {bare_key(place_words(name)): code for code, name in departements.items()}
        self._departements |= {code: code for code in departements}
        self._of_departement: dict[str, list[int]] = defaultdict(list)
        self._by_number: dict[str, list[tuple[int, str]]] = defaultdict(list)
        entries: dict[tuple[str, int], float] = {}
        former_entries: set[tuple[str, int]] = set()
        self._words: dict[str, set[int]] = defaultdict(set)
        self._telling = np.ones(len(self.communes))
        for place, commune in enumerate(self.communes):
            self._index_numbers(place, commune)
            words = place_words(commune.name)
            entries[whole_key(words), place] = 0.0
            entries |= {(key, place): _BARE for key in lesser_keys(words)}
            telling = telling_words(words)
            self._telling[place] = sum(map(len, telling)) or 1
            for word in telling:
                self._words[word].add(place)
        for old in former:
            place = place_of[old.code]
            if old.old_code != old.code:
                self._by_number[old.old_code].append((place, FORMER_CODE))
            words = place_words(old.old_name)
            ways = [(whole_key(words), _FORMER), *((key, _FORMER + _BARE) for key in lesser_keys(words))]
            for key, loss in ways:
                if key and (key, place) not in entries:
                    entries[key, place] = loss
                    former_entries.add((key, place))
        self._index_keys(entries, former_entries)

    def _index_numbers(self, place: int, commune: IndexedCommune) -> None:
        self._of_departement[commune.departement].append(place)
        self._by_number[commune.code].append((place, CODE))
        for postcode in commune.postcodes:
            self._by_number[postcode].append((place, POSTCODE))
        if commune.siren:
            self._by_number[commune.siren].append((place, SIREN))

    def _index_keys(self, entries: dict[tuple[str, int], float], former: set[tuple[str, int]]) -> None:
        rows = sorted(entries)
        self._keys = [key for key, _ in rows]
        self._places = np.array([place for _, place in rows], dtype=np.int64)
        self._losses = np.array([entries[row] for row in rows])
        self._former = np.array([row in former for row in rows])
        self._letters = np.array([_letters(key) for key in self._keys]).reshape(-1, 128)
        self._sizes = np.array([len(key) for key in self._keys], dtype=np.int64)
        self._by_size: dict[int, tuple[list[str], NDArray[np.int64]]] = {}
        for size in np.unique(self._sizes):
            rows_of_size = np.flatnonzero(self._sizes == size)
            self._by_size[int(size)] = ([self._keys[row] for row in rows_of_size], rows_of_size)
        self._rows_of: dict[int, list[int]] = defaultdict(list)
        for row, place in enumerate(self._places.tolist()):
            self._rows_of[place].append(row)

    def find(self, query: str, *, limit: int = 6) -> list[Found]:
        """The communes that answer best: by score, then people, then code. An empty query finds nothing."""
        asked = read_query(query, self._departements)
        hits = _Hits()
        if asked.siren:
            hits.add_all((place for place, _ in self._by_number.get(asked.siren, ())), 1.0, SIREN)
        elif asked.code:
            self._find_code(asked, hits)
        for reading in () if asked.siren or asked.code else asked.readings:
            if reading.departement is None:
                self._find_everywhere(reading, hits)
            else:
                self._find_among(self._of_departement[reading.departement], reading, _ELSEWHERE, hits)
        return self._best(hits, limit)

    def _find_code(self, asked: CommuneQuery, hits: _Hits) -> None:
        """A code names communes; a name beside it chooses among them, and in the département when the code is not theirs."""
        named = self._by_number.get(asked.code, [])
        for because, score in ((POSTCODE, 1.0), (CODE, 0.99), (FORMER_CODE, 0.98)):
            part = score / 2 if asked.readings else score
            hits.add_all((place for place, why in named if why == because), part, because)
        if asked.readings:
            self._find_among([place for place, _ in named], asked.readings[0], 0.0, hits)
            size = 3 if asked.code.startswith(("97", "98")) else 2
            self._find_among(self._of_departement[asked.code[:size]], asked.readings[0], 0.05, hits)

    def _find_among(self, places: Iterable[int], reading: Reading, loss: float, hits: _Hits) -> None:
        """Every name of some communes against the words, typing errors in an unfinished name included."""
        best: dict[int, tuple[float, str]] = {}
        for key, left_out in _keys_of(reading.words):
            for place in places:
                for row in self._rows_of[place]:
                    score, because = _likeness(key, self._keys[row])
                    score -= left_out + float(self._losses[row]) + loss
                    if score > best.get(place, (0.5, ""))[0]:
                        best[place] = (score, FORMER if self._former[row] else because)
        for place, (score, because) in best.items():
            hits.add_all((place,), score, because)

    def _find_everywhere(self, reading: Reading, hits: _Hits) -> None:
        for key, left_out in _keys_of(reading.words):
            self._add_beginnings(key, left_out, hits)
            self._add_near(key, left_out, hits)
        words = telling_words(reading.words)
        if words:
            common = sorted(set.intersection(*(self._words.get(word, set()) for word in words)))
            places = np.array(common, dtype=np.int64)
            shares = sum(map(len, words)) / self._telling[places]
            hits.add(places, 0.70 + 0.15 * shares, np.full(len(places), _RANK[WORDS]))

    def _add_beginnings(self, key: str, loss: float, hits: _Hits) -> None:
        rows = np.arange(bisect_left(self._keys, key), bisect_left(self._keys, key + "\uffff"))
        sizes = self._sizes[rows]
        scores = np.where(sizes == len(key), 1.0, _beginning(len(key), sizes)) - loss
        reasons = np.where(sizes == len(key), _RANK[NAME], _RANK[BEGINNING])
        self._add_rows(rows, scores, reasons, hits)

    def _add_near(self, key: str, loss: float, hits: _Hits) -> None:
        """Names at a few typing errors (a letter more, less, other, or two exchanged): more errors for longer names."""
        size, most = len(key), _most_errors(len(key))
        for other in range(max(1, size - most), size + most + 1) if most else ():
            if other not in self._by_size:
                continue
            keys, rows = self._by_size[other]
            errors = cdist([key], keys, scorer=OSA.distance, score_cutoff=most, dtype=np.uint8)[0]
            close = np.flatnonzero((errors <= most) & (errors > 0))
            strange = np.maximum(_letters(key) - self._letters[rows[close]], 0).sum(axis=1)
            scores = _near(errors[close], strange, max(size, other)) - loss
            self._add_rows(rows[close], scores, np.full(len(close), _RANK[NEAR]), hits)

    def _add_rows(
        self, rows: NDArray[np.int64], scores: NDArray[np.float64], reasons: NDArray[np.int64], hits: _Hits
    ) -> None:
        reasons = np.where(self._former[rows], _RANK[FORMER], reasons)
        hits.add(self._places[rows], scores - self._losses[rows], reasons)

    def _best(self, hits: _Hits, limit: int) -> list[Found]:
        if not hits.places:
            return []
        places, scores = np.concatenate(hits.places), np.concatenate(hits.scores)
        reasons = np.concatenate(hits.reasons)
        found: dict[int, Found] = {}
        for hit in np.lexsort((reasons, places, -self._people[places], -scores)).tolist():
            place = int(places[hit])
            if place not in found:
                score = round(float(scores[hit]), 4)
                found[place] = Found(self.communes[place], score, _BECAUSE[int(reasons[hit])])
                if len(found) >= limit:
                    break
        return list(found.values())


def _keys_of(words: Sequence[str]) -> list[tuple[str, float]]:
    """The keys of a query, and what each loses; « Bricqueville-la » is unfinished, its last word is not one to leave out."""
    whole, bare = whole_key(words), bare_key(words)
    return [(whole, 0.0)] if whole == bare or is_small(words[-1]) else [(whole, 0.0), (bare, _OTHER_ARTICLE)]


def _most_errors(size: int) -> int:
    if size < 3:
        return 0
    return 1 if size < 4 else 2 if size < 12 else 3


def _near(errors: NDArray[np.uint8], strange: NDArray[np.int64], size: int) -> NDArray[np.float64]:
    """A letter forgotten or two exchanged weigh less than a letter typed that is not in the name (`strange`): of all the
    letters that could have come by mistake, it had to be this one.
    """
    return 1.0 - ((1 - _STRANGE) * errors.astype(np.float64) + _STRANGE * strange) / (size + 1)


def _letters(key: str) -> NDArray[np.int8]:
    """How many times each of the 128 ASCII characters is in a key."""
    return np.bincount(np.frombuffer(key.encode("ascii"), dtype=np.uint8), minlength=128).astype(np.int8)


def _beginning(size: int, whole: NDArray[np.int64]) -> NDArray[np.float64]:
    return 0.80 + 0.15 * size / whole


def _likeness(key: str, name: str) -> tuple[float, str]:
    """How much one key is like one name: the same, its beginning, a few errors away, or away from its beginning."""
    if key == name:
        return 1.0, NAME
    if name.startswith(key):
        return 0.80 + 0.15 * len(key) / len(name), BEGINNING
    most = _most_errors(len(key))
    longer = max(len(key), len(name))
    errors = OSA.distance(key, name, score_cutoff=most)
    near = 1.0 - errors / (longer + 1) if errors <= most else 0.0
    if len(name) > len(key):
        errors = OSA.distance(key, name[: len(key)], score_cutoff=most)
        if errors <= most:
            near = max(near, 0.80 + 0.15 * len(key) / len(name) - errors / (len(key) + 1))
    return near, NEAR
