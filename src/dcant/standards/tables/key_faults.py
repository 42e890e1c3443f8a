"""Keys over a whole file: unique fields, unique keys, the primary key, references to other rows and other tables.

Doubles are known only once every row was seen, and then the cells are gone: the few that will be listed are looked for
again in a second pass. What is compared is what was read (`01` = `1` in an integer field).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from dcant.standards.tables.cells import Checked, cell_at
from dcant.standards.tables.findings import Findings
from dcant.standards.tables.keys import KeyIndex, ReferenceSet, compose
from dcant.standards.tables.messages import Place, fault
from dcant.standards.tables.report import Fault
from dcant.standards.tables.sources import open_source
from dcant.standards.tables.tally import FLOOR
from dcant.standards.tables.values import Batch, Cell, ColumnRule, ForeignKey, Plan, Restart, Rows, Said, Schema

MEMORY = 256 * 1024 * 1024  # bytes held by the keys of one run before they spill

EMPTY = Said("est vide", "is empty")


@dataclass(slots=True)
class Key:
    """A key of this table: its code, the columns it is made of, and every value met so far."""

    code: str
    columns: tuple[Checked, ...]
    places: tuple[int, ...]
    index: KeyIndex

    @property
    def names(self) -> str:
        return ", ".join(one.use.name for one in self.columns)

    @property
    def field(self) -> str | None:
        """A fault of one column is that column's; a fault of several is the row's, as a primary key's always is."""
        return self.columns[0].use.name if self.code == "unique-error" and len(self.columns) == 1 else None

    @property
    def position(self) -> int | None:
        return self.columns[0].use.position if self.field is not None else None


@dataclass(slots=True)
class Foreign:
    """A reference of this table, and what it may refer to: another table, known before; or this one, known after."""

    key: ForeignKey
    columns: tuple[Checked, ...]
    places: tuple[int, ...]
    allowed: ReferenceSet
    own: tuple[tuple[Checked, ...], tuple[int, ...]] | None = None  # the columns referred to, in this very table

    @property
    def names(self) -> str:
        return ", ".join(self.key.fields)


@dataclass(frozen=True, slots=True)
class Double:
    """A key found again, whose cells are still to be looked for."""

    key: Key
    row: int
    previous: int


