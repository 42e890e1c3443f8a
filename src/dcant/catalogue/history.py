"""What the sheet of a resource said on a past day, and what changed since: nothing that was stated is ever lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from dcant.catalogue.models import Resource
from dcant.catalogue.refreshing import priorities, sheet_of, stated_of
from dcant.harvest.models import Statement
from dcant.harvest.rules import LINK_PREFIX


@dataclass(frozen=True, slots=True)
class Change:
    """A source began or ceased to state a value. `before` is None for a new field, `after` for a field it states no more."""

    at: datetime
    source: str
    field: str
    before: object
    after: object
    reason: str = ""


def changes(resource: Resource, *, limit: int = 200) -> list[Change]:
    """The latest changes first: a value replaced at one moment by the same source is one change. Two queries."""
    rows = Statement.objects.filter(item__holding__resource=resource).exclude(field__startswith=LINK_PREFIX)
    rows = rows.select_related("item").order_by("-fetched_at", "pk")
    listed = list(rows[: limit * 3])
    ended = {(row.item_id, row.field, row.ended_at): row for row in listed if row.ended_at}
    found = []
    for row in listed:
        replaced = ended.pop((row.item_id, row.field, row.fetched_at), None)
        found.append(
            Change(row.fetched_at, row.item.source, row.field, replaced.value if replaced else None, row.value)
        )
    found += [
        Change(row.ended_at, row.item.source, row.field, row.value, None, row.end_reason)
        for row in ended.values()
        if row.ended_at
    ]
    return sorted(found, key=lambda one: (-one.at.timestamp(), one.field, one.source))[:limit]


def sheet_on(resource: Resource, moment: datetime) -> Mapping[str, Mapping[str, object]]:
    """The sheet as the statements of that moment make it, by the rule of today. One query."""
    rows = Statement.objects.at(moment).filter(item__holding__resource=resource).exclude(field__startswith=LINK_PREFIX)
    stated = [stated_of(row, row.item.source) for row in rows.select_related("item")]
    return sheet_of(stated, priorities())


def first_day(resource: Resource) -> date:
    return timezone.localdate(resource.first_seen_at)
