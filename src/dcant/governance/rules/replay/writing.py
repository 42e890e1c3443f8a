"""Lines of co-writing: drafts, copilots, amendments on current bases, versions adopted by their hash."""

from collections.abc import Mapping
from typing import get_args

from dcant.governance.rules.machines import ACTION, AMENDMENT, ENDED
from dcant.governance.rules.permits import can_adopt_version
from dcant.governance.rules.replay.lines import Broken, Line, number, rows, text, texts
from dcant.governance.rules.replay.state import ActionState, AmendmentState, DecisionState, State
from dcant.governance.rules.texts import Op, Operation, rebase, touched


def action_proposed(state: State, line: Line) -> None:
    """The first draft, and its author as first copilot."""
    code = text(line.body, "action")
    if code in state.actions:
        raise Broken("twice", f"L’action « {code} » est déjà proposée.")
    seat = state.speaks(line, text(line.body, "seat"))
    whole = "programme" in line.body
    state.older += not whole
    programme = text(line.body, "programme", seat.programme)
    state.check(line, "seat", "Ce siège est d’un autre programme.", holds=programme == seat.programme)
    origin = text(line.body, "split_from", "")
    drawn = not origin or state.action(origin).programme == programme
    state.check(line, "seat", "Cette action est tirée d’une action d’un autre programme.", holds=drawn)
    state.actions[code] = ActionState(code, programme, text(line.body, "text"), {seat.key}, whole)


def action_enriched(state: State, line: Line) -> None:
    """A new draft, from the text in force."""
    action = state.action(text(line.body, "action"))
    state.speaks(line, text(line.body, "seat"))
    said = "On enrichit une action adoptée, un brouillon à la fois."
    state.check(line, "arrow", said, holds=action.state == "adopted" and not action.draft)
    draft, base = number(line.body, "number"), text(line.body, "text")
    follows = draft == max(action.adopted, default=0) + 1 and base == action.in_force
    state.check(line, "text", "Ce brouillon ne part pas du texte en vigueur.", holds=follows)
    action.draft, action.text = draft, base
    copilots = set(texts(line.body, "copilots"))
    kept = copilots == action.copilots or not action.whole
    state.check(line, "copilots", "Les copilotes ne sont pas ceux de la version en vigueur.", holds=kept)
    action.copilots = copilots


def copilot_joined(state: State, line: Line) -> None:
    action = state.action(text(line.body, "action"))
    seat = state.speaks(line, text(line.body, "seat"))
    _require_draft(state, line, action)
    state.check(
        line, "text", "Ce brouillon n’est pas le brouillon en cours.", holds=number(line.body, "number") == action.draft
    )
    action.copilots.add(seat.key)


def resources_linked(state: State, line: Line) -> None:
    state.action(text(line.body, "action"))
    state.speaks(line, text(line.body, "seat"))


def amendment_submitted(state: State, line: Line) -> None:
    """Written on the current text; said again by its author once it has lapsed."""
    action, one = state.action(text(line.body, "action")), number(line.body, "amendment")
    seat, base = state.speaks(line, text(line.body, "seat")), text(line.body, "base")
    _require_draft(state, line, action)
    current = "Cet amendement est écrit sur un autre texte que le brouillon de son jour."
    state.check(line, "base", current, holds=base == action.text)
    old = action.amendments.get(one)
    if old is not None:
        again = (not old.base or "rebase" in AMENDMENT[old.state]) and old.seat == seat.key
        state.check(line, "arrow", "Cet amendement ne peut pas être redit : il n’est pas caduc.", holds=again)
    operations = _operations(line.body) if "operations" in line.body else None
    state.older += operations is None
    wanted = text(line.body, "wanted", "")
    action.amendments[one] = AmendmentState(one, base, seat.key, operations, wanted)


def amendment_closed(state: State, line: Line) -> None:
    """Taken in only on the current text; those on the same paragraphs lapse, the others are carried over."""
    action, said = state.action(text(line.body, "action")), text(line.body, "state")
    amendment = action.amendments.get(number(line.body, "amendment"))
    if amendment is None:
        raise Broken("unknown", "Aucune ligne d’avant n’a dit cet amendement.")
    _require_draft(state, line, action)
    if said not in set(AMENDMENT[amendment.state].values()) - {"lapsed", "submitted"}:
        raise Broken("arrow", f"Un amendement « {amendment.state} » ne devient pas « {said} ».")
    _check_closer(state, line, action, amendment, said)
    after = text(line.body, "text")
    if said == "integrated":
        _integrate(state, line, action, amendment, after)
    else:
        same = "Clore cet amendement sans l’intégrer a changé le texte."
        state.check(line, "text", same, holds=after == action.text)
    amendment.state = said


