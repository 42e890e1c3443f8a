"""Which commune did you mean? The index of the communes in the database, built once per process, on first use."""

from dataclasses import dataclass
from threading import Lock

from dcant.territories.models import FormerCode, LoadedReference, Territory
from dcant.territories.rules.commune_index import CommuneIndex, FormerName, IndexedCommune


@dataclass(frozen=True, slots=True)
class CommuneMatch:
    """A commune that answers a query; `because` is shown to the person; `score` from 0 to 1."""

    code: str
    name: str
    departement_code: str
    departement_name: str
    postcodes: tuple[str, ...]
    population: int | None
    because: str
    score: float


@dataclass(frozen=True, slots=True)
class _Built:
    version: str
    index: CommuneIndex
    departements: dict[str, str]


_building = Lock()
_built: list[_Built] = []  # one at most


def find_communes(query: str, *, limit: int = 6) -> list[CommuneMatch]:
    """Communes by name (accents, hyphens, articles, abbreviations and one or two errors forgiven), beginning of a name,
    former name, postcode, INSEE code, SIREN; a name may be followed by its département, by name or number.

    Best first: score, then people, then code. Homonyms are all candidates, each with its département.
    """
    built = _current()
    return [
        CommuneMatch(
            code=found.commune.code,
            name=found.commune.name,
            departement_code=found.commune.departement,
            departement_name=built.departements.get(found.commune.departement, ""),
            postcodes=found.commune.postcodes,
            population=found.commune.population,
            because=found.because,
            score=found.score,
        )
        for found in built.index.find(query, limit=limit)
    ]


def _current() -> _Built:
    """The index of the reference the database holds; another thread that asks meanwhile waits for the same one.

    Communes entered by hand, without a loaded reference, have no version: they are few, and indexed at each question.
    """
    version = LoadedReference.objects.values_list("digest", flat=True).first()
    if version is None:
        return _build("")
    with _building:
        if not _built or _built[0].version != version:
            _built[:] = [_build(version)]
        return _built[0]


def _build(version: str) -> _Built:
    communes = Territory.objects.communes().values_list(
        "code", "name", "departement_code", "siren", "population", "postcodes"
    )
    former = FormerCode.objects.values_list("old_code", "old_name", "territory__code")
    departements = dict(
        Territory.objects.filter(kind=Territory.Kind.DEPARTEMENT).order_by("code").values_list("code", "name")
    )
    index = CommuneIndex(
        (IndexedCommune(*row[:5], postcodes=tuple(row[5])) for row in communes),
        (FormerName(*row) for row in former),
        departements,
    )
    return _Built(version, index, departements)
