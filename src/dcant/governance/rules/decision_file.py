"""A decision as a JSON document that anyone can write and try: parsed strictly, each fault with its code and its place."""

import json
from collections.abc import Mapping
from fractions import Fraction

from dcant.governance.rules.counting import Ballot, Charter, DecisionRefused, Objection, Outcome, Seat, outcome

_KEYS = {"charter", "electorate", "ballots", "objections"}


def evaluate(text: str) -> Outcome:
    """The outcome of a decision file. Raises DecisionRefused, with code bad-json or bad-shape when it is not one."""
    document = _document(text)
    charter = _mapping(document.get("charter"), "charter")
    return outcome(
        Charter(
            rule=_text(charter, "rule", "charter"),
            quorum=_share(charter, "quorum", Fraction(1, 2)),
            threshold=_share(charter, "threshold", Fraction(2, 3)),
        ),
        [
            Seat(_text(row, "seat", place), _text(row, "college", place), _text(row, "voice", place, "deliberative"))
            for place, row in _rows(document, "electorate")
        ],
        [
            Ballot(
                _text(row, "seat", place),
                _text(row, "value", place),
                _text(row, "by", place, "direct"),
                _text(row, "holder", place, ""),
            )
            for place, row in _rows(document, "ballots")
        ],
        [
            Objection(_text(row, "seat", place), _text(row, "state", place))
            for place, row in _rows(document, "objections")
        ],
    )


def _document(text: str) -> Mapping[str, object]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DecisionRefused("bad-json", str(error)) from error
    found = _mapping(document, "$")
    unknown = sorted(set(found) - _KEYS)
    if unknown:
        raise DecisionRefused("bad-shape", f"clé inconnue : {', '.join(unknown)}")
    return found


def _mapping(value: object, place: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise DecisionRefused("bad-shape", f"{place} : un objet est attendu")
    return value


def _rows(document: Mapping[str, object], key: str) -> list[tuple[str, Mapping[str, object]]]:
    rows = document.get(key, [])
    if not isinstance(rows, list):
        raise DecisionRefused("bad-shape", f"{key} : une liste est attendue")
    return [(f"{key}[{place}]", _mapping(row, f"{key}[{place}]")) for place, row in enumerate(rows)]


def _text(row: Mapping[str, object], key: str, place: str, default: str | None = None) -> str:
    value = row.get(key, default)
    if not isinstance(value, str):
        raise DecisionRefused("bad-shape", f"{place}.{key} : un texte est attendu")
    return value


_LONGEST = 40  # characters of a share: Python refuses to read a number of thousands of digits


def _share(charter: Mapping[str, object], key: str, default: Fraction) -> Fraction:
    value = charter.get(key)
    if value is None:
        return default
    if not isinstance(value, str):
        raise DecisionRefused("bad-shape", f"charter.{key} : écrire une fraction comme « 1/2 »")
    top, slash, bottom = value.partition("/")
    digits = all(part.isascii() and part.isdigit() for part in (top, bottom))
    if not slash or len(value) > _LONGEST or not digits or int(bottom) == 0:
        raise DecisionRefused("bad-shape", f"charter.{key} : écrire une fraction comme « 1/2 », pas « {value} »")
    return Fraction(int(top), int(bottom))
