"""From one roadmap to the next: every action is accounted for, and the difference is said."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """What became of an action of the previous roadmap, or how a new one came."""

    KEPT = "kept"
    ENRICHED = "enriched"
    COMPLETED = "completed"
    DROPPED = "dropped"
    MERGED = "merged"
    ADDED = "added"


FATES = frozenset(Fate)
STAYING = frozenset({Fate.KEPT, Fate.ENRICHED, Fate.ADDED})


@dataclass(frozen=True, slots=True)
class Item:
    """One action of a roadmap: its code, the hash of its adopted version, its fate; `into` names the action it was merged into."""

    action: str
    version: str
    fate: str
    into: str = ""


def unaccounted(previous: Sequence[Item], following: Sequence[Item]) -> list[str]:
    """Actions alive in the previous roadmap of which the next one says nothing (invariant I8)."""
    told = {item.action for item in following}
    return sorted(item.action for item in previous if item.fate in STAYING and item.action not in told)


def faults(previous: Sequence[Item], following: Sequence[Item]) -> list[str]:
    """Why a roadmap cannot be published: unaccounted actions, fates that contradict the previous one, merges into nothing."""
    before = {item.action: item for item in previous if item.fate in STAYING}
    staying = {item.action for item in following if item.fate in STAYING}
    found = [f"unaccounted:{action}" for action in unaccounted(previous, following)]
    seen: set[str] = set()
    for item in following:
        if item.action in seen:
            found.append(f"twice:{item.action}")
        seen.add(item.action)
        if item.fate not in FATES:
            found.append(f"unknown-fate:{item.action}")
        old = before.get(item.action)
        if old is None and item.fate != Fate.ADDED:
            found.append(f"not-in-previous:{item.action}")
        elif old is not None and item.fate == Fate.ADDED:
            found.append(f"already-there:{item.action}")
        elif old is not None and item.fate == Fate.KEPT and item.version != old.version:
            found.append(f"changed-not-enriched:{item.action}")
        elif old is not None and item.fate == Fate.ENRICHED and item.version == old.version:
            found.append(f"enriched-not-changed:{item.action}")
        if item.fate == Fate.MERGED and item.into not in staying:
            found.append(f"merged-into-nothing:{item.action}")
    return found
