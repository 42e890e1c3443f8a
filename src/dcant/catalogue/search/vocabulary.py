"""The words of an index, with how many documents hold each and how it is written: for correction and for words being typed."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain

from rapidfuzz import process
from rapidfuzz.distance import OSA

from dcant.catalogue.search.analysis import Word, stem

SHORTEST_CORRECTED = 4
_TWO_MISTAKES_FROM = 8
_COMPLETIONS = 12

Entry = tuple[str, int, str]


@dataclass(slots=True)
class VocabularyCount:
    """Counts words while documents are indexed."""

    _documents: Counter[Word] = field(default_factory=Counter)

    def add(self, document_words: Iterable[Word]) -> None:
        """Count the words of one document, each way of writing once."""
        self._documents.update(set(document_words))

    def finish(self) -> list[Entry]:
        """Each folded word in order, its number of documents, and how it is shown: the most frequent way, then the first by code point."""
        written: dict[str, Counter[str]] = {}
        for word, documents in self._documents.items():
            shown = word.written if word.is_code else word.written.lower()
            written.setdefault(word.folded, Counter())[shown] += documents
        return [
            (folded, ways.total(), min(ways, key=lambda way: (-ways[way], way)))
            for folded, ways in sorted(written.items())
        ]


class Vocabulary:
    """Folded words in order, with their number of documents and their surface form."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        known = list(entries)
        self._words = [folded for folded, _, _ in known]
        self._counts = {folded: count for folded, count, _ in known}
        self._shown = {folded: shown for folded, _, shown in known}
        self._stems = {stem(word) for word in self._words}
        self._alike: dict[tuple[int, str], list[str]] = {}  # by length and first letter
        for word in self._words:
            if not word.isdigit():
                self._alike.setdefault((len(word), word[0]), []).append(word)
        self._letters = sorted({letter for _, letter in self._alike})

    def knows(self, folded: str) -> bool:
        """Whether the word, or another of the same stem, is somewhere in the index."""
        return folded in self._counts or stem(folded) in self._stems

    def completions(self, beginning: str) -> list[str]:
        """The most frequent words that begin so, the word itself left out."""
        start = bisect_left(self._words, beginning)
        end = bisect_left(self._words, beginning + "\U0010ffff", lo=start)
        longer = [word for word in self._words[start:end] if word != beginning]
        return sorted(longer, key=lambda word: (-self._counts[word], word))[:_COMPLETIONS]

    def shown(self, folded: str) -> str:
        return self._shown.get(folded, folded)

    def correction(self, folded: str) -> str | None:
        """The nearest known word: fewest mistakes (two at most, one under eight letters), same first letter, then most frequent."""
        if len(folded) < SHORTEST_CORRECTED or folded.isdigit():
            return None
        allowed = 2 if len(folded) >= _TWO_MISTAKES_FROM else 1
        near = self._near(folded, allowed, folded[0])
        if not near or near[0][0] > 1:  # one mistake and the same first letter: no other word is nearer
            others = (self._near(folded, allowed, letter) for letter in self._letters if letter != folded[0])
            near = sorted(chain(near, *others))
        return near[0][-1] if near else None

    def _near(self, folded: str, allowed: int, letter: str) -> list[tuple[int, bool, int, str]]:
        """The known words of a first letter within so many mistakes, best first: mistakes, another first letter, rarity."""
        lengths = range(len(folded) - allowed, len(folded) + allowed + 1)
        words = [word for length in lengths for word in self._alike.get((length, letter), ())]
        found = process.extract(folded, words, scorer=OSA.distance, processor=None, score_cutoff=allowed, limit=None)
        return sorted((distance, letter != folded[0], -self._counts[word], word) for word, distance, _ in found)
