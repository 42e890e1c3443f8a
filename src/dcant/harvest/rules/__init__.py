"""The rules of the harvest: pure values and functions, without Django, I/O or clock."""

from dcant.harvest.rules.source import (
    LINK_PREFIX,
    Fact,
    Finding,
    Link,
    RawItem,
    Reader,
    Reading,
    Snapshot,
    SnapshotError,
    SourceFile,
    SourceFileError,
)

__all__ = [
    "LINK_PREFIX",
    "Fact",
    "Finding",
    "Link",
    "RawItem",
    "Reader",
    "Reading",
    "Snapshot",
    "SnapshotError",
    "SourceFile",
    "SourceFileError",
]
