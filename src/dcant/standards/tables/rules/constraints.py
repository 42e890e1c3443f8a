"""What a field asks of a value that was read: the constraints of Table Schema v1 and v2."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, TypeAlias

import isodate
from jsonschema import Draft202012Validator

from dcant.standards.tables.rules.pattern import Pattern
from dcant.standards.tables.rules.reading import Reader
from dcant.standards.tables.values import Field, Said

Test: TypeAlias = Callable[[Any], bool | None]  # None: could not be decided in time

BOUNDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "minimum": operator.ge,
    "maximum": operator.le,
    "exclusiveMinimum": operator.gt,
    "exclusiveMaximum": operator.lt,
}

# A month has no fixed length: durations are compared from these four days, as XML Schema does.
_FROM = tuple(datetime(*day, tzinfo=UTC) for day in ((1696, 9, 1), (1697, 2, 1), (1903, 3, 1), (1903, 7, 1)))


@dataclass(frozen=True, slots=True)
class Constraint:
    """One rule of a field, ready to be asked of read values."""

    name: str
    test: Test
    expected: Said
    pattern: Pattern | None = None

    def passed(self, value: Any) -> bool | None:
        """What cannot be compared at all (a zone of more than a day, which dateutil reads) does not pass."""
        try:
            return self.test(value)
        except (ValueError, TypeError, ArithmeticError):
            return False


def compile_constraints(field: Field, reader: Reader, allowed: tuple[str, ...]) -> tuple[Constraint, ...]:
    """The constraints of a field that this type knows, in a fixed order; `required` and `unique` are elsewhere.

    Raises ValueError when one cannot be applied (a bound that does not read, a pattern that does not compile).
    """
    made = []
    for name in allowed:
        raw = field.constraints.get(name)
        if raw is not None and name in _MAKERS:
            made.append(_MAKERS[name](name, raw, reader))
    if field.options.get("categories"):
        made.append(_categories(field, reader))
    return tuple(made)


def bound_of(raw: Any, reader: Reader) -> Any:
    """A bound, read by the field's own reader. Raises ValueError when it does not read, or is not a number."""
    bound = reader.value(raw)
    if bound is None or bound != bound:  # noqa: PLR0124 - NaN bounds nothing
        raise ValueError(raw)
    return bound


def _bound(name: str, raw: Any, reader: Reader) -> Constraint:
    bound, compare = bound_of(raw, reader), BOUNDS[name]

    def test(value: Any) -> bool:
        return value == value and holds(compare, value, bound)  # noqa: PLR0124 - NaN passes no bound

    words = {
        "minimum": Said(f"au moins {raw}", f"at least {raw}"),
        "maximum": Said(f"au plus {raw}", f"at most {raw}"),
        "exclusiveMinimum": Said(f"plus que {raw}", f"more than {raw}"),
        "exclusiveMaximum": Said(f"moins que {raw}", f"less than {raw}"),
    }
    return Constraint(name, test, words[name])


def holds(compare: Callable[[Any, Any], bool], value: Any, bound: Any) -> bool:
    """The comparison, a naive moment being read as UTC beside one with a zone (D6)."""
    if isinstance(value, (datetime, time)) and isinstance(bound, (datetime, time)):
        if (value.utcoffset() is None) != (bound.utcoffset() is None):
            value, bound = _in_utc(value), _in_utc(bound)
        return compare(value, bound)
    if isinstance(value, isodate.Duration) or isinstance(bound, isodate.Duration):
        return all(compare(_elapsed(value, day), _elapsed(bound, day)) for day in _FROM)
    return compare(value, bound)


def _in_utc(moment: datetime | time) -> Any:
    return moment.replace(tzinfo=UTC) if moment.utcoffset() is None else moment


def _elapsed(duration: Any, start: datetime) -> timedelta:
    if isinstance(duration, timedelta):
        return duration
    try:
        return duration.totimedelta(start=start)  # type: ignore[no-any-return]
    except (OverflowError, ValueError):  # further than any calendar goes
        return timedelta.max if duration.years + duration.months > 0 else timedelta.min


def _min_length(name: str, raw: Any, _reader: Reader) -> Constraint:
    least = int(raw)
    words = Said(f"au moins {raw} caractères ou éléments", f"at least {raw} characters or items")
    return Constraint(name, lambda value: len(value) >= least, words)


def _max_length(name: str, raw: Any, _reader: Reader) -> Constraint:
    most = int(raw)
    words = Said(f"au plus {raw} caractères ou éléments", f"at most {raw} characters or items")
    return Constraint(name, lambda value: len(value) <= most, words)


def _pattern(name: str, raw: Any, _reader: Reader) -> Constraint:
    pattern = Pattern(raw)
    words = Said(f"un texte de la forme {raw}", f"a text of the form {raw}")
    return Constraint(name, pattern.matches, words, pattern)


def _enum(name: str, raw: Any, reader: Reader) -> Constraint:
    return _among(name, list(raw), [reader.value(item) for item in raw])


def _categories(field: Field, reader: Reader) -> Constraint:
    raw = [item["value"] if isinstance(item, Mapping) else item for item in field.options["categories"]]
    return _among("categories", raw, [reader.value(item) for item in raw])


def _among(name: str, raw: list[Any], values: list[Any]) -> Constraint:
    readable = [value for value in values if value is not None]
    try:
        known: Any = frozenset(readable)
    except TypeError:  # lists and objects have no hash
        known = readable
    shown = ", ".join(map(str, raw[:8])) + ("…" if len(raw) > 8 else "")
    return Constraint(
        name, lambda value: _is_in(value, known), Said(f"une de ces valeurs : {shown}", f"one of: {shown}")
    )


def _is_in(value: Any, known: Any) -> bool:
    try:
        return value in known
    except TypeError:  # a list has no hash
        return any(value == item for item in known)


def _json_schema(name: str, raw: Any, _reader: Reader) -> Constraint:
    validator = Draft202012Validator(raw)
    Draft202012Validator.check_schema(raw)

    def test(value: Any) -> bool | None:
        try:
            return bool(validator.is_valid(value))
        except Exception:  # noqa: BLE001 - a reference that leads nowhere, a recursion without end: undecided
            return None

    words = Said("un contenu conforme au schéma JSON du champ", "a content that follows the field's JSON Schema")
    return Constraint(name, test, words)


_MAKERS: Mapping[str, Callable[[str, Any, Reader], Constraint]] = {
    "minLength": _min_length,
    "maxLength": _max_length,
    "minimum": _bound,
    "maximum": _bound,
    "exclusiveMinimum": _bound,
    "exclusiveMaximum": _bound,
    "pattern": _pattern,
    "jsonSchema": _json_schema,
    "enum": _enum,
}
