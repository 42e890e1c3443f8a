"""Which column of the file is which field of the schema, and what the header itself has wrong.

Six ways of matching. `exact` goes by position, as frictionless does when the schema declares nothing; `equal`, `subset`,
`superset` and `partial` go by name (Table Schema v2, fieldsMatch); `fr` goes by name and only refuses a file whose
required columns are missing: a moved column must not make a hundred thousand faults (difference D1).
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from dcant.standards.tables.messages import Place, fault, letter
from dcant.standards.tables.report import ColumnSeen, ColumnStatus, Fault
from dcant.standards.tables.values import Field, Level, Schema

Mode = Literal["fr", "exact", "equal", "subset", "superset", "partial"]
MODES: tuple[Mode, ...] = get_args(Mode)
_EXTRA_ALLOWED = {"subset", "partial"}
_MISSING_ALLOWED = {"superset", "partial", "fr"}


@dataclass(frozen=True, slots=True)
class Use:
    """One column of the file: the index of its field, or None when no rule applies to it."""

    label: str
    position: int  # 1 for the first
    name: str  # the field's, else the label
    field: int | None
    status: ColumnStatus = "checked"


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a file as the check sees them, and the faults of its header."""

    mode: Mode
    uses: tuple[Use, ...]
    faults: tuple[Fault, ...]
    seen: tuple[ColumnSeen, ...]

    def place_of(self, name: str) -> int | None:
        """Where the field of that name stands among the columns, from 0; None when the file has no such column."""
        return next((at for at, use in enumerate(self.uses) if use.field is not None and use.name == name), None)


def choose_mode(asked: str, schema: Schema) -> Mode:
    """`auto`: what the schema declares, else `fr`. Raises ValueError for a name that is none of the six."""
    if asked == "auto":
        return schema.fields_match or "fr"
    for mode in MODES:
        if mode == asked:
            return mode
    raise ValueError(f"Columns are matched by {', '.join(MODES)} or auto, not « {asked} ».")


def match(labels: Sequence[str], schema: Schema, mode: Mode, *, row: int = 1) -> Layout:
    """Pairs labels and fields. `row`: the number of the header's row. Raises nothing: what is wrong is a fault."""
    trimmed = [label.strip() for label in labels]
    uses = _by_position(trimmed, schema.fields) if mode == "exact" else _by_name(trimmed, schema.fields, mode)
    missing = _missing(uses, schema.fields, mode)
    if mode == "exact":
        faults = [*_faults_by_position(uses, schema.fields, row)]
    else:
        faults = [*_faults_by_name(uses, schema, mode, row)]
    faults += _faults_of_missing(missing, len(labels), schema, mode, row)
    if mode == "fr":
        faults += _warnings(labels, uses, row)
    optional = mode in _MISSING_ALLOWED
    absent = tuple(
        ColumnSeen(
            name=one.name,
            position=None,
            status="missing-optional" if optional and not _needed(one, schema) else "missing",
            field=one.name,
        )
        for one in missing
    )
    present = tuple(
        ColumnSeen(use.label, use.position, use.status, use.name if use.field is not None else None) for use in uses
    )
    ordered = tuple(sorted(faults, key=lambda one: one.order))
    return Layout(mode=mode, uses=tuple(uses), faults=ordered, seen=present + absent)


# ---- pairing


def _by_position(labels: Sequence[str], fields: Sequence[Field]) -> list[Use]:
    uses: list[Use] = []
    taken: set[str] = set()
    for at, label in enumerate(labels):
        if at < len(fields):
            uses.append(Use(label=label, position=at + 1, name=fields[at].name, field=at))
        else:
            uses.append(Use(label=label, position=at + 1, name=_free_name(label, taken), field=None, status="extra"))
        taken.add(uses[-1].name)
    return uses


def _free_name(name: str, taken: set[str]) -> str:
    """As frictionless names the columns no field describes: `name`, then `name2`, `name3`…"""
    free, suffix = name, 2
    while free in taken:
        free, suffix = f"{name}{suffix}", suffix + 1
    return free


