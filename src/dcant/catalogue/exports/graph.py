"""A small graph of statements, whatever it is written in: terms are prefixed names of ours, values are anybody's."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

PREFIXES = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "hydra": "http://www.w3.org/ns/hydra/core#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_WEB = re.compile(r"https?://[^\s/?#]+\S*", re.IGNORECASE)
_KEPT = ":/?#[]@!$&'()*+,;=-._~%"


@dataclass(frozen=True, slots=True)
class Iri:
    """An absolute address, safe to write between angle brackets."""

    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """A text, in a language when it is known, or of a type (« xsd:date »)."""

    text: str
    language: str = ""
    datatype: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """A thing and what is said of it: `iri` is empty for one that has no name of its own."""

    iri: str
    types: tuple[str, ...]
    said: tuple[tuple[str, "Value"], ...] = ()

    def grouped(self) -> Iterator[tuple[str, list["Value"]]]:
        """What is said, term by term, in the order in which each was first said; the same value once."""
        terms: dict[str, dict[Value, None]] = {}
        for term, value in self.said:
            terms.setdefault(term, {})[value] = None
        return ((term, list(values)) for term, values in terms.items())


Value = Iri | Text | Node


def web_iri(text: str) -> Iri | None:
    """The web address that a source wrote, its unsafe signs escaped; None when it is no address at all."""
    stripped = text.strip()
    if not _WEB.fullmatch(stripped):
        return None
    return Iri(quote(plain(stripped), safe=_KEPT))


def plain(text: str) -> str:
    """Without the halves of characters that no UTF-8 holds."""
    return text.encode(errors="replace").decode()
