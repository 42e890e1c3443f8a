"""Who really opens what: resources by who produces them, and what becomes of them on the other side. State and local are never added.

Units: resources. Every count but the first is out of what the same producers brought; what nobody states is counted apart, as
unknown, never as no.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from dcant.identifiers import HalfYear

STATE, LOCAL = "state", "local"
LEVELS = (STATE, LOCAL, "joint", "other", "")  # the last: no source says who produces it
SIDES = {STATE: "etat", LOCAL: "territoires"}  # level of a producer → college on whose side it stands
_OTHER_SIDE = {STATE: "territoires", LOCAL: "etat"}


class Measure(StrEnum):
    """What is counted of resources. `crossed`: taken up by the other side."""

    PRODUCED = "produced"
    OPENED = "opened"
    USED = "used"
    CROSSED = "crossed"


@dataclass(frozen=True, slots=True)
class Brought:
    """A resource as balance sees it.

    half_year: when a source first brought it here. opened: None when its conditions are not stated. users: the colleges of
    the organisations whose proof of use holds today (an empty text for those of no college); None when use is not known here.
    """

    slug: str
    title: str
    kind: str
    level: str
    half_year: HalfYear
    opened: bool | None
    users: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Cell:
    """`count` out of `of` (None: a count has nothing to be out of), `unknown` of which nothing can be said."""

    half_year: HalfYear | None
    kind: str
    measure: Measure
    level: str
    count: int
    of: int | None
    unknown: int


def levels_of(measure: Measure) -> tuple[str, ...]:
    """The producers a measure speaks of: only two of them have another side."""
    return (STATE, LOCAL) if measure == Measure.CROSSED else LEVELS


def counts(one: Brought, measure: Measure) -> bool | None:
    """Does a resource count for a measure? None: nobody can say."""
    if measure == Measure.PRODUCED:
        return True
    if measure == Measure.OPENED:
        return one.opened
    if one.users is None:
        return None
    return bool(one.users) if measure == Measure.USED else _OTHER_SIDE.get(one.level) in one.users


def behind(brought: Iterable[Brought], measure: Measure, level: str) -> list[Brought]:
    """The resources that a cell counts."""
    return [one for one in brought if one.level == level and counts(one, measure)]


def cells(brought: Collection[Brought], kinds: Iterable[str], half_year: HalfYear | None) -> Iterator[Cell]:
    """Every cell of a half-year (None: of all of them together), kind by kind, measure by measure, producer by producer."""
    by_place: dict[tuple[str, str], list[Brought]] = {}
    for one in brought:
        if half_year is None or one.half_year == half_year:
            by_place.setdefault((one.kind, one.level), []).append(one)
    for kind in kinds:
        for measure in Measure:
            for level in levels_of(measure):
                listed = by_place.get((kind, level), [])
                said = [counts(one, measure) for one in listed]
                of = None if measure == Measure.PRODUCED else len(listed)
                yield Cell(half_year, kind, measure, level, said.count(True), of, said.count(None))


def told(brought: Collection[Brought], kinds: Collection[str], half_year: HalfYear | None = None) -> Iterator[Cell]:
    """The cells that count something, half-year by half-year, the latest first (or one half-year alone)."""
    known = sorted({one.half_year for one in brought}, reverse=True)
    for each in [half_year] if half_year else known:
        yield from (cell for cell in cells(brought, kinds, each) if cell.count or cell.of)