class KeyFaults:
    """Fed with every batch; `settle` tells the doubles; `look_again` completes what a second pass alone can say."""

    def __init__(
        self, schema: Schema, columns: Sequence[Checked], findings: Findings, references: "References"
    ) -> None:
        self._findings = findings
        self._columns = {one.use.name: (at, one) for at, one in enumerate(columns) if one.rule is not None}
        self._keys = list(self._own_keys(schema))
        self._foreign = list(self._references(schema, references))
        self._wanted: dict[int, list[Double]] = {}

    def _own_keys(self, schema: Schema) -> Iterator[Key]:
        """A key with a column that the file has not is not checked: the header's fault says it."""
        asked: list[tuple[str, tuple[str, ...]]] = [
            ("unique-error", (one.name,)) for one in schema.fields if one.constraints.get("unique")
        ]
        asked += [("unique-error", names) for names in schema.unique_keys]
        asked += [("primary-key", schema.primary_key)] if schema.primary_key else []
        for code, names in asked:
            if all(name in self._columns for name in names):
                found = [self._columns[name] for name in names]
                yield Key(
                    code=code,
                    columns=tuple(one for _, one in found),
                    places=tuple(at for at, _ in found),
                    index=KeyIndex(memory=MEMORY),
                )

    def _references(self, schema: Schema, references: "References") -> Iterator[Foreign]:
        for key in schema.foreign_keys:
            if not all(name in self._columns for name in key.fields):
                continue
            found = [self._columns[name] for name in key.fields]
            columns, places = tuple(one for _, one in found), tuple(at for at, _ in found)
            if not key.resource:
                if all(name in self._columns for name in key.reference_fields):
                    own = [self._columns[name] for name in key.reference_fields]
                    beside = (tuple(one for _, one in own), tuple(at for at, _ in own))
                    yield Foreign(key, columns, places, ReferenceSet(), own=beside)
            elif (key.resource, key.reference_fields) in references:
                yield Foreign(key, columns, places, references[key.resource, key.reference_fields])
            else:
                names = ", ".join(key.fields)
                self._findings.add_of_header(
                    fault("reference-not-given", "warning", Place(), columns=names, resource=key.resource)
                )

    @property
    def wants_second_pass(self) -> bool:
        return bool(self._wanted) or any(one.own is not None for one in self._foreign)

    def take(self, batch: Batch) -> None:
        """The rows of one batch, ragged ones in their place."""
        if not (self._keys or self._foreign):
            return
        rows, order = _all_rows(batch)
        for key in self._keys:
            texts = _texts(key.columns, key.places, batch, order)
            if key.code == "primary-key":
                keys = compose(texts, "all_null")
                self._tell_empty(key, rows[_nulls(keys)], batch)
            else:
                keys = compose(texts, "any_null")
            key.index.add(rows, keys)
        for one in self._foreign:
            if one.own is not None:
                one.allowed.add(compose(_texts(*one.own, batch, order), "all_null"))
            else:
                self._tell_unknown(one, batch, rows, order)

    def settle(self) -> None:
        """Every row was seen: count the doubles, and note the few to be listed. Raises KeySpillFailed."""
        for key in self._keys:
            noted = 0
            for rows, previous in key.index.blocks():
                self._findings.tally.count("error", key.code, key.field, len(rows))
                self._findings.mark(rows)
                room = max(0, self._most - noted)
                for row, before in zip(rows[:room].tolist(), previous[:room].tolist(), strict=True):
                    self._wanted.setdefault(row, []).append(Double(key, row, before))
                noted += min(room, len(rows))

    @property
    def _most(self) -> int:
        return max(FLOOR, self._findings.tally.limit)

    def look_again(self, batch: Batch) -> bool:
        """The second pass. False when nothing more is to be looked for."""
        rows, order = _all_rows(batch)
        own = [one for one in self._foreign if one.own is not None]
        for one in own:
            self._tell_unknown(one, batch, rows, order)
        here = range(int(rows[0]), int(rows[-1]) + 1) if len(rows) else ()  # a batch leaves no row out
        for row in sorted(row for row in self._wanted if row in here):
            for double in self._wanted.pop(row):
                self._findings.tally.keep(_double(double, batch))
        return bool(self._wanted) or bool(own)

    def close(self) -> None:
        for key in self._keys:
            key.index.close()

    # ---- faults

    def _tell_empty(self, key: Key, rows: Rows, batch: Batch) -> None:
        for row in rows.tolist():
            self._findings.count_error("primary-key", None, row)
            if self._findings.tally.keeps("error", "primary-key", None, (row, 0, "primary-key", "")):
                place = Place(row=row, line=batch.line_of(row))
                self._findings.tally.keep(fault("primary-key", "error", place, row=row, columns=key.names, note=EMPTY))

    def _tell_unknown(self, one: Foreign, batch: Batch, rows: Rows, order: Rows | None) -> None:
        keys = compose(_texts(one.columns, one.places, batch, order), "all_null")
        known = one.allowed.contains(keys)
        unknown = ~known.fill_null(True).to_numpy(zero_copy_only=False)  # noqa: FBT003  # a null refers to nothing
        resource = Said(one.key.resource or "ce fichier", one.key.resource or "this file")
        for row in rows[unknown].tolist():
            self._findings.count_error("foreign-key", None, row)
            if self._findings.tally.keeps("error", "foreign-key", None, (row, 0, "foreign-key", "")):
                place = Place(row=row, line=batch.line_of(row))
                shown = _cells(batch, row, one.places)
                self._findings.tally.keep(
                    fault("foreign-key", "error", place, cell=shown, columns=one.names, resource=resource)
                )


