"""Lines of a half-year: opened, its roadmap, its review, its balance sheet."""

from collections.abc import Mapping
from dataclasses import fields

from dcant.governance.rules.continuity import STAYING, Item, faults
from dcant.governance.rules.grades import SCALE, college_grade
from dcant.governance.rules.machines import CYCLE, follow
from dcant.governance.rules.permits import can_follow, can_open_cycle, charter_faults
from dcant.governance.rules.replay.endings import check_fates
from dcant.governance.rules.replay.founding import seats_by_college
from dcant.governance.rules.replay.lines import Broken, Line, mapping, number, rows, text
from dcant.governance.rules.replay.state import CycleState, ProgrammeState, State
from dcant.identifiers import HalfYear, IdentifierError
from dcant.record.canonical import digest

_ITEM = {one.name for one in fields(Item)}


def cycle_planned(state: State, line: Line) -> None:
    _plan(state, line)


def _plan(state: State, line: Line) -> CycleState:
    programme, said = state.programme(text(line.body, "programme")), text(line.body, "cycle")
    try:
        half_year = str(HalfYear.parse(said))
    except IdentifierError as error:
        raise Broken("shape", error.message) from error
    if half_year in programme.cycles:
        raise Broken("twice", f"Le semestre {half_year} existe déjà.")
    programme.cycles[half_year] = CycleState(programme.slug, half_year)
    return programme.cycles[half_year]


def cycle_opened(state: State, line: Line) -> None:
    """One at a time, under a charter that can serve. An older log opens it without having planned it."""
    programme = state.programme(text(line.body, "programme"))
    cycle = programme.cycles.get(text(line.body, "cycle"))
    if cycle is None:
        state.older += 1
        cycle = _plan(state, line)
    other = programme.under_way
    charter = programme.charters and programme.charter
    may = can_open_cycle(
        charter_published=bool(charter),
        faults=charter_faults(charter.body, seats_by_college(state, programme.slug, line)) if charter else (),
        under_way=other.half_year if other else "",
    )
    state.permit(line, "cycle", may)
    _move(state, line, cycle, "open")


def _move(state: State, line: Line, cycle: CycleState, arrow: str) -> None:
    may = can_follow(machine=CYCLE, state=cycle.state, arrow=arrow)
    state.permit(line, "arrow", may)
    if may:
        cycle.state = follow(CYCLE, cycle.state, arrow)


def review_begun(state: State, line: Line) -> None:
    said = text(line.body, "cycle")
    if "programme" in line.body:
        cycle = state.cycle(state.programme(text(line.body, "programme")), said)
    else:
        cycle = _without_programme(state, said)
    _move(state, line, cycle, "begin_review")


def _without_programme(state: State, half_year: str) -> CycleState:
    """An older line names the half-year alone: it is the one that may begin its review."""
    state.older += 1
    named = (programme.cycles.get(half_year) for programme in state.programmes.values())
    for cycle in named:
        if cycle is not None and "begin_review" in CYCLE[cycle.state]:
            return cycle
    raise Broken("unknown", f"Aucun semestre « {half_year} » n’attend son évaluation.")


def assessment_published(state: State, line: Line) -> None:
    """A seat grades an action of the roadmap in force, during the review, never while the balance sheet is put to the vote."""
    seat, action, grade = (
        state.speaks(line, text(line.body, "seat")),
        text(line.body, "action"),
        text(line.body, "grade"),
    )
    cycle = state.cycle(state.programme(seat.programme), text(line.body, "cycle"))
    state.check(line, "arrow", "L’évaluation n’est pas ouverte.", holds=cycle.state == "review")
    college = text(line.body, "college") == seat.college
    state.check(line, "seat", "Cette note est dite d’un autre collège que celui du siège.", holds=college)
    due = "Cette action n’est pas de la feuille de route en vigueur."
    state.check(line, "grade", due, holds=action in cycle.due)
    voted = any(
        one.state == "open"
        and one.purpose == "balance_sheet"
        and (one.programme.slug, one.target and one.target[0]) == (cycle.programme, cycle.half_year)
        for one in state.decisions.values()
    )
    state.check(line, "under-vote", "Le bilan est soumis au vote : les notes ne changent plus.", holds=not voted)
    if grade not in SCALE:
        raise Broken("grade", f"« {grade} » n’est pas une note de l’échelle.")
    cycle.grades[action, seat.key] = grade


