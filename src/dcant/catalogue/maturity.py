"""The readiness of a resource of the base: what is known of it, gathered for the pure rule."""

from collections.abc import Mapping
from datetime import date

from dcant.catalogue.models import Holding, Relation, Resource
from dcant.catalogue.rules.readiness import LEVELS, Known, Readiness, readiness
from dcant.catalogue.rules.readiness_criteria import CRITERIA
from dcant.catalogue.rules.usage import UsageView
from dcant.harvest.models import ItemState

TREES = "repository_files"  # repository → its files, when a source states them


def readiness_of(
    resource: Resource,
    *,
    usage: UsageView | None,
    today: date,
    trees: Mapping[str, frozenset[str]] | None = None,
) -> Readiness:
    """usage: what a door knows of its use. trees: files of the repositories that were read, else those a source states. Two queries."""
    held = Holding.objects.filter(resource=resource).exclude(item__state=ItemState.WITHDRAWN)
    known = Known(
        kind=resource.kind,
        day=today,
        values={field: shown["value"] for field, shown in resource.sheet.items()},
        listed_in=frozenset(held.values_list("item__source", flat=True)),
        relations=frozenset(Relation.objects.filter(subject=resource).values_list("name", flat=True)),
        trees=_stated_trees(resource) if trees is None else trees,
        usage=usage,
    )
    return readiness(known, CRITERIA)


def _stated_trees(resource: Resource) -> dict[str, frozenset[str]]:
    stated = resource.value(TREES)
    if not isinstance(stated, dict):
        return {}
    return {str(name): frozenset(map(str, files)) for name, files in stated.items() if isinstance(files, list)}


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
        "to_do": [item.id for item in found.to_do],
        "usage": usage.document() if usage else None,
    }


def _evidence(resource: Resource, name: str) -> dict[str, object]:
    shown = resource.sheet[name]
    return {"field": name, "value": shown["value"], "sources": shown["sources"]}
