"""The words of an index, with how many documents hold each and how it is written: for correction and for words being typed."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

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
        self._by_length: dict[int, list[str]] = {}
        for word in self._words:
            if not word.isdigit():
                self._by_length.setdefault(len(word), []).append(word)

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
        near = [
            word
            for length in range(len(folded) - allowed, len(folded) + allowed + 1)
            for word in self._by_length.get(length, ())
        ]
        found = process.extract(folded, near, scorer=OSA.distance, processor=None, score_cutoff=allowed, limit=None)
        ranked = [(distance, word[0] != folded[0], -self._counts[word], word) for word, distance, _ in found]
        return min(ranked)[-1] if ranked else None
