"""The words a Table Schema may use, and the nearest one to a word it does not know."""

from collections.abc import Iterable

from rapidfuzz import fuzz, process, utils

from dcant.standards.tables.rules import TYPES

CONSTRAINTS = tuple(dict.fromkeys(name for row in TYPES.values() for name in row.constraints))
_OPTIONS = dict.fromkeys(name for row in TYPES.values() for name in row.options)

# Of a field: what the standard names, what the French catalogue writes beside it.
FIELD_RULES = ("name", "type", "format", "constraints", "missingValues", *_OPTIONS)
FIELD_WORDS = (*FIELD_RULES, "title", "description", "example", "examples", "rdfType", "categoriesOrdered")

SCHEMA_RULES = ("fields", "fieldsMatch", "primaryKey", "uniqueKeys", "foreignKeys", "missingValues", "custom_checks")
SCHEMA_WORDS = (
    *SCHEMA_RULES,
    *("$schema", "name", "title", "description", "version", "path", "homepage", "created", "updated", "lastModified"),
    *(
        "author",
        "contact",
        "contributor",
        "contributors",
        "countryCode",
        "sources",
        "licenses",
        "keywords",
        "resources",
    ),
    *("example", "examples", "image", "uri", "profile"),
)

_NEAR = 80  # of 100


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant, or None when none is near."""
    found = process.extractOne(
        word, list(known), scorer=fuzz.ratio, processor=utils.default_process, score_cutoff=_NEAR
    )
    return None if found is None else str(found[0])
