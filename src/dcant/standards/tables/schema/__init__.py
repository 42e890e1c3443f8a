"""Load, lint and compile a Table Schema."""

from dcant.standards.tables.schema.load import lint, load_schema
from dcant.standards.tables.schema.notes import PROBLEM_CODES
from dcant.standards.tables.schema.plan import ENGINE_VERSION, compile_schema

__all__ = ["ENGINE_VERSION", "PROBLEM_CODES", "compile_schema", "lint", "load_schema"]
