"""A half-year: planned, opened, its roadmap, its review, its balance sheet."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from dcant.governance.models import Action, ActionVersion, Assessment, BalanceSheet, Cycle, Programme, Roadmap, Seat
from dcant.governance.rules.continuity import STAYING, Fate, Item, faults
from dcant.governance.rules.counting import DELIBERATIVE
from dcant.governance.rules.endings import settled
from dcant.governance.rules.grades import SCALE, college_grade
from dcant.governance.rules.machines import CYCLE, follow
from dcant.governance.rules.permits import can_follow, can_open_cycle
from dcant.governance.services.endings import endings_of
from dcant.governance.services.founding import charter_in_force, faults_of
from dcant.governance.services.speaking import Speaker, alone, log, require, require_seat, require_secretariat
from dcant.identifiers import HalfYear, Permit, Sentence

UNDER_WAY = ("open", "roadmap_published", "review")


@transaction.atomic
def plan_cycle(*, programme: Programme, half_year: HalfYear, speaker: Speaker, at: datetime) -> Cycle:
    require_secretariat(speaker)
    alone(programme)
    if programme.cycles.filter(half_year=str(half_year)).exists():
        require(Permit.no(Sentence("Le semestre {half_year} existe déjà.", half_year=str(half_year))))
    cycle = Cycle.objects.create(programme=programme, half_year=str(half_year), demo=programme.demo)
    log("cycle.planned", speaker, {"programme": programme.slug, "cycle": cycle.half_year}, at, demo=cycle.demo)
    return cycle


def permit_to_open(cycle: Cycle, at: datetime) -> Permit:
    """May this half-year open now? The page shows the because."""
    charter = charter_in_force(cycle.programme)
    other = cycle.programme.cycles.filter(state__in=UNDER_WAY).exclude(pk=cycle.pk).first()
    return can_open_cycle(
        charter_published=charter is not None,
        faults=faults_of(charter, at) if charter else (),
        under_way=str(other) if other else "",
    )


@transaction.atomic
def open_cycle(*, cycle: Cycle, speaker: Speaker, at: datetime) -> Cycle:
    require_secretariat(speaker)
    alone(cycle.programme, cycle)
    require(can_follow(machine=CYCLE, state=cycle.state, arrow="open"))
    require(permit_to_open(cycle, at))
    cycle.state, cycle.opened_at = follow(CYCLE, cycle.state, "open"), at
    cycle.save()
    log("cycle.opened", speaker, {"programme": cycle.programme.slug, "cycle": cycle.half_year}, at, demo=cycle.demo)
    return cycle


def previous_roadmap(cycle: Cycle) -> Roadmap | None:
    """The roadmap in force before this half-year."""
    return (
        Roadmap.objects.filter(
            cycle__programme=cycle.programme, cycle__half_year__lt=cycle.half_year, state="published"
        )
        .order_by("-cycle__half_year", "-number")
        .first()
    )


def items_of(roadmap: Roadmap | None) -> list[Item]:
    return [Item(**row) for row in roadmap.body] if roadmap else []


def proposed_items(cycle: Cycle, previous: Sequence[Item] | None = None) -> list[Item]:
    """The roadmap as adopted actions make it: what was there and stays, what changed, what is new, what ended. Three queries."""
    known = items_of(previous_roadmap(cycle)) if previous is None else previous
    before = {item.action: item for item in known if item.fate in STAYING}
    ended = endings_of(cycle.programme)
    items = []
    adopted = ActionVersion.objects.filter(action__axis__programme=cycle.programme, state="adopted")
    in_force = {one.action_id: one for one in adopted.order_by("number").select_related("action__axis")}
    for version in sorted(in_force.values(), key=lambda one: (one.action.axis.number, one.action.code)):
        action, old, into = version.action, before.get(version.action.code), ""
        if action.code in ended:
            if old is None:
                continue
            fate, into = settled(ended, action.code)
        elif old is None:
            fate = Fate.ADDED
        else:
            fate = Fate.KEPT if old.version == version.hash else Fate.ENRICHED
        items.append(Item(action.code, version.hash, str(fate), into))
    return items


@transaction.atomic
def draft_roadmap(*, cycle: Cycle, items: Sequence[Item], speaker: Speaker) -> Roadmap:
    """A roadmap ready to be put to the vote; refused while an action of the previous one is not accounted for (I8)."""
    require_secretariat(speaker)
    alone(cycle.programme, cycle)
    require(can_follow(machine=CYCLE, state=cycle.state, arrow="publish_roadmap"))
    if not items:
        require(Permit.no("Aucune action n’est encore adoptée : la feuille de route serait vide."))
    found = faults(items_of(previous_roadmap(cycle)), items)
    if found:
        require(Permit.no(Sentence("Il reste à rendre compte de : {found}.", found=", ".join(found))))
    body = [{"action": item.action, "version": item.version, "fate": item.fate, "into": item.into} for item in items]
    number = cycle.roadmaps.count() + 1
    return Roadmap.objects.create(cycle=cycle, number=number, body=body)


@transaction.atomic
def begin_review(*, cycle: Cycle, speaker: Speaker, at: datetime) -> Cycle:
    require_secretariat(speaker)
    alone(cycle.programme, cycle)
    require(can_follow(machine=CYCLE, state=cycle.state, arrow="begin_review"))
    cycle.state = follow(CYCLE, cycle.state, "begin_review")
    cycle.save()
    body = {"programme": cycle.programme.slug, "cycle": cycle.half_year}
    log("cycle.review_begun", speaker, body, at, demo=cycle.demo)
    return cycle


@transaction.atomic
def assess(
    *, cycle: Cycle, action: Action, seat: Seat, grade: str, evidence: str, speaker: Speaker, at: datetime
) -> Assessment:
    """A seat grades an action of the roadmap in force, with its evidence; said again, the last word counts."""
    require_seat(speaker, seat, at.date())
    alone(cycle.programme, cycle)
    if cycle.state != "review":
        require(Permit.no("L’évaluation n’est pas ouverte."))
    if cycle.decisions.filter(purpose="balance_sheet", state="open").exists():
        require(Permit.no("Le bilan est soumis au vote : les notes ne changent pas pendant que l’on décide."))
    if grade not in SCALE:
        require(Permit.no("Cette note n’est pas de l’échelle."))
    if action.code not in {item.action for item in due_items(cycle)}:
        require(Permit.no("Cette action n’est pas dans la feuille de route de ce semestre."))
    said, _ = Assessment.objects.update_or_create(
        cycle=cycle,
        action=action,
        seat=seat,
        defaults={"college": seat.college, "grade": grade, "evidence": evidence[:400], "at": at},
    )
    body = {
        "cycle": cycle.half_year,
        "action": action.code,
        "college": seat.college_id,
        "seat": seat.key,
        "grade": grade,
    }
    log("assessment.published", speaker, body, at, demo=cycle.demo)
    return said


def published_roadmap(cycle: Cycle) -> Roadmap | None:
    return cycle.roadmaps.filter(state="published").order_by("-number").first()


def due_items(cycle: Cycle, roadmap: Roadmap | None = None) -> list[Item]:
    """The actions that a balance sheet must speak of; `roadmap`: the one published, when it is already read."""
    return [item for item in items_of(roadmap or published_roadmap(cycle)) if item.fate in STAYING]


def deliberative_colleges(programme: Programme) -> list[str]:
    charter = charter_in_force(programme)
    voices = charter.body.get("voices", {}) if charter else {}
    return sorted(college for college, voice in voices.items() if voice == DELIBERATIVE)


def grades_of(cycle: Cycle, roadmap: Roadmap | None = None) -> list[dict[str, object]]:
    """For each due action, the grade of each deliberative college; a missing one is said, never averaged (I9). One query."""
    colleges = deliberative_colleges(cycle.programme)
    grades: dict[tuple[str, str], list[str]] = {}
    shown: dict[tuple[str, str], list[str]] = {}
    said = cycle.assessments.order_by("at", "pk").values_list("action__code", "college_id", "grade", "evidence")
    for action, college, grade, evidence in said:
        grades.setdefault((action, college), []).append(grade)
        shown.setdefault((action, college), []).extend([evidence] if evidence else [])
    return [
        {
            "action": item.action,
            "grades": {college: college_grade(grades.get((item.action, college), ())) for college in colleges},
            "evidence": {college: shown.get((item.action, college), []) for college in colleges},
        }
        for item in due_items(cycle, roadmap)
    ]


@transaction.atomic
def draft_balance_sheet(*, cycle: Cycle, speaker: Speaker) -> BalanceSheet:
    """The balance sheet as the assessments make it, disagreements and silences included."""
    require_secretariat(speaker)
    alone(cycle.programme, cycle)
    require(can_follow(machine=CYCLE, state=cycle.state, arrow="publish_balance_sheet"))
    number = cycle.balance_sheets.count() + 1
    return BalanceSheet.objects.create(cycle=cycle, number=number, body=grades_of(cycle))
