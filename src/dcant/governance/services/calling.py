"""What the secretariat puts to the vote: one decision for a text, an end, a document or a charter, each under its title."""

from datetime import datetime

from django.db import transaction

from dcant.governance.models import ActionVersion, Charter, Cycle, Decision, Ending, Programme
from dcant.governance.services.charters import require_change
from dcant.governance.services.cycles import UNDER_WAY, draft_balance_sheet, draft_roadmap, proposed_items
from dcant.governance.services.decisions import draft_decision
from dcant.governance.services.speaking import Speaker

ENDINGS = {
    "completed": "Achever « {action} »",
    "dropped": "Abandonner « {action} »",
    "merged": "Réunir « {action} » à « {into} »",
}


def cycle_under_way(programme: Programme) -> Cycle | None:
    return Cycle.objects.filter(programme=programme, state__in=UNDER_WAY).first()


def call_on_draft(*, version: ActionVersion, speaker: Speaker, consent: bool = False) -> Decision:
    programme = version.action.axis.programme
    return draft_decision(
        programme=programme,
        cycle=cycle_under_way(programme),
        purpose=Decision.Purpose.ACTION,
        title=f"Adopter « {version.action.title} »",
        target=version,
        speaker=speaker,
        consent=consent,
    )


def call_on_ending(*, ending: Ending, speaker: Speaker, consent: bool = False) -> Decision:
    programme = ending.action.axis.programme
    return draft_decision(
        programme=programme,
        cycle=cycle_under_way(programme),
        purpose=Decision.Purpose.ENDING,
        title=ENDINGS[ending.fate].format(action=ending.action.title, into=ending.into.title if ending.into else ""),
        target=ending,
        speaker=speaker,
        consent=consent,
    )


@transaction.atomic
def call_on_roadmap(*, cycle: Cycle, speaker: Speaker) -> Decision:
    """The roadmap that adopted actions make."""
    return draft_decision(
        programme=cycle.programme,
        cycle=cycle,
        purpose=Decision.Purpose.ROADMAP,
        title=f"Feuille de route du semestre {cycle.half_year}",
        target=draft_roadmap(cycle=cycle, items=proposed_items(cycle), speaker=speaker),
        speaker=speaker,
    )


@transaction.atomic
def call_on_balance_sheet(*, cycle: Cycle, speaker: Speaker) -> Decision:
    return draft_decision(
        programme=cycle.programme,
        cycle=cycle,
        purpose=Decision.Purpose.BALANCE_SHEET,
        title=f"Bilan du semestre {cycle.half_year}",
        target=draft_balance_sheet(cycle=cycle, speaker=speaker),
        speaker=speaker,
    )


def call_on_charter(*, charter: Charter, speaker: Speaker, at: datetime) -> Decision:
    """A new charter, as its draft stands; its text is frozen when the vote opens."""
    require_change(charter, at)
    return draft_decision(
        programme=charter.programme,
        cycle=cycle_under_way(charter.programme),
        purpose=Decision.Purpose.CHARTER,
        title=f"Changer la charte : n° {charter.number}",
        target=charter,
        speaker=speaker,
    )
