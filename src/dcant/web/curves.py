"""The curve of an indicator: SVG without style of its own; the table beside it says the same."""

from dataclasses import dataclass
from fractions import Fraction

from dcant.governance.indicator_view import IndicatorView
from dcant.identifiers import HalfYear
from dcant.web.numbers import shown_decimal

WIDTH, HEIGHT = 480, 220
LEFT, RIGHT, TOP, BOTTOM = 56, 16, 16, 32
LINE = 16  # between two labels, so that each reads


@dataclass(frozen=True, slots=True)
class Dot:
    """A measure: its place in SVG units, whole numbers that no language writes otherwise, and what a pointer reads."""

    x: int
    y: int
    words: str


@dataclass(frozen=True, slots=True)
class Curve:
    """`dots` in order of time; `people`: the second curve of a coverage, else empty; `labels`: text of the axes with its place."""

    dots: tuple[Dot, ...]
    people: tuple[Dot, ...]
    target_y: int
    periods: tuple[tuple[int, str], ...]
    levels: tuple[tuple[int, str], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    foot: int = HEIGHT - 10

    @property
    def path(self) -> str:
        return _path(self.dots)

    @property
    def people_path(self) -> str:
        return _path(self.people)


def curve_of(view: IndicatorView) -> Curve | None:
    """Half-years across, at their true distance; values upwards, from the least to the most of all that is drawn. None without a measure."""
    one = view.indicator
    if not view.measured:
        return None
    rows = [row.measurement for row in view.measured]
    values = [Fraction(row.value) for row in rows]
    drawn = [*values, Fraction(one.target), *(Fraction(row.people) for row in rows if row.people)]
    drawn += [Fraction(one.baseline)] if one.baseline else []
    low, high = min(drawn), max(drawn)
    reach = high - low or Fraction(1)
    first, last = _place(rows[0].period), _place(rows[-1].period)

    def across(period: str) -> int:
        share = Fraction(_place(period) - first, last - first) if last > first else Fraction(1, 2)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT))

    def up(value: Fraction) -> int:
        return round(HEIGHT - BOTTOM - (value - low) / reach * (HEIGHT - TOP - BOTTOM))

    target_y = up(Fraction(one.target))
    said = {(up(value), _text(value)) for value in (low, high)}
    if all(abs(target_y - y) > LINE for y, _words in said):
        said.add((target_y, one.target))
    ends = dict.fromkeys((rows[0].period, rows[-1].period))
    return Curve(
        dots=tuple(
            Dot(across(row.period), up(Fraction(row.value)), f"{row.period} : {shown_decimal(row.value)} {one.unit}")
            for row in rows
        ),
        people=tuple(
            Dot(across(row.period), up(Fraction(row.people)), f"{row.period} : {shown_decimal(row.people)} {one.unit}")
            for row in rows
            if row.people
        ),
        target_y=target_y,
        periods=tuple((across(period), period) for period in ends),
        levels=tuple((y, shown_decimal(words)) for y, words in sorted(said)),
    )


def _text(value: Fraction) -> str:
    """A value of six decimals at most, back to its text."""
    millionths = value * 1_000_000
    sign = "-" if millionths < 0 else ""
    whole, rest = divmod(abs(int(millionths)), 1_000_000)
    decimals = f"{rest:06d}".rstrip("0")
    return f"{sign}{whole}.{decimals}" if decimals else f"{sign}{whole}"


def _place(period: str) -> int:
    half_year = HalfYear.parse(period)
    return half_year.year * 2 + half_year.half


def _path(dots: tuple[Dot, ...]) -> str:
    return " ".join(f"{dot.x},{dot.y}" for dot in dots)
