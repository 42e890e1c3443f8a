"""How an organisation is made, whoever makes it."""

from dcant.territories.models import Organisation, Territory
from dcant.territories.rules.organisations import organisation_numbers


def new_organisation(
    *,
    name: str,
    kind: str,
    siren: str = "",
    siret: str = "",
    slug: str = "",
    college: str | None = None,
    territory: Territory | None = None,
    is_demo: bool = False,
) -> Organisation:
    """An organisation with valid numbers, not yet saved; `college` is the key of one, `slug` serves without number.

    Raises IdentifierError: a number that is not valid, or one beginning with 0 outside the demonstration.
    """
    numbers = organisation_numbers(siren=siren, siret=siret, slug=slug, is_demo=is_demo)
    return Organisation(
        key=numbers.key,
        kind=Organisation.Kind(kind),
        college_id=college,
        name=name,
        siren=numbers.siren,
        siret=numbers.siret,
        territory=territory,
        is_demo=is_demo,
    )
