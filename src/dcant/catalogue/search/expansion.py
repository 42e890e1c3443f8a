"""From the text of a query to what is looked for: each word, with its correction, its synonyms and, for the last one, its endings."""

import re
from dataclasses import dataclass
from typing import Literal

from dcant.catalogue.search.analysis import Word, query_terms, words
from dcant.catalogue.search.synonyms import Synonyms
from dcant.catalogue.search.vocabulary import Vocabulary

SHORTEST_PREFIX = 3
_MOST_WORDS = 24

How = Literal["word", "synonym", "prefix"]


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to satisfy a word of the query: every element of `needs`, each by any of its terms."""

    needs: tuple[tuple[str, ...], ...]
    how: How
    found: str


@dataclass(frozen=True, slots=True)
class Clause:
    """One word of the query and the ways to satisfy it, the word itself first."""

    word: str
    alternatives: tuple[Alternative, ...]


@dataclass(frozen=True, slots=True)
class ExpandedQuery:
    """What is looked for, and the corrected text when a word was replaced."""

    clauses: tuple[Clause, ...]
    corrected: str | None


def expand(text: str, vocabulary: Vocabulary, synonyms: Synonyms, *, literal: bool = False) -> ExpandedQuery:
    """Correct the words unknown to the index (not those of a `literal` text), then widen. Words after the 24th are left out;
    a word said twice counts once.
    """
    asked = list({word.folded: word for word in words(text)}.values())[:_MOST_WORDS]
    typing = bool(text) and not text[-1].isspace()
    kept: list[str] = []
    corrected = text
    for place, word in enumerate(asked):
        is_typed = typing and place == len(asked) - 1
        better = None if literal else _correction(word, vocabulary, is_typed=is_typed)
        kept.append(better or word.folded)
        if better:
            corrected = re.sub(rf"\b{re.escape(word.written)}\b", vocabulary.shown(better), corrected)
    kept = list(dict.fromkeys(kept))
    clauses = [[_itself(word)] for word in kept]
    for synonym in synonyms.of(tuple(kept)):
        alternative = Alternative(tuple(query_terms(said) for said in synonym.said), "synonym", synonym.shown)
        for clause in clauses[synonym.start : synonym.end]:
            clause.append(alternative)
    if kept and typing and len(kept[-1]) >= SHORTEST_PREFIX:
        clauses[-1] += _endings(kept[-1], vocabulary)
    named = zip(kept, clauses, strict=True)
    return ExpandedQuery(
        clauses=tuple(Clause(vocabulary.shown(word), tuple(dict.fromkeys(ways))) for word, ways in named),
        corrected=corrected if corrected != text else None,
    )


def _correction(word: Word, vocabulary: Vocabulary, *, is_typed: bool) -> str | None:
    """Only for a word that nothing in the index holds, and that is not the beginning of a known one, still being typed."""
    if vocabulary.knows(word.folded) or (is_typed and vocabulary.completions(word.folded)):
        return None
    return vocabulary.correction(word.folded)


def _itself(word: str) -> Alternative:
    return Alternative((query_terms(word),), "word", word)


def _endings(beginning: str, vocabulary: Vocabulary) -> list[Alternative]:
    same = set(query_terms(beginning))
    longer = [word for word in vocabulary.completions(beginning) if not same & set(query_terms(word))]
    return [Alternative((query_terms(word),), "prefix", vocabulary.shown(word)) for word in longer]
