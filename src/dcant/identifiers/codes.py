"""INSEE codes of communes, départements and regions. Codes are text: « 01 » is not 1, « 2A » is not a number.

Source: INSEE, code officiel géographique.
"""

import re
from dataclasses import dataclass

from dcant.identifiers.errors import IdentifierError

_DEPARTEMENT = r"0[1-9]|[1345678]\d|2[1-9AB]|9[0-5]|97[1-8]|98[4-9]"
_COMMUNE = re.compile(r"(?:0[1-9]|[1345678]\d|2[1-9AB]|9[0-5])\d{3}|97[1-8]\d{2}|98[4-9]\d{2}", re.ASCII)
_DEPARTEMENT_RE = re.compile(_DEPARTEMENT, re.ASCII)
_REGION = re.compile(r"0[1-6]|11|[2-9]\d|97[5-8]|98[4-9]", re.ASCII)


def _clean(text: str) -> str:
    return "".join(text.split()).upper()


@dataclass(frozen=True, slots=True, order=True)
class CommuneCode:
    """The five characters of a commune: « 35345 », « 2A004 », « 97411 ». Any other form raises IdentifierError."""

    code: str

    def __post_init__(self) -> None:
        code = _clean(self.code)
        if not _COMMUNE.fullmatch(code) or code.endswith("000"):
            raise IdentifierError(
                "commune-form",
                f"Un code de commune a cinq caractères, comme 35345, 2A004 ou 97411 : « {self.code} ».",
            )
        object.__setattr__(self, "code", code)

    def __str__(self) -> str:
        return self.code

    @property
    def departement(self) -> "DepartementCode":
        return DepartementCode(self.code[:3] if self.code.startswith(("97", "98")) else self.code[:2])


@dataclass(frozen=True, slots=True, order=True)
class DepartementCode:
    """A département or an overseas collectivity of the same rank: « 01 », « 2A », « 974 », « 988 »."""

    code: str

    def __post_init__(self) -> None:
        code = _clean(self.code)
        if not _DEPARTEMENT_RE.fullmatch(code):
            raise IdentifierError(
                "departement-form", f"Un code de département s’écrit comme 01, 2A ou 974 : « {self.code} »."
            )
        object.__setattr__(self, "code", code)

    def __str__(self) -> str:
        return self.code


@dataclass(frozen=True, slots=True, order=True)
class RegionCode:
    """A region: « 53 », « 01 » (Guadeloupe), or an overseas collectivity of the same rank (« 975 »)."""

    code: str

    def __post_init__(self) -> None:
        code = _clean(self.code)
        if not _REGION.fullmatch(code):
            raise IdentifierError("region-form", f"Un code de région s’écrit comme 53 ou 01 : « {self.code} ».")
        object.__setattr__(self, "code", code)

    def __str__(self) -> str:
        return self.code
