"""What each side does in the programme, college by college. Colleges stand side by side and are never added. Pure; the day is given."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dcant.identifiers import HalfYear


class Measure(StrEnum):
    """What is counted of a college. Seats and delays are those of today; acts belong to the half-year in which they were done."""

    SEATS = "seats"
    PROPOSALS = "proposals"
    AMENDMENTS = "amendments"
    DECISIONS = "decisions"
    LATE = "late"


OF_TODAY = frozenset({Measure.SEATS, Measure.LATE})
WITHOUT_WHOLE = frozenset({Measure.SEATS, Measure.PROPOSALS})


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a college has or did. counts: an amendment taken, a decision carried, a copilot who is late; else it is only
    part of the whole. half_year: None for what is of today. about: (kind of page, its code, title).
    """

    college: str
    measure: Measure
    counts: bool
    half_year: HalfYear | None
    about: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Cell:
    """`count` out of `of`; None for what is out of nothing."""

    half_year: HalfYear | None
    college: str
    measure: Measure
    count: int
    of: int | None


def is_late(*, due: str, state: str, today: date) -> bool:
    """An adopted action is late once the half-year in which it is due is over, until it is completed, dropped or merged."""
    return bool(due) and state == "adopted" and HalfYear.parse(due).last_day < today


def within(facts: Iterable[Fact], half_year: HalfYear | None) -> list[Fact]:
    """The facts of a half-year, and those of today; None: of all half-years."""
    return [one for one in facts if half_year is None or one.half_year in {None, half_year}]


def cells(facts: Collection[Fact], colleges: Iterable[str], half_year: HalfYear | None) -> Iterator[Cell]:
    """Each measure, college beside college."""
    counted: Counter[tuple[Measure, str]] = Counter()
    listed: Counter[tuple[Measure, str]] = Counter()
    for one in within(facts, half_year):
        listed[one.measure, one.college] += 1
        counted[one.measure, one.college] += one.counts
    sides = tuple(colleges)
    for measure in Measure:
        for college in sides:
            of = None if measure in WITHOUT_WHOLE else listed[measure, college]
            of_when = None if measure in OF_TODAY else half_year
            yield Cell(of_when, college, measure, counted[measure, college], of)


def told(facts: Collection[Fact], colleges: Collection[str], half_year: HalfYear | None = None) -> Iterator[Cell]:
    """The cells that count something: those of today once, then acts, half-year by half-year, the latest first."""
    yield from (one for one in cells(facts, colleges, None) if one.measure in OF_TODAY and (one.count or one.of))
    by_half_year: dict[HalfYear | None, list[Fact]] = {}
    for one in facts:
        by_half_year.setdefault(one.half_year, []).append(one)
    known = sorted((each for each in by_half_year if each), reverse=True)
    for each in [half_year] if half_year else known:
        acts = (one for one in cells(by_half_year.get(each, ()), colleges, each) if one.measure not in OF_TODAY)
        yield from (one for one in acts if one.count or one.of)
