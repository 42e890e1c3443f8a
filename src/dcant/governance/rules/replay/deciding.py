"""Lines of a decision: opened on a hash, said by the seats of a frozen electorate, closed by rule alone."""

from collections.abc import Callable

from dcant.governance.rules import counting as rule
from dcant.governance.rules.machines import ACTION, CYCLE, OBJECTION
from dcant.governance.rules.permits import (
    DECIDED,
    ENDING,
    can_close,
    can_follow,
    can_give_proxy,
    can_open_decision,
    can_reconvene,
    can_vote,
    charter_faults,
    together,
)
from dcant.governance.rules.replay.endings import check_alone, check_opened
from dcant.governance.rules.replay.founding import seats_by_college
from dcant.governance.rules.replay.half_years import grades_now
from dcant.governance.rules.replay.lines import Broken, Line, mapping, moment, number, rows, share, text
from dcant.governance.rules.replay.meetings import check_notice
from dcant.governance.rules.replay.state import CycleState, DecisionState, ProgrammeState, State
from dcant.governance.rules.replay.writing import check_copilots

ARROWS = {"roadmap": "publish_roadmap", "balance_sheet": "publish_balance_sheet"}


def decision_opened(state: State, line: Line) -> None:
    """Text, charter and electorate are frozen: each must be what the log had said till then (invariants I1, I2, I6)."""
    code, purpose = text(line.body, "decision"), text(line.body, "purpose")
    if code in state.decisions:
        raise Broken("twice", f"La décision {code} est déjà ouverte.")
    if purpose not in DECIDED:
        raise Broken("shape", f"« {purpose} » n’est pas un objet de décision.")
    electorate = {
        text(row, "seat"): (text(row, "college"), text(row, "voice")) for row in rows(line.body, "electorate")
    }
    programme = _programme(state, line, electorate)
    decision = DecisionState(
        code=code,
        index=line.index,
        programme=programme,
        purpose=purpose,
        rule=text(line.body, "rule"),
        text=text(line.body, "text"),
        charter=programme.charter,
        electorate=electorate,
        deadline=moment(text(line.body, "deadline")),
        target=_target(line) if "target" in line.body else None,
        whole="target" in line.body,
    )
    state.older += not decision.whole
    state.decisions[code] = decision
    state.in_order(line, programme)
    _check_charter(state, line, decision)
    _check_electorate(state, line, decision)
    check_notice(state, line, decision)
    _TARGETS[purpose](state, line, decision)


def _programme(state: State, line: Line, electorate: dict[str, tuple[str, str]]) -> ProgrammeState:
    if "programme" in line.body:
        return state.programme(text(line.body, "programme"))
    if not electorate:
        raise Broken("electorate", "Cette décision s’ouvre sans corps électoral.")
    return state.programme(state.seat(next(iter(electorate))).programme)


def _target(line: Line) -> tuple[str, int]:
    """(action, number), (half-year, number), (nothing, number) for a charter, or (action, 0) for its ending."""
    target = mapping(line.body, "target")
    if "ending" in target:
        return text(target, "action"), 0
    return text(target, "action", text(target, "cycle", "")), number(target, "number")


def _check_charter(state: State, line: Line, decision: DecisionState) -> None:
    charter, said = decision.charter, mapping(line.body, "charter")
    wrong = "La charte de cette décision n’est pas celle qui est en vigueur."
    state.check(line, "charter", wrong, holds=text(said, "hash") == charter.hash)
    shares = all(text(said, key) == text(charter.body, key) for key in ("quorum", "threshold"))
    state.check(line, "charter", "Le quorum ou le seuil n’est pas celui de la charte.", holds=shares)
    chosen = charter.allows(decision.purpose, decision.rule)
    state.check(line, "rule", f"La charte ne donne pas la règle « {decision.rule} » à cet objet.", holds=chosen)
    faults = charter_faults(charter.body, seats_by_college(state, decision.programme.slug, line))
    state.check(line, "charter", together(faults) if faults else "", holds=not faults)
    days = number(charter.body, "consent_days")
    ready = can_open_decision(
        state="draft", deadline=decision.deadline, now=line.at, rule=decision.rule, consent_days=days
    )
    state.permit(line, "deadline", ready)


def _check_electorate(state: State, line: Line, decision: DecisionState) -> None:
    voices = decision.charter.voices
    seats = state.open_seats(decision.programme.slug, line.day)
    expected = {seat.key: (seat.college, voices[seat.college]) for seat in seats if seat.college in voices}
    differing = sorted(
        key for key in expected.keys() | decision.electorate.keys() if expected.get(key) != decision.electorate.get(key)
    )
    said = f"Le corps électoral n’est pas celui des sièges ouverts ce jour-là : {', '.join(differing)}."
    state.check(line, "electorate", said, holds=not differing)
    once = len(rows(line.body, "electorate")) == len(decision.electorate)
    state.check(line, "electorate", "Un siège est deux fois dans le corps électoral.", holds=once)


