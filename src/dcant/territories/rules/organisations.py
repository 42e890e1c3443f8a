"""The numbers of an organisation: stated by a source or absent, never derived from one another beyond SIREN of a SIRET."""

from dataclasses import dataclass

from dcant.identifiers.errors import IdentifierError
from dcant.identifiers.siren import Siren, Siret
from dcant.identifiers.slug import Slug


@dataclass(frozen=True, slots=True)
class Numbers:
    """What identifies an organisation; `key` is its SIRET, else its SIREN, else its local slug."""

    key: str
    siren: str
    siret: str


def organisation_numbers(*, siren: str = "", siret: str = "", slug: str = "", is_demo: bool = False) -> Numbers:
    """Valid numbers and their key. A SIRET gives its SIREN; a SIREN never gives a SIRET.

    Numbers that begin with 0 are never given by INSEE: only demonstration organisations bear them, and these bear no
    other. Raises IdentifierError.
    """
    stated = Siren(siren) if siren else None
    if siret:
        establishment = Siret(siret)
        siret = establishment.digits
        if stated and stated != establishment.siren:
            raise IdentifierError("siren-siret", f"Le SIRET « {siret} » n’appartient pas au SIREN « {stated} ».")
        stated = establishment.siren
    if stated and stated.is_invented != is_demo:
        raise IdentifierError(
            "siren-demo",
            f"« {stated} » : un numéro qui commence par 0 est réservé à la démonstration, qui n’en porte pas d’autre.",
        )
    siren = stated.digits if stated else ""
    key = siret or siren or Slug(slug).text
    return Numbers(key, siren, siret)


def actor_of(numbers: Numbers) -> str:
    """How the public record names an organisation."""
    if numbers.siret:
        return f"org:siret:{numbers.siret}"
    return f"org:siren:{numbers.siren}" if numbers.siren else f"system:org-{numbers.key}"
