"""What a cell holds of lists, objects and places."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from dcant.standards.tables.rules.geo import is_geojson, is_topojson
from dcant.standards.tables.rules.moments import date_reader, datetime_reader, time_reader
from dcant.standards.tables.rules.numbers import NUMBER_SPELLING, integer_reader, number_reader
from dcant.standards.tables.rules.reading import ANY_TEXT, Native, Reader, Shape
from dcant.standards.tables.rules.texts import boolean_reader, string_reader
from dcant.standards.tables.values import Field

ITEM_READERS = {
    "string": string_reader,
    "integer": integer_reader,
    "boolean": boolean_reader,
    "number": number_reader,
    "datetime": datetime_reader,
    "date": date_reader,
    "time": time_reader,
}


class Place(NamedTuple):
    lon: Decimal
    lat: Decimal


class _NotJson(ValueError):
    """NaN and Infinity, which Python reads and JSON forbids."""


def _refuse_constant(name: str) -> None:
    raise _NotJson(name)


def _standard_json(text: str) -> bool:
    try:
        json.loads(text, parse_constant=_refuse_constant)
    except _NotJson:
        return False
    return True


def _json_of(kind: type[Any], cell: Native) -> Any:
    if isinstance(cell, str):
        try:
            cell = json.loads(cell)
        except (ValueError, RecursionError):
            return None
    return cell if isinstance(cell, kind) else None


def array_reader(_field: Field) -> Reader:
    """A JSON array; its items are read by the column rule when the field says what they are."""
    return Reader(lambda cell: list(cell) if isinstance(cell, tuple) else _json_of(list, cell), _standard_json)


def object_reader(_field: Field) -> Reader:
    """A JSON object."""
    return Reader(lambda cell: _json_of(dict, cell), _standard_json)


def geojson_reader(field: Field) -> Reader:
    """A JSON object that is GeoJSON, or TopoJSON by its format."""
    fits = is_topojson if field.format == "topojson" else is_geojson

    def value(cell: Native) -> Any:
        read = _json_of(dict, cell)
        return read if read is not None and fits(read) else None

    return Reader(value, _standard_json)


def no_shape(_field: Field) -> None:
    """Nothing narrower than the exact reader is cheaper than it."""


def geopoint_reader(field: Field) -> Reader:
    """A longitude and a latitude, in this order: `2.35,48.85`, or JSON by the format."""

    def spelled(text: str) -> tuple[Any, Any]:
        if field.format == "array":
            lon, lat = json.loads(text)
        elif field.format == "object":
            place = json.loads(text)
            if len(place) != 2:
                raise ValueError(text)
            lon, lat = place["lon"], place["lat"]
        else:
            lon, lat = (part.strip() for part in text.split(","))
        return lon, lat

    def value(cell: Native) -> Place | None:
        try:
            lon, lat = spelled(cell) if isinstance(cell, str) else cell
            place = Place(Decimal(lon), Decimal(lat))
            inside = -180 <= place.lon <= 180 and -90 <= place.lat <= 90
        except (ValueError, TypeError, KeyError, ArithmeticError, RecursionError):
            return None
        return place if inside else None

    def standard(text: str) -> bool:
        return all(not isinstance(part, bool) and NUMBER_SPELLING.fullmatch(str(part)) for part in spelled(text))

    return Reader(value, standard)


def geopoint_shape(field: Field) -> Shape | None:
    if field.format != "default":
        return None
    fraction = r"(?:\.[0-9]{1,18})?"
    return Shape(rf"\A-?(?:1[0-7][0-9]|[0-9]{{1,2}}){fraction} ?, ?-?[0-8]?[0-9]{fraction}\z")


def list_reader(field: Field) -> Reader:
    """Items around a delimiter, each read as the default form of the item type."""
    delimiter: str = field.options.get("delimiter", ",")
    item = ITEM_READERS[field.options.get("itemType", "string")](item_field(field, {}))

    def value(cell: Native) -> list[Any] | None:
        if isinstance(cell, str):
            parts: Any = cell.split(delimiter)
        elif isinstance(cell, (list, tuple)):
            parts = cell
        else:
            return None
        read = [item.value(part) for part in parts]
        return None if any(part is None for part in read) else read

    return Reader(value, lambda text: all(map(item.standard, text.split(delimiter))))


def list_shape(field: Field) -> Shape | None:
    counted = {"minLength", "maxLength"} & field.constraints.keys()  # items, not letters
    return ANY_TEXT if field.options.get("itemType", "string") == "string" and not counted else None


def item_field(field: Field, asked: Mapping[str, Any]) -> Field:
    """The field by which each item of a list or an array is read."""
    return Field(
        name=field.name,
        type=asked.get("type", "any"),
        format=str(asked.get("format", "default")).replace("fmt:", ""),
        position=field.position,
        missing_values=tuple(asked.get("missingValues", ("",))),
        constraints=asked.get("constraints", {}),
        options={name: value for name, value in asked.items() if name != "arrayItem"},
    )


def json_key(value: Any) -> str:
    """One text per value: 1, 1.0 and true are equal to Python, hence to us."""
    return json.dumps(_plain(value), sort_keys=True, ensure_ascii=False, default=str)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, float | bool) and value == value and value not in {float("inf"), float("-inf")}:  # noqa: PLR0124 - NaN
        return int(value) if value == int(value) else value
    return value
