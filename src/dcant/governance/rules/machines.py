"""Every state and arrow of the half-year, in one place: guards, buttons of pages and diagrams of the docs are read from here."""

from collections.abc import Mapping

Machine = Mapping[str, Mapping[str, str]]  # state → arrow (a verb) → next state

CYCLE: Machine = {
    "planned": {"open": "open"},
    "open": {"publish_roadmap": "roadmap_published"},
    "roadmap_published": {"begin_review": "review"},
    "review": {"publish_balance_sheet": "closed"},
    "closed": {},
}
ACTION: Machine = {
    "proposed": {"draft": "drafting"},
    "drafting": {"adopt": "adopted"},
    "adopted": {"enrich": "adopted", "complete": "completed", "drop": "dropped", "merge": "merged"},
    "completed": {},
    "dropped": {},
    "merged": {},
}
ENDED = frozenset({"completed", "dropped", "merged"})
AMENDMENT: Machine = {
    "draft": {"submit": "submitted", "withdraw": "withdrawn"},
    "submitted": {"integrate": "integrated", "reject": "rejected", "withdraw": "withdrawn", "lapse": "lapsed"},
    "integrated": {},
    "rejected": {},
    "withdrawn": {},
    "lapsed": {"rebase": "submitted"},
}
VERSION: Machine = {"draft": {"adopt": "adopted"}, "adopted": {}}
DOCUMENT: Machine = {
    "draft": {"freeze": "frozen"},
    "frozen": {"publish": "published", "thaw": "draft"},
    "published": {},
}
DECISION: Machine = {
    "draft": {"open": "open"},
    "open": {"adopt": "adopted", "reject": "rejected", "lack_quorum": "no_quorum", "withdraw": "withdrawn"},
    "no_quorum": {"reconvene": "open"},
    "adopted": {},
    "rejected": {},
    "withdrawn": {},
}
MEETING: Machine = {
    "draft": {"convene": "convened", "cancel": "cancelled"},
    "convened": {"cancel": "cancelled", "hold": "held"},
    "held": {},
    "cancelled": {},
}
BUDGET: Machine = {
    "proposing": {"open_vote": "voting"},
    "voting": {"close": "closed"},
    "closed": {},
}
OBJECTION: Machine = {
    "raised": {"integrate": "integrated", "withdraw": "withdrawn", "stand": "standing"},
    "integrated": {},
    "withdrawn": {},
    "standing": {},
}


class WrongArrow(ValueError):
    """An arrow that the machine does not have from that state."""


def follow(machine: Machine, state: str, arrow: str) -> str:
    """The next state. Raises WrongArrow."""
    try:
        return machine[state][arrow]
    except KeyError:
        raise WrongArrow(f"{arrow} from {state}") from None


def arrows(machine: Machine, state: str) -> tuple[str, ...]:
    return tuple(machine.get(state, {}))
