"""Loading a Table Schema, v1 or v2, as it is really published: what can be used is used, the rest is said."""

import re
from collections.abc import Mapping
from typing import Any, get_args

from dcant.standards.tables.checks import lint_check
from dcant.standards.tables.schema.document import Document, SchemaRef, read_document
from dcant.standards.tables.schema.fields import FieldLoader, missing_values
from dcant.standards.tables.schema.notes import Notes, at
from dcant.standards.tables.schema.words import SCHEMA_RULES, SCHEMA_WORDS, nearest
from dcant.standards.tables.values import (
    CheckSpec,
    Field,
    FieldsMatch,
    ForeignKey,
    Said,
    Schema,
    SchemaProblem,
)

_NAME = re.compile(r"[-a-z0-9._/]+")
_V2 = re.compile(r"https?://datapackage\.org/profiles/2\.")
_LIST_OF_NAMES = Said("un nom de champ, ou une liste de noms", "a field name, or a list of names")


def load_schema(ref: SchemaRef) -> Schema:
    """A schema from a mapping, a path or bytes.

    Every fault of the schema is in `problems`; a rule that cannot be applied is left out alone and told in
    `rules_not_checked`. Raises SchemaUnreadable for what is no table schema at all.
    """
    return _Loading(read_document(ref)).schema()


def lint(document: SchemaRef) -> list[SchemaProblem]:
    """The faults of the schema itself, in the order of the document."""
    return list(load_schema(document).problems)


