"""What pages ask of the programme: actions with the use of what they build on."""

from collections.abc import Collection
from dataclasses import dataclass

from dcant.adoption.questions import Use, uses_near
from dcant.catalogue.models import Resource
from dcant.governance.models import Action, Axis, Cycle, Programme
from dcant.governance.services.cycles import UNDER_WAY


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
    """Axes in order, each with its actions, or with those of these codes. Five queries."""
    wanted = Action.objects.filter(axis__programme=programme)
    if codes is not None:
        wanted = wanted.filter(code__in=codes)
    actions = list(wanted.select_related("axis").prefetch_related("links__resource"))
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
