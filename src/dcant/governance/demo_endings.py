"""How actions of the demonstration end: one completed, one merged into another, one whose end waits for a decision."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from dcant.governance.models import Action, Seat
from dcant.governance.services.calling import call_on_ending
from dcant.governance.services.decisions import cast_ballot, close_decision, open_decision
from dcant.governance.services.endings import propose_ending
from dcant.governance.services.speaking import Speaker

DONE = "Chaque commune peut s’en servir, et les deux côtés l’ont constaté au bilan (démonstration)."
JOINED = "Les deux disaient la même chose : une seule suffit (démonstration)."
DROPPED = "Plus personne ne la demande (démonstration)."


def end_actions(
    *,
    actions: Sequence[Action],
    secretariat: Speaker,
    seats: Mapping[str, Seat],
    speakers: Mapping[str, Speaker],
    at: datetime,
) -> None:
    """actions: the one that is done, the one that joins, the one that it joins, the one that nobody asks for any more."""
    done, joined, other, idle = (Action.objects.select_related("axis__programme").get(pk=one.pk) for one in actions)
    plans = ((done, "completed", None, DONE, "etat"), (joined, "merged", other, JOINED, "association"))
    for action, fate, into, reason, author in plans:
        ending = propose_ending(
            action=action, fate=fate, into=into, reason=reason, seat=seats[author], speaker=speakers[author], at=at
        )
        decision = call_on_ending(ending=ending, speaker=secretariat)
        decision = open_decision(decision=decision, deadline=at + timedelta(days=8), speaker=secretariat, at=at)
        for persona, seat in seats.items():
            cast_ballot(decision=decision, seat=seat, value="for", speaker=speakers[persona], at=at)
        close_decision(decision=decision, speaker=secretariat, at=at)
    propose_ending(
        action=idle,
        fate="dropped",
        into=None,
        reason=DROPPED,
        seat=seats["departements"],
        speaker=speakers["departements"],
        at=at,
    )
