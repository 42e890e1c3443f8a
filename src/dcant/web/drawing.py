"""Drawings made on the server: SVG without style of its own; a table says the same beside each."""

import csv
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
    """A département on the grid: its corner in SVG units, and a class of colour from 0 (nobody declared) to 5."""

    code: str
    name: str
    x: int
    y: int
    level: int
    communes: int
    of_communes: int


@dataclass(frozen=True, slots=True)
class TileMap:
    width: int
    height: int
    tiles: tuple[Tile, ...]


@cache
def _grid() -> dict[str, tuple[int, int]]:
    text = files("dcant.territories").joinpath("reference", "tiles.csv").read_text(encoding="utf-8")
    return {row["code"]: (int(row["row"]), int(row["col"])) for row in csv.DictReader(text.splitlines())}


def tile_map(places: list[Place]) -> TileMap:
    """One tile a département, coloured by the share of its communes."""
    tiles = []
    for place in places:
        row, col = _grid().get(place.code, (None, None))
        if row is None or col is None:
            continue
        share = place.coverage.communes_share or 0.0
        tiles.append(
            Tile(
                code=place.code,
                name=place.name,
                x=col * (SIDE + GAP),
                y=row * (SIDE + GAP),
                level=sum(share > step for step in STEPS),
                communes=place.coverage.communes,
                of_communes=place.coverage.of_communes,
            )
        )
    width = max((tile.x for tile in tiles), default=0) + SIDE
    height = max((tile.y for tile in tiles), default=0) + SIDE
    return TileMap(width, height, tuple(tiles))