def grades_now(state: State, programme: ProgrammeState, cycle: CycleState) -> list[tuple[str, dict[str, str]]]:
    """For each due action the grade of each deliberative college, silence included (invariant I9)."""
    said: dict[tuple[str, str], list[str]] = {}
    for (action, seat), grade in cycle.grades.items():
        said.setdefault((action, state.seat(seat).college), []).append(grade)
    colleges = programme.charter.deliberative
    return [
        (action, {college: college_grade(said.get((action, college), ())) for college in colleges})
        for action in cycle.due
    ]


def roadmap_published(state: State, line: Line) -> None:
    """Adopted by its hash; accounts for every action of the previous one; names versions adopted (invariants I6, I8)."""
    decision = state.adopted(line, "roadmap", text(line.body, "hash"))
    cycle, body = state.cycle(decision.programme, text(line.body, "cycle")), rows(line.body, "body")
    _check_document(state, line, decision.target and decision.target[0], body)
    items = [_item(row) for row in body]
    for fault in faults(decision.programme.before(cycle.half_year), items):
        state.check(line, "continuity", f"La feuille de route ne suit pas la précédente : {fault}.", holds=False)
    for item in items:
        action = state.actions.get(item.action)
        current = action is not None and action.programme == cycle.programme and action.in_force == item.version
        said = f"La version de « {item.action} » n’est pas la dernière adoptée."
        state.check(line, "version", said, holds=current or item.fate not in STAYING)
    check_fates(state, line, cycle.programme, items)
    _move(state, line, cycle, "publish_roadmap")
    cycle.roadmap, cycle.number = items, number(line.body, "number")


def _check_document(state: State, line: Line, voted: str | None, body: list[Mapping[str, object]]) -> None:
    state.check(line, "decision", "La décision portait sur un autre semestre.", holds=voted == text(line.body, "cycle"))
    same = digest({"body": body}) == text(line.body, "hash")
    state.check(line, "hash", "Ce document n’est pas celui dont l’empreinte a été votée.", holds=same)


def _item(row: Mapping[str, object]) -> Item:
    if not row.keys() <= _ITEM:
        raise Broken("shape", "Une ligne de feuille de route dit une action, sa version et ce qu’elle devient.")
    return Item(text(row, "action"), text(row, "version"), text(row, "fate"), text(row, "into", ""))


def sheet_published(state: State, line: Line) -> None:
    """Adopted by its hash; one line for each due action, the grades of both sides as they were when it was put to the vote."""
    decision = state.adopted(line, "balance_sheet", text(line.body, "hash"))
    cycle, body = state.cycle(decision.programme, text(line.body, "cycle")), rows(line.body, "body")
    if all("evidence" in row for row in body):
        _check_document(state, line, decision.target and decision.target[0], body)
    else:
        state.older += 1
    told = {text(row, "action"): dict(mapping(row, "grades")) for row in body}
    expected = dict(decision.grades)
    complete = list(told) == list(expected) and len(told) == len(body)
    lacking = ", ".join(sorted(expected.keys() ^ told.keys())) or "ordre ou doublons"
    state.check(line, "completeness", f"Le bilan ne parle pas de chaque action due : {lacking}.", holds=complete)
    wrong = sorted(action for action in told.keys() & expected.keys() if told[action] != expected[action])
    said = f"Le bilan ne dit pas les notes données : {', '.join(wrong)}."
    state.check(line, "grades", said, holds=not wrong)
    _move(state, line, cycle, "publish_balance_sheet")
    cycle.sheet = body


HANDLERS = {
    "cycle.planned": cycle_planned,
    "cycle.opened": cycle_opened,
    "cycle.review_begun": review_begun,
    "assessment.published": assessment_published,
    "roadmap.published": roadmap_published,
    "balance_sheet.published": sheet_published,
}
