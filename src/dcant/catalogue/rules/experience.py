"""Returns of experience: what a report holds, who may do what with it, and the spread of what was planned against what happened."""

import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from statistics import mean, median
from typing import Literal

from dcant.harvest.rules.redaction import redact
from dcant.identifiers import Permit

FEWEST_FOR_A_MEAN = 5
MOST_EUROS, MOST_MONTHS = 1_000_000_000, 240


class State(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"


class Again(StrEnum):
    """Would they do it again?"""

    YES = "yes"
    WITH_CHANGES = "with_changes"
    NO = "no"


# A report read again may be taken up anew; once published it is only corrected by another version, or withdrawn by its author.
NEXT: Mapping[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.DRAFT, State.SUBMITTED, State.WITHDRAWN}),
    State.SUBMITTED: frozenset({State.DRAFT, State.SUBMITTED, State.PUBLISHED, State.WITHDRAWN}),
    State.PUBLISHED: frozenset({State.CORRECTED, State.WITHDRAWN}),
    State.CORRECTED: frozenset(),
    State.WITHDRAWN: frozenset(),
}
TELLERS = frozenset({"agent", "officer"})


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the form, in plain words: its field, how it is answered, whether it must be."""

    field: str
    text: str
    shape: Literal["long", "short", "euros", "months", "again"]
    required: bool = False
    hint: str = ""


QUESTIONS = (
    Question("problem", "Quel était le problème ?", "long", required=True),
    Question("done", "Qu’avez-vous fait ?", "long", required=True),
    Question("planned_cost", "Combien pensiez-vous dépenser ?", "euros", hint="En euros, sans les centimes. Vide si vous ne savez pas."),
    Question("real_cost", "Combien avez-vous dépensé ?", "euros", hint="En euros, sans les centimes. Vide si vous ne savez pas."),
    Question("planned_months", "En combien de mois pensiez-vous aboutir ?", "months"),
    Question("real_months", "En combien de mois avez-vous abouti ?", "months"),
    Question("again", "Le referiez-vous ?", "again", required=True),
    Question("obstacles", "Qu’est-ce qui a été difficile ?", "long"),
    Question("know_first", "Qu’auriez-vous aimé savoir avant ?", "long"),
    Question("contact_role", "À quel service peut-on écrire ?", "short", hint="« Secrétariat de mairie », jamais le nom d’une personne."),
)  # fmt: skip
LONGEST = {"long": 3000, "short": 200}
Said = Mapping[str, str | int | None]


def read_report(answers: Mapping[str, str]) -> tuple[dict[str, str | int | None], dict[str, str]]:
    """answers: field → text. Returns field → value, and field → what is wrong.

    Nominative addresses and phone numbers are taken out of every text, which is in the one form that the record knows (NFC).
    """
    values: dict[str, str | int | None] = {}
    problems: dict[str, str] = {}
    for question in QUESTIONS:
        text = unicodedata.normalize("NFC", answers.get(question.field, "").replace("\x00", "").strip())
        if question.shape in {"euros", "months"}:
            values[question.field], wrong = _number(text, MOST_EUROS if question.shape == "euros" else MOST_MONTHS)
        elif question.shape == "again":
            values[question.field], wrong = text, "" if text in set(Again) or not text else "Choisissez une réponse."
        else:
            values[question.field] = redact(text)
            wrong = "Ce texte est trop long." if len(text) > LONGEST[question.shape] else ""
        if question.required and not text:
            wrong = "Cette réponse est demandée."
        if wrong:
            problems[question.field] = wrong
    return values, problems


def _number(text: str, most: int) -> tuple[int | None, str]:
    digits = "".join(text.split()).replace("\u202f", "")
    if not digits:
        return None, ""
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > len(str(most)) or int(digits) > most:
        return None, "Écrivez un nombre entier, comme 1200."
    return int(digits), ""


def can_tell(*, acts_as: str, is_shown: bool) -> Permit:
    """acts_as: role of the mandate. Those who use a resource tell: a town hall, a territory; of a resource that is there."""
    if acts_as not in TELLERS:
        return Permit.no(
            "Raconter revient à une personne mandatée par la collectivité qui s’est servie de la ressource."
        )
    if not is_shown:
        return Permit.no("Cette ressource est retirée du socle commun : voyez ce qui la remplace.")
    return Permit.yes("Vous parlez pour votre collectivité.")


def can_move(*, acts_as: str, is_author: bool, state: State, to: State) -> Permit:
    """Only its author takes a report from one state to the next; nobody approves what a territory says."""
    if acts_as not in TELLERS or not is_author:
        return Permit.no("Seule la collectivité qui raconte peut changer, publier ou retirer son retour.")
    if to not in NEXT[state]:
        return Permit.no("Un retour publié ne change plus : il se corrige par une nouvelle version, ou se retire.")
    return Permit.yes("Vous parlez pour votre collectivité.")


def can_reply(
    *, acts_as: str, keys: Collection[str], producer: Collection[str], state: State, has_reply: bool
) -> Permit:
    """keys: the numbers of the organisation spoken for; producer: those that the sheet states for the producer."""
    if acts_as != "producer" or not set(keys) & set(producer):
        return Permit.no("Le droit de réponse revient au producteur de la ressource, connu par son numéro.")
    if state != State.PUBLISHED:
        return Permit.no("On répond à un retour publié.")
    if has_reply:
        return Permit.no("Le producteur a déjà répondu à cette version.")
    return Permit.yes("Votre organisation produit cette ressource.")


@dataclass(frozen=True, slots=True)
class Spread:
    """What happened over what was planned (1 is as planned), over `n` reports that say both. `average` only from five on."""

    n: int
    low: float
    high: float
    middle: float | None
    average: float | None


def spread(pairs: Iterable[tuple[int | None, int | None]]) -> Spread | None:
    """pairs: (planned, real). None when no report says both, or planned nothing: there is then no ratio."""
    ratios = [real / planned for planned, real in pairs if planned and real is not None]
    if not ratios:
        return None
    enough = len(ratios) >= FEWEST_FOR_A_MEAN
    return Spread(
        len(ratios), min(ratios), max(ratios), median(ratios) if enough else None, mean(ratios) if enough else None
    )
