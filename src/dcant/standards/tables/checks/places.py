"""french-gps-coordinates: is this point in France, and are its two numbers in order?"""

from collections.abc import Mapping
from typing import Any

from dcant.standards.tables.checks.single import Wrong, always, register_column_check
from dcant.standards.tables.shown import shown
from dcant.standards.tables.values import Said

# Latitudes, then longitudes, in degrees, bounds in.
_BOXES = (
    (41.2, 51.2, -5.2, 9.7),  # metropolitan France
    (15.8, 16.6, -61.9, -60.9),  # Guadeloupe
    (14.3, 15.0, -61.3, -60.7),  # Martinique
    (2.0, 5.9, -54.7, -51.5),  # Guyane
    (-21.5, -20.8, 55.1, 55.9),  # La Réunion
    (-13.1, -12.5, 44.9, 45.4),  # Mayotte
)


def is_french(longitude: float, latitude: float) -> bool:
    """Within one of the boxes, degrees."""
    return any(south <= latitude <= north and west <= longitude <= east for south, north, west, east in _BOXES)


def wrong_place(value: Any) -> Wrong | None:
    """A point, longitude first, within metropolitan France or one of five overseas boxes."""
    point = _point(value)
    if point is None:
        return Wrong(
            Said(f"« {shown(value)} » ne se lit pas comme un point.", f"“{shown(value)}” cannot be read as a point."),
            Said(
                "Écrivez la longitude, une virgule, la latitude : 2.35,48.85.",
                "Write longitude, comma, latitude: 2.35,48.85.",
            ),
        )
    first, second = point
    if is_french(first, second):
        return None
    said = f"{first:g},{second:g}"
    if is_french(second, first):
        return Wrong(
            Said(
                f"« {said} » : la latitude et la longitude sont inversées.",
                f"“{said}”: latitude and longitude are swapped.",
            ),
            Said(f"Mettez la longitude d’abord : {second:g},{first:g}.", f"Put longitude first: {second:g},{first:g}."),
            code="reversed-french-gps-coordinates",
        )
    return Wrong(
        Said(f"« {said} » n’est pas en France.", f"“{said}” is not in France."),
        Said(
            "Vérifiez le point sur une carte : longitude d’abord, en degrés, sans projection Lambert.",
            "Look at the point on a map: longitude first, in degrees, not in a Lambert projection.",
        ),
    )


def _point(value: Any) -> tuple[float, float] | None:
    """Longitude and latitude of a read geopoint of any format, or of a text « lon,lat »."""
    if isinstance(value, Mapping):
        parts = [value.get("lon"), value.get("lat")]
    elif isinstance(value, str):
        parts = list(value.split(","))
    elif isinstance(value, list | tuple):
        parts = list(value)
    else:
        return None
    if len(parts) != 2:
        return None
    try:
        return float(parts[0]), float(parts[1])  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None


register_column_check("french-gps-coordinates", Said("Point en France", "Point in France"), always(wrong_place))
