"""Two to four resources side by side: what differs first, what is the same after, unknown said as unknown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# Fields that identify or index a resource: comparing them says nothing.
LEFT_OUT = frozenset(
    {"title", "kind", "slug", "keywords", "suite_service_ids", "published", "acronym", "datagouv_id", "producer_key"}
)
FIRST = (
    "purpose", "access_type", "audience_local", "audience_because", "commune_population_max", "price_basis", "price_note", "exit_terms",
    "steps", "obligations", "phase", "licence", "producer_name", "producer", "producer_level",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One field: its value in each sheet, in the order given; None where the sheet is silent."""

    field: str
    values: tuple[object, ...]

    @property
    def differs(self) -> bool:
        """Two sheets that state the field say two things, or one states it and another does not."""
        return any(value != self.values[0] for value in self.values[1:])


def compare(sheets: Sequence[Mapping[str, object]]) -> list[Row]:
    """sheets: field → shown value, one mapping a resource. Differences first, then the order of questions people ask.

    A field of one source alone (« source:key ») is compared only when two sheets state it.
    """
    fields = {field for sheet in sheets for field in sheet} - LEFT_OUT
    rows = [Row(field, tuple(sheet.get(field) for sheet in sheets)) for field in fields]
    kept = [row for row in rows if ":" not in row.field or sum(value is not None for value in row.values) > 1]
    return sorted(kept, key=lambda row: (not row.differs, _place(row.field), row.field))


def _place(field: str) -> int:
    return FIRST.index(field) if field in FIRST else len(FIRST)
