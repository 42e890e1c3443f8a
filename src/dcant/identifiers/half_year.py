"""The half-year, the beat of the programme: « 2018-S1 »."""

import re
from dataclasses import dataclass
from datetime import date

from dcant.identifiers.errors import IdentifierError

_FORM = re.compile(r"(\d{4})-?[Ss]([12])", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class HalfYear:
    """January to June is S1, July to December is S2. Ordered by time; `HalfYear.parse("2018-S1")` reads it back."""

    year: int
    half: int

    def __post_init__(self) -> None:
        if not 1900 <= self.year <= 9998 or self.half not in {1, 2}:
            raise IdentifierError(
                "half-year-form", f"Un semestre s’écrit comme 2018-S1 : « {self.year}-S{self.half} »."
            )

    @classmethod
    def parse(cls, text: str) -> "HalfYear":
        found = _FORM.fullmatch(text.strip())
        if not found:
            raise IdentifierError("half-year-form", f"Un semestre s’écrit comme 2018-S1 : « {text} ».")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> "HalfYear":
        return cls(day.year, 1 if day.month <= 6 else 2)

    def __str__(self) -> str:
        return f"{self.year}-S{self.half}"

    @property
    def first_day(self) -> date:
        return date(self.year, 1 if self.half == 1 else 7, 1)

    @property
    def last_day(self) -> date:
        return date(self.year, 6, 30) if self.half == 1 else date(self.year, 12, 31)

    def next(self) -> "HalfYear":
        return HalfYear(self.year, 2) if self.half == 1 else HalfYear(self.year + 1, 1)

    def previous(self) -> "HalfYear":
        return HalfYear(self.year, 1) if self.half == 2 else HalfYear(self.year - 1, 2)
