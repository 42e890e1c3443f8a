"""Drawings made on the server: SVG without style of its own; a table says the same beside each."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from django.utils.translation import gettext_lazy as _

from dcant.adoption.questions import Place

STEPS = (0.0, 0.02, 0.05, 0.10, 0.25)
LEGEND = ((0, _("aucune")), (1, "≤ 2 %"), (2, "≤ 5 %"), (3, "≤ 10 %"), (4, "≤ 25 %"), (5, "> 25 %"))
SIDE, GAP = 40, 4


@dataclass(frozen=True, slots=True)
class Tile:
    """A département on the grid: its corner in SVG units, a class of colour from 0 to 5, and what a pointer reads."""

    code: str
    words: str
    x: int
    y: int
    level: int


@dataclass(frozen=True, slots=True)
class TileMap:
    width: int
    height: int
    tiles: tuple[Tile, ...]


@cache
def _grid() -> dict[str, tuple[int, int]]:
    text = files("dcant.territories").joinpath("reference", "tiles.csv").read_text(encoding="utf-8")
    return {row["code"]: (int(row["row"]), int(row["col"])) for row in csv.DictReader(text.splitlines())}


def tile_map(values: Mapping[str, tuple[int, str]]) -> TileMap:
    """values: code of a département → class of colour, and the words that say it. One without a place on the grid is left out."""
    tiles = tuple(
        Tile(code=code, words=words, x=_grid()[code][1] * (SIDE + GAP), y=_grid()[code][0] * (SIDE + GAP), level=level)
        for code, (level, words) in values.items()
        if code in _grid()
    )
    width = max((tile.x for tile in tiles), default=0) + SIDE
    height = max((tile.y for tile in tiles), default=0) + SIDE
    return TileMap(width, height, tiles)


def coverage_map(places: list[Place]) -> TileMap:
    """One tile a département, coloured by the share of its communes."""
    return tile_map(
        {
            place.code: (
                sum((place.coverage.communes_share or 0.0) > step for step in STEPS),
                f"{place.name} : {place.coverage.communes} / {place.coverage.of_communes}",
            )
            for place in places
        }
    )
