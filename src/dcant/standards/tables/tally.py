"""Counting every fault while keeping a few: memory does not grow with errors."""

from bisect import insort
from collections import Counter
from collections.abc import Mapping, Sequence

from dcant.standards.tables.report import Counts, Fault, Order, SampleSize
from dcant.standards.tables.values import Level

FLOOR = 20  # of each (code, field): a frequent fault never hides a rare one
RULE = f"first {FLOOR} of each code and field, then the first of all"
Group = tuple[str, str]


class Tally:
    """Complete counts, and for each level the first `FLOOR` faults of every (code, field) with the first `limit` of all.

    What is kept depends only on the faults, never on the order in which they come: so never on the size of a block.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._counts: dict[Level, Counter[Group]] = {"error": Counter(), "warning": Counter()}
        self._kept: dict[Level, _Kept] = {"error": _Kept(limit), "warning": _Kept(limit)}

    @property
    def errors(self) -> int:
        return self._counts["error"].total()

    def count(self, level: Level, code: str, field: str | None, times: int = 1) -> None:
        self._counts[level][code, field or ""] += times

    def keeps(self, level: Level, code: str, field: str | None, order: Order) -> bool:
        """Would a fault of that order be kept? When not, no later one of the same code and field would."""
        return self._kept[level].has_room((code, field or ""), order)

    def keep(self, fault: Fault) -> None:
        """Keeps it if there is room, without counting."""
        self._kept[fault.level].add(fault)

    def add(self, fault: Fault) -> None:
        """Counts it and keeps it if there is room."""
        self.count(fault.level, fault.code, fault.field)
        self.keep(fault)

    def faults(self) -> tuple[Fault, ...]:
        kept = [fault for one in self._kept.values() for fault in one.sample()]
        return tuple(sorted(kept, key=lambda fault: (fault.order, fault.level)))

    def counts(self, rows_with_errors: int) -> Counts:
        errors, warnings = self._counts["error"], self._counts["warning"]
        return Counts(
            errors=errors.total(),
            warnings=warnings.total(),
            rows_with_errors=rows_with_errors,
            by_code=_by_code(errors),
            by_field=_by_field(errors),
            warnings_by_code=_by_code(warnings),
            warnings_by_field=_by_field(warnings),
        )

    def sample(self) -> SampleSize:
        return SampleSize(
            kept=len(self._kept["error"].sample()),
            of=self._counts["error"].total(),
            warnings_kept=len(self._kept["warning"].sample()),
            warnings_of=self._counts["warning"].total(),
            rule=f"{RULE}, up to {self.limit}",
        )


class _Kept:
    """The smallest by order: `FLOOR` of each group, and `limit` of all."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._first: list[Fault] = []
        self._groups: dict[Group, list[Fault]] = {}

    def has_room(self, group: Group, order: Order) -> bool:
        of_group = self._groups.get(group, ())
        return _enters(of_group, FLOOR, order) or _enters(self._first, self._limit, order)

    def add(self, fault: Fault) -> None:
        of_group = self._groups.setdefault((fault.code, fault.field or ""), [])
        for kept, most in ((of_group, FLOOR), (self._first, self._limit)):
            if _enters(kept, most, fault.order):
                insort(kept, fault, key=lambda one: one.order)
                del kept[most:]

    def sample(self) -> list[Fault]:
        chosen = {id(fault): fault for group in self._groups.values() for fault in group}
        for fault in self._first:
            if len(chosen) >= self._limit:
                break
            chosen.setdefault(id(fault), fault)
        return list(chosen.values())


def _enters(kept: Sequence[Fault], most: int, order: Order) -> bool:
    return len(kept) < most or (most > 0 and order < kept[-1].order)


def _by_code(counted: Mapping[Group, int]) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for (code, _), times in counted.items():
        sums[code] += times
    return dict(sorted(sums.items()))


def _by_field(counted: Mapping[Group, int]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (code, field), times in sorted(counted.items(), key=lambda item: (item[0][1], item[0][0])):
        found.setdefault(field, {})[code] = times
    return found
