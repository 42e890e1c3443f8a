"""The fields of a published Table Schema, as a page shows them: read leniently, since the checking is the engine's business."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_MOST_VALUES = 12


@dataclass(frozen=True, slots=True)
class ShownField:
    """One column: what a person must write in it. `values`: the first allowed ones, `more` how many are left out."""

    name: str
    title: str
    description: str
    type: str
    format: str
    required: bool
    values: tuple[str, ...]
    more: int
    pattern: str
    example: str


def fields_of(content: bytes) -> tuple[ShownField, ...]:
    """The columns of a document in order; none when it is no Table Schema."""
    return tuple(_field(one) for one in raw_fields(content))


def raw_fields(content: bytes) -> list[dict[str, Any]]:
    """The field descriptors as written, of a schema alone or wrapped in `schema`; those without a name are left out."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return []
    if isinstance(document, dict) and isinstance(document.get("schema"), dict):
        document = document["schema"]
    listed = document.get("fields") if isinstance(document, dict) else None
    return [
        one
        for one in (listed if isinstance(listed, list) else ())
        if isinstance(one, dict) and isinstance(one.get("name"), str) and one["name"]
    ]


def constraints_of(field: Mapping[str, Any]) -> dict[str, Any]:
    found = field.get("constraints")
    return dict(found) if isinstance(found, dict) else {}


def _field(one: Mapping[str, Any]) -> ShownField:
    rules = constraints_of(one)
    listed = rules.get("enum")
    if not isinstance(listed, list):
        listed = (
            [*_texts(one.get("trueValues")), *_texts(one.get("falseValues"))] if one.get("type") == "boolean" else []
        )
    type_ = _text(one.get("type")) or "string"
    return ShownField(
        name=one["name"],
        title=_text(one.get("title")),
        description=_text(one.get("description")),
        type=type_,
        format=_text(one.get("format")) if one.get("format") != "default" else "",
        required=rules.get("required") is True,
        values=tuple(_text(value) for value in listed[:_MOST_VALUES]),
        more=max(0, len(listed) - _MOST_VALUES),
        pattern=_text(rules.get("pattern")),
        example=example_of(one),
    )


def example_of(field: Mapping[str, Any]) -> str:
    """What the producer gives as an example, else the first allowed value; empty when neither is there."""
    given = field.get("example")
    if given in (None, ""):
        several = field.get("examples")
        given = several[0] if isinstance(several, list) and several else ""
    if given in (None, ""):
        listed = constraints_of(field).get("enum")
        given = listed[0] if isinstance(listed, list) and listed else ""
    return given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)


def _texts(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)
