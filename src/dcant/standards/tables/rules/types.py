"""The types of Table Schema, one row each: the only place where a type is described. Adding a type is adding a row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any, Literal, TypeAlias

from dcant.standards.tables.rules import moments, numbers, structures, texts
from dcant.standards.tables.rules.reading import Reader, Shape
from dcant.standards.tables.values import Field, Said

OptionKind: TypeAlias = Literal["text", "truth", "words", "mapping", "list", "item-type"]

_ORDERED = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_ALL = ("required", "unique")


@dataclass(frozen=True, slots=True)
class CellType:
    """How one type is read, accepted in bulk, compared, constrained and named.

    `formats` are the ones known; None when a format is a strptime pattern, empty when the type ignores formats.
    `key` gives one text per value, equal only for equal values (None: equals nothing).
    """

    reader: Callable[[Field], Reader]
    shape: Callable[[Field], Shape | None]
    key: Callable[[Any], str | None]
    constraints: tuple[str, ...]
    expected: Callable[[Field], Said]
    formats: tuple[str, ...] | None = ()
    options: Mapping[str, OptionKind] = dataclass_field(default_factory=dict)


def _said(fr: str, en: str) -> Callable[[Field], Said]:
    return lambda _field: Said(fr, en)


def _number_words(field: Field) -> Said:
    mark = field.options.get("decimalChar", ".")
    return Said(f"un nombre comme 12{mark}5", f"a number such as 12{mark}5")


def _moment_words(fr: str, en: str, example: str) -> Callable[[Field], Said]:
    def words(field: Field) -> Said:
        if field.format == "default":
            return Said(f"{fr} comme {example}", f"{en} such as {example}")
        if field.format == "any":
            return Said(f"{fr}, par exemple {example}", f"{en}, for example {example}")
        return Said(f"{fr} de la forme {field.format}", f"{en} of the form {field.format}")

    return words


def _string_words(field: Field) -> Said:
    return {
        "email": Said("une adresse électronique comme mairie@exemple.fr", "an email address such as info@example.org"),
        "uri": Said("une adresse comme https://exemple.fr/page", "an address such as https://example.org/page"),
        "uuid": Said(
            "un identifiant comme 123e4567-e89b-12d3-a456-426614174000",
            "an identifier such as 123e4567-e89b-12d3-a456-426614174000",
        ),
        "binary": Said("un contenu encodé en base64", "a content encoded in base64"),
    }.get(field.format, Said("un texte", "a text"))


def _boolean_words(field: Field) -> Said:
    words = " / ".join(texts.boolean_words(field))
    return Said(f"un de ces mots, à la lettre près : {words}", f"exactly one of these words: {words}")


def _place_words(field: Field) -> Said:
    example = {"array": "[2.35, 48.85]", "object": '{"lon": 2.35, "lat": 48.85}'}.get(field.format, "2.35,48.85")
    return Said(f"une longitude puis une latitude, comme {example}", f"a longitude then a latitude, such as {example}")


def _list_words(field: Field) -> Said:
    mark, item = field.options.get("delimiter", ","), field.options.get("itemType", "string")
    return Said(f"des éléments de type {item} séparés par « {mark} »", f"items of type {item} separated by “{mark}”")


TYPES: Mapping[str, CellType] = {
    "string": CellType(
        texts.string_reader,
        texts.string_shape,
        str,
        (*_ALL, "minLength", "maxLength", "pattern", "enum"),
        _string_words,
        ("default", "email", "uri", "uuid", "binary"),
        {"categories": "list"},
    ),
    "integer": CellType(
        numbers.integer_reader,
        numbers.integer_shape,
        str,
        (*_ALL, *_ORDERED, "enum"),
        _said("un nombre entier comme 12", "a whole number such as 12"),
        options={"bareNumber": "truth", "groupChar": "text", "categories": "list"},
    ),
    "number": CellType(
        numbers.number_reader,
        numbers.number_shape,
        numbers.number_key,
        (*_ALL, *_ORDERED, "enum"),
        _number_words,
        options={"bareNumber": "truth", "floatNumber": "truth", "decimalChar": "text", "groupChar": "text"},
    ),
    "boolean": CellType(
        texts.boolean_reader,
        texts.boolean_shape,
        lambda value: "true" if value else "false",
        (*_ALL, "enum"),
        _boolean_words,
        options={"trueValues": "words", "falseValues": "words"},
    ),
    "date": CellType(
        moments.date_reader,
        moments.date_shape,
        lambda value: str(value.isoformat()),
        (*_ALL, *_ORDERED, "enum"),
        _moment_words("une date", "a date", "2021-03-01"),
        formats=None,
    ),
    "datetime": CellType(
        moments.datetime_reader,
        moments.datetime_shape,
        moments.datetime_key,
        (*_ALL, *_ORDERED, "enum"),
        _moment_words("une date et une heure", "a date and time", "2021-03-01T10:00:00"),
        formats=None,
    ),
    "time": CellType(
        moments.time_reader,
        moments.time_shape,
        moments.time_key,
        (*_ALL, *_ORDERED, "enum"),
        _moment_words("une heure", "a time", "10:00:00"),
        formats=None,
    ),
    "year": CellType(
        moments.year_reader,
        moments.year_shape,
        str,
        (*_ALL, *_ORDERED, "enum"),
        _said("une année comme 2021", "a year such as 2021"),
    ),
    "yearmonth": CellType(
        moments.yearmonth_reader,
        moments.yearmonth_shape,
        lambda value: f"{value.year}-{value.month}",
        (*_ALL, *_ORDERED, "enum"),
        _said("une année et un mois comme 2021-03", "a year and month such as 2021-03"),
    ),
    "duration": CellType(
        moments.duration_reader,
        moments.duration_shape,
        moments.duration_key,
        (*_ALL, *_ORDERED, "enum"),
        _said("une durée comme P1D ou PT36H", "a duration such as P1D or PT36H"),
    ),
    "geopoint": CellType(
        structures.geopoint_reader,
        structures.geopoint_shape,
        lambda value: f"{numbers.number_key(value.lon)},{numbers.number_key(value.lat)}",
        (*_ALL, "enum"),
        _place_words,
        ("default", "array", "object"),
    ),
    "array": CellType(
        structures.array_reader,
        structures.no_shape,
        structures.json_key,
        (*_ALL, "minLength", "maxLength", "jsonSchema", "enum"),
        _said('une liste JSON comme ["a", "b"]', 'a JSON array such as ["a", "b"]'),
        options={"arrayItem": "mapping"},
    ),
    "object": CellType(
        structures.object_reader,
        structures.no_shape,
        structures.json_key,
        (*_ALL, "minLength", "maxLength", "jsonSchema", "enum"),
        _said('un objet JSON comme {"a": 1}', 'a JSON object such as {"a": 1}'),
    ),
    "geojson": CellType(
        structures.geojson_reader,
        structures.no_shape,
        structures.json_key,
        (*_ALL, "enum"),
        _said("un objet GeoJSON", "a GeoJSON object"),
        ("default", "topojson"),
    ),
    "list": CellType(
        structures.list_reader,
        structures.list_shape,
        structures.json_key,
        (*_ALL, "minLength", "maxLength"),
        _list_words,
        options={"delimiter": "text", "itemType": "item-type"},
    ),
    "any": CellType(
        texts.any_reader,
        texts.any_shape,
        texts.any_key,
        (*_ALL, "enum"),
        _said("une valeur", "a value"),
    ),
}
