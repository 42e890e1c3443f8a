"""Making a loaded schema ready to run."""

import hashlib
import json

from dcant.standards.tables.rules import compile_rule
from dcant.standards.tables.values import Plan, Schema

ENGINE_VERSION = "1"  # goes up with every change that may alter a verdict


def compile_schema(schema: Schema) -> Plan:
    """One compiled rule per field, in the schema's order; named by the content of the schema and the engine's version."""
    name = hashlib.sha256(f"{ENGINE_VERSION}\n{schema.sha256}\n".encode())
    name.update(json.dumps(schema.document, sort_keys=True, default=str).encode())
    return Plan(schema, tuple(compile_rule(field) for field in schema.fields), name.hexdigest())
