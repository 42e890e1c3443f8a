"""A strict reader of the Turtle and of the JSON-LD written here, kept apart from what writes them.

A document is read into a set of (subject, predicate, object); a node without a name stands by what is said of it, so that
two documents that say the same are equal. Anything outside the grammar is an error.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
STRING = "http://www.w3.org/2001/XMLSchema#string"
_TOKEN = re.compile(
    r"""(?P<prefix>@prefix\b)
    | (?P<iri><[^\x00-\x20<>"{}|^`\\]*>)
    | (?P<text>"(?:[^"\\\n\r]|\\[tbnrf"'\\]|\\u[0-9A-Fa-f]{4})*")
    | (?P<language>@[a-zA-Z]+(?:-[a-zA-Z0-9]+)*)
    | (?P<type>\^\^)
    | (?P<name>[a-z]+:[A-Za-z][A-Za-z0-9]*)
    | (?P<space>[a-z]+:(?=\s))
    | (?P<a>a\b)
    | (?P<sign>[\[\];,.])
    | (?P<blank>\s+)""",
    re.VERBOSE,
)
_ESCAPES = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}


@dataclass(frozen=True)
class Literal:
    text: str
    language: str = ""
    datatype: str = STRING


@dataclass(frozen=True)
class Named:
    iri: str


Term = Any  # Named, Literal, or a frozenset of (predicate, object) for a node without a name
Triples = frozenset[tuple[Term, str, Term]]


def read_turtle(text: str) -> Triples:
    return _Turtle(list(_tokens(text))).document()


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        assert found, f"not Turtle: {text[place : place + 60]!r}"
        place = found.end()
        if found.lastgroup != "blank":
            yield str(found.lastgroup), found[0]


@dataclass
class _Turtle:
    tokens: list[tuple[str, str]]
    place: int = 0
    prefixes: dict[str, str] = field(default_factory=dict)
    triples: set[tuple[Term, str, Term]] = field(default_factory=set)

    def take(self, *kinds: str) -> str:
        kind, text = self.tokens[self.place]
        assert kind in kinds, (kind, text, kinds)
        self.place += 1
        return text

    def sees(self, text: str) -> bool:
        return self.tokens[self.place][1] == text

    def sign(self, text: str) -> None:
        assert self.take("sign") == text

    def document(self) -> Triples:
        while self.place < len(self.tokens):
            if self.sees("@prefix"):
                self.take("prefix")
                name = self.take("space")
                self.prefixes[name[:-1]] = self.take("iri")[1:-1]
            else:
                subject = Named(self.take("iri")[1:-1])
                self.triples |= {(subject, term, value) for term, value in self.said(".")}
            self.sign(".")
        return frozenset(self.triples)

    def said(self, end: str) -> frozenset[tuple[str, Term]]:
        pairs = set()
        while True:
            term = TYPE if self.tokens[self.place][0] == "a" and self.take("a") else self.name()
            pairs.add((term, self.value()))
            while self.sees(","):
                self.sign(",")
                pairs.add((term, self.value()))
            if self.sees(end):
                return frozenset(pairs)
            self.sign(";")

    def name(self) -> str:
        space, _, local = self.take("name").partition(":")
        return self.prefixes[space] + local

    def value(self) -> Term:
        kind, text = self.tokens[self.place]
        if kind == "iri":
            return Named(self.take("iri")[1:-1])
        if kind == "name":
            return Named(self.name())
        if text == "[":
            self.sign("[")
            said = self.said("]")
            self.sign("]")
            return said
        written = self.take("text")[1:-1]
        told = re.sub(
            r"\\(u([0-9A-Fa-f]{4})|.)", lambda one: chr(int(one[2], 16)) if one[2] else _ESCAPES[one[1]], written
        )
        if self.tokens[self.place][0] == "language":
            return Literal(told, self.take("language")[1:], "")
        if self.tokens[self.place][0] == "type":
            self.take("type")
            return Literal(told, "", self.name())
        return Literal(told)


def read_jsonld(text: str) -> Triples:
    document = json.loads(text)
    assert set(document) == {"@context", "@graph"}
    context = document["@context"]
    assert all(isinstance(iri, str) for iri in context.values())
    triples = set()
    for node in document["@graph"]:
        subject = Named(node["@id"])
        triples |= {(subject, term, value) for term, value in _pairs(node, context)}
    return frozenset(triples)


def _pairs(node: dict[str, Any], context: dict[str, str]) -> Iterator[tuple[str, Term]]:
    for key, values in node.items():
        if key == "@type":
            yield from ((TYPE, Named(_expanded(value, context))) for value in values)
        elif key != "@id":
            yield from ((_expanded(key, context), _value(value, context)) for value in values)


def _value(value: dict[str, Any], context: dict[str, str]) -> Term:
    if "@value" in value:
        assert set(value) <= {"@value", "@language", "@type"}
        if "@language" in value:
            return Literal(value["@value"], value["@language"], "")
        return Literal(value["@value"], "", _expanded(value["@type"], context) if "@type" in value else STRING)
    return Named(value["@id"]) if set(value) == {"@id"} else frozenset(_pairs(value, context))


def _expanded(name: str, context: dict[str, str]) -> str:
    space, _, local = name.partition(":")
    assert space in context, name
    return context[space] + local
