"""How an adopted action ends: completed, dropped, or merged into another that goes on. Pure."""

from collections.abc import Mapping
from typing import Final

from dcant.governance.rules.continuity import Fate
from dcant.governance.rules.machines import ACTION
from dcant.governance.rules.texts import text_hash
from dcant.identifiers import Permit
from dcant.record.canonical import digest

ARROWS: Final[Mapping[str, str]] = {"completed": "complete", "dropped": "drop", "merged": "merge"}  # fate → arrow


def ending_body(*, action: str, version: str, fate: str, into: str, reason: str) -> dict[str, object]:
    """What is put to the vote, as the log tells it: free words by their hash alone. version: hash of the text in force."""
    return {"action": action, "version": version, "fate": fate, "into": into, "reason": text_hash(reason)}


def ending_hash(body: Mapping[str, object]) -> str:
    """The name of an ending: of these five fields, whatever else a line says beside."""
    return digest({key: body[key] for key in ("action", "version", "fate", "into", "reason")})


def can_end(*, state: str, fate: str, into: str, into_state: str, itself: bool) -> Permit:
    """state: of the action; into: code of the action it would join, empty unless it is merged; into_state: of that one."""
    if ARROWS.get(fate, "") not in ACTION.get(state, {}):
        return Permit.no("On ne termine qu’une action adoptée, et une seule fois.")
    if bool(into) != (fate == Fate.MERGED):
        return Permit.no("Une action fusionnée dit dans laquelle ; une action achevée ou abandonnée n’en nomme aucune.")
    if into and (itself or into_state != "adopted"):
        return Permit.no("On fusionne dans une autre action, adoptée et qui continue.")
    return Permit.yes("Cette action peut être proposée à son terme.")


def settled(endings: Mapping[str, tuple[str, str]], action: str) -> tuple[str, str]:
    """What became of an ended action in the end: its fate, and the living action that goes on with it.

    endings: ended action → (fate, into). One merged into another that ended since shares what became of that one. A merge cannot
    come back to where it began: it needs a living action to join; were it so all the same, the first fate is kept.
    """
    fate, into = endings[action]
    seen = {action}
    while fate == Fate.MERGED and into in endings and into not in seen:
        seen.add(into)
        fate, into = endings[into]
    return fate, into
