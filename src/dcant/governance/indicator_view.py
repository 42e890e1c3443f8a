"""What the page of an indicator shows, and its data: measures in force in order of time, each with how far along it is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from dcant.governance.models import Indicator, Measurement
from dcant.governance.rules.indicators import Progress, progress

HEADER = (
    "indicateur",
    "semestre",
    "valeur",
    "unite",
    "habitants",
    "cible",
    "atteinte",
    "part_du_chemin",
    "source",
    "demo",
)


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure in force, and how far it stands."""

    measurement: Measurement
    progress: Progress

    @property
    def share(self) -> float | None:
        return None if self.progress.share is None else float(self.progress.share)


@dataclass(frozen=True, slots=True)
class IndicatorView:
    """`measured`: the oldest first; `superseded`: how many measures were said again since."""

    indicator: Indicator
    measured: tuple[Measured, ...]
    superseded: int

    @property
    def last(self) -> Measured | None:
        return self.measured[-1] if self.measured else None

    @property
    def demo(self) -> bool:
        return self.indicator.demo or any(one.measurement.demo for one in self.measured)


def indicator_views(indicators: Iterable[Indicator]) -> list[IndicatorView]:
    """Each with its measures. One query more, whatever their number."""
    listed = list(indicators)
    said: dict[int, list[Measurement]] = {one.pk: [] for one in listed}
    rows = Measurement.objects.filter(indicator__in=listed).select_related("by").order_by("period", "pk")
    for row in rows:
        said[row.indicator_id].append(row)
    return [view_of(one, said[one.pk]) for one in listed]


def view_of(indicator: Indicator, said: Sequence[Measurement]) -> IndicatorView:
    """said: its measures in order of time, those said again too."""
    in_force = [row for row in said if row.superseded_at is None]
    measured = tuple(
        Measured(
            row,
            progress(
                baseline=indicator.baseline, target=indicator.target, value=row.value, direction=indicator.direction
            ),
        )
        for row in in_force
    )
    return IndicatorView(indicator, measured, len(said) - len(in_force))


def indicator_document(view: IndicatorView) -> dict[str, object]:
    """Numbers as decimal text, what is not known as null."""
    one = view.indicator
    return {
        "code": one.code,
        "title": one.title,
        "programme": one.programme.slug,
        "action": one.action.code if one.action else None,
        "unit": one.unit,
        "baseline": one.baseline or None,
        "target": one.target,
        "direction": one.direction,
        "due": one.due or None,
        "source": one.source,
        "computed": one.computed,
        "resource": one.resource.slug if one.resource else None,
        "demo": one.demo,
        "measurements": [
            {
                "period": row.measurement.period,
                "value": row.measurement.value,
                "people": row.measurement.people or None,
                "reached": row.progress.reached,
                "progress": None if row.progress.share is None else str(row.progress.share),
                "source": row.measurement.source,
                "by": row.measurement.by.name,
                "demo": row.measurement.demo,
            }
            for row in view.measured
        ],
    }


def indicator_rows(view: IndicatorView) -> list[tuple[object, ...]]:
    """One row a measure, under HEADER, numbers as numbers; one without values for an indicator that nobody measured."""
    one = view.indicator
    empty = (one.code, None, None, one.unit, None, Decimal(one.target), None, None, None, one.demo)
    return [
        (
            one.code,
            row.measurement.period,
            Decimal(row.measurement.value),
            one.unit,
            Decimal(row.measurement.people) if row.measurement.people else None,
            Decimal(one.target),
            row.progress.reached,
            None if row.share is None else round(row.share, 4),
            row.measurement.source,
            row.measurement.demo,
        )
        for row in view.measured
    ] or [empty]
