"""What a source is, read from its data file, and what one of its items says."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Level = Literal["warning", "error"]
LINK_PREFIX = "link:"
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_MIB = 1024 * 1024


class SourceFileError(ValueError):
    """The data file of a source does not say what it must: a French sentence for whoever edits it."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One source of facts. Reviewed data, never code: `from_toml` reads it and refuses what it does not know.

    `priority` gives a rank by field (higher wins when sources disagree), `priority["default"]` for the others.
    `collections` names every collection the reader may yield; `resource_collections` those whose items are resources.
    `ignored` maps "<collection>/<remote id>" to the reason shown in the log.
    """

    name: str
    title: str
    address: str
    licence: str
    attribution: str
    redistributable: bool
    cadence_hours: int
    collections: tuple[str, ...]
    resource_collections: tuple[str, ...] = ()
    priority: Mapping[str, int] = field(default_factory=dict)
    max_item_bytes: int = 3 * _MIB
    max_list_bytes: int = 64 * _MIB
    ignored: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise SourceFileError(f"Le nom d’une source s’écrit en minuscules avec des tirets : « {self.name} ».")
        if not self.collections or set(self.resource_collections) - set(self.collections):
            raise SourceFileError(f"Source « {self.name} » : collections absentes ou inconnues.")
        if min(self.cadence_hours, self.max_item_bytes, self.max_list_bytes) <= 0:
            raise SourceFileError(f"Source « {self.name} » : cadence et tailles sont des nombres positifs.")

    @classmethod
    def from_toml(cls, text: str) -> "SourceFile":
        """The source its TOML describes. Missing or unknown keys raise SourceFileError naming them."""
        try:
            table = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise SourceFileError(f"Fichier de source illisible : {error}.") from error
        for name in ("collections", "resource_collections"):
            if name in table:
                table[name] = tuple(table[name])
        table |= table.pop("limits", {})
        table.pop("remote", None)  # where it is on the network: read by harvest.remote
        try:
            return cls(**table)
        except TypeError as error:
            raise SourceFileError(f"Fichier de source incomplet ou clé inconnue : {error}.") from error

    def priority_of(self, name: str) -> int:
        """The rank of this source for a field; 0 when nothing is said."""
        return self.priority.get(name, self.priority.get("default", 0))


@dataclass(frozen=True, slots=True)
class Fact:
    """One field of one item has this value (any JSON value), says the source. `citation` names what the source cites."""

    field: str
    value: Any
    language: str = ""
    source_url: str = ""
    citation: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """The item is related to another. `target_ref` is the source's own reference, resolved later or left dangling:
    "<source>:<collection>/<remote id>", or "<source>:title/<title>" when only a title is given.
    """

    name: str
    target_ref: str
    source_url: str = ""
    citation: Mapping[str, Any] | None = None

    def as_fact(self) -> Fact:
        """Links are kept as statements too: field "link:<name>", value {"target": reference}."""
        return Fact(
            field=LINK_PREFIX + self.name,
            value={"target": self.target_ref},
            source_url=self.source_url,
            citation=self.citation,
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in an item, with a stable code, a place (« ligne 3, colonne 5 ») and the remedy, for its author."""

    level: Level
    code: str
    place: str
    message_fr: str
    remedy_fr: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one item says. A finding of level "error" rejects the item; `tombstone` is the reason of an explicit end."""

    kind: str | None
    title: str
    facts: tuple[Fact, ...] = ()
    links: tuple[Link, ...] = ()
    findings: tuple[Finding, ...] = ()
    tombstone: str | None = None

    @property
    def rejected(self) -> bool:
        return any(finding.level == "error" for finding in self.findings)

    def statements(self) -> tuple[Fact, ...]:
        """Facts, then links as facts."""
        return self.facts + tuple(link.as_fact() for link in self.links)

    @classmethod
    def refused(cls, finding: Finding) -> "Reading":
        """An item that could not be read at all."""
        return cls(kind=None, title="", findings=(finding,))


@dataclass(frozen=True, slots=True)
class RawItem:
    """The bytes of one item as the source gives them; `problem` says why they could not be had (data is then empty).

    A problem of level "error" rejects the item. One of level "warning" says that it was not had this time: the item is
    neither seen nor gone, and what is held of it stays.
    """

    collection: str
    remote_id: str
    path: str
    data: bytes
    problem: Finding | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.collection, self.remote_id


class Snapshot(Protocol):
    """A frozen state of a source. `ref` names it (commit, or folder name). Errors are SnapshotError."""

    @property
    def ref(self) -> str: ...

    def list(self, prefix: str) -> list[str]:
        """The paths of every file under a prefix, sorted; none is an empty list."""
        ...

    def read(self, path: str, limit: int) -> bytes:
        """The bytes of a file; more than `limit` raises SnapshotError TOO_LARGE without reading them."""
        ...


class Reader(Protocol):
    """How one source is read. `items` yields by sorted path; `read` is pure and sees one item."""

    @property
    def name(self) -> str: ...

    @property
    def parser_version(self) -> int: ...

    def items(self, snapshot: Snapshot) -> Iterator[RawItem]: ...

    def read(self, raw: RawItem) -> Reading: ...


class SnapshotError(Exception):
    """The source itself, or one of its files, cannot be had: a stable code and a French sentence."""

    def __init__(self, code: str, message_fr: str, remedy_fr: str = "") -> None:
        super().__init__(message_fr)
        self.code = code
        self.message_fr = message_fr
        self.remedy_fr = remedy_fr

    def finding(self, place: str) -> Finding:
        return Finding(level="error", code=self.code, place=place, message_fr=self.message_fr, remedy_fr=self.remedy_fr)
