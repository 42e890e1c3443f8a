"""french-siret-value and french-siren-value: the numbers of the Sirene register, as `identifiers` knows them.

Two numbers that satisfy the keys are refused all the same, since INSEE never gives them: a SIREN of zeros only, and an
establishment numbered 00000.
"""

import re
from collections.abc import Callable
from typing import Any

import pyarrow as pa

from dcant.identifiers import IdentifierError, Siren, Siret
from dcant.standards.tables.checks.bulk import Mask, has_luhn_key
from dcant.standards.tables.checks.declared import Bound
from dcant.standards.tables.checks.single import Accept, Wrong, always, register_column_check
from dcant.standards.tables.checks.written import written
from dcant.standards.tables.shown import shown
from dcant.standards.tables.values import Said

_IN_SIRET = re.compile(r"[\s.\-‐‑‒–]")  # blanks of every width, dots, hyphens and what word processors make of them
_IN_SIREN = re.compile(r"[\s.]")

_SIRET = Said(
    "Recopiez les quatorze chiffres depuis annuaire-entreprises.data.gouv.fr, dans une colonne au format Texte : "
    "un tableur efface les zéros du début et arrondit les longs nombres.",
    "Copy the fourteen digits again from annuaire-entreprises.data.gouv.fr, into a column formatted as Text: "
    "a spreadsheet drops leading zeros and rounds long numbers.",
)
_SIREN = Said(
    "Recopiez les neuf chiffres depuis annuaire-entreprises.data.gouv.fr ; ne mettez pas de SIRET dans cette colonne.",
    "Copy the nine digits again from annuaire-entreprises.data.gouv.fr; put no SIRET in this column.",
)


def wrong_siret(value: Any) -> Wrong | None:
    """Fourteen digits, blanks, dots and hyphens left out, with the right key and that of their SIREN."""
    text = _IN_SIRET.sub("", written(value))
    if len(text) != 14 or not _are_digits(text):
        return Wrong(_form(value, "SIRET", "quatorze", "fourteen"), _SIRET)
    try:
        Siret(text)
    except IdentifierError as error:
        return Wrong(_key(value, "SIRET", error), _SIRET)
    return None


def wrong_siren(value: Any) -> Wrong | None:
    """Nine digits, blanks and dots left out, with the right key."""
    text = _IN_SIREN.sub("", written(value))
    if len(text) != 9 or not _are_digits(text):
        return Wrong(_form(value, "SIREN", "neuf", "nine"), _SIREN)
    try:
        Siren(text)
    except IdentifierError as error:
        return Wrong(_key(value, "SIREN", error), _SIREN)
    return None


def _are_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _form(value: Any, name: str, fr: str, en: str) -> Said:
    return Said(
        f"« {shown(value)} » n’est pas un {name} : il en faut {fr} chiffres.",
        f"“{shown(value)}” is not a {name}: it takes {en} digits.",
    )


def _key(value: Any, name: str, error: IdentifierError) -> Said:
    if error.code.endswith("-zero"):
        return Said(
            f"« {shown(value)} » n’est pas un {name} : l’INSEE ne donne jamais ces zéros.",
            f"“{shown(value)}” is not a {name}: INSEE never gives these zeros.",
        )
    return Said(
        f"« {shown(value)} » n’est pas un {name} : sa clé est fausse, un chiffre au moins est à corriger.",
        f"“{shown(value)}” is not a {name}: its key is wrong, one digit at least is to be mended.",
    )


def _has_key(length: int) -> Callable[[Bound], Accept]:
    def accept(column: pa.Array) -> Mask:
        return has_luhn_key(column, length)

    return lambda _bound: accept


register_column_check(
    "french-siret-value", Said("Numéro SIRET", "SIRET number"), always(wrong_siret), accept=_has_key(14)
)
register_column_check(
    "french-siren-value", Said("Numéro SIREN", "SIREN number"), always(wrong_siren), accept=_has_key(9)
)
