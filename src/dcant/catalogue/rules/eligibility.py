"""Is this resource for us? A verdict, the sentence that says why, and the facts of the sheet it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from dcant.identifiers import Sentence

LOCAL_KINDS = frozenset({"commune", "epci", "departement", "region"})
PUBLIC_KINDS = LOCAL_KINDS | {"operator", "state", "agency"}

# SPDX identifiers of licences that let anyone reuse: by prefix, since versions and « -only » or « -or-later » follow.
OPEN_LICENCES = (
    "MIT", "AGPL-3.0", "GPL-2.0", "GPL-3.0", "LGPL-2.1", "LGPL-3.0", "Apache-2.0", "BSD-2", "BSD-3", "EUPL-1.1", "EUPL-1.2",
    "MPL-2.0", "CECILL-2", "CECILL-B", "CECILL-C", "etalab-2.0", "ODbL-1.0", "CC0-1.0", "CC-BY-4.0", "CC-BY-SA-4.0", "ISC",
)  # fmt: skip


class Verdict(StrEnum):
    YES = "yes"
    UNDER_CONDITIONS = "under_conditions"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who asks: kind of organisation (territories.Organisation.kind) and, for a territory, its population when known."""

    kind: str
    population: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Eligibility:
    """`statements` names the fields of the sheet that the verdict rests on; each has its source on the sheet."""

    verdict: Verdict
    because: str
    statements: tuple[str, ...] = ()


Facts = Mapping[str, object]
_FIELDS = frozenset({"audience_local", "audience_company", "audience_private", "access_type", "licence"})
_LIMIT = "_population_max"


def judged_facts(facts: Facts) -> Facts:
    """The facts that a verdict may rest on, whoever asks: the others change nothing to it."""
    return {name: value for name, value in facts.items() if name in _FIELDS or name.endswith(_LIMIT)}


def eligibility(applicant: Applicant, facts: Facts) -> Eligibility:
    """facts: field → shown value. A *no* always rests on a statement that says no; silence gives *unknown*, never *no*."""
    limited = _population_limit(applicant, facts)
    if limited:
        return limited
    return (
        _by_audience(applicant, facts)
        or _by_access(facts)
        or _by_licence(facts)
        or Eligibility(Verdict.UNKNOWN, "Les conditions d’accès ne sont pas renseignées.")
    )


def _audience_field(kind: str) -> Literal["audience_local", "audience_company", "audience_private"]:
    if kind in PUBLIC_KINDS:
        return "audience_local"
    return "audience_private" if kind == "person" else "audience_company"


def _population_limit(applicant: Applicant, facts: Facts) -> Eligibility | None:
    field = f"{applicant.kind}{_LIMIT}"
    limit = facts.get(field)
    if not isinstance(limit, str) or not limit.isdecimal():
        return None
    shown = f"{int(limit):,}".replace(",", "\u202f")
    if applicant.population is None:
        return Eligibility(
            Verdict.UNKNOWN,
            Sentence("Réservé jusqu’à {limit} habitants ; votre population n’est pas connue.", limit=shown),
            (field,),
        )
    if applicant.population > int(limit):
        return Eligibility(Verdict.NO, Sentence("Réservé jusqu’à {limit} habitants.", limit=shown), (field,))
    return None


def _by_audience(applicant: Applicant, facts: Facts) -> Eligibility | None:
    field = _audience_field(applicant.kind)
    answer = facts.get(field)
    if answer == "yes":
        return Eligibility(Verdict.YES, _yes_sentence(field, facts), (field,))
    if answer == "under_condition":
        because = "Ouvert aux collectivités sous conditions" if field == "audience_local" else "Ouvert sous conditions"
        return Eligibility(Verdict.UNDER_CONDITIONS, f"{because} : voyez les démarches.", (field,))
    if answer == "no":
        because = (
            "Fermé aux collectivités, d’après la source."
            if field == "audience_local"
            else "Fermé à ce public, d’après la source."
        )
        return Eligibility(Verdict.NO, because, (field,))
    return None


def _yes_sentence(field: str, facts: Facts) -> str:
    who = "Ouvert aux collectivités" if field == "audience_local" else "Ouvert à votre public"
    if facts.get("access_type") == "restricted":
        return f"{who}, après une demande d’accès."
    if facts.get("access_type") == "open_with_account":
        return f"{who}, avec un compte."
    return f"{who}."


def _by_access(facts: Facts) -> Eligibility | None:
    access = facts.get("access_type")
    if access == "open":
        return Eligibility(Verdict.YES, "Ouvert à tous, sans demande.", ("access_type",))
    if access == "open_with_account":
        return Eligibility(Verdict.UNDER_CONDITIONS, "Ouvert à tous après création d’un compte.", ("access_type",))
    if access == "restricted":
        return Eligibility(
            Verdict.UNKNOWN,
            "Accès restreint ; les conditions pour une collectivité ne sont pas renseignées.",
            ("access_type",),
        )
    return None


def _by_licence(facts: Facts) -> Eligibility | None:
    licence = facts.get("licence")
    if isinstance(licence, str) and licence.startswith(OPEN_LICENCES):
        return Eligibility(
            Verdict.YES, Sentence("Réutilisable par tous sous licence {licence}.", licence=licence), ("licence",)
        )
    return None
