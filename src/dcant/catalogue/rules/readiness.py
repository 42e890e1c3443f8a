"""Is a resource ready to be shared? Item by item, each with what it rests on and what to do; never a grade alone.

No item fails for want of data: it is then unknown. A failure rests on something a source states, or on a repository read.
Sources: Standard for Public Code (criteria), publiccode.yml (fields), design.md, rule 1.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from dcant.catalogue.rules.usage import UsageView


class Outcome(StrEnum):
    PASS = "pass"  # noqa: S105 -- an outcome, no secret
    FAIL = "fail"
    NOT_APPLICABLE = "not_applicable"
    UNKNOWN = "unknown"


class Group(StrEnum):
    FINDABLE = "findable"
    LAWFUL = "lawful"
    UNDERSTANDABLE = "understandable"
    ALIVE = "alive"
    OPEN = "open"
    SHARED = "shared"
    OBLIGATIONS = "obligations"


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known of a resource when it is judged.

    values: field → shown value; listed_in: names of the sources that hold it; relations: names of those that start from it;
    trees: repository → its files, for the repositories that were read; tags and commits: the day (ISO) of the last tag and
    of the last commit of those that have one.
    """

    kind: str
    day: date
    values: Mapping[str, object] = field(default_factory=dict)
    listed_in: frozenset[str] = frozenset()
    relations: frozenset[str] = frozenset()
    trees: Mapping[str, frozenset[str]] = field(default_factory=dict)
    usage: UsageView | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    commits: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        value = self.values.get(name)
        return value.strip() if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class Answer:
    """An outcome and what it rests on: fields of the sheet, and words (a repository, a count)."""

    outcome: Outcome
    fields: tuple[str, ...] = ()
    detail: str = ""


UNKNOWN = Answer(Outcome.UNKNOWN)
Check = Callable[[Known], Answer]


@dataclass(frozen=True, slots=True)
class Criterion:
    """What is asked, of which kinds (none: of all), how to fix it, who can, its weight for sorting, and from which level it is required."""

    id: str
    group: Group
    question: str
    remedy: str
    check: Check
    points: int
    kinds: frozenset[str] = frozenset()
    level: int = 0
    who: str = "producer"


@dataclass(frozen=True, slots=True)
class Item:
    """A criterion answered. `level` is that from which it is required, 0 when none requires it."""

    id: str
    group: Group
    question: str
    outcome: Outcome
    fields: tuple[str, ...]
    detail: str
    remedy: str
    who: str
    points: int
    level: int

    @property
    def is_to_do(self) -> bool:
        return self.outcome in {Outcome.FAIL, Outcome.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Readiness:
    """The items in their order; the level reached; `score` from 0 to 100 sorts lists, and is never shown alone."""

    items: tuple[Item, ...]

    @property
    def to_do(self) -> tuple[Item, ...]:
        """What would gain most first; what fails before what is not known; a total order."""
        waiting = [item for item in self.items if item.is_to_do]
        return tuple(sorted(waiting, key=lambda item: (-item.points, item.outcome != Outcome.FAIL, item.id)))

    @property
    def level(self) -> int:
        """The highest level whose items, and those of the levels below, all pass or do not apply."""
        missing = [item.level for item in self.items if item.level and item.is_to_do]
        return min(missing, default=LEVELS + 1) - 1

    @property
    def missing(self) -> tuple[Item, ...]:
        """What the next level waits for."""
        return tuple(item for item in self.to_do if item.level and item.level <= self.level + 1)

    @property
    def score(self) -> int:
        applicable = [item for item in self.items if item.outcome != Outcome.NOT_APPLICABLE]
        whole = sum(item.points for item in applicable)
        passed = sum(item.points for item in applicable if item.outcome == Outcome.PASS)
        return round(100 * passed / whole) if whole else 0


LEVELS = 3


def readiness(known: Known, criteria: tuple[Criterion, ...]) -> Readiness:
    """Every criterion answered, in order. One that does not apply to the kind is never asked."""
    return Readiness(tuple(_item(criterion, known) for criterion in criteria))


def _item(criterion: Criterion, known: Known) -> Item:
    asked = not criterion.kinds or known.kind in criterion.kinds
    answer = criterion.check(known) if asked else Answer(Outcome.NOT_APPLICABLE)
    return Item(
        id=criterion.id,
        group=criterion.group,
        question=criterion.question,
        outcome=answer.outcome,
        fields=answer.fields,
        detail=answer.detail,
        remedy=criterion.remedy,
        who=criterion.who,
        points=criterion.points,
        level=criterion.level,
    )
