"""What the opening of a decision freezes: its charter, the text or document by its hash, the electorate."""

from datetime import datetime

from dcant.governance.models import Action, ActionVersion, BalanceSheet, Charter, Decision, Ending, Seat
from dcant.governance.rules import counting as rule
from dcant.governance.rules.machines import ACTION, CYCLE, DOCUMENT, follow
from dcant.governance.rules.permits import can_adopt_version, can_follow, ruled_as, together
from dcant.governance.rules.publishing import document_hash
from dcant.governance.services.cycles import deliberative_colleges, grades_of
from dcant.governance.services.endings import require_alone_on_action, require_still_possible
from dcant.governance.services.founding import charter_in_force, faults_of
from dcant.governance.services.speaking import require
from dcant.identifiers import Permit
from dcant.record.services import digest

FIELDS = {
    "action": "version",
    "roadmap": "roadmap",
    "balance_sheet": "balance_sheet",
    "charter": "new_charter",
    "ending": "ending",
}


def target_of(decision: Decision) -> dict[str, object]:
    """What it is about, as the log names it."""
    target = decision.target
    if isinstance(target, Ending):
        return {"action": target.action.code, "ending": target.hash}
    if isinstance(target, ActionVersion):
        return {"action": target.action.code, "number": target.number}
    if isinstance(target, Charter):
        return {"number": target.number}
    return {"cycle": target.cycle.half_year, "number": target.number}


def follow_charter(decision: Decision, at: datetime) -> None:
    """The charter in force at the opening, with every deliberative college seated, else no decision (invariant I1)."""
    charter = charter_in_force(decision.programme)
    if charter is not None and charter.pk != decision.charter_id and decision.state == "draft":
        decision.charter = charter
        if decision.rule != rule.CONSENT:
            decision.rule = charter.body["rules"][ruled_as(decision.purpose)]
    faults = faults_of(decision.charter, at)
    if faults:
        require(Permit.no(together(faults)))


def require_undecided(decision: Decision) -> None:
    """The half-year still waits for this document, the action for this text or this end, and no other decision is open on it."""
    require_alone_on_action(decision)
    if decision.ending is not None:
        require_still_possible(decision.ending)
    document = decision.roadmap or decision.balance_sheet
    if document is None:
        return
    arrow = "publish_roadmap" if decision.roadmap else "publish_balance_sheet"
    require(can_follow(machine=CYCLE, state=document.cycle.state, arrow=arrow))
    same = {f"{FIELDS[decision.purpose]}__cycle": document.cycle}
    if Decision.objects.filter(state="open", **same).exclude(pk=decision.pk).exists():
        require(Permit.no("Une autre décision est ouverte sur le même document : closez-la d’abord."))


def still(decision: Decision) -> ActionVersion | None:
    """The version put to the vote, which no amendment changes until the act is done."""
    version = decision.version
    return None if version is None else ActionVersion.objects.select_for_update().get(pk=version.pk)


def freeze(decision: Decision, at: datetime) -> None:
    require_undecided(decision)
    version = still(decision)
    if version is not None:
        arrow = "adopt" if version.number == 1 else "enrich"
        require(can_follow(machine=ACTION, state=Action.objects.get(pk=version.action_id).state, arrow=arrow))
        colleges = set(version.copilots.values_list("college_id", flat=True))
        require(can_adopt_version(copilots=colleges, deliberative=deliberative_colleges(decision.programme)))
        if version.amendments.filter(state="submitted").exists():
            require(Permit.no("Des amendements attendent une réponse : intégrez-les ou rejetez-les d’abord."))
        decision.text, decision.text_hash = version.text, version.hash
        return
    if decision.ending is not None:
        decision.text, decision.text_hash = decision.ending.reason, decision.ending.hash
        return
    document = decision.roadmap or decision.balance_sheet
    if document is not None:
        require(can_follow(machine=DOCUMENT, state=document.state, arrow="freeze"))
        if isinstance(document, BalanceSheet):
            document.body = grades_of(document.cycle)  # what was assessed since the draft counts too
        document.hash, document.state = document_hash(document.body), follow(DOCUMENT, document.state, "freeze")
        document.save()
        decision.text_hash = document.hash
    elif decision.new_charter is not None:
        faults = faults_of(decision.new_charter, at)
        if faults:
            require(Permit.no(together(faults)))
        charter = decision.new_charter
        require(can_follow(machine=DOCUMENT, state=charter.state, arrow="freeze"))
        charter.hash, charter.state = digest(charter.body), follow(DOCUMENT, charter.state, "freeze")
        charter.save()
        decision.text_hash = charter.hash


def electorate_of(decision: Decision, at: datetime) -> list[dict[str, str]]:
    voices = decision.charter.body["voices"]
    seats = Seat.objects.open_on(at.date()).filter(programme=decision.programme).order_by("college", "key")
    return [
        {"seat": seat.key, "college": seat.college_id, "voice": voices[seat.college_id]}
        for seat in seats
        if seat.college_id in voices
    ]
