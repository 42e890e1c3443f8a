"""A qualification (SecNumCloud, HDS…) belongs to a named service and scope, and is valid until a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

SOON = timedelta(days=183)


class Standing(StrEnum):
    VALID = "valid"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class Qualification:
    """scheme, version and scope as the source states them; `standing` on the day asked; never dropped once past its date."""

    scheme: str
    scope: str
    version: str
    valid_until: date | None
    standing: Standing


def qualification(stated: Mapping[str, object], today: date) -> Qualification:
    """stated: {scheme, scope, version?, valid_until?} of a sheet. Without a readable date it is unverified, never valid."""
    until = _day(stated.get("valid_until"))
    return Qualification(
        scheme=str(stated.get("scheme") or ""),
        scope=str(stated.get("scope") or ""),
        version=str(stated.get("version") or ""),
        valid_until=until,
        standing=standing(until, today),
    )


def standing(until: date | None, today: date) -> Standing:
    """Expiring within six months; the last day itself is still valid."""
    if until is None:
        return Standing.UNVERIFIED
    if until < today:
        return Standing.EXPIRED
    return Standing.EXPIRING if until - today < SOON else Standing.VALID


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
