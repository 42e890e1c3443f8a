"""Indicators: numbers as people write them, how far along towards a target, who may measure. Pure and exact: no float."""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from dcant.governance.rules.permits import SECRETARIAT
from dcant.identifiers import HalfYear, IdentifierError, Permit, Sentence

UP, DOWN = "up", "down"
DIRECTIONS: Final = (UP, DOWN)
TYPED, COVERAGE = "none", "coverage"  # how a value comes: typed, or computed from declarations of use
COMPUTED: Final = (TYPED, COVERAGE)
_SPACES = "[ \u00a0\u202f]"
_NUMBER = re.compile(rf"([-\u2212]?)([0-9]{{1,3}}(?:{_SPACES}[0-9]{{3}}){{1,4}}|[0-9]{{1,15}})(?:[.,]([0-9]{{1,6}}))?")


class NotANumber(ValueError):
    """What was written is no number; the message is a French sentence."""


def parse_number(text: str) -> str:
    """The canonical text of a number: « 1 234,50 » gives « 1234.5 ». Comma or point; spaces only between thousands.

    Six decimals at most, and fifteen digits before. Raises NotANumber: « 1.234,5 » says two things, an exponent none.
    """
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        raise NotANumber(Sentence("« {text} » n’est pas un nombre : écrivez 1234,5.", text=text.strip()[:40]))
    sign, whole, decimals = found.groups()
    digits = re.sub(_SPACES, "", whole).lstrip("0") or "0"
    decimals = (decimals or "").rstrip("0")
    number = f"{digits}.{decimals}" if decimals else digits
    return f"-{number}" if sign and number != "0" else number


def is_canonical(text: str) -> bool:
    """As `parse_number` writes it."""
    try:
        return parse_number(text) == text
    except NotANumber:
        return False


@dataclass(frozen=True, slots=True)
class Progress:
    """reached: the target is met; share: of the way from the baseline, below 0 when it goes back, None when unknown."""

    reached: bool
    share: Fraction | None


def progress(*, baseline: str, target: str, value: str, direction: str) -> Progress:
    """How far a value stands. Numbers in canonical text; an empty baseline is unknown, which is never shown as zero."""
    wanted, is_at = Fraction(target), Fraction(value)
    reached = is_at >= wanted if direction == UP else is_at <= wanted
    if not baseline:
        return Progress(reached, None)
    start = Fraction(baseline)
    return Progress(reached, None if start == wanted else (is_at - start) / (wanted - start))


def percentage(part: int, whole: int) -> str | None:
    """A share as canonical text in per cent, two decimals, halves to even; None out of nothing."""
    if whole == 0:
        return None
    hundredths = round(Fraction(part * 10_000, whole))
    return parse_number(f"{hundredths // 100}.{hundredths % 100:02d}")


def can_define(
    *, title: str, unit: str, baseline: str, target: str, direction: str, source: str, computed: str, resource: bool
) -> Permit:
    """Numbers in canonical text, `baseline` empty when nobody knows it."""
    if not title or not unit or not source:
        return Permit.no("Un indicateur a un nom, une unité, et dit d’où vient sa cible.")
    if direction not in DIRECTIONS:
        return Permit.no("Un indicateur monte ou descend vers sa cible.")
    if baseline and (Fraction(target) <= Fraction(baseline)) == (direction == UP):
        return Permit.no("La cible n’est pas du bon côté du point de départ.")
    if computed not in COMPUTED or (computed == COVERAGE) != resource:
        return Permit.no("Une valeur calculée se calcule des usages d’une ressource : choisissez-la.")
    if computed == COVERAGE and unit != "%":
        return Permit.no("Une couverture se dit en « % ».")
    return Permit.yes("L’indicateur est complet.")


def can_measure(*, role: str, seated: bool) -> Permit:
    """seated: the organisation of the person holds a seat of the programme today."""
    if role == SECRETARIAT or seated:
        return Permit.yes("Vous tenez le secrétariat ou un siège du programme.")
    return Permit.no("Seuls le secrétariat et les sièges du programme disent une mesure.")


def measure_fault(*, period: str, source: str, computed: str, now: HalfYear) -> str:
    """What is wrong with a typed measure, its value apart; empty when nothing is."""
    if computed != TYPED:
        return "Cette valeur se calcule : elle ne s’écrit pas."
    try:
        said = HalfYear.parse(period)
    except IdentifierError:
        return Sentence("« {period} » n’est pas un semestre : écrivez 2018-S1.", period=period[:20])
    if said > now:
        return Sentence("Le semestre {period} n’est pas encore venu.", period=str(said))
    return "" if source else "Une mesure dit d’où elle vient."
