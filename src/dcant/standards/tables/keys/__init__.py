"""Keys: doubles in bounded memory, composite keys, and the keys a foreign key may take."""

from dcant.standards.tables.keys.compose import Nulls, all_null, compose
from dcant.standards.tables.keys.index import KeyIndex
from dcant.standards.tables.keys.references import ReferenceSet
from dcant.standards.tables.keys.spill import KeySpillFailed

__all__ = ["KeyIndex", "KeySpillFailed", "Nulls", "ReferenceSet", "all_null", "compose"]
