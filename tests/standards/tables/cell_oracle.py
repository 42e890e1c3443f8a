"""Cells tried on both engines: ours, and frictionless 5.21 as oracle. Strings are grown from good ones by small edits."""

import random
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
import time_machine

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from frictionless import Schema as TheirSchema

from dcant.standards.tables.differences import DIFFERENCES
from dcant.standards.tables.rules import compile_rule
from dcant.standards.tables.schema import load_schema

EARLY, LATE = datetime.fromisoformat("2020-02-28T09:00:00"), datetime.fromisoformat("2021-03-01T10:05:00")
V2 = "https://datapackage.org/profiles/2.0/tableschema.json"
LETTERS = [
    *"0123456789", *"0123456789", *"+-.,:;/TZ e_%€aAzZéÉ|@#?&=()[]{}\"'<>\\*",
    "\t", "\n", "\r", " ", "\u202f", "\u0663", "\uff11", "\x00", "\x1f", "\x7f", "\x85", "\u200b", "\ufeff", "😀", "ſ", "K", "İ",
]  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One field, and good texts to start from."""

    field: dict[str, Any]
    seeds: tuple[str, ...]

    @property
    def name(self) -> str:
        return " ".join(f"{key}={value}" for key, value in self.field.items() if key != "name")


_SEEDS: dict[str, tuple[str, ...]] = {
    "integer": ("0", "12", "-7", "+1", "007", " 5 ", "1_000", "1 000", "٣", "1e3", "12.0", "999999999999999999", "9999999999999999999"),
    "number": ("0", "1.5", "-.5", "5.", "1e5", "NaN", "-Infinity", "inf", "1_000.5", "1,5", "1 234,5", "1.234,5", "12%", "€ 3", "100", "99.999999999999999"),
    "boolean": ("true", "True", "1", "0", "oui", "non", "FALSE", "tRUE", "1.0"),
    "date": ("2021-03-01", "2020-02-29", "0001-01-01", "9999-12-31", "2021-3-1", "01/03/2021", "31/12/1999", "2021", "2021-03", "12", "20210301", "1 mars 2021", "March 1 2021"),
    "datetime": ("2021-03-01T10:00:00", "2021-03-01 10:00:00", "2021-03-01T10:00:00Z", "2021-03-01T10:00:00.123+02:00", "2021-03-01T24:00:00", "2021-W09-1T10:00:00", "2021-03-01T10:00:00,5", "01/03/2021 10:00", "2021-03-01T23:59:59-0500"),
    "time": ("10:00:00", "23:59:59Z", "10:00:00.5+02:00", "24:00:00", "10:00", "10h30", "00:00:00", "1:00:00"),
    "year": ("2021", "0000", "9999", " 202", "+202", "20_1", "1789"),
    "yearmonth": ("2021-03", "0000-12", "2021-3", "21-03", " 2021-03", "2021 - 03", "99999-12", "2021-13"),
    "duration": ("P1D", "PT36H", "P1Y2M3DT4H5M6S", "P1W", "PT1.5H", "-P1D", "+P1D", "PT", "P1.5Y", "P0001-02-03T04:05:06", "P999Y", "PT9999S"),
    "geopoint": ("2.35,48.85", "-180, 90", "180,-90", "2.3 , 48", "[2.3, 48.8]", '["2.3", 48]', '{"lon": 2, "lat": 3}', "[true, 1]", "1e2,3", '"12"', "0,0"),
    "array": ("[]", "[1, 2]", '["a"]', "[NaN]", " [1] ", "{}", "null", "[[1], {}]", '["2021-03-01", null]', '["a", "bb", "c"]'),
    "object": ("{}", '{"a": 1}', '{"a": NaN}', "[]", "1", '{"a": {"b": [1]}}', '{"a": 1, "b": 2}'),
    "geojson": (
        '{"type": "Point", "coordinates": [1, 2]}', '{"type": "Point", "coordinates": [1, 2, 3]}', '{"type": "Topology", "objects": {}, "arcs": []}',
        '{"type": "Feature", "geometry": null, "properties": {}}', '{"type": "FeatureCollection", "features": []}', '{"type": "FeatureCollection", "features": [1, {"geometry": null, "properties": null}]}',
        '{"type": "LineString", "coordinates": [[1, 2], [3, 4]], "crs": {"type": "name", "properties": {"name": "x"}}}', '{"type": "LineString", "arcs": [0, 1]}',
        '{"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 0]]], "bbox": [0, 1]}', '{"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [1, 2]}]}',
        '{"type": "Topology", "objects": {"a": {"type": "Point", "coordinates": [1, 2], "id": 1}}, "arcs": [[[1, 2], null]], "transform": {"scale": [1, 1], "translate": [0, 0]}}',
        '{"type": "GeometryCollection", "geometries": [{"type": "MultiPolygon", "arcs": [[[0]]], "properties": {}}]}', '{"type": "MultiPoint", "coordinates": [], "crs": null}',
        '{"type": "Feature", "geometry": {"type": "MultiLineString", "coordinates": [[[1, 2], [3, 4]]]}, "properties": null, "id": true}',
    ),
    "list": ("a,b", "1,2,3", "true,false", "2021-03-01,2021-03-02", "", "10:00:00,11:00:00", "2021-03-01T10:00:00,2021-03-01T10:00:00Z", "a;b", "1.5,NaN"),
    "string": ("", "a", "texte", "aide en nature", "75001", "é", "a b", "12345678901234", "W123456789", "2A004", "aZZ", "bien;mal", "N/A", "a\nb", "a@b.fr", "x@y.gouv.fr", "Véhicule"),
    "email": ("a@b.fr", "é@b.fr", "a@é.fr", "A.b+c@d.gouv.fr", "a@b", "a@localhost", ".a@b.fr", "a@b_c.fr", "jean-paul@ville-de-x.fr", '"a b"@c.fr', "a@b.c", "a@1.2.3.4", "a@xn--e1afmkfd.fr"),
    "uri": ("http://a.fr", "https://www.a-b.fr/c/d.html?e=f&g=h#i", "mailto:x", "urn:x:y", "http:/x", "http:", "a:b", "http://a b.fr", "http://a.fr:99999", "www.a.fr", "ftp://u:p@h/", "http://[::1]:80/", "https://a.fr/%C3%A9", "http://[x"),
    "uuid": ("123e4567-e89b-12d3-a456-426614174000", "123E4567E89B12D3A456426614174000", "{123e4567-e89b-12d3-a456-426614174000}", "urn:uuid:123e4567-e89b-12d3-a456-426614174000"),
    "binary": ("YQ==", "****", "YWJj", "YQ=", "a b", "é", "YWI=", "YQ==YQ=="),
    "any": ("", "a", "1", "été"),
}  # fmt: skip

MANY = 4096  # cells: enough for a rule to judge each distinct text once
PATTERNS = (
    r"^\d{5}$", r"a|b", r"^[^,]+$", r"\w+", r"^\D{1,3}$", r"^[\w .'-]+$", r"(?:(?:^|;)(bien|mal|moyen))+$", r"^(\d+|N/A)$", r"[^\d]*", r"\S+\s\S*",
    r"^([013-9]\d|2[AB1-9])\d{3}$", r"(.)\1*", r"^[A-ZÉa-zé\u00C0-\u00FF-]+$", r"^\w+( \w+)*\/[ \w]+$", r".*_[0-9]{4}_.*|x", r"(?=a).*", r"\bmot\b|^a", r"[\W_]?a*", r"x{0,3}[]a-]+", r"^.?.?$",
    r"(|a|b)*c?", r"^a+$|^b$", r"(a*)*b?", r"[^\s\W]+", r"\$\^?", r"(?i:ab)+",
    r"^W\d{2,4}$", r"^\d{4}\-\d{2}(\/\d{4}\-\d{2})?$", r"(a|b|[0-5]x){2}c?", r"^(?:a$|b)c", r"[^\x00-\x2f]\d",
)  # fmt: skip


def _fields() -> Iterator[tuple[str, dict[str, Any]]]:
    yield from (("integer", {"type": "integer", **options}) for options in ({}, {"bareNumber": False}))
    number: tuple[dict[str, Any], ...] = (
        {}, {"decimalChar": ","}, {"groupChar": " "}, {"decimalChar": ",", "groupChar": "."}, {"decimalChar": ",", "groupChar": " "}, {"bareNumber": False},
        {"floatNumber": True}, {"bareNumber": False, "decimalChar": ","}, {"decimalChar": "|"}, {"groupChar": ","}, {"groupChar": "_", "bareNumber": False}, {"decimalChar": ","},
    )  # fmt: skip
    yield from (("number", {"type": "number", **options}) for options in number)
    yield from (
        ("boolean", {"type": "boolean", **o})
        for o in ({}, {"trueValues": ["oui"], "falseValues": ["non"]}, {"trueValues": ["1"]})
    )
    for format_ in (
        "default",
        "%d/%m/%Y",
        "%Y-%m-%d",
        "%Y",
        "any",
        "zzz",
        "%Y%m%d",
        "%d.%m.%y",
        "fmt:%Y-%m",
        "%m/%d",
        "%d %B %Y",
        "%Y-%j",
        "%Y-%m-%d %H",
    ):
        yield "date", {"type": "date", "format": format_}
    for format_ in (
        "default",
        "%Y-%m-%d %H:%M:%S",
        "%d/%m/%Y %H:%M",
        "any",
        "%Y-%m-%dT%H:%M:%SZ",
        "%Y-%m-%dT%H:%M:%S%z",
    ):
        yield "datetime", {"type": "datetime", "format": format_}
    for format_ in ("default", "%H:%M", "%Hh%M", "any", "%H:%M:%S"):
        yield "time", {"type": "time", "format": format_}
    yield from ((name, {"type": name}) for name in ("year", "yearmonth", "duration", "any", "array", "object"))
    yield from (("geopoint", {"type": "geopoint", "format": format_}) for format_ in ("default", "array", "object"))
    yield from (("geojson", {"type": "geojson", "format": format_}) for format_ in ("default", "topojson"))
    for item in ("string", "integer", "boolean", "number", "datetime", "date", "time"):
        yield "list", {"type": "list", "itemType": item}
    yield "list", {"type": "list", "delimiter": ";", "constraints": {"minLength": 2, "maxLength": 3}}
    for item in (
        {"type": "string", "constraints": {"pattern": "a|b", "minLength": 1}},
        {"type": "integer", "constraints": {"required": True, "minimum": 2}},
        {"type": "date"},
        {"constraints": {"enum": ["a", 1]}},
    ):
        yield "array", {"type": "array", "arrayItem": item, "constraints": {"maxLength": 2}}
    yield from ((name, {"type": "string", "format": name}) for name in ("email", "uri", "uuid", "binary"))
    yield "string", {"type": "string"}
    yield from (("string", {"type": "string", "constraints": {"pattern": pattern}}) for pattern in PATTERNS)


_BOUNDS: dict[str, tuple[Any, Any]] = {
    "integer": (2, "100"), "number": ("0.01", 100), "date": ("2020-02-29", "2021-03-01"), "datetime": ("2020-01-01T00:00:00", "2021-03-01T10:00:00"),
    "time": ("09:00:00", "23:59:59"), "year": ("1900", "2021"), "yearmonth": ("2000-01", "2021-03"),
}  # fmt: skip


def _bounds(field: dict[str, Any]) -> tuple[Any, Any] | None:
    kind, format_ = field["type"], str(field.get("format", "default")).replace("fmt:", "")
    if kind in {"date", "datetime", "time"} and format_ not in {"default", "any"}:
        texts = [moment.strftime(format_) for moment in (EARLY, LATE)]
        return None if "%" not in format_ or "%z" in format_ else (texts[0], texts[1])
    if "decimalChar" in field:
        return ("1", "100")
    return _BOUNDS.get(kind)


def cases() -> list[Case]:
    """Every type, format and option, bare and under each constraint it may have."""
    made = []
    for seeds, field in _fields():
        variants: list[dict[str, Any]] = [{}, {"required": True}]
        bounds = _bounds(field)
        if bounds is not None:
            low, high = bounds
            variants += [
                {"minimum": low, "maximum": high},
                {"exclusiveMinimum": low},
                {"exclusiveMaximum": high, "required": True},
            ]
        if field["type"] == "string":
            variants += [{"minLength": 2, "maxLength": 4}, {"maxLength": 10, "minLength": 1}]
        if field["type"] != "list":
            variants.append({"enum": list(_SEEDS[seeds][:3]), "required": True})
        for variant in variants:
            constraints = {**field.get("constraints", {}), **variant}
            made.append(Case({"name": "f", **field, "constraints": constraints}, _SEEDS[seeds]))
    plain = [
        {"type": "integer", "missingValues": ["", "0", "NC"]},
        {"type": "string", "missingValues": []},
        {"type": "boolean", "missingValues": ["1"]},
    ]
    made += [
        Case({"name": "f", **field, "constraints": c}, (*_SEEDS[str(field["type"])], "NC"))
        for field in plain
        for c in ({}, {"required": True})
    ]
    return made


def grow(seeds: tuple[str, ...], chance: random.Random) -> str:
    """A good text, or one to four small edits away from it."""
    text = list(chance.choice(seeds))
    for _ in range(chance.choice((0, 1, 1, 1, 2, 2, 3, 4))):
        place = chance.randrange(len(text) + 1)
        edit = chance.randrange(7)
        if edit < 2:
            text.insert(place, chance.choice(LETTERS))
        elif edit == 2 and text:
            del text[min(place, len(text) - 1)]
        elif edit == 3 and text:
            text[min(place, len(text) - 1)] = chance.choice(LETTERS)
        elif edit == 4:
            other = list(chance.choice(seeds))
            text = text[:place] + other[chance.randrange(len(other) + 1) :]
        elif edit == 5 and text:
            text.insert(place, text[min(place, len(text) - 1)])
        elif text:
            other_place = chance.randrange(len(text))
            text[other_place], text[min(place, len(text) - 1)] = text[min(place, len(text) - 1)], text[other_place]
    return "".join(text)


@contextmanager
def one_day() -> Iterator[None]:
    """Free dates are completed by the day it is: both engines are asked on the day that ours takes."""
    with time_machine.travel("2000-01-01T00:00:00Z", tick=False), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


_PAYLOAD = re.compile(r"nan[0-9\w]|snan", re.IGNORECASE)


class Pair:
    """One field compiled by both engines."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.ours = compile_rule(load_schema({"$schema": V2, "fields": [case.field]}).fields[0])
        theirs = TheirSchema.from_descriptor({"$schema": V2, "fields": [case.field]}).fields[0]
        self._read = theirs.create_cell_reader()
        self.crashes: list[str] = []

    def theirs(self, cell: Any) -> list[str] | None:
        """Their errors; None when they crash (D6, D7, or a bug of theirs)."""
        try:
            _, notes = self._read(cell)
        except Exception as crash:  # noqa: BLE001 - whatever they raise, we go on
            self.crashes.append(f"{type(crash).__name__}: {cell!r}")
            return None
        return sorted("type-error" if name == "type" else "constraint-error" for name in notes or ())

    def said(self, cell: Any) -> list[str]:
        return sorted(fault.code for fault in self.ours.read(cell).faults if fault.level == "error")

    def difference(self, cell: Any) -> str | None:
        """What differs, unless it is wanted."""
        theirs, ours = self.theirs(cell), self.said(cell)
        if theirs is None or theirs == ours:
            return None
        if self.case.field["type"] in {"number", "list"} and _PAYLOAD.search(re.sub(r"[\W_]", "", str(cell))):
            return None if "D7" in DIFFERENCES else "D7 is not declared"
        return f"{self.case.name}: {cell!r} theirs {theirs} ours {ours}"

    def false_acceptances(self, texts: list[str]) -> list[str]:
        """Texts accepted in bulk of which the exact reader says something, or otherwise when they come many times."""
        column = pa.array(texts, type=pa.string())
        accepted = self.ours.accept(column).to_pylist()
        often = pa.concat_arrays([column] * (MANY // len(texts) + 1))
        again = self.ours.accept(often).to_pylist()[-len(texts) :]
        return [
            text
            for text, good, still in zip(texts, accepted, again, strict=True)
            if (good or still) and self.ours.read(text).faults
        ]
