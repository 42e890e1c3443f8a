"""The life of an action: its texts, its decisions, how it ends, where it comes from and what became of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q

from dcant.governance.models import Action, ActionVersion, Decision, Ending, Roadmap, Seat


@dataclass(frozen=True, slots=True)
class Step:
    """One moment of an action. kind: a word of the interface's list « lineage »; title: of the other end, or its name."""

    at: datetime
    kind: str
    title: str
    other: Action | None = None


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal that it ends, with the decisions taken or under way on it."""

    ending: Ending
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class Life:
    """`versions`: the newest first. `decisions`: on its texts and on its end. `steps`: in order of time."""

    versions: tuple[ActionVersion, ...]
    decisions: tuple[Decision, ...]
    endings: tuple[Proposed, ...]
    steps: tuple[Step, ...]


def life_of(action: Action) -> Life:
    """Five queries, however long it lived."""
    written = list(
        ActionVersion.objects.filter(Q(action=action) | Q(action__split_from=action, number=1))
        .select_related("action")
        .prefetch_related(Prefetch("copilots", Seat.objects.select_related("organisation")))
        .order_by("-number")
    )
    versions = tuple(one for one in written if one.action_id == action.pk)
    endings = list(
        Ending.objects.filter(Q(action=action) | Q(into=action))
        .select_related("action", "into", "seat__organisation")
        .order_by("pk")
    )
    about = Q(version__in=versions) | Q(ending__in=endings)
    decided = list(Decision.objects.filter(about).order_by("pk"))
    proposed = tuple(Proposed(one, tuple(said for said in decided if said.ending_id == one.pk)) for one in endings)
    steps = [
        *_writing(action, versions),
        *_roadmaps(action),
        *_ends(action, proposed),
        *(Step(one.created_at, "split_into", one.action.title, one.action) for one in written if one not in versions),
    ]
    mine = tuple(one for one in proposed if one.ending.action_id == action.pk)
    kept = {said.pk for one in mine for said in one.decisions}
    return Life(
        versions,
        tuple(one for one in decided if one.ending_id is None or one.pk in kept),
        mine,
        tuple(sorted(steps, key=lambda step: step.at)),
    )


def _writing(action: Action, versions: Iterable[ActionVersion]) -> Iterator[Step]:
    for one in versions:
        if one.number == 1 and action.split_from is not None:
            yield Step(one.created_at, "split_from", action.split_from.title, action.split_from)
        if one.adopted_at is not None:
            yield Step(one.adopted_at, "adopted" if one.number == 1 else "enriched", f"v{one.number}")


def _roadmaps(action: Action) -> Iterator[Step]:
    """A half-year that keeps it carries it over; how it was enriched or ended is told by what decided it."""
    published = Roadmap.objects.filter(state="published", cycle__programme=action.axis.programme_id)
    for one in published.select_related("cycle"):
        fate = next((row["fate"] for row in one.body if row["action"] == action.code), "")
        if fate in {"added", "kept"} and one.published_at is not None:
            yield Step(one.published_at, fate, one.cycle.half_year)


def _ends(action: Action, proposed: Iterable[Proposed]) -> Iterator[Step]:
    for one in proposed:
        closed = next((said.closed_at for said in one.decisions if said.state == "adopted"), None)
        if closed is None:
            continue
        if one.ending.action_id == action.pk:
            into = one.ending.into
            yield Step(closed, one.ending.fate, into.title if into else "", into)
        else:
            yield Step(closed, "absorbed", one.ending.action.title, one.ending.action)
