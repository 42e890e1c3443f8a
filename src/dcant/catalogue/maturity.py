"""The readiness of a resource of the base: what is known of it, gathered for the pure rule."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from dcant.catalogue.models import Holding, Relation, Resource
from dcant.catalogue.rules.joins import REPOSITORY, normal_repository
from dcant.catalogue.rules.readiness import LEVELS, Known, Readiness, readiness
from dcant.catalogue.rules.readiness_criteria import CRITERIA
from dcant.catalogue.rules.usage import UsageView
from dcant.catalogue.sources.repositories import COMMITTED_ON, FILES, REPOSITORIES, TAGS
from dcant.harvest.models import ItemState, Statement


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository of the resource whose tree was read: its files that count, its last tag and commit, by whom, when."""

    address: str
    files: frozenset[str]
    tagged_on: str
    committed_on: str
    source: str
    read_on: date


def readiness_of(resource: Resource, *, usage: UsageView | None, today: date) -> Readiness:
    """usage: what a door knows of its use. Three queries."""
    held = Holding.objects.filter(resource=resource).exclude(item__state=ItemState.WITHDRAWN)
    repositories = repositories_of(resource)
    known = Known(
        kind=resource.kind,
        day=today,
        values={field: shown["value"] for field, shown in resource.sheet.items()},
        listed_in=frozenset(held.values_list("item__source", flat=True)),
        relations=frozenset(Relation.objects.filter(subject=resource).values_list("name", flat=True)),
        trees={one.address: one.files for one in repositories},
        tags={one.address: one.tagged_on for one in repositories if one.tagged_on},
        commits={one.address: one.committed_on for one in repositories if one.committed_on},
        usage=usage,
    )
    return readiness(known, CRITERIA)


def repositories_of(resource: Resource) -> list[Repository]:
    """Those that any source gives as its code, and whose tree a harvest read, by address. One query, none without address."""
    shown = resource.sheet.get(REPOSITORY, {})
    others = shown.get("others", ())
    stated = [shown.get("value"), *(one.get("value") for one in (others if isinstance(others, list) else ()))]
    addresses = {normal_repository(url) for url in stated if isinstance(url, str)} - {""}
    if not addresses:
        return []
    rows = Statement.objects.current().filter(item__collection=REPOSITORIES, item__remote_id__in=addresses)
    said: dict[str, dict[str, Any]] = defaultdict(dict)
    for row in rows.exclude(item__state=ItemState.WITHDRAWN).select_related("item"):
        said[row.item.remote_id] |= {row.field: row.value, "source": row.item.source, "read_on": row.fetched_at.date()}
    return [
        Repository(
            address=address,
            files=frozenset(facts.get(FILES, ())),
            tagged_on=max((day for _, day in facts.get(TAGS, ())), default=""),
            committed_on=facts.get(COMMITTED_ON, ""),
            source=facts["source"],
            read_on=facts["read_on"],
        )
        for address, facts in sorted(said.items())
    ]


def readiness_document(resource: Resource, found: Readiness, usage: UsageView | None) -> dict[str, object]:
    """The readiness as data; the score stands beside its items, for sorting."""
    return {
        "resource": resource.slug,
        "kind": resource.kind,
        "level": found.level,
        "levels": LEVELS,
        "score_for_sorting": found.score,
        "missing_for_next_level": [item.id for item in found.missing],
        "items": [
            {
                "id": item.id,
                "group": str(item.group),
                "question": item.question,
                "result": str(item.outcome),
                "evidence": [_evidence(resource, name) for name in item.fields],
                "detail": str(item.detail) or None,
                "remedy": item.remedy if item.is_to_do else None,
                "who": item.who,
                "points": item.points,
                "level": item.level or None,
            }
            for item in found.items
        ],
        "repositories": [
            {
                "address": one.address,
                "last_tag_on": one.tagged_on or None,
                "last_commit_on": one.committed_on or None,
                "source": one.source,
                "read_on": one.read_on.isoformat(),
            }
            for one in repositories_of(resource)
        ],
        "to_do": [item.id for item in found.to_do],
        "usage": usage.document() if usage else None,
    }


def _evidence(resource: Resource, name: str) -> dict[str, object]:
    shown = resource.sheet[name]
    return {"field": name, "value": shown["value"], "sources": shown["sources"]}
