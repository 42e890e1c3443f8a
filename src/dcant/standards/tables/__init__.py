"""Checks a table against its schema. `validate(source, schema) -> Report`; the rest is for those who need the parts."""

from dcant.standards.tables.engine import ready, validate
from dcant.standards.tables.report import Cause, Counts, Fault, FileReport, Report, together
from dcant.standards.tables.report_html import to_html
from dcant.standards.tables.report_text import to_text
from dcant.standards.tables.schema import compile_schema, load_schema
from dcant.standards.tables.sources import Limits, open_source
from dcant.standards.tables.values import Plan, Schema, SchemaUnreadable, Source, SourceUnreadable

__all__ = [
    "Cause",
    "Counts",
    "Fault",
    "FileReport",
    "Limits",
    "Plan",
    "Report",
    "Schema",
    "SchemaUnreadable",
    "Source",
    "SourceUnreadable",
    "compile_schema",
    "load_schema",
    "open_source",
    "ready",
    "to_html",
    "to_text",
    "together",
    "validate",
]
