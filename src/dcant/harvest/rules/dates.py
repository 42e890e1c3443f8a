"""Dates that a source gives and that have not come yet: kept as said, and shown to its author."""

import re
from collections.abc import Iterable
from datetime import date, timedelta

from dcant.harvest.rules.source import Fact, Finding

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# The source may be a day ahead of us, by its clock or its side of the world.
_TOLERANCE = timedelta(days=2)
_PAST_FIELDS = ("updated_on", "created_on", "released_on")


def dates_in_future(facts: Iterable[Fact], *, today: date) -> tuple[Finding, ...]:
    """A DATE_IN_FUTURE warning for each date of something done that lies after today."""
    limit = (today + _TOLERANCE).isoformat()
    return tuple(
        Finding(
            level="warning",
            code="DATE_IN_FUTURE",
            place=f"champ {fact.field}",
            message_fr=f"La date {fact.value} n’est pas encore venue.",
            remedy_fr="Corrigez l’année.",
        )
        for fact in facts
        if fact.field in _PAST_FIELDS
        and isinstance(fact.value, str)
        and _DAY.fullmatch(fact.value)
        and fact.value > limit
    )