def _by_name(labels: Sequence[str], fields: Sequence[Field], mode: Mode) -> list[Use]:
    places: dict[str, int] = {}
    for at, one in enumerate(fields):
        places.setdefault(one.name, at)
    exactly = {label: places[label] for label in labels if label in places}
    taken = set(exactly.values())
    folded: dict[str, int] = {}
    if mode == "fr":
        for at, one in enumerate(fields):
            if at not in taken:
                folded.setdefault(_fold(one.name), at)
    uses: list[Use] = []
    seen: set[str] = set()
    used: set[int] = set()
    for position, label in enumerate(labels, start=1):
        found = exactly.get(label, folded.get(_fold(label)) if label else None)
        if label and label in seen:
            uses.append(Use(label=label, position=position, name=label, field=None, status="duplicate"))
        elif found is None or found in used:
            uses.append(Use(label=label, position=position, name=label, field=None, status="extra"))
        else:
            uses.append(Use(label=label, position=position, name=fields[found].name, field=found))
            used.add(found)
        seen.add(label)
    return uses


def _fold(name: str) -> str:
    return "".join(name.split()).casefold()


def _needed(one: Field, schema: Schema) -> bool:
    return one.required or one.name in schema.primary_key


def _missing(uses: Sequence[Use], fields: Sequence[Field], mode: Mode) -> list[Field]:
    if mode == "exact":
        return list(fields[len(uses) :])
    used = {use.field for use in uses}
    return [one for at, one in enumerate(fields) if at not in used]


# ---- faults


def _fault(code: str, level: Level, use: Use, row: int, *, field: str | None) -> Fault:
    place = Place(row=row, field=field, position=use.position)
    return fault(code, level, place, cell=use.label, letter=letter(use.position))


def _faults_by_position(uses: Sequence[Use], fields: Sequence[Field], row: int) -> Iterator[Fault]:
    seen: set[str] = set()
    for use in uses:
        if use.field is None:
            yield _fault("extra-label", "error", use, row, field=None)
            continue
        name = fields[use.field].name
        if not use.label:
            yield _fault("blank-label", "error", use, row, field=name)
        elif use.label in seen:
            yield _fault("duplicate-label", "error", use, row, field=name)
        elif use.label != name:
            yield _fault("incorrect-label", "error", use, row, field=name)
        seen.add(use.label)


def _faults_by_name(uses: Sequence[Use], schema: Schema, mode: Mode, row: int) -> Iterator[Fault]:
    for use in uses:
        if use.status == "duplicate":
            yield _fault("duplicate-label", "error", use, row, field=None)
        elif use.status == "extra" and mode not in _EXTRA_ALLOWED:
            yield _fault("extra-label", "warning" if mode == "fr" else "error", use, row, field=None)
    if mode in {"partial", "fr"} and schema.fields and all(use.field is None for use in uses):
        yield fault("unmatched-header", "error", Place(row=row))


def _faults_of_missing(missing: Sequence[Field], labels: int, schema: Schema, mode: Mode, row: int) -> Iterator[Fault]:
    """A missing column has no place in the file: like frictionless, it is numbered after the last one."""
    refused = [one for one in missing if mode not in _MISSING_ALLOWED or _needed(one, schema)]
    for position, one in enumerate(refused, start=labels + 1):
        yield fault("missing-label", "error", Place(row=row, field=one.name, position=position))
    if mode == "fr":
        for one in missing:
            if not _needed(one, schema):
                yield fault("missing-optional-label", "warning", Place(row=row, field=one.name))


def _warnings(labels: Sequence[str], uses: Sequence[Use], row: int) -> Iterator[Fault]:
    for label, use in zip(labels, uses, strict=True):
        if use.field is not None and label != use.name:
            spelt = replace(use, label=label)
            yield _fault("label-spelling", "warning", spelt, row, field=use.name)
    checked = [use for use in uses if use.field is not None]
    wished = sorted(checked, key=lambda use: use.field or 0)
    in_order = _longest_increasing([use.field or 0 for use in checked])
    for rank, use in enumerate(wished):
        if use.field not in in_order:
            place = Place(row=row, field=use.name, position=use.position)
            yield fault(
                "disordered-label",
                "warning",
                place,
                letter=letter(use.position),
                expected=letter(checked[rank].position),
            )


def _longest_increasing(numbers: Sequence[int]) -> set[int]:
    """The most columns that may stay where they are: the others are those that moved."""
    tails: list[int] = []
    before: dict[int, int | None] = {}
    for number in numbers:
        at = bisect_left(tails, number)
        before[number] = tails[at - 1] if at else None
        tails[at : at + 1] = [number]
    kept: set[int] = set()
    last = tails[-1] if tails else None
    while last is not None:
        kept.add(last)
        last = before[last]
    return kept
