"""Reading cells: one exact reader per type, and a narrower rule that accepts whole columns."""

from dcant.standards.tables.rules.column import CompiledRule, compile_rule
from dcant.standards.tables.rules.types import TYPES, CellType

__all__ = ["TYPES", "CellType", "CompiledRule", "compile_rule"]
