"""What a new reading changes in what is already held, and the one hash that sums a run up."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from dcant.harvest.rules.source import Fact


@dataclass(frozen=True, slots=True)
class Changes:
    """Statements to end (by their keys in the mapping given) and facts to add."""

    ended: tuple[int, ...]
    added: tuple[Fact, ...]

    def __bool__(self) -> bool:
        return bool(self.ended or self.added)


def changes(current: Mapping[int, Fact], reading: Iterable[Fact]) -> Changes:
    """A fact said again, alike to its source and citation, writes nothing; one said no more is ended; order is nothing."""
    said = {canonical(_identity(fact)): fact for fact in reading}
    kept: set[str] = set()
    ended: list[int] = []
    for key, fact in current.items():
        identity = canonical(_identity(fact))
        if identity in said and identity not in kept:
            kept.add(identity)
        else:
            ended.append(key)
    return Changes(tuple(ended), tuple(fact for identity, fact in said.items() if identity not in kept))


def canonical(value: Any) -> str:
    """One text for one JSON value: keys sorted, no space."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def summary_hash(summary: Mapping[str, Any]) -> str:
    """SHA-256, in hexadecimal, of the canonical text of a run's totals and outcomes."""
    return sha256(canonical(summary).encode()).hexdigest()


def _identity(fact: Fact) -> list[Any]:
    citation = dict(fact.citation) if fact.citation is not None else None
    return [fact.field, fact.value, fact.language, fact.source_url, citation]
