"""One analysis of French for index and query: cut into words, fold, leave out the empty ones, stem all but codes.

Folding comes before the stemmer, so that « declaration » and « déclaration » are one. A code or an acronym (MPS, SIRET, R2P) is never
stemmed (« mps » would become « mp ») and carries a mark, so that MPS and the plural of another word never meet by accident.
What stands between two spaces is analysed once: a hundred thousand sheets are made of some ten thousand such chunks.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import chain

from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

from dcant.identifiers import fold

EXACT = "="
_LONGEST = 64
_STEMMER = TextAnalyzerBuilder(Tokenizer.raw()).filter(Filter.stemmer("french")).build()
_MOST_CHUNKS, _LONGEST_CHUNK = 100_000, 200
_WORD = re.compile(r"(?:\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)['’ʼ`])?([^\W_]+)", re.IGNORECASE)
_DOTTED = re.compile(r"\b(?:[^\W\d_]\.){2,}")
_STOP = frozenset(resources.files(__package__).joinpath("stop_words.fr.txt").read_text(encoding="utf-8").split())


@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """One word of a text: as written, folded, what the index holds for it, whether it is a code, whether it says nothing (le, pour, chez)."""

    written: str
    folded: str
    term: str
    is_code: bool
    is_empty: bool


@lru_cache(maxsize=200_000)
def stem(folded: str) -> str:
    """The French stem of one folded word; the word itself when nothing is left of it."""
    stems = _STEMMER.analyze(folded)
    return (stems[0] if stems else "") or folded


def query_terms(folded: str) -> tuple[str, str]:
    """What a word of a query may be in the index: an ordinary word, or a code that the person wrote in any case."""
    return stem(folded), EXACT + folded


def words(text: str) -> list[Word]:
    """The words of a text, in order, empty ones left out; a text made of empty words only keeps them all."""
    text = unicodedata.normalize("NFC", text)
    chunks = _SHOUTED if text.isupper() and " " in text.strip() else _SAID
    cut = text.split()
    return list(chain.from_iterable(map(chunks.__getitem__, cut))) or list(chain.from_iterable(map(chunks.all_of, cut)))


def code_terms(codes: tuple[str, ...]) -> list[str]:
    """The terms of acronyms and former titles: an entry of one word is a code and a word, a longer one is ordinary text."""
    terms: list[str] = []
    for code in codes:
        found = words(code)
        terms += [word.term for word in found]
        if len(found) == 1:
            terms += query_terms(found[0].folded)
    return terms


class _Chunks(dict[str, tuple[Word, ...]]):
    """The words of what stands between two spaces, without the empty ones: « (l’école, » holds one, « M.P.S. » one,
    « rendez-vous » two, « pour » none.
    """

    def __init__(self, *, may_be_code: bool) -> None:
        super().__init__()
        self._may_be_code = may_be_code

    def __missing__(self, chunk: str) -> tuple[Word, ...]:
        found = tuple(word for word in self.all_of(chunk) if not word.is_empty)
        if len(self) >= _MOST_CHUNKS:
            self.clear()
        if len(chunk) <= _LONGEST_CHUNK:
            self[chunk] = found
        return found

    def all_of(self, chunk: str) -> tuple[Word, ...]:
        joined = _DOTTED.sub(lambda letters: letters[0].replace(".", ""), chunk)
        made = (_word(written[:_LONGEST], may_be_code=self._may_be_code) for written in _WORD.findall(joined))
        return tuple(word for word in made if word.folded)


_SAID, _SHOUTED = _Chunks(may_be_code=True), _Chunks(may_be_code=False)


@lru_cache(maxsize=200_000)
def _word(written: str, *, may_be_code: bool) -> Word:
    folded = "".join(fold(written).split())
    is_code = may_be_code and _is_code(written)
    return Word(written, folded, EXACT + folded if is_code else stem(folded), is_code, not is_code and folded in _STOP)


def _is_code(written: str) -> bool:
    """Two to eight capitals, or letters and digits together: MPS, R2P, but not 2026."""
    letters = any(char.isalpha() for char in written)
    digits = any(char.isdigit() for char in written)
    return letters and (digits or (written.isupper() and 2 <= len(written) <= 8))
