"""What a sheet shows, out of what the sources say: pure, total, and blind to the order of its input."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

CORRECTION = "correction"  # a correction by a mandated person of the producer: it comes before any source
LIST_FIELDS = frozenset(
    {"themes", "keywords", "needs", "steps", "obligations", "monday", "sites_departements", "qualifications"}
)

# source → field → rank, the higher first; "default" stands for any field. From the reviewed data files of the sources.
Priority = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Stated:
    """One source says one value of one field: the value as JSON data, who says it, where, and when it was read."""

    field: str
    value: object
    source: str
    fetched_at: datetime
    raw_hash: str = ""
    source_url: str = ""
    citation: Mapping[str, str] | None = None
    language: str = ""

    @property
    def value_key(self) -> str:
        return json.dumps(self.value, ensure_ascii=False, sort_keys=True)


@dataclass(frozen=True, slots=True)
class Shown:
    """The value that the sheet shows, the statements it rests on, and what other sources say instead."""

    field: str
    value: object
    because: tuple[Stated, ...]
    others: tuple[Stated, ...] = ()


def merge(statements: Iterable[Stated], priority: Priority) -> dict[str, Shown]:
    """One shown value a field, in alphabetical order of fields.

    Order: a correction first, then the rank of the source for that field, then the newest reading, then the source's
    name, then the value itself: a total order, so that the order of input never matters. The fields of LIST_FIELDS are
    united, each item with its sources. Every statement comes out in `because` or in `others`: nothing is lost.
    Source: design.md, rule 1.
    """
    by_field: dict[str, list[Stated]] = defaultdict(list)
    for statement in statements:
        by_field[statement.field].append(statement)
    return {field: _shown(field, by_field[field], priority) for field in sorted(by_field)}


def _shown(field: str, statements: list[Stated], priority: Priority) -> Shown:
    ranked = sorted(statements, key=lambda one: _rank(one, priority))
    if field in LIST_FIELDS:
        return Shown(field, _united(ranked), tuple(ranked))
    winner = ranked[0]
    agreeing = tuple(one for one in ranked if one.value_key == winner.value_key)
    return Shown(field, winner.value, agreeing, tuple(one for one in ranked if one.value_key != winner.value_key))


def _rank(one: Stated, priority: Priority) -> tuple[object, ...]:
    ranks = priority.get(one.source, {})
    rank = -ranks.get(one.field, ranks.get("default", 0))
    citation = json.dumps(one.citation, sort_keys=True) if one.citation else ""
    return (
        one.source != CORRECTION,
        rank,
        -one.fetched_at.timestamp(),
        one.source,
        one.value_key,
        one.source_url,
        citation,
        one.raw_hash,
        one.language,
    )


def _united(ranked: list[Stated]) -> list[object]:
    united: dict[str, object] = {}
    for statement in ranked:
        for item in statement.value if isinstance(statement.value, list) else [statement.value]:
            united.setdefault(json.dumps(item, ensure_ascii=False, sort_keys=True), item)
    return list(united.values())
