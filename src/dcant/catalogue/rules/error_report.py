"""An error told to a producer: open, answered, then fixed or declined with a reason; counts and delays, producer by producer."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from statistics import median

from dcant.identifiers import Permit

LONGEST = 1000
REVIEWERS = frozenset({"association", "state", "secretariat"})


class State(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    FIXED = "fixed"
    DECLINED = "declined"


NEXT: Mapping[State, frozenset[State]] = {
    State.OPEN: frozenset({State.ANSWERED}),
    State.ANSWERED: frozenset({State.FIXED, State.DECLINED}),
    State.FIXED: frozenset(),
    State.DECLINED: frozenset(),
}


def can_tell_error(*, acts_as: str, text: str) -> Permit:
    """Anyone who signed in, whatever the mandate; with a sentence that says what is wrong."""
    if not acts_as:
        return Permit.no("Entrez d’abord sous un mandat, ou écrivez au contact de la fiche.")
    if not text.strip():
        return Permit.no("Dites en une phrase ce qui est faux.")
    return Permit.yes("Le producteur le verra, et chacun verra en combien de temps il répond.")


@dataclass(frozen=True, slots=True)
class Asked:
    """Who would move an error to a state, with which words; producer: the numbers that the sheet states for the producer."""

    acts_as: str
    keys: Collection[str]
    producer: Collection[str]
    to: State
    text: str


def can_answer_error(asked: Asked, state: State) -> Permit:
    """The producer answers for its resource; a college or the secretariat may, when it does not or is not known."""
    is_producer = asked.acts_as == "producer" and bool(set(asked.keys) & set(asked.producer))
    if not is_producer and asked.acts_as not in REVIEWERS:
        return Permit.no("Répondre revient au producteur de la ressource, à un collège ou au secrétariat.")
    if asked.to not in NEXT[state]:
        return Permit.no("On répond d’abord ; puis l’erreur est corrigée, ou écartée avec une raison.")
    if asked.to in {State.ANSWERED, State.DECLINED} and not asked.text.strip():
        return Permit.no("Écrivez la réponse, ou la raison pour laquelle l’erreur est écartée.")
    return Permit.yes("Vous pouvez répondre.")


@dataclass(frozen=True, slots=True)
class Told:
    """One error as the counts see it."""

    producer: str
    state: State
    at: datetime
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class ProducerCounts:
    """Errors told to a producer, state by state; `days` is the middle delay of a first answer, None while none came."""

    producer: str
    counts: Mapping[State, int]
    days: float | None

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def counts_by_producer(told: Iterable[Told]) -> list[ProducerCounts]:
    """In the order of names; a producer nobody told anything is not there."""
    groups: dict[str, list[Told]] = {}
    for one in told:
        groups.setdefault(one.producer, []).append(one)
    found = []
    for name in sorted(groups):
        delays = [(one.answered_at - one.at).total_seconds() / 86_400 for one in groups[name] if one.answered_at]
        counts = {state: sum(one.state == state for one in groups[name]) for state in State}
        found.append(ProducerCounts(name, counts, median(delays) if delays else None))
    return found
