"""Until when a value holds without being confirmed again."""

from collections.abc import Iterable, Mapping


def review_day(sources: Iterable[Mapping[str, object]]) -> str:
    """The last day, in ISO form, until which those who say a value answer for it; "" when one of them sets none."""
    cited = [said.get("citation") for said in sources]
    days = [one.get("review_on") if isinstance(one, Mapping) else None for one in cited]
    return max(map(str, days), default="") if all(days) else ""
