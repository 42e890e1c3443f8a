"""What a sheet shows, out of what the sources say: pure, total, and blind to the order of its input."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

CORRECTION = "operator"  # what a person mandated by the producer says on this site: it comes before any source
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
        return _key(self.value)


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
    united, but a correction replaces the list: what sources say beside it is among the others. Every statement comes out
    in `because` or in `others`: nothing is lost.
    Source: design.md, rule 1.
    """
    by_field: dict[str, list[Stated]] = defaultdict(list)
    for statement in statements:
        by_field[statement.field].append(statement)
    return {field: _shown(field, by_field[field], priority) for field in sorted(by_field)}


def _shown(field: str, statements: list[Stated], priority: Priority) -> Shown:
    ranked = sorted(statements, key=lambda one: _rank(one, priority)) if len(statements) > 1 else statements
    if field in LIST_FIELDS:
        return _shown_list(field, ranked)
    winner = ranked[0]
    agreeing = tuple(one for one in ranked if one.value_key == winner.value_key)
    return Shown(field, winner.value, agreeing, tuple(one for one in ranked if one.value_key != winner.value_key))


def _shown_list(field: str, ranked: list[Stated]) -> Shown:
    """All that is said; under a correction, what it says, and the sources that say nothing else agree with it."""
    corrections = [one for one in ranked if one.source == CORRECTION]
    kept = {_key(item) for one in corrections or ranked for item in _items(one)}
    agreeing = tuple(one for one in ranked if kept.issuperset(_key(item) for item in _items(one)))
    return Shown(field, _united(corrections or ranked), agreeing, tuple(one for one in ranked if one not in agreeing))


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
        for item in _items(statement):
            united.setdefault(_key(item), item)
    return list(united.values())


def _items(statement: Stated) -> list[object]:
    return statement.value if isinstance(statement.value, list) else [statement.value]


def _key(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
