"""One field of a schema: its type, options and constraints, with only what can be applied."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from jsonschema import Draft202012Validator, SchemaError

from dcant.standards.tables.rules import TYPES, CellType
from dcant.standards.tables.rules.constraints import BOUNDS, bound_of, holds
from dcant.standards.tables.rules.pattern import Pattern, loosely_anchored
from dcant.standards.tables.rules.reading import Reader
from dcant.standards.tables.rules.structures import ITEM_READERS
from dcant.standards.tables.schema.notes import Notes, at
from dcant.standards.tables.schema.words import CONSTRAINTS, FIELD_RULES, FIELD_WORDS, nearest
from dcant.standards.tables.values import Field, Said

_KINDS: Mapping[str, tuple[Callable[[Any], bool], Said]] = {
    "text": (lambda raw: isinstance(raw, str), Said("un texte", "a text")),
    "truth": (lambda raw: isinstance(raw, bool), Said("true ou false", "true or false")),
    "words": (
        lambda raw: isinstance(raw, list) and all(isinstance(item, str) for item in raw),
        Said("une liste de textes", "a list of texts"),
    ),
    "mapping": (lambda raw: isinstance(raw, Mapping), Said("un objet", "an object")),
    "list": (lambda raw: isinstance(raw, list) and bool(raw), Said("une liste non vide", "a list that is not empty")),
    "count": (
        lambda raw: isinstance(raw, int) and not isinstance(raw, bool) and raw >= 0,
        Said("un nombre entier", "a whole number"),
    ),
    "item-type": (
        lambda raw: raw in tuple(ITEM_READERS),
        Said(f"un de ces types : {', '.join(ITEM_READERS)}", f"one of these types: {', '.join(ITEM_READERS)}"),
    ),
    "json-schema": (
        lambda raw: isinstance(raw, (Mapping, bool)) and _is_json_schema(raw),
        Said("un schéma JSON (2020-12)", "a JSON Schema (2020-12)"),
    ),
}
_CONSTRAINT_KINDS = {
    "required": "truth",
    "unique": "truth",
    "pattern": "text",
    "enum": "list",
    "minLength": "count",
    "maxLength": "count",
    "jsonSchema": "json-schema",
}


def _is_json_schema(raw: Any) -> bool:
    try:
        Draft202012Validator.check_schema(raw)
    except (SchemaError, RecursionError):
        return False
    return True


class FieldLoader:
    """Loads the fields of one schema; what it finds wrong goes to the notes."""

    def __init__(self, notes: Notes, *, version: int, missing: tuple[str, ...]) -> None:
        self.notes, self.version, self.missing = notes, version, missing

    def load(self, raw: Any, position: int, pointer: str) -> Field:
        """A field that can be compiled, whatever was written."""
        if not isinstance(raw, Mapping) or not isinstance(raw.get("name"), str):
            self._wrong_kind("name", at(pointer, "name"), Said("un texte", "a text"))
            raw = {**raw, "name": str(raw.get("name", ""))} if isinstance(raw, Mapping) else {"name": "", "type": "any"}
        self._misspelt(raw, pointer)
        kind = self._type(raw, pointer)
        options = self._options(raw, kind, pointer)
        plain = Field(
            name=raw["name"],
            type=kind,
            format=self._format(raw, kind, pointer),
            position=position,
            missing_values=self._missing(raw, pointer),
            constraints={},
            options=options,
            title=_text(raw.get("title")),
            description=_text(raw.get("description")),
            example=raw.get("example"),
        )
        reader = TYPES[kind].reader(plain)
        self._example(plain, reader, pointer)
        constraints = self._constraints(raw, plain, reader, pointer)
        slots = {name: getattr(plain, name) for name in Field.__dataclass_fields__}
        return Field(**{**slots, "constraints": constraints})

    def _misspelt(self, raw: Mapping[str, Any], pointer: str) -> None:
        for word in raw:
            if word == "required":
                reason = self.notes.say("required-at-field-level", at(pointer, word))
                self.notes.drop(at(pointer, word), raw["name"], word, reason)
            elif word not in FIELD_WORDS and (near := nearest(str(word), FIELD_WORDS)):
                reason = self.notes.say("misspelt-property", at(pointer, word), word=word, near=near)
                if near in FIELD_RULES:
                    self.notes.drop(at(pointer, word), raw["name"], str(word), reason)

    def _type(self, raw: Mapping[str, Any], pointer: str) -> str:
        kind = raw.get("type")
        if kind is None:
            return "string" if self.version == 1 else "any"
        if isinstance(kind, str) and kind in TYPES:
            return kind
        near = nearest(str(kind), TYPES) or ", ".join(TYPES)
        reason = self.notes.say("type-unknown", at(pointer, "type"), word=kind, near=near)
        self.notes.drop(at(pointer, "type"), raw["name"], "type", reason)
        return "any"

    def _format(self, raw: Mapping[str, Any], kind: str, pointer: str) -> str:
        asked, row = raw.get("format", "default"), TYPES[kind]
        if not isinstance(asked, str) or not asked:
            self._wrong_kind("format", at(pointer, "format"), Said("un texte", "a text"), raw["name"])
            return "default"
        asked = asked.replace("fmt:", "") if asked.startswith("fmt:") else asked
        if row.formats is None:
            if asked == "any":
                self.notes.say("format-any", at(pointer, "format"))
            elif asked != "default" and "%" not in asked:
                self.notes.say("format-pattern", at(pointer, "format"), word=asked)
            return asked
        if not row.formats or asked in row.formats:
            return asked
        near = ", ".join(row.formats)
        reason = self.notes.say("format-unknown", at(pointer, "format"), word=asked, type=kind, near=near)
        self.notes.drop(at(pointer, "format"), raw["name"], "format", reason)
        return "default"

    def _options(self, raw: Mapping[str, Any], kind: str, pointer: str) -> dict[str, Any]:
        options = {}
        for name, asked in TYPES[kind].options.items():
            if raw.get(name) is None:
                continue
            fits, words = _KINDS[asked]
            empty = raw[name] == "" and name in {"delimiter", "decimalChar"}
            if not fits(raw[name]) or empty:
                self._wrong_kind(name, at(pointer, name), words, raw["name"])
            elif name == "arrayItem":
                options[name] = self._array_item(raw, at(pointer, name))
            elif name != "categories" or self._categories(raw[name], raw["name"], at(pointer, name)):
                options[name] = raw[name]
        return options

    def _array_item(self, raw: Mapping[str, Any], pointer: str) -> dict[str, Any]:
        """The item as a field of its own, with only what can be applied, written back as a mapping."""
        asked = {name: value for name, value in raw["arrayItem"].items() if name != "arrayItem"}
        inner = FieldLoader(self.notes, version=2, missing=("",))
        item = inner.load({**asked, "name": raw["name"]}, 1, pointer)
        kept = {"constraints": item.constraints, "missingValues": list(item.missing_values)}
        return {"type": item.type, "format": item.format, **kept, **item.options}

    def _categories(self, raw: list[Any], field: str, pointer: str) -> bool:
        fits = all(isinstance(item, (str, int)) or (isinstance(item, Mapping) and "value" in item) for item in raw)
        if not fits:
            words = Said("une liste de valeurs, ou de {value, label}", "a list of values, or of {value, label}")
            self._wrong_kind("categories", pointer, words, field)
        return fits

    def _missing(self, raw: Mapping[str, Any], pointer: str) -> tuple[str, ...]:
        if "missingValues" not in raw:
            return self.missing
        here = at(pointer, "missingValues")
        return missing_values(raw["missingValues"], self.notes, here, raw["name"], self.version) or ()

    def _example(self, field: Field, reader: Reader, pointer: str) -> None:
        example = field.example
        if not example or (isinstance(example, str) and example in field.missing_values):
            return
        if reader.value(example) is None:
            words = TYPES[field.type].expected(field)
            self.notes.say("example-not-readable", at(pointer, "example"), word=example, fr=words.fr, en=words.en)

    # ---- constraints

    def _constraints(self, raw: Mapping[str, Any], field: Field, reader: Reader, pointer: str) -> dict[str, Any]:
        asked, here = raw.get("constraints"), at(pointer, "constraints")
        if asked is None:
            return {}
        if not isinstance(asked, Mapping):
            self._wrong_kind("constraints", here, _KINDS["mapping"][1], field.name)
            return {}
        kept = {}
        for name, value in asked.items():
            if value is not None and self._constraint(str(name), value, field, reader, at(here, name)):
                kept[str(name)] = value
        self._crossed(kept, reader, here)
        return kept

    def _constraint(self, name: str, value: Any, field: Field, reader: Reader, pointer: str) -> bool:
        """Can this constraint be applied? When not, it is said and left out."""
        reason = self._unusable(name, value, field, reader, pointer)
        if reason is not None:
            self.notes.drop(pointer, field.name, name, reason)
            return False
        if self.version == 1 and name in {"exclusiveMinimum", "exclusiveMaximum", "jsonSchema"}:
            self.notes.say("v2-in-v1", pointer, word=name)
        if name == "enum":
            self._enum(value, field, reader, pointer)
        if name == "pattern" and loosely_anchored(value):
            self.notes.say("pattern-alternation", pointer, word=value)
        return True

    def _unusable(self, name: str, value: Any, field: Field, reader: Reader, pointer: str) -> Said | None:
        row: CellType = TYPES[field.type]
        if name not in row.constraints:
            near = None if name in CONSTRAINTS else nearest(name, CONSTRAINTS)
            if near:
                return self.notes.say("misspelt-property", pointer, word=name, near=near)
            return self.notes.say("field-error", pointer, word=name, type=field.type)
        fits, words = _KINDS[_CONSTRAINT_KINDS.get(name, "")] if name in _CONSTRAINT_KINDS else (None, None)
        if fits is not None and words is not None and not fits(value):
            return self.notes.say("property-type", pointer, word=name, fr=words.fr, en=words.en)
        if name in BOUNDS:
            return self._bound(value, field, reader, pointer)
        return self._pattern(value, pointer) if name == "pattern" else None

    def _bound(self, value: Any, field: Field, reader: Reader, pointer: str) -> Said | None:
        try:
            bound_of(value, reader)
        except ValueError:
            words = TYPES[field.type].expected(field)
            return self.notes.say("bound-not-readable", pointer, word=value, fr=words.fr, en=words.en)
        return None

    def _pattern(self, value: str, pointer: str) -> Said | None:
        try:
            Pattern(value)
        except (re.error, RecursionError, OverflowError) as problem:
            return self.notes.say("pattern-not-compilable", pointer, word=value, why=problem)
        return None

    def _enum(self, value: list[Any], field: Field, reader: Reader, pointer: str) -> None:
        for index, item in enumerate(value):
            if reader.value(item) is None:
                words = TYPES[field.type].expected(field)
                self.notes.say("enum-not-readable", at(pointer, index), word=item, fr=words.fr, en=words.en)

    def _crossed(self, kept: Mapping[str, Any], reader: Reader, pointer: str) -> None:
        low = [kept[name] for name in ("minimum", "exclusiveMinimum") if name in kept]
        high = [kept[name] for name in ("maximum", "exclusiveMaximum") if name in kept]
        crossed = any(
            not holds(BOUNDS["maximum"], bound_of(least, reader), bound_of(most, reader))
            for least in low
            for most in high
        )
        if crossed or kept.get("minLength", 0) > kept.get("maxLength", float("inf")):
            self.notes.say("bounds-crossed", pointer)

    def _wrong_kind(self, word: str, pointer: str, words: Said, field: str | None = None) -> None:
        reason = self.notes.say("property-type", pointer, word=word, fr=words.fr, en=words.en)
        if field is not None:
            self.notes.drop(pointer, field, word, reason)


def missing_values(raw: Any, notes: Notes, pointer: str, field: str | None, version: int) -> tuple[str, ...] | None:
    """The texts that mean « no value »; None when what was written cannot be used."""
    words = []
    for item in raw if isinstance(raw, list) else [None]:
        text = item.get("value") if isinstance(item, Mapping) else item
        if not isinstance(text, str):
            said = Said("une liste de textes", "a list of texts")
            reason = notes.say("property-type", pointer, word="missingValues", fr=said.fr, en=said.en)
            notes.drop(pointer, field, "missingValues", reason)
            return None
        words.append(text)
    if version == 1 and any(isinstance(item, Mapping) for item in raw):
        notes.say("v2-in-v1", pointer, word="missingValues")
    return tuple(dict.fromkeys(words))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