def _double(double: Double, batch: Batch) -> Fault:
    key, row = double.key, double.row
    note = Said(f"est déjà à la ligne {double.previous}", f"is already in row {double.previous}")
    place = Place(row=row, line=batch.line_of(row), field=key.field, position=key.position)
    return fault(
        key.code,
        "error",
        place,
        cell=_cells(batch, row, key.places),
        row=row,
        columns=key.names,
        previous=double.previous,
        note=note,
    )


# ---- the rows of a batch, ragged ones included


def _all_rows(batch: Batch) -> tuple[Rows, Rows | None]:
    """The row numbers in order, and the order that puts the ragged rows in their place; None without any."""
    if not batch.ragged:
        return batch.rows, None
    rows = np.concatenate([batch.rows, np.array([row.row for row in batch.ragged], dtype=np.int64)])
    order: Rows = np.argsort(rows, kind="stable")
    return rows[order], order


def _texts(columns: Sequence[Checked], places: Sequence[int], batch: Batch, order: Rows | None) -> list[pa.Array]:
    """What the cells of these columns read as, in comparable form."""
    found = []
    for one, at in zip(columns, places, strict=True):
        if one.rule is None:
            continue
        texts = one.rule.canonical(batch.columns[at])
        if order is not None:
            ragged: list[Cell] = [row.cells[at] if at < len(row.cells) else None for row in batch.ragged]
            texts = pa.concat_arrays([texts, one.rule.canonical(ragged)]).take(pa.array(order))
        found.append(texts)
    return found


def _nulls(keys: pa.Array) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    if not keys.null_count:
        return np.zeros(len(keys), dtype=np.bool_)
    found: np.ndarray[tuple[int], np.dtype[np.bool_]] = keys.is_null().to_numpy(zero_copy_only=False)
    return found


def _cells(batch: Batch, row: int, places: Sequence[int]) -> str:
    """The cells of a row of this batch as they are written."""
    at = int(np.searchsorted(batch.rows, row))
    if at < len(batch.rows) and batch.rows[at] == row:
        cells = [cell_at(batch.columns[place], at) for place in places]
    else:
        ragged = next(one for one in batch.ragged if one.row == row)
        cells = [ragged.cells[place] if place < len(ragged.cells) else None for place in places]
    return ", ".join("" if cell is None else str(cell) for cell in cells)


# ---- other tables

References = dict[tuple[str, tuple[str, ...]], ReferenceSet]


def open_references(plan: Plan, given: Mapping[str, str | Path]) -> References:
    """The keys of the tables that were given, read by the rules of the fields that refer to them. A table without the
    columns asked is as one that was not given. Raises SourceUnreadable.
    """
    found: References = {}
    rules = {rule.field.name: rule for rule in plan.columns}
    for key in plan.schema.foreign_keys:
        if key.resource in given and all(name in rules for name in key.fields):
            gathered = _gathered(given[key.resource], key, rules)
            if gathered is not None:
                found[key.resource, key.reference_fields] = gathered
    return found


def _gathered(path: str | Path, key: ForeignKey, rules: Mapping[str, ColumnRule]) -> ReferenceSet | None:
    """The key of every row of that table; None when it lacks a column."""
    with closing(open_source(path, plan_labels=key.reference_fields)) as source:
        while True:
            labels = [label.strip() for label in source.labels]
            if not all(name in labels for name in key.reference_fields):
                return None
            pairs = [(rules[name], labels.index(of)) for name, of in zip(key.fields, key.reference_fields, strict=True)]
            found = ReferenceSet()
            try:
                for batch in source.batches():
                    found.add(compose([rule.canonical(batch.columns[at]) for rule, at in pairs], "all_null"))
            except Restart:
                continue
            return found
