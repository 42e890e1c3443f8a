"""Which standards a file's columns look like."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dcant.identifiers import fold

MOST = 3


@dataclass(frozen=True, slots=True)
class Guess:
    """A standard whose columns match: how many labels are its fields, out of how many on each side."""

    slug: str
    common: int
    labels: int
    fields: int

    @property
    def score(self) -> float:
        """Share of common names among all (Jaccard): 1 when the columns are exactly the fields."""
        union = self.labels + self.fields - self.common
        return self.common / union if union else 0.0


def guess(labels: Sequence[str], standards: Mapping[str, Sequence[str]]) -> tuple[Guess, ...]:
    """The three best, best first, without case, accents nor blanks; none without one name in common."""
    asked = {fold(label).strip() for label in labels} - {""}
    found = []
    for slug, names in standards.items():
        known = {fold(name).strip() for name in names}
        if common := len(asked & known):
            found.append(Guess(slug, common, len(asked), len(known)))
    return tuple(sorted(found, key=lambda one: (-one.score, one.slug))[:MOST])
