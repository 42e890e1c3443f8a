"""Resources chosen to be put side by side, and what their sheets say of each field."""

from collections.abc import Iterable
from dataclasses import dataclass

from dcant.catalogue.models import Resource
from dcant.catalogue.rules.compare import Row, compare

MOST = 4


@dataclass(frozen=True, slots=True)
class Comparison:
    """The resources, in the order asked, and the rows of their sheets; each row has a value for each resource."""

    resources: tuple[Resource, ...]
    rows: tuple[Row, ...]


def compare_resources(slugs: Iterable[str]) -> Comparison:
    """Each once, four at most; slugs that lead to no shown resource are left out. One query."""
    asked = list(dict.fromkeys(slugs))[:MOST]
    found = Resource.objects.shown().by_slugs(asked)
    chosen = tuple(found[slug] for slug in asked if slug in found)
    rows = compare([{field: shown["value"] for field, shown in one.sheet.items()} for one in chosen])
    return Comparison(chosen, tuple(rows))
