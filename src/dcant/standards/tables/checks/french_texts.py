"""Checks of one text: intervals of years, opening hours, the nomenclature of acts, telephone numbers."""

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

import numpy as np
import opening_hours
import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc

from dcant.identifiers import fold
from dcant.standards.tables.checks.bulk import Mask, mask_of
from dcant.standards.tables.checks.declared import Bound, Param
from dcant.standards.tables.checks.single import Accept, ValueRule, Wrong, always, register_column_check
from dcant.standards.tables.checks.written import written
from dcant.standards.tables.shown import shown
from dcant.standards.tables.values import Said

# ---- year-interval-value

_INTERVAL = re.compile(r"([0-9]{4})/([0-9]{4})")
_YEAR = re.compile(r"[0-9]{4}")


def wrong_years(value: Any, *, year_alone: bool) -> Wrong | None:
    """Two years of four digits around a slash, the first before the second; one year alone when the schema allows it."""
    text = written(value)
    found = _INTERVAL.fullmatch(text)
    if found and found[1] < found[2]:
        return None
    if year_alone and _YEAR.fullmatch(text):
        return None
    alone = Said(" (ou une année seule)", " (or one year alone)") if year_alone else Said("", "")
    remedy = Said(
        f"Écrivez l’année de début, une barre, l’année de fin : 2021/2022{alone.fr}.",
        f"Write the first year, a slash, the last year: 2021/2022{alone.en}.",
    )
    if found:
        return Wrong(
            Said(
                f"« {shown(value)} » : la première année doit précéder la seconde.",
                f"“{shown(value)}”: the first year must come before the second.",
            ),
            remedy,
        )
    return Wrong(
        Said(f"« {shown(value)} » n’est pas un intervalle d’années.", f"“{shown(value)}” is not an interval of years."),
        remedy,
    )


def _years_rule(bound: Bound) -> ValueRule:
    year_alone = bound.flag("allow-year-only")
    return lambda value: wrong_years(value, year_alone=year_alone)


def _years_accepted(bound: Bound) -> Accept:
    year_alone = bound.flag("allow-year-only")

    def accept(column: pa.Array) -> Mask:
        shaped = mask_of(pc.match_substring_regex(column, r"\A[0-9]{4}/[0-9]{4}\z"))
        first = pc.utf8_slice_codeunits(column, 0, 4)
        fine = shaped & mask_of(pc.less(first, pc.utf8_slice_codeunits(column, 5, 9)))
        if year_alone:
            fine |= mask_of(pc.match_substring_regex(column, r"\A[0-9]{4}\z"))
        return fine

    return accept


# ---- opening-hours-value


@lru_cache(maxsize=8192)
def _are_hours(text: str) -> bool:
    return bool(opening_hours.validate(text))


def wrong_hours(value: Any) -> Wrong | None:
    """The grammar of OpenStreetMap's `opening_hours` tag, blanks around it or not."""
    if _are_hours(written(value).strip()):
        return None
    return Wrong(
        Said(
            f"« {shown(value)} » ne se lit pas comme des horaires d’ouverture.",
            f"“{shown(value)}” cannot be read as opening hours.",
        ),
        Said(
            "Suivez la notation d’OpenStreetMap : « Mo-Fr 08:30-12:00,14:00-17:30; Sa 09:00-12:00 », "
            "« 24/7 », « PH off » pour les jours fériés.",
            "Follow OpenStreetMap’s notation: “Mo-Fr 08:30-12:00,14:00-17:30; Sa 09:00-12:00”, "
            "“24/7”, “PH off” for public holidays.",
        ),
    )


# ---- nomenclature-actes-value

SUBJECTS = (
    "Commande publique",
    "Urbanisme",
    "Domaine et patrimoine",
    "Fonction publique",
    "Institutions et vie politique",
    "Libertés publiques et pouvoirs de police",
    "Finances locales",
    "Domaines de compétences par thèmes",
    "Autres domaines de compétences",
)  # the first level of the nomenclature of acts sent to the State's representative
_FOLDED_SUBJECTS = frozenset(map(fold, SUBJECTS))


