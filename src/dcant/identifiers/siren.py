"""SIREN and SIRET, the numbers of French organisations and of their establishments.

Source: INSEE, Sirene registry; La Poste's establishments follow their own rule, since it has more of them than the usual key allows.
"""

from dataclasses import dataclass

from dcant.identifiers.errors import IdentifierError

LA_POSTE = "356000000"
_LA_POSTE_HEAD = f"{LA_POSTE}00048"
_SEPARATORS = str.maketrans("", "", " \t\n\r\u00a0\u202f.-_/")


def luhn(digits: str) -> int:
    """The Luhn remainder of a text of digits, from 0 to 9; 0 means that the key is right."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10


def _only_digits(text: str) -> str:
    return text.translate(_SEPARATORS)


def _is_digits(text: str, length: int) -> bool:
    return len(text) == length and text.isascii() and text.isdigit()


@dataclass(frozen=True, slots=True, order=True)
class Siren:
    """A valid SIREN. `Siren("200 054 781")` keeps the nine digits; anything else raises IdentifierError."""

    digits: str

    def __post_init__(self) -> None:
        digits = _only_digits(self.digits)
        if not _is_digits(digits, 9):
            raise IdentifierError("siren-form", f"Un SIREN a neuf chiffres : « {self.digits} ».")
        if digits == "0" * 9:
            raise IdentifierError("siren-zero", "Un SIREN ne peut pas être fait de zéros seulement.")
        if luhn(digits) != 0:
            raise IdentifierError("siren-key", f"La clé du SIREN « {digits} » est fausse : vérifiez chaque chiffre.")
        object.__setattr__(self, "digits", digits)

    def __str__(self) -> str:
        return self.digits

    @property
    def is_invented(self) -> bool:
        """Numbers beginning with 0 are never given by INSEE: the demonstration uses them for organisations it invents."""
        return self.digits.startswith("0")


@dataclass(frozen=True, slots=True, order=True)
class Siret:
    """A valid SIRET: a SIREN and five digits for the establishment.

    The whole number satisfies the Luhn key, save La Poste's establishments (SIREN 356000000), whose fourteen digits
    add up to a multiple of five; its head office alone keeps the Luhn key.
    """

    digits: str

    def __post_init__(self) -> None:
        digits = _only_digits(self.digits)
        if not _is_digits(digits, 14):
            raise IdentifierError("siret-form", f"Un SIRET a quatorze chiffres : « {self.digits} ».")
        Siren(digits[:9])
        if digits[9:] == "0" * 5:
            raise IdentifierError("siret-zero", f"Le numéro d’établissement du SIRET « {digits} » est vide.")
        if not _has_siret_key(digits):
            raise IdentifierError("siret-key", f"La clé du SIRET « {digits} » est fausse : vérifiez chaque chiffre.")
        object.__setattr__(self, "digits", digits)

    def __str__(self) -> str:
        return self.digits

    @property
    def siren(self) -> Siren:
        return Siren(self.digits[:9])

    @property
    def is_invented(self) -> bool:
        return self.digits.startswith("0")


def _has_siret_key(digits: str) -> bool:
    if digits.startswith(LA_POSTE) and digits != _LA_POSTE_HEAD:
        return sum(map(int, digits)) % 5 == 0
    return luhn(digits) == 0


@dataclass(frozen=True, slots=True, order=True)
class EpciSiren:
    """The SIREN that serves as code of an intercommunal body: it begins with 2, as for every public grouping."""

    digits: str

    def __post_init__(self) -> None:
        digits = Siren(self.digits).digits
        if not digits.startswith("2"):
            raise IdentifierError("epci-form", f"Le SIREN d’un groupement de communes commence par 2 : « {digits} ».")
        object.__setattr__(self, "digits", digits)

    def __str__(self) -> str:
        return self.digits
