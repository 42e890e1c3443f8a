"""What the search engine knows of a resource: plain text and facet values, nothing of the database."""

from collections.abc import Mapping
from dataclasses import dataclass, field

FACETS = ("kind", "theme", "access", "audience", "producer_level", "phase", "departement", "source", "licence")
FIELDS = ("title", "keywords", "purpose", "producer", "body")


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """One resource as it is searched. `codes` holds acronyms and former titles; `needs` the needs it answers, in everyday words.

    Raises ValueError for an empty slug or a facet that is not in FACETS.
    """

    slug: str
    kind: str
    title: str
    purpose: str = ""
    keywords: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    body: str = ""
    producer: str = ""
    codes: tuple[str, ...] = ()
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        unknown = sorted(set(self.facets) - set(FACETS))
        if unknown:
            raise ValueError(f"Facette inconnue : {', '.join(unknown)}.")
        if not self.slug:
            raise ValueError("Un document de recherche a un identifiant.")

    def facet_values(self, facet: str) -> tuple[str, ...]:
        """The values under which the document is counted, each once; the kind is always one, even when `facets` is silent."""
        values = self.facets.get(facet, ())
        if facet == "kind" and not values:
            values = (self.kind,)
        return tuple(dict.fromkeys(value for value in values if value))
