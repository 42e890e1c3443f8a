"""From a code of any year to the present communes."""

from datetime import date

from dcant.territories.models import FormerCode, Territory
from dcant.territories.rules import passage
from dcant.territories.rules.passage import Resolution
from dcant.territories.search import find_communes


class UnknownCommune(LookupError):
    """No commune has, or is known to have had, this code; `nearest` holds pairs (code, name) that resemble it."""

    def __init__(self, code: str, nearest: tuple[tuple[str, str], ...]) -> None:
        near = " ; ".join(f"{name} ({found})" for found, name in nearest)
        super().__init__(f"Aucune commune n’a le code « {code} »." + (f" Proches : {near}." if near else ""))
        self.code = code
        self.nearest = nearest


def resolve(*, code: str, on: date | None = None) -> Resolution:
    """The present communes of a code, with weights that add up to 1.

    `on`: the day the code was written. The reference does not date mergers, so the answer is the same and says so; a
    municipal arrondissement resolves to its commune. Raises UnknownCommune, with the nearest codes (or names).
    """
    code = "".join(code.split()).upper()
    commune = Territory.objects.communes().filter(code=code).first()
    if commune is not None:
        return passage.current(commune.code, commune.name)
    former = FormerCode.objects.filter(old_code=code).select_related("territory").order_by("-old_name").first()
    if former is None:
        raise UnknownCommune(code, _nearest(code))
    found = passage.merged(code, former.old_name, former.territory.code, former.territory.name)
    if on is None:
        return found
    because = f"{found.because} La source ne dit pas depuis quel jour : le {on:%d/%m/%Y} n’a pas pu être vérifié."
    return Resolution(found.code, found.targets, because)


def _nearest(code: str) -> tuple[tuple[str, str], ...]:
    if not any(char.isdigit() for char in code):
        return tuple((match.code, match.name) for match in find_communes(code))
    place = Territory.objects.communes().filter(departement_code__in=[code[:2], code[:3]])
    names = dict(place.values_list("code", "name"))
    return tuple((near, names[near]) for near in passage.nearest_codes(code, list(names)))
