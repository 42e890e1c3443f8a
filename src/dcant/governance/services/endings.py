"""An adopted action comes to its end: a seat proposes it, a decision makes it so."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from dcant.governance.models import Action, Decision, Ending, Programme, Seat
from dcant.governance.rules.endings import can_end, ending_hash
from dcant.governance.rules.texts import clean
from dcant.governance.services.speaking import Speaker, log, require, require_seat
from dcant.identifiers import Permit


@transaction.atomic
def propose_ending(
    *, action: Action, fate: str, into: Action | None, reason: str, seat: Seat, speaker: Speaker, at: datetime
) -> Ending:
    """A seat proposes that an action is completed, dropped, or merged into another of its programme. Only a decision ends it."""
    require_seat(speaker, seat, at.date())
    same_programme = {one.axis.programme_id for one in (action, into) if one} == {seat.programme_id}
    if not same_programme:
        require(Permit.no("Cette action est d’un autre programme."))
    require(
        can_end(
            state=action.state,
            fate=fate,
            into=into.code if into else "",
            into_state=into.state if into else "",
            itself=into == action,
        )
    )
    if not clean(reason):
        require(Permit.no("Terminer une action demande de dire pourquoi."))
    ending = Ending(
        action=action, version=in_force(action), fate=fate, into=into, reason=clean(reason), seat=seat, at=at
    )
    ending.hash = ending_hash(ending.body)
    ending.save()
    log("action.ending_proposed", speaker, ending.body | {"seat": seat.key, "text": ending.hash}, at, demo=action.demo)
    return ending


def in_force(action: Action) -> str:
    """The hash of its last adopted text."""
    return str(action.versions.filter(state="adopted").order_by("-number").values_list("hash", flat=True)[0])


def require_still_possible(ending: Ending) -> None:
    """What was true when it was proposed still is: the action, its text, and the one it would join."""
    action = Action.objects.get(pk=ending.action_id)
    into = Action.objects.get(pk=ending.into_id) if ending.into_id else None
    require(
        can_end(
            state=action.state,
            fate=ending.fate,
            into=into.code if into else "",
            into_state=into.state if into else "",
            itself=False,
        )
    )
    if in_force(action) != ending.version:
        require(
            Permit.no("Le texte de cette action a changé depuis cette proposition : proposez de nouveau son terme.")
        )


def require_alone_on_action(decision: Decision) -> None:
    """One vote at a time on what becomes of an action, and on the one that another would join."""
    open_now = Decision.objects.filter(state="open").exclude(pk=decision.pk)
    if decision.ending is not None:
        mine = [one for one in (decision.ending.action_id, decision.ending.into_id) if one]
        others = Q(version__action_id=decision.ending.action_id) | Q(ending__action_id__in=mine)
        others |= Q(ending__into_id=decision.ending.action_id)
    elif decision.version is not None:
        others = Q(ending__action_id=decision.version.action_id) | Q(version__action_id=decision.version.action_id)
    else:
        return
    if open_now.filter(others).exists():
        require(Permit.no("Une autre décision est ouverte sur cette action : closez-la d’abord."))


def endings_of(programme: Programme) -> Mapping[str, tuple[str, str]]:
    """Ended action → its fate and the action it was merged into, as decided. One query."""
    decided = Ending.objects.filter(decisions__state="adopted", action__axis__programme=programme)
    return {
        one.action.code: (one.fate, one.into.code if one.into else "")
        for one in decided.select_related("action", "into")
    }