def _on_action(state: State, line: Line, decision: DecisionState) -> None:
    if decision.target is None:
        return
    action = state.action(decision.target[0])
    mine = action.programme == decision.programme.slug
    state.check(line, "decision", "Cette action est d’un autre programme.", holds=mine)
    same = action.draft == decision.target[1] and action.text == decision.text
    state.check(line, "text", "Le texte soumis au vote n’est pas celui du brouillon.", holds=same)
    arrow = "adopt" if action.draft == 1 else "enrich"
    state.permit(line, "arrow", can_follow(machine=ACTION, state=action.state, arrow=arrow))
    _check_alone(state, line, decision)
    check_alone(state, line, decision)
    if action.whole:
        check_copilots(state, line, decision, action.copilots)
        settled = all(one.state != "submitted" or not one.base for one in action.amendments.values())
        state.check(line, "amendments", "Des amendements attendaient encore une réponse.", holds=settled)


def _on_document(state: State, line: Line, decision: DecisionState) -> None:
    cycle = _cycle(state, decision)
    decision.target = decision.target or (cycle.half_year, 0)
    ready = can_follow(machine=CYCLE, state=cycle.state, arrow=ARROWS[decision.purpose])
    state.permit(line, "arrow", ready)
    _check_alone(state, line, decision)
    if decision.purpose == "balance_sheet":
        decision.grades = grades_now(state, decision.programme, cycle)


def _cycle(state: State, decision: DecisionState) -> CycleState:
    if decision.target is not None:
        return state.cycle(decision.programme, decision.target[0])
    if decision.programme.under_way is None:
        raise Broken("arrow", "Aucun semestre n’est en cours.")
    return decision.programme.under_way


def _on_charter(state: State, line: Line, decision: DecisionState) -> None:
    qualified = decision.rule == rule.QUALIFIED
    state.check(line, "rule", "Changer la charte demande la majorité qualifiée.", holds=qualified)
    _check_alone(state, line, decision)


def _check_alone(state: State, line: Line, decision: DecisionState) -> None:
    """One vote at a time on an action, and on the document of a half-year whatever its number."""
    about = (decision.programme.slug, decision.purpose, decision.target and decision.target[0])
    others = (one for one in state.decisions.values() if one.state == "open" and one is not decision)
    alone = all((one.programme.slug, one.purpose, one.target and one.target[0]) != about for one in others)
    state.check(line, "alone", "Une autre décision est ouverte sur le même objet.", holds=alone)


_TARGETS: dict[str, Callable[[State, Line, DecisionState], None]] = {
    "action": _on_action,
    "roadmap": _on_document,
    "balance_sheet": _on_document,
    "charter": _on_charter,
    ENDING: check_opened,
}


def proxy_given(state: State, line: Line) -> None:
    """To a seat of the same college, which holds no other; never passed on (invariant I3). A former holder's ballot goes with it."""
    code, giver, holder = text(line.body, "decision"), text(line.body, "from"), text(line.body, "to")
    first, second = state.speaks(line, giver), state.seat(holder)
    decision, given = state.decisions.get(code), state.proxies.setdefault(code, {})
    same = (first.college, first.programme) == (second.college, second.programme)
    still = decision is None or decision.state == "open"
    state.permit(line, "proxy", can_give_proxy(same_college=same, itself=giver == holder, open_decision=still))
    held = any(to == holder for one, to in given.items() if one != giver)
    state.check(line, "proxy", f"Le siège {holder} porte déjà une procuration.", holds=not held)
    passed = giver in given.values()
    state.check(line, "proxy", f"Le siège {giver} porte une procuration : elle ne se transmet pas.", holds=not passed)
    given[giver] = holder
    if decision is None:
        return
    state.in_order(line, decision.programme)
    seated = {giver, holder} <= decision.electorate.keys()
    state.check(line, "electorate", "Ce siège n’est pas du corps électoral.", holds=seated)
    old = decision.said.get((giver, rule.PROXY))
    if old is not None and old.holder != holder:
        del decision.said[giver, rule.PROXY]


def ballot_cast(state: State, line: Line) -> None:
    """By the seat itself or by the holder of its proxy, before the deadline, on the text put to the vote (invariants I2, I12)."""
    decision, seat = state.decision(text(line.body, "decision")), text(line.body, "seat")
    by, holder, value = text(line.body, "by"), text(line.body, "holder", ""), text(line.body, "value")
    if by == rule.PROXY:
        given = state.proxies.get(decision.code, {}).get(seat) == holder
        lacking = f"Le siège {holder} n’a pas la procuration du siège {seat}."
        state.check(line, "proxy", lacking, holds=given or not decision.whole)
    elif by != rule.DIRECT or holder:
        raise Broken("shape", "Un bulletin est dit par le siège, ou par qui porte sa procuration.")
    state.speaks(line, holder or seat)
    same = text(line.body, "text") == decision.text
    state.check(line, "text", "Ce bulletin porte sur un autre texte que celui soumis au vote.", holds=same)
    may = can_vote(
        state=decision.state,
        now=line.at,
        deadline=decision.deadline,
        in_electorate={seat, holder or seat} <= decision.electorate.keys(),
        rule=decision.rule,
        value=value,
    )
    if not may:
        raise Broken("ballot", may.because)
    state.in_order(line, decision.programme)
    decision.said[seat, by] = rule.Ballot(seat, value, by, holder)


