"""The graph in JSON-LD 1.1, its context inside the document: nobody has to fetch another to read it."""

from collections.abc import Iterable

from dcant.catalogue.exports.graph import PREFIXES, Iri, Node, Value, plain


def jsonld(nodes: Iterable[Node]) -> dict[str, object]:
    """The document as a value: prefixes as context, nodes as graph."""
    return {"@context": PREFIXES, "@graph": [_node(node) for node in nodes]}


def _node(node: Node) -> dict[str, object]:
    named: dict[str, object] = {"@id": node.iri} if node.iri else {}
    typed: dict[str, object] = {"@type": list(node.types)} if node.types else {}
    return named | typed | {term: [_value(value) for value in values] for term, values in node.grouped()}


def _value(value: Value) -> dict[str, object]:
    if isinstance(value, Iri):
        return {"@id": value.text}
    if isinstance(value, Node):
        return {"@id": value.iri} if value.iri else _node(value)
    told: dict[str, object] = {"@value": plain(value.text)}
    if value.language:
        return told | {"@language": value.language}
    return told | ({"@type": value.datatype} if value.datatype else {})
