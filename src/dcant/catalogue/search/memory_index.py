"""The index kept in memory: the same engine and the same order as the folder, for tests and for a set of documents that need not last."""

from collections.abc import Iterable

import tantivy

from dcant.catalogue.search.documents import SearchDocument
from dcant.catalogue.search.engine import Engine
from dcant.catalogue.search.indexing import make_schema, write
from dcant.catalogue.search.protocol import SearchQuery, SearchResult
from dcant.catalogue.search.scoring import TUNED, Weights
from dcant.catalogue.search.synonyms import Synonyms, reviewed_synonyms


class MemoryIndex:
    """A `SearchIndex` that is empty at first and readable always."""

    def __init__(
        self, documents: Iterable[SearchDocument] = (), *, synonyms: Synonyms | None = None, weights: Weights = TUNED
    ) -> None:
        self._synonyms = reviewed_synonyms() if synonyms is None else synonyms
        self._weights = weights
        self.replace_all(documents)

    def replace_all(self, documents: Iterable[SearchDocument]) -> None:
        index = tantivy.Index(make_schema())
        beside = write(index, documents)
        self._engine = Engine(index, beside, self._synonyms, self._weights)

    def search(self, query: SearchQuery) -> SearchResult:
        return self._engine.search(query)
