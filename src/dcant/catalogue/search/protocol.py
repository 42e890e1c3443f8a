"""The contract of a search index: what is asked, what is answered, whatever keeps the index."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from dcant.catalogue.search.documents import FACETS, SearchDocument


class IndexUnreadable(Exception):
    """The index is absent, half written or of another format: the caller builds it again from the database."""


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What a person asks. Values of one facet are alternatives, facets add up. `literal`: unknown words are not corrected.

    Raises ValueError for what is no facet or a negative page.
    """

    text: str = ""
    filters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    limit: int = 20
    offset: int = 0
    explain: bool = False
    literal: bool = False

    def __post_init__(self) -> None:
        unknown = sorted(set(self.filters) - set(FACETS))
        if unknown:
            raise ValueError(f"Filtre inconnu : {', '.join(unknown)}.")
        if self.limit < 1 or self.offset < 0:
            raise ValueError("Une page de résultats a au moins une ligne, et ne commence pas avant la première.")


@dataclass(frozen=True, slots=True)
class Match:
    """One reason of a hit: the `word` of the query was found in `field`, by itself, by a synonym or as a beginning (`found`)."""

    word: str
    field: str
    how: Literal["word", "synonym", "prefix"]
    found: str


@dataclass(frozen=True, slots=True)
class Part:
    """What one word of the query brought to the score; the parts of a hit add up to its score."""

    word: str
    score: float


@dataclass(frozen=True, slots=True)
class Hit:
    """One resource found. `parts` is empty unless the query asked for an explanation."""

    slug: str
    score: float
    because: tuple[Match, ...] = ()
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One page of hits among `total`: blocks of those that hold most of the words, each by score then slug; by title for an empty text.

    `corrected` is the text that was really searched when a word unknown to the index was replaced, else None.
    facets: for each facet, value to number of documents of the filtered set without that facet's own filter.
    """

    hits: tuple[Hit, ...]
    total: int
    corrected: str | None
    original: str
    facets: Mapping[str, Mapping[str, int]]


class SearchIndex(Protocol):
    """Kept by a folder in production (`TantivyIndex`), by memory in tests (`MemoryIndex`): same analysis, same order."""

    def replace_all(self, documents: Iterable[SearchDocument]) -> None:
        """Make the index hold these documents only. Two documents with one slug: the last one stays."""

    def search(self, query: SearchQuery) -> SearchResult:
        """Answer. Raises IndexUnreadable."""
