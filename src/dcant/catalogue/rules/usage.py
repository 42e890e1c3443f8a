"""The seam with what only upper floors know: who uses a resource. Doors pass it; None is « non renseigné », never 0."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class UsageView:
    """Use that was attested: organisations, communes among them and their inhabitants; `near` counts the organisations
    around whoever asks (None when nobody asks from anywhere); `freshest` is the day of the latest declaration.

    It exists only when somebody attested something: no use known is no view at all.
    """

    organisations: int
    communes: int
    people: int
    near: int | None = None
    freshest: date | None = None

    def __post_init__(self) -> None:
        counts = (self.organisations, self.communes, self.people, self.near or 0)
        if self.organisations < 1 or self.communes > self.organisations or min(counts) < 0:
            raise ValueError("no use known is no view; communes are among the organisations")

    def document(self) -> dict[str, object]:
        """The same, for the data beside the pages."""
        return {
            "organisations": self.organisations,
            "communes": self.communes,
            "people": self.people,
            "near": self.near,
            "freshest": self.freshest.isoformat() if self.freshest else None,
        }
