"""What a person typed to find a commune, read every way it can be read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from dcant.territories.rules.place_words import bare_key, place_words, without_noise

_CODE = re.compile(r"\d{5}|2[abAB]\d{3}", re.ASCII)
_NUMBER = re.compile(r"\d{9}(?:\d{5})?", re.ASCII)
_DEPARTEMENT = re.compile(r"\d{1,2}|2[ab]|9[78]\d", re.ASCII)
LONGEST_QUERY = 200


@dataclass(frozen=True, slots=True)
class Reading:
    """Words of a name, and the département they are said to be in (None: not said)."""

    words: tuple[str, ...]
    departement: str | None = None


@dataclass(frozen=True, slots=True)
class CommuneQuery:
    """`siren`, `code` (postcode or INSEE code, upper case): empty when none was typed."""

    siren: str
    code: str
    readings: tuple[Reading, ...]


def read_query(text: str, departements: Mapping[str, str]) -> CommuneQuery:
    """`departements`: code by bare key of the name, and by code. A text that could be both is read both ways.

    « Villeneuve-sur-Lot » is a name, and « Villeneuve » in the Lot; « 35190 Tréverien » a code and a name.
    """
    text = text[:LONGEST_QUERY]
    joined = "".join(text.split())
    if _NUMBER.fullmatch(joined):
        return CommuneQuery(joined[:9], "", ())
    pieces = text.replace("(", " ").replace(")", " ").replace(",", " ").split()
    code = next((piece for piece in pieces if _CODE.fullmatch(piece)), "")
    if not code and _CODE.fullmatch(joined):
        return CommuneQuery("", joined.upper(), ())
    words = without_noise(place_words(" ".join(piece for piece in pieces if piece != code)))
    return CommuneQuery("", code.upper(), tuple(_readings(words, departements)))


def _readings(words: list[str], departements: Mapping[str, str]) -> list[Reading]:
    if not words:
        return []
    readings = [Reading(tuple(words))]
    for size in range(1, min(6, len(words))):
        rest, tail = words[:-size], words[-size:]
        if code := _departement(tail, departements):
            readings.append(Reading(tuple(rest), code))
    if len(words) > 1 and _DEPARTEMENT.fullmatch(words[0]) and (code := _departement(words[:1], departements)):
        readings.append(Reading(tuple(words[1:]), code))
    return readings


def _departement(words: list[str], departements: Mapping[str, str]) -> str | None:
    if len(words) == 1 and _DEPARTEMENT.fullmatch(words[0]):
        return departements.get(words[0].zfill(2).upper())
    return departements.get(bare_key(words))
