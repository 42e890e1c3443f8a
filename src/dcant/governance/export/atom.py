"""Feeds as RFC 4287 writes them: what happened, the last first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as ET

from dcant.governance.export.words import printable

NAMESPACE = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One thing that happened. name: what it is called for ever, its `id` is made from it; address: its page."""

    name: str
    title: str
    at: datetime
    address: str
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """name: what the feed is called for ever; itself: its own address, empty when it has none; author: who tells."""

    name: str
    title: str
    author: str
    address: str
    itself: str
    entries: Sequence[FeedEntry]
    begun: datetime


def feed(told: Feed, *, node: str) -> bytes:
    """The feed, last first. node: the name of the node that tells it; with it, an identity is the same at any address."""
    root = ET.Element("feed", {"xmlns": NAMESPACE, "xml:lang": "fr"})
    _child(root, "id", _identity(node, told.name))
    _child(root, "title", told.title)
    _child(root, "updated", _moment(max((one.at for one in told.entries), default=told.begun)))
    _child(ET.SubElement(root, "author"), "name", told.author)
    ET.SubElement(root, "link", {"rel": "alternate", "href": told.address})
    if told.itself:
        ET.SubElement(root, "link", {"rel": "self", "href": told.itself, "type": "application/atom+xml"})
    for one in sorted(told.entries, key=lambda entry: (entry.at, entry.name), reverse=True):
        entry = ET.SubElement(root, "entry")
        _child(entry, "id", _identity(node, one.name))
        _child(entry, "title", one.title)
        _child(entry, "updated", _moment(one.at))
        ET.SubElement(entry, "link", {"rel": "alternate", "href": one.address})
        if one.summary:
            _child(entry, "summary", one.summary)
    ET.indent(root, " ")
    return bytes(ET.tostring(root, encoding="UTF-8", xml_declaration=True)) + b"\n"


def _child(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = printable(text)


def _identity(node: str, name: str) -> str:
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'{node}/{name}')}"


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
