"""Dates, times and durations."""

import re
import warnings
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

import isodate
from dateutil import parser as dateutil_parser

from dcant.standards.tables.rules.kernels import plain_dates
from dcant.standards.tables.rules.reading import Native, Reader, Shape
from dcant.standards.tables.values import Field

_FREE_DATE_STARTS_FROM = datetime(2000, 1, 1)  # noqa: DTZ001 - what a free date leaves out: never the day of the check
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_ZONE = r"(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
_TIME = re.compile(rf"{_CLOCK}(?:\.[0-9]+)?{_ZONE}?")
_DATETIME = re.compile(rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T{_CLOCK}(?:\.[0-9]+)?{_ZONE}?")
_YEAR = re.compile(r"[0-9]{4}")
_YEARMONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
_DURATION = re.compile(
    r"-?P(?=[0-9T])(?:[0-9]+W|(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?"
    r"(?:T(?=[0-9])(?:[0-9]+(?:\.[0-9]+)?H)?(?:[0-9]+(?:\.[0-9]+)?M)?(?:[0-9]+(?:\.[0-9]+)?S)?)?)"
)

# Days that exist, whatever the year; the 29 of February is left to the exact reader.
_DAYS = (
    ("(?:0[1-9]|1[0-9]|2[0-8])", "(?:0[1-9]|1[0-2])"),
    ("(?:29|30)", "(?:0[13-9]|1[0-2])"),
    ("31", "(?:0[13578]|1[02])"),
)
_PARTS = {"Y": "[1-9][0-9]{3}", "H": "(?:[01][0-9]|2[0-3])", "M": "[0-5][0-9]", "S": "[0-5][0-9]"}


class YearMonth(NamedTuple):
    year: int
    month: int


def _ascii_digits(text: str) -> bool:
    return text.isascii() or not any(letter.isdecimal() and not letter.isascii() for letter in text)


def _free(text: str) -> datetime:
    """Whatever dateutil understands; what is left out comes from 1 January 2000, so that no verdict depends on the day."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return dateutil_parser.parse(text, default=_FREE_DATE_STARTS_FROM)


def _moment(text: str, pattern: str) -> datetime | None:
    try:
        return _free(text) if pattern == "any" else datetime.strptime(text, pattern)  # noqa: DTZ007 - zones as written
    except Exception:  # noqa: BLE001 - strptime and dateutil raise many kinds on hostile text: all mean « not a date »
        return None


def date_reader(field: Field) -> Reader:
    """A day as `2021-03-01`, or by the field's strptime pattern."""
    default = field.format == "default"
    pattern = "%Y-%m-%d" if default else field.format

    def value(cell: Native) -> date | None:
        if isinstance(cell, str):
            moment = _moment(cell, pattern)
            return None if moment is None else moment.date()
        if isinstance(cell, datetime):
            return cell.date() if (cell.hour, cell.minute, cell.second) == (0, 0, 0) else None
        return cell if isinstance(cell, date) else None

    return Reader(value, (lambda text: _DATE.fullmatch(text) is not None) if default else _ascii_digits)


def datetime_reader(field: Field) -> Reader:
    """A day and an hour in the ISO 8601 form, with seconds; or by the field's strptime pattern."""
    default = field.format == "default"

    def iso(text: str) -> datetime | None:
        if len(text) < 19 or text[16] != ":":
            return None
        try:
            return dateutil_parser.isoparse(text)
        except Exception:  # noqa: BLE001 - as above
            return None

    def value(cell: Native) -> datetime | None:
        if isinstance(cell, str):
            return iso(cell) if default else _moment(cell, field.format)
        return cell if isinstance(cell, datetime) else None

    return Reader(value, (lambda text: _DATETIME.fullmatch(text) is not None) if default else _ascii_digits)


def time_reader(field: Field) -> Reader:
    """An hour as `10:00:00`, zone and fraction allowed; or by the field's strptime pattern."""
    default = field.format == "default"

    def iso(text: str) -> time | None:
        if len(text) < 8 or text[5] != ":":
            return None
        try:
            return dateutil_parser.isoparse(f"2000-01-01T{text}").timetz()
        except Exception:  # noqa: BLE001 - as above
            return None

    def value(cell: Native) -> time | None:
        if isinstance(cell, str):
            if default:
                return iso(cell)
            moment = _moment(cell, field.format)
            return None if moment is None else moment.timetz()
        return cell if isinstance(cell, time) else None

    return Reader(value, (lambda text: _TIME.fullmatch(text) is not None) if default else _ascii_digits)


def date_shape(field: Field) -> Shape | None:
    pattern = "%Y-%m-%d" if field.format == "default" else field.format
    shape = _strptime_shape(pattern, "Ymd")
    return shape and (replace(shape, quick=plain_dates) if pattern == "%Y-%m-%d" else shape)


def datetime_shape(field: Field) -> Shape | None:
    if field.format != "default":
        return _strptime_shape(field.format, "YmdHMS")
    plain = _strptime_shape("%Y-%m-%dT%H:%M:%S", "YmdHMS")
    if plain is None or plain.regex is None or _bounded(field):
        return plain
    return Shape(plain.regex.removesuffix(r"\z") + rf"(?:\.[0-9]{{1,6}})?{_ZONE}?\z")


def time_shape(field: Field) -> Shape | None:
    if field.format != "default":
        return _strptime_shape(field.format, "HMS")
    plain = _strptime_shape("%H:%M:%S", "HMS")
    if plain is None or plain.regex is None or _bounded(field):
        return plain
    return Shape(plain.regex.removesuffix(r"\z") + rf"(?:\.[0-9]{{1,6}})?{_ZONE}?\z")


def _bounded(field: Field) -> bool:
    return any(name.lower().endswith(("minimum", "maximum")) for name in field.constraints)


def _strptime_shape(pattern: str, parts: str) -> Shape | None:
    """RE2 for a strptime pattern of plain two- and four-digit parts, each once; None for any other pattern.

    Texts compare as what they say when the parts run from the largest to the smallest, none skipped.
    """
    pieces = re.split(r"%(.)", pattern, flags=re.DOTALL)
    letters, between = pieces[1::2], pieces[::2]
    known = set(letters) <= {*_PARTS, "m", "d"} and len(set(letters)) == len(letters) and letters
    if not known or any("%" in text or not text.isascii() or re.search(r"\s\s|[\x00-\x1f]", text) for text in between):
        return None
    branches = []
    for day, month in _DAYS:
        part = {**_PARTS, "d": day, "m": month}
        body = "".join(re.escape(text) + part[letter] for text, letter in zip(between, letters, strict=False))
        branches.append(body + re.escape(between[-1]))
    unique = dict.fromkeys(branches)
    start = parts.find(letters[0])
    ordered = start == 0 and parts.startswith("".join(letters))
    written = {"Y": "{0.year:04d}", "m": "{0.month:02d}", "d": "{0.day:02d}"}
    written |= {"H": "{0.hour:02d}", "M": "{0.minute:02d}", "S": "{0.second:02d}"}

    def bound(value: Any) -> str | None:
        body = "".join(text + written[letter].format(value) for text, letter in zip(between, letters, strict=False))
        text = body + between[-1]
        naive_moment = getattr(value, "tzinfo", None) is None and not getattr(value, "microsecond", 0)
        return text if naive_moment and _same_moment(text, pattern, value) else None

    regex = r"\A(?:" + "|".join(unique) + r")\z"
    return Shape(regex, order="text" if ordered else None, bound=bound)


def _same_moment(text: str, pattern: str, value: Any) -> bool:
    moment = _moment(text, pattern)
    if moment is None:
        return False
    if isinstance(value, datetime):
        return moment == value
    return bool((moment.date() if isinstance(value, date) else moment.time()) == value)


def year_reader(_field: Field) -> Reader:
    """Four characters that read as a number from 0 to 9999."""

    def value(cell: Native) -> int | None:
        if isinstance(cell, str):
            if len(cell) != 4:
                return None
            try:
                cell = int(cell)
            except ValueError:
                return None
        return int(cell) if isinstance(cell, int) and 0 <= cell <= 9999 else None

    return Reader(value, lambda text: _YEAR.fullmatch(text) is not None)


def year_shape(_field: Field) -> Shape:
    return Shape(r"\A[0-9]{4}\z", order="text", bound=lambda bound: f"{bound:04d}")


def yearmonth_reader(_field: Field) -> Reader:
    """A year and a month around one hyphen."""

    def value(cell: Native) -> YearMonth | None:
        if isinstance(cell, (list, tuple)):
            return YearMonth(*cell) if len(cell) == 2 else None
        if not isinstance(cell, str):
            return None
        try:
            year, month = map(int, cell.split("-"))
        except ValueError:
            return None
        return YearMonth(year, month) if 1 <= month <= 12 else None

    return Reader(value, lambda text: _YEARMONTH.fullmatch(text) is not None)


def yearmonth_shape(_field: Field) -> Shape:
    return Shape(
        r"\A[0-9]{4}-(?:0[1-9]|1[0-2])\z",
        order="text",
        bound=lambda bound: f"{bound.year:04d}-{bound.month:02d}" if 0 <= bound.year <= 9999 else None,
    )


def duration_reader(_field: Field) -> Reader:
    """An ISO 8601 duration, `P1D` or `PT36H`."""

    def value(cell: Native) -> timedelta | isodate.Duration | None:
        if isinstance(cell, (timedelta, isodate.Duration)):
            return cell
        if not isinstance(cell, str):
            return None
        try:
            return isodate.parse_duration(cell)
        except Exception:  # noqa: BLE001 - isodate raises many kinds on hostile text
            return None

    return Reader(value, lambda text: _DURATION.fullmatch(text) is not None)


def duration_shape(_field: Field) -> Shape:
    hours = "(?:[0-9]{1,4}H(?:[0-9]{1,4}M)?(?:[0-9]{1,4}S)?|[0-9]{1,4}M(?:[0-9]{1,4}S)?|[0-9]{1,4}S)"
    days = "(?:[0-9]{1,3}Y(?:[0-9]{1,3}M)?(?:[0-9]{1,3}D)?|[0-9]{1,3}M(?:[0-9]{1,3}D)?|[0-9]{1,3}D)"
    return Shape(rf"\AP(?:[0-9]{{1,3}}W|T{hours}|{days}(?:T{hours})?)\z")


def datetime_key(value: datetime) -> str:
    """Two instants are the same whatever their zones; a naive one equals no other than a naive one."""
    try:
        naive = value.utcoffset() is None
        return value.isoformat() if naive else value.astimezone(UTC).isoformat()
    except (OverflowError, ValueError):  # at the ends of time, or a zone of more than a day
        return f"{value.replace(tzinfo=None).isoformat()} {value.tzinfo!r}"


def time_key(value: time) -> str:
    """As Python compares them: hours less their zone, naive and aware apart."""
    seconds = value.hour * 3600 + value.minute * 60 + value.second
    try:
        offset = value.utcoffset()
    except ValueError:  # a zone of more than a day
        return f"{seconds}.{value.microsecond:06d} {value.tzinfo!r}"
    if offset is None:
        return f"{seconds}.{value.microsecond:06d}"
    return f"Z{seconds - int(offset.total_seconds())}.{value.microsecond:06d}"


def duration_key(value: Any) -> str:
    """Months and exact time apart: a month has no fixed length."""
    if isinstance(value, timedelta):
        return f"0|{value // timedelta(microseconds=1)}"
    months = value.years * 12 + value.months
    return f"{months.normalize() if months else 0}|{value.tdelta // timedelta(microseconds=1)}"
