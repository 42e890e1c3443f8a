"""What an adopted decision does, in the same transaction: nothing else may do it."""

from datetime import datetime

from dcant.governance.models import Action, Decision
from dcant.governance.rules.endings import ARROWS
from dcant.governance.rules.machines import ACTION, CYCLE, DOCUMENT, follow
from dcant.governance.rules.publishing import public_rows
from dcant.governance.services.founding import publish_charter
from dcant.governance.services.speaking import Speaker, log


def apply_adopted(*, decision: Decision, speaker: Speaker, at: datetime) -> None:
    """An action's version or its ending, a roadmap, a balance sheet or a charter, as adopted by its hash (invariant I6)."""
    if decision.version is not None:
        _adopt_version(decision, speaker, at)
    elif decision.ending is not None:
        _end_action(decision, speaker, at)
    elif decision.roadmap is not None or decision.balance_sheet is not None:
        _publish_document(decision, speaker, at)
    elif decision.new_charter is not None:
        publish_charter(charter=decision.new_charter, speaker=speaker, at=at, decision=decision.code)


def _adopt_version(decision: Decision, speaker: Speaker, at: datetime) -> None:
    version = decision.version
    if version is None or version.hash != decision.text_hash:
        raise ValueError("a decision adopts the text it was opened on")
    version.state, version.adopted_at = "adopted", at
    version.save()
    action = Action.objects.select_related("axis").get(pk=version.action_id)
    action.state = follow(ACTION, action.state, "adopt" if version.number == 1 else "enrich")
    action.statement = version.text.split("\n\n")[0]
    action.save()
    body = {"action": action.code, "number": version.number, "text": version.hash, "decision": decision.code}
    copilots = sorted(version.copilots.values_list("key", flat=True))
    log("action.version_adopted", speaker, body | {"copilots": copilots}, at, demo=decision.demo)


def _end_action(decision: Decision, speaker: Speaker, at: datetime) -> None:
    ending = decision.ending
    if ending is None or ending.hash != decision.text_hash:
        raise ValueError("a decision adopts the ending it was opened on")
    action = Action.objects.select_for_update().get(pk=ending.action_id)
    action.state = follow(ACTION, action.state, ARROWS[ending.fate])
    action.save()
    body = {"action": action.code, "fate": ending.fate, "into": ending.into.code if ending.into else ""}
    log("action.ended", speaker, body | {"text": ending.hash, "decision": decision.code}, at, demo=decision.demo)


def _publish_document(decision: Decision, speaker: Speaker, at: datetime) -> None:
    roadmap, sheet = decision.roadmap, decision.balance_sheet
    document = roadmap or sheet
    if document is None:
        return
    document.state, document.published_at = follow(DOCUMENT, document.state, "publish"), at
    document.save()
    cycle = document.cycle
    cycle.state = follow(CYCLE, cycle.state, "publish_roadmap" if roadmap else "publish_balance_sheet")
    cycle.closed_at = at if sheet else None
    cycle.save()
    kind = "roadmap.published" if roadmap else "balance_sheet.published"
    body = {
        "programme": cycle.programme.slug,
        "cycle": cycle.half_year,
        "number": document.number,
        "hash": document.hash,
        "body": public_rows(document.body),
    }
    log(kind, speaker, body | {"decision": decision.code}, at, demo=decision.demo)
