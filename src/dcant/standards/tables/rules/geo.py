"""GeoJSON and TopoJSON: the structure that the reference implementation asks for, and no more.

It follows the JSON Schema profiles of frictionless 5.21 as verdicts: a position has exactly two numbers, an item of
`features` that is not an object passes, a `crs` that is null does not.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Test: TypeAlias = Callable[[Any], bool]


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _array(of: Test, least: int = 0, most: int | None = None) -> Test:
    """A test for lists whose items all pass, of a given length."""

    def passes(value: Any) -> bool:
        fits = isinstance(value, list) and least <= len(value) and (most is None or len(value) <= most)
        return fits and all(map(of, value))

    return passes


_POSITION = _array(_number, 2, 2)
_POSITIONS = _array(_POSITION)
_LINE = _array(_POSITION, 2)
_RINGS = _array(_array(_POSITION, 4))
_COORDINATES: Mapping[str, Test] = {
    "Point": _POSITION,
    "MultiPoint": _POSITIONS,
    "LineString": _LINE,
    "MultiLineString": _array(_LINE),
    "Polygon": _RINGS,
    "MultiPolygon": _array(_RINGS),
}


def is_geojson(value: Mapping[str, Any]) -> bool:
    """Is this object a geometry, a collection, a feature or a collection of features?"""
    if "crs" in value and not _crs(value["crs"]):
        return False
    if "bbox" in value and not _array(_number)(value["bbox"]):
        return False
    kind = value.get("type")
    if kind == "GeometryCollection":
        return _array(_geometry)(value.get("geometries"))
    if kind == "Feature":
        return _feature(value)
    if kind == "FeatureCollection":
        return _array(_feature)(value.get("features"))
    return _geometry(value)


def _geometry(value: Any) -> bool:
    if not isinstance(value, dict) or "coordinates" not in value:
        return False
    kind = value.get("type")
    test = _COORDINATES.get(kind) if isinstance(kind, str) else None
    return test is not None and test(value["coordinates"])


def _feature(value: Any) -> bool:
    if not isinstance(value, dict):
        return True
    if value.get("type", "Feature") != "Feature" or not {"geometry", "properties"} <= value.keys():
        return False
    shaped = value["geometry"] is None or _geometry(value["geometry"])
    return shaped and isinstance(value["properties"], (dict, type(None)))


def _crs(value: Any) -> bool:
    if not isinstance(value, dict) or value.keys() != {"type", "properties"}:
        return False
    properties = value["properties"]
    if not isinstance(properties, dict):
        return False
    if value["type"] == "name":
        return properties.keys() == {"name"} and isinstance(properties["name"], str)
    linked = value["type"] == "link" and isinstance(properties.get("href"), str)
    return linked and isinstance(properties.get("type", ""), str)


_TOPO_POSITION = _array(_number, 2)
_ARC_INDEXES = _array(_integer)
_SHAPES: Mapping[str, tuple[str, Test]] = {
    "Point": ("coordinates", _TOPO_POSITION),
    "MultiPoint": ("coordinates", _array(_TOPO_POSITION)),
    "LineString": ("arcs", _ARC_INDEXES),
    "MultiLineString": ("arcs", _array(_ARC_INDEXES)),
    "Polygon": ("arcs", _array(_ARC_INDEXES)),
    "MultiPolygon": ("arcs", _array(_array(_ARC_INDEXES))),
    "GeometryCollection": ("geometries", lambda value: _topo_geometries(value)),  # noqa: PLW0108 - defined below
}


def is_topojson(value: Mapping[str, Any]) -> bool:
    """Is this object a topology, or a geometry of one?"""
    if "bbox" in value and not _array(_array(_number), 2, 2)(value["bbox"]):
        return False
    if value.get("type") != "Topology":
        return _topo_geometry(value)
    objects, arcs = value.get("objects"), value.get("arcs")
    if not isinstance(objects, dict) or not all(map(_topo_geometry, objects.values())):
        return False
    stops = _array(_array(lambda stop: stop is None or _TOPO_POSITION(stop), 2))
    return stops(arcs) and ("transform" not in value or _transform(value["transform"]))


def _transform(value: Any) -> bool:
    return isinstance(value, dict) and _TOPO_POSITION(value.get("scale")) and _TOPO_POSITION(value.get("translate"))


def _topo_geometries(value: Any) -> bool:
    return isinstance(value, list) and all(map(_topo_geometry, value))


def _topo_geometry(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    kind = value.get("type")
    part, test = _SHAPES.get(kind, ("", None)) if isinstance(kind, str) else ("", None)
    if test is None or not test(value.get(part)):
        return False
    named = "id" not in value or isinstance(value["id"], str) or _integer(value["id"])
    return named and isinstance(value.get("properties", {}), dict)