def _check_closer(state: State, line: Line, action: ActionState, amendment: AmendmentState, said: str) -> None:
    if said == "withdrawn":
        state.speaks(line, amendment.seat)
    elif action.whole:
        pilots = {state.seat(key).organisation for key in action.copilots}
        only = "Seuls les copilotes de l’action intègrent ou rejettent un amendement."
        state.check(line, "speaker", only, holds=line.actor in pilots)


def _integrate(state: State, line: Line, action: ActionState, amendment: AmendmentState, after: str) -> None:
    current = "Cet amendement est intégré alors que le texte a changé depuis qu’il a été écrit."
    state.check(line, "base", current, holds=amendment.base in {"", action.text})
    led = "Le nouveau texte n’est pas celui auquel cet amendement menait."
    state.check(line, "text", led, holds=amendment.wanted in {"", after})
    action.text = after
    for other in action.amendments.values():
        if other is not amendment and other.state == "submitted":
            _carry(other, amendment, after)


def _carry(other: AmendmentState, taken: AmendmentState, after: str) -> None:
    """An older line does not tell where an amendment bears: whether this one lapsed is then unknown."""
    if other.operations is None or taken.operations is None:
        other.base = other.wanted = ""
    elif touched(other.operations) & touched(taken.operations):
        other.state = "lapsed"
    else:
        other.operations, other.base, other.wanted = rebase(other.operations, taken.operations), after, ""


def _operations(body: Mapping[str, object]) -> list[Operation]:
    said = []
    for row in rows(body, "operations"):
        op = text(row, "op")
        if op not in get_args(Op):
            raise Broken("shape", f"« {op} » n’est pas un changement de paragraphe.")
        said.append(Operation(op, number(row, "paragraph")))  # type: ignore[arg-type]  # one of its words, just above
    return said


def _require_draft(state: State, line: Line, action: ActionState) -> None:
    state.check(line, "arrow", "Ce texte est adopté : il ne change plus.", holds=bool(action.draft) or not action.whole)
    ended = "Cette action est terminée : son texte ne change plus."
    state.check(line, "arrow", ended, holds=action.state not in ENDED)
    moved = "Ce texte est soumis au vote : il ne change pas pendant que l’on décide."
    state.check(line, "under-vote", moved, holds=not state.under_vote(action.code, action.draft))


def version_adopted(state: State, line: Line) -> None:
    """What a decision adopted by its hash, each deliberative college piloting it (invariants I6, I7)."""
    action, one = state.action(text(line.body, "action")), number(line.body, "number")
    decision = state.adopted(line, "action", text(line.body, "text"))
    _check_version(state, line, action, decision, one)
    action.state = "adopted"
    action.adopted[one], action.draft = decision.text, 0
    action.copilots = set(texts(line.body, "copilots"))


def _check_version(state: State, line: Line, action: ActionState, decision: DecisionState, one: int) -> None:
    voted = decision.target in {None, (action.code, one)} and decision.programme.slug == action.programme
    state.check(line, "decision", f"La décision {decision.code} portait sur un autre texte.", holds=voted)
    next_one = one not in action.adopted and (action.state == "drafting" or "enrich" in ACTION[action.state])
    state.check(line, "arrow", f"La version {one} de cette action ne peut plus être adoptée.", holds=next_one)
    if action.whole:
        same = decision.text == action.text and one == action.draft
        state.check(line, "text", "Le texte adopté n’est pas celui du brouillon.", holds=same)
    copilots = set(texts(line.body, "copilots"))
    known = copilots == action.copilots or not action.whole
    state.check(line, "copilots", "Les copilotes ne sont pas ceux que le journal a dits.", holds=known)
    check_copilots(state, line, decision, copilots)


def check_copilots(state: State, line: Line, decision: DecisionState, copilots: set[str]) -> None:
    colleges = {state.seat(key).college for key in copilots}
    deliberative = decision.programme.charter.deliberative
    state.permit(line, "copilots", can_adopt_version(copilots=colleges, deliberative=deliberative))


HANDLERS = {
    "action.proposed": action_proposed,
    "action.enriched": action_enriched,
    "action.copilot_joined": copilot_joined,
    "action.resources_linked": resources_linked,
    "action.version_adopted": version_adopted,
    "amendment.submitted": amendment_submitted,
    "amendment.closed": amendment_closed,
}
