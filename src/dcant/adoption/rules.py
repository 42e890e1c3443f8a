"""Adoption: what may follow what, who may say it, when it lapses, what it costs. Pure; the day is given."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol, TypeVar

from dcant.identifiers import Permit, Sentence

MONTHS_BEFORE_EXPIRY = 24


class Kind(StrEnum):
    """The kinds of event. « expired » is no event: it is computed from a day, and nobody declares it."""

    PROPOSED = "proposed"
    REQUESTED = "requested"
    PLANNED = "planned"
    DEPLOYED = "deployed"
    USED = "used"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


EXPIRED = "expired"
_FORWARD = (Kind.REQUESTED, Kind.PLANNED, Kind.DEPLOYED, Kind.USED)
# From a state (or none) to the events that may follow. A step may be skipped, none may be taken back but by withdrawing.
TRANSITIONS: Mapping[str, frozenset[Kind]] = {
    "": frozenset({*_FORWARD, Kind.REFUSED}),
    Kind.REQUESTED: frozenset({Kind.PLANNED, Kind.DEPLOYED, Kind.USED, Kind.REFUSED, Kind.WITHDRAWN}),
    Kind.PLANNED: frozenset({Kind.DEPLOYED, Kind.USED, Kind.REFUSED, Kind.WITHDRAWN}),
    Kind.DEPLOYED: frozenset({Kind.USED, Kind.REFUSED, Kind.WITHDRAWN}),
    Kind.USED: frozenset({Kind.USED, Kind.WITHDRAWN}),
    EXPIRED: frozenset({Kind.USED, Kind.WITHDRAWN}),
    Kind.REFUSED: frozenset({Kind.REQUESTED}),
    Kind.WITHDRAWN: frozenset({Kind.REQUESTED}),
}
COUNTED = (Kind.REQUESTED, Kind.PLANNED, Kind.DEPLOYED, Kind.USED)
PRIVATE_BY_DEFAULT = frozenset({Kind.REFUSED, Kind.WITHDRAWN})
STATE_WORDS = {
    "": "rien n’est déclaré",
    Kind.PROPOSED: "proposée",
    Kind.REQUESTED: "demandée",
    Kind.PLANNED: "prévue",
    Kind.DEPLOYED: "installée",
    Kind.USED: "utilisée",
    Kind.REFUSED: "refusée",
    Kind.WITHDRAWN: "retirée",
    EXPIRED: "à confirmer",
}


class Said(Protocol):
    """What the rules read of an event: kind, day, end of validity, row number."""

    @property
    def kind(self) -> str: ...
    @property
    def day(self) -> date: ...
    @property
    def expires_on(self) -> date | None: ...
    @property
    def pk(self) -> int: ...


S = TypeVar("S", bound=Said)


class Lapsing(Protocol):
    """What a state is read from: its kind and the end of its validity."""

    @property
    def kind(self) -> str: ...
    @property
    def expires_on(self) -> date | None: ...


def last_event(events: Iterable[S], on: date) -> S | None:
    """The event that holds on a day: the last by day, ties by the order in which they were said. Proposals hold nothing.

    Acts of one organisation follow one another, so that order is that of the record; a private event has its place in
    it too, though the record never numbers it.
    """
    holding = [event for event in events if event.day <= on and event.kind != Kind.PROPOSED]
    return max(holding, key=_order, default=None)


def _order(event: Said) -> tuple[date, int]:
    return (event.day, event.pk)


def state_of(event: Lapsing | None, on: date) -> str:
    """« » when nothing was said; « expired » once the day of expiry has passed; else the kind of the event."""
    if event is None:
        return ""
    if event.kind == Kind.USED and event.expires_on is not None and on > event.expires_on:
        return EXPIRED
    return event.kind


def expiry(kind: str, day: date) -> date | None:
    """A use lapses 24 months after the day it was declared for, unless renewed. Other kinds do not lapse."""
    if kind != Kind.USED:
        return None
    month = day.month - 1 + MONTHS_BEFORE_EXPIRY
    year = day.year + month // 12
    last = 29 if month % 12 == 1 and (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)) else _LENGTHS[month % 12]
    return date(year, month % 12 + 1, min(day.day, last))


_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def can_declare(
    *,
    kind: Kind,
    current: str,
    adopter: str,
    mandates: Collection[str],
    day: date,
    today: date,
    withdrawn_resource: bool = False,
) -> Permit:
    """Only the adopter attests, forward only, never for a day to come, and a new use never of a withdrawn resource.

    adopter: key of the organisation; mandates: keys for which the person may act today; current: state on that day.
    Source: design.md, rule 2 (autonomy).
    """
    refusal = (
        _refused_person(kind, adopter, mandates)
        or _refused_moment(kind, day, today, withdrawn_resource=withdrawn_resource)
        or _refused_step(kind, current)
    )
    return Permit.no(refusal) if refusal else Permit.yes("Vous avez mandat pour cette collectivité.")


def _refused_person(kind: Kind, adopter: str, mandates: Collection[str]) -> str:
    if adopter not in mandates:
        return "Seule la collectivité elle-même peut déclarer qu’elle utilise cette ressource."
    if kind == Kind.PROPOSED:
        return "Une collectivité déclare ; seuls un opérateur ou un producteur proposent."
    return ""


def _refused_moment(kind: Kind, day: date, today: date, *, withdrawn_resource: bool) -> str:
    if day > today:
        return Sentence("Le {day} n’est pas encore venu : déclarez ce qui est.", day=f"{day:%d/%m/%Y}")
    if withdrawn_resource and kind in _FORWARD:
        return "Cette ressource est retirée du socle commun : voyez ce qui la remplace."
    return ""


def _refused_step(kind: Kind, current: str) -> str:
    if kind in TRANSITIONS[current]:
        return ""
    words = STATE_WORDS[current]
    if current in {Kind.REFUSED, Kind.WITHDRAWN}:
        return Sentence("Cette ressource est {state} chez vous : faites d’abord une nouvelle demande.", state=words)
    return Sentence(
        "Cette ressource est {state} chez vous : on ne revient pas à « {wanted} ».",
        state=words,
        wanted=STATE_WORDS[kind],
    )


class PriceBasis(StrEnum):
    FREE = "free"
    MEMBERSHIP = "membership"
    PER_INHABITANT = "per_inhabitant"
    UNIT = "unit"
    QUOTE = "quote"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Price:
    """A yearly price in euro cents when it can be known, and the sentence that says it; unknown is said, never zero."""

    sentence: str
    cents: int | None = None

    @property
    def known(self) -> bool:
        return self.cents is not None


def price_for(*, basis: str, amount_cents: int | None, population: int | None, operator: str) -> Price:
    """What an offer costs a commune in a year. amount_cents: per year, or per inhabitant and year; None = not published."""
    if basis == PriceBasis.FREE:
        return Price("Gratuit", 0)
    if basis == PriceBasis.QUOTE:
        return Price(Sentence("Sur devis : demander à {operator}", operator=operator))
    if basis == PriceBasis.UNKNOWN or amount_cents is None:
        return Price(Sentence("Prix non publié : demander à {operator}", operator=operator))
    if basis == PriceBasis.PER_INHABITANT:
        if population is None:
            return Price(
                Sentence(
                    "{price} par habitant et par an ; votre population n’est pas connue", price=euros(amount_cents)
                )
            )
        total = amount_cents * population
        return Price(
            Sentence("{total} par an ({price} par habitant)", total=euros(total), price=euros(amount_cents)), total
        )
    pattern = "{price} par an, compris dans l’adhésion" if basis == PriceBasis.MEMBERSHIP else "{price} par an"
    return Price(Sentence(pattern, price=euros(amount_cents)), amount_cents)


def euros(cents: int) -> str:
    """« 1 234,50 € » with the French thin and unbreakable spaces; whole euros without decimals."""
    whole, rest = divmod(cents, 100)
    shown = f"{whole:,}".replace(",", "\u202f")
    return f"{shown},{rest:02d}\u00a0€" if rest else f"{shown}\u00a0€"


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far a resource reaches: communes and people, each out of a whole; need is not declared anywhere yet, hence unknown."""

    communes: int
    of_communes: int
    people: int
    of_people: int

    @property
    def communes_share(self) -> float | None:
        return self.communes / self.of_communes if self.of_communes else None

    @property
    def people_share(self) -> float | None:
        return self.people / self.of_people if self.of_people else None