class _Loading:
    """One schema on its way from document to value."""

    def __init__(self, document: Document) -> None:
        self.document, self.body = document, document.body
        self.notes = Notes(document.pointer)
        self.version = 2 if _V2.match(str(self.body.get("$schema", ""))) else 1
        self.names: tuple[str, ...] = ()

    def schema(self) -> Schema:
        self._metadata()
        fields = self._fields()
        match, primary_key, unique_keys = self._fields_match(), self._primary_key(), self._unique_keys()
        foreign_keys, checks = self._foreign_keys(), self._checks()
        for pointer in self.document.doubled:
            word = pointer.rsplit("/", 1)[-1]
            self.notes.say("duplicate-key", pointer.removeprefix(self.notes.root), word=word)
        return Schema(
            ref=self.document.ref,
            name=_text(self.body.get("name")),
            title=_text(self.body.get("title")),
            version=_text(self.body.get("version")),
            sha256=self.document.sha256,
            fields=fields,
            fields_match=match,
            primary_key=primary_key,
            unique_keys=unique_keys,
            foreign_keys=foreign_keys,
            checks=checks,
            document=self.body,
            problems=tuple(self.notes.problems),
            rules_not_checked=tuple(self.notes.not_checked),
        )

    def _metadata(self) -> None:
        name = self.body.get("name")
        if name is not None and not (isinstance(name, str) and _NAME.fullmatch(name)):
            self.notes.say("schema-name", "/name", word=name)
        for word in self.body:
            if word in SCHEMA_WORDS:
                continue
            near = nearest(str(word), SCHEMA_WORDS)
            if near:
                reason = self.notes.say("misspelt-property", at("", word), word=word, near=near)
                if near in SCHEMA_RULES:
                    self.notes.drop(at("", word), None, str(word), reason)

    def _fields(self) -> tuple[Field, ...]:
        missing = self._missing()
        loader = FieldLoader(self.notes, version=self.version, missing=missing)
        fields = tuple(
            loader.load(raw, index + 1, at("/fields", index)) for index, raw in enumerate(self.body["fields"])
        )
        self.names = tuple(field.name for field in fields)
        for index, name in enumerate(self.names):
            if name in self.names[:index]:
                self.notes.say("duplicate-field", at("/fields", index, "name"), word=name)
        return fields

    def _missing(self) -> tuple[str, ...]:
        if "missingValues" not in self.body:
            return ("",)
        read = missing_values(self.body["missingValues"], self.notes, "/missingValues", None, self.version)
        return ("",) if read is None else read

    def _fields_match(self) -> FieldsMatch | None:
        asked: Any = self.body.get("fieldsMatch")
        if isinstance(asked, list) and len(asked) == 1:  # the first text of v2 wrote it as a list
            asked = asked[0]
        if asked is None or asked in get_args(FieldsMatch):
            return asked  # type: ignore[no-any-return]
        words = ", ".join(get_args(FieldsMatch))
        self._unusable("/fieldsMatch", "fieldsMatch", Said(f"un de ces mots : {words}", f"one of these words: {words}"))
        return None

    # ---- keys

    def _primary_key(self) -> tuple[str, ...]:
        asked = self.body.get("primaryKey")
        return self._key(asked, "/primaryKey", "primaryKey") if asked else ()

    def _unique_keys(self) -> tuple[tuple[str, ...], ...]:
        asked = self.body.get("uniqueKeys")
        if asked is None:
            return ()
        if not isinstance(asked, list):
            self._unusable("/uniqueKeys", "uniqueKeys", Said("une liste de listes", "a list of lists"))
            return ()
        keys = (self._key(key, at("/uniqueKeys", index), "uniqueKeys") for index, key in enumerate(asked))
        return tuple(key for key in keys if key)

    def _key(self, asked: Any, pointer: str, rule: str) -> tuple[str, ...]:
        """The fields of a key, all known; empty when it cannot be used."""
        names = [asked] if isinstance(asked, str) else asked
        if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
            self._unusable(pointer, rule, _LIST_OF_NAMES)
            return ()
        unknown = [name for name in names if name not in self.names]
        for name in unknown:
            reason = self.notes.say("key-field-unknown", pointer, word=name)
            self.notes.drop(pointer, None, rule, reason)
        return () if unknown else tuple(dict.fromkeys(names))

    def _foreign_keys(self) -> tuple[ForeignKey, ...]:
        asked = self.body.get("foreignKeys")
        if asked is None:
            return ()
        if not isinstance(asked, list):
            self._unusable("/foreignKeys", "foreignKeys", Said("une liste", "a list"))
            return ()
        keys = (self._foreign_key(key, at("/foreignKeys", index)) for index, key in enumerate(asked))
        return tuple(key for key in keys if key is not None)

    def _foreign_key(self, asked: Any, pointer: str) -> ForeignKey | None:
        reference = asked.get("reference") if isinstance(asked, Mapping) else None
        if not isinstance(reference, Mapping) or not isinstance(reference.get("resource", ""), str):
            words = Said("un objet {fields, reference}", "an object {fields, reference}")
            self._unusable(pointer, "foreignKeys", words)
            return None
        fields = self._key(asked.get("fields"), at(pointer, "fields"), "foreignKeys")
        there = reference.get("fields", [])
        others = [there] if isinstance(there, str) else there
        resource = reference.get("resource", "")
        if not resource:
            others = list(self._key(others, at(pointer, "reference", "fields"), "foreignKeys"))
        if not fields or not isinstance(others, list) or len(others) != len(fields):
            if fields and others:
                words = Said("de même longueur des deux côtés", "of the same length on both sides")
                self._unusable(at(pointer, "reference", "fields"), "foreignKeys", words)
            return None
        return ForeignKey(fields, resource, tuple(map(str, others)), self.notes.root + pointer)

    # ---- French checks

    def _checks(self) -> tuple[CheckSpec, ...]:
        asked = self.body.get("custom_checks")
        if asked is None:
            return ()
        if not isinstance(asked, list):
            self._unusable("/custom_checks", "custom_checks", Said("une liste", "a list"))
            return ()
        checks = (self._check(check, at("/custom_checks", index)) for index, check in enumerate(asked))
        return tuple(check for check in checks if check is not None)

    def _check(self, asked: Any, pointer: str) -> CheckSpec | None:
        """A check as written; its own faults are told by the checks, which make only those that can be made."""
        params = asked.get("params", {}) if isinstance(asked, Mapping) else None
        if not isinstance(params, Mapping) or not isinstance(asked.get("name"), str):
            self._unusable(pointer, "custom_checks", Said("un objet {name, params}", "an object {name, params}"))
            return None
        spec = CheckSpec(asked["name"], dict(params), self.notes.root + pointer)
        for problem in lint_check(spec, self.names):
            self.notes.problems.append(problem)
            if problem.code != "check-param-unknown":  # ignored, and the check is made
                self.notes.drop(pointer, None, spec.name, problem.message)
        return spec

    def _unusable(self, pointer: str, rule: str, words: Said) -> None:
        reason = self.notes.say("property-type", pointer, word=rule, fr=words.fr, en=words.en)
        self.notes.drop(pointer, None, rule, reason)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
