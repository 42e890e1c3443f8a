"""A decision as a file that `dcant governance outcome` recomputes, with what surrounds it."""

from dcant.governance.models import Decision
from dcant.governance.rules.counting import DecisionRefused, Outcome
from dcant.governance.services.decisions import outcome_of


def present_outcome(decision: Decision) -> Outcome | None:
    """The count as it stands, when there is something to count. Two queries."""
    if decision.state in {"draft", "withdrawn"}:
        return None
    try:
        return outcome_of(decision)
    except DecisionRefused:
        return None


def decision_document(decision: Decision) -> dict[str, object]:
    """The part `file` is what the command reads. Four queries."""
    body = decision.charter.body
    found = present_outcome(decision)
    ballots = decision.ballots.effective().select_related("seat", "holder").order_by("seat__key", "by")
    return {
        "decision": decision.code,
        "state": decision.state,
        "title": decision.title,
        "text_hash": decision.text_hash or None,
        "demo": decision.demo,
        "file": {
            "charter": {"rule": decision.rule, "quorum": body["quorum"], "threshold": body["threshold"]},
            "electorate": decision.electorate,
            "ballots": [
                {"seat": one.seat.key, "value": one.value, "by": one.by}
                | ({"holder": one.holder.key} if one.holder else {})
                for one in ballots
            ],
            "objections": [
                {"seat": one.seat.key, "state": one.state} for one in decision.objections.select_related("seat")
            ],
        },
        "outcome": found.as_dict() if found else None,
    }