def objection_raised(state: State, line: Line) -> None:
    decision, seat = state.decision(text(line.body, "decision")), text(line.body, "seat")
    state.speaks(line, seat)
    may = can_vote(
        state=decision.state,
        now=line.at,
        deadline=decision.deadline,
        in_electorate=seat in decision.electorate,
        rule=decision.rule,
        value=rule.ACK,
    )
    if not may:
        raise Broken("objection", may.because)
    state.in_order(line, decision.programme)
    decision.objections[number(line.body, "objection")] = (seat, "raised")


def objection_closed(state: State, line: Line) -> None:
    """Withdrawn by its author alone; noted as standing or taken in by the secretariat; while the vote is open."""
    decision, one = state.decision(text(line.body, "decision")), number(line.body, "objection")
    state.in_order(line, decision.programme)
    seat, before = decision.objections.get(one, ("", ""))
    after = text(line.body, "state")
    if after not in OBJECTION.get(before, {}).values():
        raise Broken("objection", f"Une objection « {before} » ne devient pas « {after} ».")
    if after == "withdrawn":
        state.speaks(line, seat)
    late = "Le vote est clos : cette objection reste comme elle était."
    state.check(line, "objection", late, holds=decision.state == "open" and line.at <= decision.deadline)
    decision.objections[one] = (seat, after)


def decision_withdrawn(state: State, line: Line) -> None:
    """Only because an objection is taken in: its text will change."""
    decision = state.decision(text(line.body, "decision"))
    taken = decision.state == "open" and any(said == "integrated" for _, said in decision.objections.values())
    state.check(line, "arrow", "Une décision ouverte n’est retirée que pour intégrer une objection.", holds=taken)
    decision.state, decision.closed = "withdrawn", line.index


def decision_closed(state: State, line: Line) -> None:
    """The outcome said must be the one that the rule gives (invariants I1, I4, I10). What follows goes by the rule's."""
    decision = state.decision(text(line.body, "decision"))
    state.in_order(line, decision.programme)
    ended = can_close(state=decision.state, now=line.latest, deadline=decision.deadline, waiting=decision.waiting)
    state.permit(line, "close", ended)
    same = text(line.body, "text") == decision.text
    state.check(line, "text", "L’issue porte sur un autre texte que celui soumis au vote.", holds=same)
    try:
        found = _count(decision)
    except rule.DecisionRefused as error:
        raise Broken("outcome", f"Cette décision ne se compte pas : {error}.") from error
    decision.state, decision.outcome, decision.closed = found.outcome, found, line.index
    said = mapping(line.body, "outcome")
    wrong = f"Issue annoncée : {said.get('outcome')}. Issue recalculée : {found.outcome} ({', '.join(found.because)})."
    state.check(line, "outcome", wrong, holds=dict(said) == found.as_dict())


def _count(decision: DecisionState) -> rule.Outcome:
    body = decision.charter.body
    charter = rule.Charter(decision.rule, quorum=share(body, "quorum"), threshold=share(body, "threshold"))
    seats = [rule.Seat(key, college, voice) for key, (college, voice) in decision.electorate.items()]
    objections = [rule.Objection(seat, said) for seat, said in decision.objections.values()]
    return rule.outcome(charter, seats, decision.said.values(), objections)


def decision_reconvened(state: State, line: Line) -> None:
    """Once, where the charter allows; text, electorate and ballots are kept."""
    decision, deadline = state.decision(text(line.body, "decision")), moment(text(line.body, "deadline"))
    state.in_order(line, decision.programme)
    may = can_reconvene(
        state=decision.state,
        reconvened=decision.reconvened,
        allowed=bool(decision.charter.body.get("reconvene")),
        deadline=deadline,
        now=line.at,
    )
    state.permit(line, "reconvene", may)
    check_notice(state, line, decision)
    if decision.purpose == "action" and decision.target and decision.whole:
        same = state.action(decision.target[0]).text == decision.text
        state.check(line, "text", "Le texte a changé depuis cette décision.", holds=same)
    if decision.purpose == ENDING:
        check_opened(state, line, decision)
    elif decision.purpose == "action":
        check_alone(state, line, decision)
    _check_alone(state, line, decision)
    decision.state, decision.deadline, decision.reconvened, decision.outcome = "open", deadline, True, None


def reservation_recorded(state: State, line: Line) -> None:
    """Any territory, at any time, even before the opening; its text stays outside by its hash (invariant I13)."""
    named = text(line.body, "text_hash").startswith("sha256:") and text(line.body, "decision") != ""
    state.check(line, "shape", "Une réserve nomme sa décision, et son texte par son empreinte.", holds=named)


HANDLERS = {
    "decision.opened": decision_opened,
    "decision.closed": decision_closed,
    "decision.withdrawn": decision_withdrawn,
    "decision.reconvened": decision_reconvened,
    "proxy.given": proxy_given,
    "ballot.cast": ballot_cast,
    "objection.raised": objection_raised,
    "objection.closed": objection_closed,
    "reservation.recorded": reservation_recorded,
}
