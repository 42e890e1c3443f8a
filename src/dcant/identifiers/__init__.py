"""Pure value types that every floor shares: parse once at the door, trust inside."""

from dcant.identifiers.codes import CommuneCode, DepartementCode, RegionCode
from dcant.identifiers.errors import IdentifierError
from dcant.identifiers.folding import fold, fold_words
from dcant.identifiers.half_year import HalfYear
from dcant.identifiers.permit import Permit, Refused
from dcant.identifiers.sentence import Sentence
from dcant.identifiers.siren import EpciSiren, Siren, Siret
from dcant.identifiers.slug import Slug

__all__ = [
    "CommuneCode",
    "DepartementCode",
    "EpciSiren",
    "HalfYear",
    "IdentifierError",
    "Permit",
    "Refused",
    "RegionCode",
    "Sentence",
    "Siren",
    "Siret",
    "Slug",
    "fold",
    "fold_words",
]