def wrong_act(value: Any) -> Wrong | None:
    """A subject of the nomenclature of acts, a slash without blanks around, and what is under that subject."""
    text = written(value)
    subject, slash, rest = text.partition("/")
    remedy = Said(
        f"Écrivez « Commande publique/Marchés publics » : le texte avant la barre est l’un de : {', '.join(SUBJECTS)}.",
        f"Write “Commande publique/Marchés publics”: the text before the slash is one of: {', '.join(SUBJECTS)}.",
    )
    if not slash:
        return Wrong(
            Said(f"« {shown(value)} » n’a pas de barre oblique.", f"“{shown(value)}” has no slash."),
            remedy,
        )
    if subject != subject.rstrip() or rest != rest.lstrip():
        return Wrong(
            Said(
                f"« {shown(value)} » a une espace autour de la première barre oblique.",
                f"“{shown(value)}” has a blank around the first slash.",
            ),
            Said("Supprimez les espaces avant et après la barre.", "Remove the blanks before and after the slash."),
        )
    if fold(subject) not in _FOLDED_SUBJECTS:
        return Wrong(
            Said(
                f"« {shown(subject)} » n’est pas une matière de la nomenclature des actes.",
                f"“{shown(subject)}” is not a subject of the nomenclature of acts.",
            ),
            remedy,
        )
    return None


# ---- phone-number-value


@lru_cache(maxsize=8192)
def _is_phone(text: str) -> bool:
    try:
        number = phonenumbers.parse(text, "FR")
    except phonenumbers.NumberParseException:
        return False
    if phonenumbers.is_valid_number(number):
        return True
    return phonenumbers.is_valid_short_number_for_region(number, "FR")


def wrong_phone(value: Any) -> Wrong | None:
    """A number that can be dialled from France, a French short number, or an international one that begins with +."""
    if _is_phone(written(value)):
        return None
    return Wrong(
        Said(f"« {shown(value)} » n’est pas un numéro de téléphone.", f"“{shown(value)}” is not a telephone number."),
        Said(
            "Écrivez un seul numéro, « 01 23 45 67 89 » ou « +33 1 23 45 67 89 » ; hors de métropole, avec +.",
            "Write one number only, “01 23 45 67 89” or “+33 1 23 45 67 89”; outside mainland France, with +.",
        ),
    )


@cache
def _plain_phone() -> str:
    """The French numbers of a fixed, mobile or internet line, as the library itself describes them, without any sign between."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region("FR")
    lines = [metadata.fixed_line, metadata.mobile, metadata.voip] if metadata else []
    kinds = "|".join(f"(?:{line.national_number_pattern})" for line in lines if line is not None)
    return rf"\A(?:0|\+33)(?:{kinds})\z"


def _phone_accepted(_bound: Bound) -> Accept:
    pattern = _plain_phone()

    def accept(column: pa.Array) -> Mask:
        fine = mask_of(pc.match_substring_regex(column, pattern))
        rest = np.flatnonzero(~fine)
        spaced = column.take(pa.array(rest))
        paired = pc.match_substring_regex(spaced, r"\A(?:0[0-9]|\+33 [0-9])(?: [0-9]{2}){4}\z")
        joined = pc.match_substring_regex(pc.replace_substring(spaced, " ", ""), pattern)
        fine[rest] = mask_of(pc.and_(paired, joined))
        return fine

    return accept


_CHECKS: tuple[tuple[str, Said, Callable[[Bound], ValueRule], Callable[[Bound], Accept] | None, tuple[Param, ...]], ...]
_CHECKS = (
    (
        "year-interval-value",
        Said("Intervalle d’années", "Interval of years"),
        _years_rule,
        _years_accepted,
        (Param("allow-year-only", "flag", required=False),),
    ),
    ("opening-hours-value", Said("Horaires d’ouverture", "Opening hours"), always(wrong_hours), None, ()),
    ("nomenclature-actes-value", Said("Nomenclature des actes", "Nomenclature of acts"), always(wrong_act), None, ()),
    (
        "phone-number-value",
        Said("Numéro de téléphone", "Telephone number"),
        always(wrong_phone),
        _phone_accepted,
        (),
    ),
)
for _name, _title, _rule, _accept, _params in _CHECKS:
    register_column_check(_name, _title, _rule, accept=_accept, params=_params)
