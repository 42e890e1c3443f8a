"""The search engine of the common base: one analysis, one ranking, whatever keeps the index."""

from dcant.catalogue.search.documents import FACETS, FIELDS, SearchDocument
from dcant.catalogue.search.memory_index import MemoryIndex
from dcant.catalogue.search.protocol import Hit, IndexUnreadable, Match, Part, SearchIndex, SearchQuery, SearchResult
from dcant.catalogue.search.tantivy_index import TantivyIndex

__all__ = [
    "FACETS",
    "FIELDS",
    "Hit",
    "IndexUnreadable",
    "Match",
    "MemoryIndex",
    "Part",
    "SearchDocument",
    "SearchIndex",
    "SearchQuery",
    "SearchResult",
    "TantivyIndex",
]
