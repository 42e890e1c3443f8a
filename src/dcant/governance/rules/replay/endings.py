"""Lines of how an action ends: proposed by a seat, decided on its hash, accounted for in the next roadmap."""

from dcant.governance.rules.continuity import STAYING, Item
from dcant.governance.rules.endings import ARROWS, can_end, ending_hash, settled
from dcant.governance.rules.machines import ACTION
from dcant.governance.rules.permits import ENDING
from dcant.governance.rules.replay.lines import Broken, Line, mapping, text
from dcant.governance.rules.replay.state import ActionState, DecisionState, EndingState, State

_FIELDS = ("action", "version", "fate", "into", "reason")


def ending_proposed(state: State, line: Line) -> None:
    """By a seat of its programme, on the text in force, under the name that its five fields give it."""
    body = {key: text(line.body, key) for key in _FIELDS}
    action, name = state.action(body["action"]), text(line.body, "text")
    seat = state.speaks(line, text(line.body, "seat"))
    mine = "Ce siège est d’un autre programme que l’action."
    state.check(line, "seat", mine, holds=seat.programme == action.programme)
    state.check(line, "hash", "Ce terme n’est pas celui que dit son empreinte.", holds=ending_hash(body) == name)
    ending = EndingState(name, action.code, body["version"], body["fate"], body["into"])
    _check_possible(state, line, action, ending)
    state.endings[name] = ending


def _check_possible(state: State, line: Line, action: ActionState, ending: EndingState) -> None:
    into = state.actions.get(ending.into)
    joins = into is not None and into.programme == action.programme
    may = can_end(
        state=action.state,
        fate=ending.fate,
        into=ending.into,
        into_state=into.state if into is not None and joins else "",
        itself=ending.into == action.code,
    )
    state.permit(line, "ending", may)
    same = "Le texte de cette action a changé depuis que son terme est proposé."
    state.check(line, "text", same, holds=action.in_force == ending.version)


def check_opened(state: State, line: Line, decision: DecisionState) -> None:
    """What is put to the vote was proposed, and is still possible; nothing else is decided of the same actions meanwhile."""
    ending = state.endings.get(decision.text)
    if ending is None:
        raise Broken("unknown", "Aucune ligne d’avant n’a proposé ce terme.")
    action = state.action(ending.action)
    named = text(mapping(line.body, "target"), "ending", "") if "target" in line.body else ending.hash
    mine = action.programme == decision.programme.slug and decision.target == (action.code, 0) and named == ending.hash
    state.check(line, "decision", "Cette décision nomme une autre action que celle qu’elle termine.", holds=mine)
    _check_possible(state, line, action, ending)
    check_alone(state, line, decision)


def check_alone(state: State, line: Line, decision: DecisionState) -> None:
    """One vote at a time on what becomes of an action, and on the one that another would join."""
    others = [one for one in state.decisions.values() if one.state == "open" and one is not decision]
    ending = state.endings.get(decision.text) if decision.purpose == ENDING else None
    mine = {ending.action, ending.into} - {""} if ending else {decision.target[0] if decision.target else ""}
    clash = False
    for one in others:
        other = state.endings.get(one.text) if one.purpose == ENDING else None
        if other is not None:
            clash |= other.action in mine or (ending is not None and other.into == ending.action)
        elif ending is not None:
            clash |= one.purpose == "action" and one.target is not None and one.target[0] == ending.action
    state.check(line, "alone", "Une autre décision est ouverte sur la même action.", holds=not clash)


def action_ended(state: State, line: Line) -> None:
    """What a decision adopted, by its hash; the action never moves again."""
    decision = state.adopted(line, ENDING, text(line.body, "text"))
    ending = state.endings.get(decision.text)
    if ending is None:
        raise Broken("unknown", "Aucune ligne d’avant n’a proposé ce terme.")
    action = state.action(ending.action)
    said = (text(line.body, "action"), text(line.body, "fate"), text(line.body, "into"))
    same = "Cette action ne se termine pas comme il a été décidé."
    state.check(line, "decision", same, holds=said == (ending.action, ending.fate, ending.into))
    arrow = ARROWS.get(ending.fate, "")
    if arrow not in ACTION.get(action.state, {}):
        raise Broken("arrow", f"Une action « {action.state} » ne se termine pas.")
    action.state, action.into = ACTION[action.state][arrow], ending.into


def check_fates(state: State, line: Line, programme: str, items: list[Item]) -> None:
    """A roadmap says ended what a decision ended, and as it was settled; what it keeps goes on."""
    ended = {
        one.code: (one.state, one.into)
        for one in state.actions.values()
        if one.programme == programme and one.state in ARROWS
    }
    for item in items:
        if item.fate in STAYING:
            holds = item.action not in ended
        else:
            holds = item.action in ended and settled(ended, item.action) == (item.fate, item.into)
        said = f"La feuille de route ne dit pas ce qui est advenu de « {item.action} »."
        state.check(line, "fate", said, holds=holds)


HANDLERS = {"action.ending_proposed": ending_proposed, "action.ended": action_ended}
