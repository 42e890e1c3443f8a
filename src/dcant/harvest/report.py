"""What a run gives back, and what it asks of whoever keeps the things themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from dcant.harvest.models import Item, Run, Statement
from dcant.harvest.rules import Finding

COUNTS = ("seen", "created", "updated", "unchanged", "moved", "warned", "rejected", "unseen", "withdrawn", "returned")


class Sink(Protocol):
    """The room that holds the things. Each call is inside the transaction of the item's own rows, and may be repeated by
    a later run, never doubled within one. `statements` are the current facts, `links` the current relations. `settle` ends
    a batch: what was said of its items by then may be taken together.
    """

    def changed(self, item: Item, statements: Sequence[Statement], links: Sequence[Statement]) -> None: ...

    def settle(self) -> None: ...

    def withdrawn(self, item: Item) -> None: ...

    def returned(self, item: Item) -> None: ...


@dataclass(slots=True)
class Tally:
    """Counts by collection, and the rows written (statements, item states, links)."""

    by_collection: dict[str, dict[str, int]]
    written: int = 0

    @classmethod
    def of(cls, collections: Sequence[str]) -> "Tally":
        return cls({name: dict.fromkeys(COUNTS, 0) for name in collections})

    def count(self, collection: str, outcome: str, number: int = 1) -> None:
        self.by_collection.setdefault(collection, dict.fromkeys(COUNTS, 0))[outcome] += number

    def totals(self) -> dict[str, int]:
        return {name: sum(counts[name] for counts in self.by_collection.values()) for name in COUNTS}


@dataclass(frozen=True, slots=True)
class RunReport:
    """What one run did. `run` is its number; a dry run has the number it would have had, and left nothing behind."""

    source: str
    run: int
    state: str
    totals: Mapping[str, int]
    collections: Mapping[str, Mapping[str, int]]
    written: int
    seconds: float
    findings: Sequence[Mapping[str, str]] = field(default_factory=tuple)

    @property
    def exit_status(self) -> int:
        """0 complete; 1 rejected items, or a suspect run; 2 failed."""
        return {"complete": 0, "partial": 1, "suspect": 1}.get(self.state, 2)

    def as_dict(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "run": self.run,
            "state": self.state,
            **{name: self.totals[name] for name in COUNTS},
            "written": self.written,
            "seconds": self.seconds,
            "findings": [dict(finding) for finding in self.findings],
            "collections": {name: dict(counts) for name, counts in self.collections.items()},
        }


def shown(finding: Finding, *, collection: str = "", remote_id: str = "") -> dict[str, str]:
    """A finding as the report says it."""
    return {
        "level": finding.level,
        "code": finding.code,
        "collection": collection,
        "remote_id": remote_id,
        "place": finding.place,
        "message": finding.message_fr,
        "remedy": finding.remedy_fr,
    }


def close_totals(run: Run, tally: Tally) -> None:
    """Write the counts in the run's own row (not saved here)."""
    run.totals = tally.totals() | {"written": tally.written}
    run.collections = tally.by_collection
