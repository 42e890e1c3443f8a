"""What pages ask of the programme: actions with the use of what they build on."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Prefetch

from dcant.adoption.questions import Use, uses_near
from dcant.catalogue.models import Resource
from dcant.governance.models import Action, ActionResource, Axis, BalanceSheet, Cycle, Decision, Meeting, Programme
from dcant.governance.services.cycles import UNDER_WAY
from dcant.record.models import Entry
from dcant.record.services import digest

LINKED = Prefetch("links", ActionResource.objects.select_related("resource"))  # of actions, in one query


@dataclass(frozen=True, slots=True)
class Linked:
    """A resource that an action builds on, and its use in the country; None when nobody declared any."""

    resource: Resource
    use: Use | None


@dataclass(frozen=True, slots=True)
class ActionView:
    """An action with its resources. `uses` adds the declarations of use, resource by resource: it counts declarations, not communes."""

    action: Action
    linked: tuple[Linked, ...]

    @property
    def uses(self) -> int:
        return sum(one.use.country for one in self.linked if one.use)


def actions_of(programme: Programme, codes: Collection[str] | None = None) -> list[tuple[Axis, list[ActionView]]]:
    """Axes in order, each with its actions, or with those of these codes. Four queries."""
    wanted = Action.objects.filter(axis__programme=programme)
    if codes is not None:
        wanted = wanted.filter(code__in=codes)
    actions = list(wanted.select_related("axis").prefetch_related(LINKED))
    bare = [_view(action) for action in actions]
    uses = uses_near(None, {one.resource.pk for view in bare for one in view.linked})
    views = [_with_uses(view, uses) for view in bare]
    return [(axis, [view for view in views if view.action.axis_id == axis.pk]) for axis in programme.axes.all()]


def action_view(action: Action) -> ActionView:
    view = _view(action)
    return _with_uses(view, uses_near(None, {one.resource.pk for one in view.linked}))


def _view(action: Action) -> ActionView:
    return ActionView(action, tuple(Linked(link.resource, None) for link in action.links.all()))


def _with_uses(view: ActionView, uses: dict[int, Use]) -> ActionView:
    return ActionView(view.action, tuple(Linked(one.resource, uses.get(one.resource.pk)) for one in view.linked))


def current_programme() -> Programme | None:
    """The programme shown on the home page: the one loaded, or none on a blank site."""
    return Programme.objects.prefetch_related("axes").order_by("played", "-period", "pk").first()


def cycles_named(half_year: str) -> list[Cycle]:
    """The half-years of that name, one for each programme that has it: the one under way first, then the newest. One query."""
    found = Cycle.objects.filter(half_year=half_year).select_related("programme").order_by("-programme_id")
    return sorted(found, key=lambda cycle: cycle.state not in UNDER_WAY)


def closing_entry(decision: Decision) -> Entry | None:
    """The line of the log that tells its outcome; None while it is open. One query."""
    if decision.outcome is None:
        return None
    said = {"decision": decision.code, "text": decision.text_hash, "outcome": decision.outcome}
    named = digest({**said, "demo": True} if decision.demo else said)
    return Entry.objects.filter(type="decision.closed", subject=named).order_by("pk").last()


@dataclass(frozen=True, slots=True)
class Digest:
    """A programme decided here, for who has never come: what is under way, what was done as each side says, what comes next."""

    programme: Programme
    current: Cycle | None
    assessed: Cycle | None
    done: tuple[tuple[str, int, int], ...]  # college, actions that it holds for done, actions it was to assess
    meeting: Meeting | None


def digests(now: datetime) -> list[Digest]:
    """Every programme decided here, the first opened first, with the number of its decisions (`decided`). Four queries."""
    cycles = Prefetch("cycles", Cycle.objects.select_related("programme"))
    counted = Programme.objects.filter(played=True).annotate(decided=Count("decisions"))
    played = counted.prefetch_related(cycles).order_by("pk")
    sheets = (
        BalanceSheet.objects.filter(state="published").select_related("cycle__programme").order_by("cycle__half_year")
    )
    last = {sheet.cycle.programme_id: sheet for sheet in sheets}
    coming = Meeting.objects.convened().filter(state="convened", starts_at__gte=now).order_by("-starts_at")
    following = {meeting.programme_id: meeting for meeting in coming}
    return [
        Digest(
            programme=one,
            current=next((cycle for cycle in one.cycles.all() if cycle.state in UNDER_WAY), None),
            assessed=last[one.pk].cycle if one.pk in last else None,
            done=_done(last[one.pk].body) if one.pk in last else (),
            meeting=following.get(one.pk),
        )
        for one in played
    ]


def _done(rows: Iterable[Mapping[str, Mapping[str, str]]]) -> tuple[tuple[str, int, int], ...]:
    """Each college by itself: two of them are never added."""
    told = [(college, grade) for row in rows for college, grade in row["grades"].items()]
    return tuple(
        (college, sum(one == (college, "realisee") for one in told), sum(one[0] == college for one in told))
        for college in sorted({college for college, _grade in told})
    )
