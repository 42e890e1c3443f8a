"""What the page of a half-year shows, in a fixed number of queries: the path, who must do what, roadmap, grades. Its decisions go by pages."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from dcant.governance.models import Action, BalanceSheet, Budget, Cycle, Meeting, Roadmap
from dcant.governance.rules.continuity import Fate, Item, unaccounted
from dcant.governance.rules.grades import NOT_ASSESSED, disagree
from dcant.governance.rules.machines import CYCLE
from dcant.governance.rules.permits import can_follow
from dcant.governance.services.cycles import (
    grades_of,
    items_of,
    permit_to_open,
    previous_roadmap,
    proposed_items,
    published_roadmap,
)
from dcant.identifiers import Permit, Sentence

STEPS = ("planned", "open", "roadmap_published", "review", "closed")


@dataclass(frozen=True, slots=True)
class RoadmapLine:
    """An action of a roadmap and what became of it; `before` is its fate in the previous one."""

    action: Action | None
    item: Item


@dataclass(frozen=True, slots=True)
class GradeLine:
    """An action and the two grades side by side: disagreement marked, silence said."""

    action: Action | None
    code: str
    grades: tuple[tuple[str, str], ...]
    evidence: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def disagreement(self) -> bool:
        values = [grade for _college, grade in self.grades]
        return len(values) == 2 and disagree(values[0], values[1])

    @property
    def missing(self) -> bool:
        return any(grade == NOT_ASSESSED for _college, grade in self.grades)


@dataclass(frozen=True, slots=True)
class HalfYearView:
    steps: tuple[tuple[str, bool, bool], ...]  # state, is past or present, is present
    may_open: Permit
    roadmap: Roadmap | None
    lines: tuple[RoadmapLine, ...]
    coming: tuple[RoadmapLine, ...]
    unaccounted: tuple[str, ...]
    balance_sheet: BalanceSheet | None
    grades: tuple[GradeLine, ...]
    drafts: tuple[Action, ...]
    meetings: tuple[Meeting, ...]
    budgets: tuple[Budget, ...]
    changes: tuple[tuple[str, int], ...]  # since the roadmap before: fate, how many actions
    expected: tuple[str, ...] = field(default_factory=tuple)


def half_year_view(cycle: Cycle, now: datetime) -> HalfYearView:
    place = STEPS.index(cycle.state)
    begun = cycle.state not in {"planned", "open"}
    roadmap = published_roadmap(cycle) if begun else None
    previous = items_of(previous_roadmap(cycle)) if cycle.state == "open" else []
    proposed = proposed_items(cycle, previous) if cycle.state == "open" else []
    sheet = cycle.balance_sheets.filter(state="published").first() if cycle.state == "closed" else None
    rows = (sheet.body if sheet else grades_of(cycle, roadmap)) if cycle.state in {"review", "closed"} else []
    written = Action.objects.filter(axis__programme=cycle.programme).exclude(state="").only("code", "title", "state")
    actions = {one.code: one for one in written}
    return HalfYearView(
        steps=tuple((step, at <= place, at == place) for at, step in enumerate(STEPS)),
        may_open=_may_open(cycle, now),
        roadmap=roadmap,
        lines=_lines(items_of(roadmap), actions),
        coming=_lines(proposed, actions),
        unaccounted=tuple(unaccounted(previous, proposed)) if proposed else (),
        balance_sheet=sheet,
        grades=tuple(_grades(row, actions) for row in rows),
        drafts=tuple(one for one in actions.values() if one.state == "drafting" and cycle.state == "open"),
        meetings=tuple(Meeting.objects.convened().filter(cycle=cycle).order_by("starts_at")),
        budgets=() if cycle.state == "planned" else tuple(cycle.budgets.order_by("pk")),
        changes=_changes([*items_of(roadmap), *proposed]),
        expected=_expected(cycle, drafts=any(one.state == "drafting" for one in actions.values()), rows=rows),
    )


def _may_open(cycle: Cycle, now: datetime) -> Permit:
    step = can_follow(machine=CYCLE, state=cycle.state, arrow="open")
    return permit_to_open(cycle, now) if step else step


def _lines(items: list[Item], actions: dict[str, Action]) -> tuple[RoadmapLine, ...]:
    return tuple(RoadmapLine(actions.get(item.action), item) for item in items)


def _changes(items: list[Item]) -> tuple[tuple[str, int], ...]:
    """In the order of Fate; what never happens is left out."""
    told = Counter(item.fate for item in items)
    return tuple((str(fate), told[fate]) for fate in Fate if told[fate])


def _grades(row: dict[str, object], actions: dict[str, Action]) -> GradeLine:
    grades, evidence = row["grades"], row.get("evidence")
    grades = grades if isinstance(grades, dict) else {}
    evidence = evidence if isinstance(evidence, dict) else {}
    return GradeLine(
        actions.get(str(row["action"])),
        str(row["action"]),
        tuple(sorted((str(college), str(grade)) for college, grade in grades.items())),
        tuple(sorted((str(college), tuple(map(str, said))) for college, said in evidence.items())),
    )


def _expected(cycle: Cycle, *, drafts: bool, rows: list[dict[str, object]]) -> tuple[str, ...]:
    """Who must do what now, in sentences."""
    if cycle.state == "planned":
        return ("Le secrétariat ouvre le semestre.",)
    if cycle.state == "open":
        first = "Les sièges proposent des actions et amendent les brouillons."
        second = "Le secrétariat met au vote les textes prêts, puis la feuille de route."
        return (first, second) if drafts else (first, "Le secrétariat met au vote la feuille de route.")
    if cycle.state == "roadmap_published":
        return ("Les copilotes conduisent leurs actions.", "Le secrétariat ouvre l’évaluation en fin de semestre.")
    if cycle.state == "review":
        silent = sum(NOT_ASSESSED in dict(_as_dict(row["grades"])).values() for row in rows)
        colleges = len({college for row in rows for college in _as_dict(row["grades"])})
        return (
            Sentence(
                "Chacun des {colleges} collèges évalue chaque action ({silent} attendent encore un avis).",
                colleges=str(colleges),
                silent=str(silent),
            ),
            "Le secrétariat met le bilan au vote.",
        )
    return ()


def _as_dict(value: object) -> dict[str, str]:
    return value if isinstance(value, dict) else {}
