"""The graph in Turtle (RDF 1.1 Turtle, W3C), node after node: what is written is never held whole."""

import re
from collections.abc import Iterable, Iterator

from dcant.catalogue.exports.graph import PREFIXES, Iri, Node, Text, Value, plain

_ESCAPED = re.compile(r'["\\\x00-\x1f\x7f]')
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def turtle(nodes: Iterable[Node]) -> Iterator[str]:
    """The document in pieces: the prefixes, then each node."""
    yield "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
    for node in nodes:
        yield f"\n{_subject(node)} {_said(node, '  ')} .\n"


def _subject(node: Node) -> str:
    return f"<{node.iri}>" if node.iri else "[]"


def _said(node: Node, margin: str) -> str:
    types = [f"a {', '.join(node.types)}"] if node.types else []
    lines = [f"{term} {', '.join(_value(value, margin) for value in values)}" for term, values in node.grouped()]
    return f" ;\n{margin}".join(types + lines)


def _value(value: Value, margin: str) -> str:
    if isinstance(value, Iri):
        return f"<{value.text}>"
    if isinstance(value, Node):
        return f"[ {_said(value, margin + '  ')} ]" if not value.iri else f"<{value.iri}>"
    return _literal(value)


def _literal(value: Text) -> str:
    escaped = _ESCAPED.sub(lambda found: _SHORT.get(found[0], f"\\u{ord(found[0]):04X}"), plain(value.text))
    if value.language:
        return f'"{escaped}"@{value.language}'
    return f'"{escaped}"' + (f"^^{value.datatype}" if value.datatype else "")
