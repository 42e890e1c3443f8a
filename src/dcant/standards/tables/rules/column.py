"""The compiled rule of one field: reads a cell exactly, accepts columns in bulk, names equal values alike."""

import re
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dcant.standards.tables.rules.bulk import BulkRule, bulk_rule
from dcant.standards.tables.rules.constraints import BOUNDS, bound_of, compile_constraints
from dcant.standards.tables.rules.kernels import is_any_of, only_digits
from dcant.standards.tables.rules.reading import Mask
from dcant.standards.tables.rules.structures import item_field
from dcant.standards.tables.rules.texts import boolean_words
from dcant.standards.tables.rules.types import TYPES
from dcant.standards.tables.values import Cell, CellFault, Column, Field, Rows, Said, Verdict

_REMEMBERED = 65_536  # verdicts kept by rule
_LONGEST_REMEMBERED = 256  # letters: a longer text is read again
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_NULL = Verdict(None, null=True)
_MISSING = Verdict(
    None,
    null=True,
    faults=(CellFault("constraint-error", "error", "required", Said("une valeur", "a value")),),
)
_FORM_NOTE = Said("écriture que le standard ne prévoit pas", "a spelling the standard does not provide for")
_LOOSE_NOTE = Said(
    "passe seulement parce que le motif n’est pas ancré ou admet des signes hors ASCII",
    "passes only because the pattern is not anchored or takes signs beyond ASCII",
)
_CONTROL_NOTE = Said("contient un caractère de contrôle invisible", "holds an invisible control character")
_NUMBER_NOTE = Said("le tableur a gardé un nombre, pas un texte", "the spreadsheet kept a number, not a text")
_UNDECIDED_NOTE = Said("règle trop longue à appliquer à cette valeur", "the rule takes too long on this value")


def compile_rule(field: Field) -> "CompiledRule":
    """The rule of a field. Raises ValueError when a constraint cannot be applied (`load_schema` has dropped those)."""
    return CompiledRule(field)


class CompiledRule:
    """See `values.ColumnRule`. Picklable by its field; verdicts of texts are remembered, within bounds."""

    def __init__(self, field: Field, *, spreadsheet: bool = True) -> None:
        self.field = field
        self._spreadsheet = spreadsheet  # whether a native number may stand for a text (D10): not inside JSON
        self._type = TYPES[field.type]
        self._reader = self._type.reader(field)
        self._missing = frozenset(field.missing_values)
        self._constraints = compile_constraints(field, self._reader, self._type.constraints)
        self._remembered: dict[str, Verdict] = {}
        items = field.options.get("arrayItem")
        self._items = CompiledRule(item_field(field, items), spreadsheet=False) if items else None
        self._null = _MISSING if field.required else _NULL
        self._good_texts = self._closed_set()
        self._whole = self._bulk()

    def __reduce__(self) -> tuple[Any, ...]:
        return compile_rule, (self.field,)

    # ---- one cell

    def read(self, cell: Cell) -> Verdict:
        """Exact: the one truth."""
        if not isinstance(cell, str):
            return self._read_native(cell)
        verdict = self._remembered.get(cell)
        if verdict is None:
            verdict = self._read_text(cell)
            if len(cell) <= _LONGEST_REMEMBERED:
                if len(self._remembered) >= _REMEMBERED:
                    self._remembered.clear()
                self._remembered[cell] = verdict
        return verdict

    def _read_text(self, text: str) -> Verdict:
        if text in self._missing:
            return self._null
        value = self._reader.value(text)
        if value is None:
            return self._unreadable()
        warnings = []
        if not self._reader.standard(text):
            warnings.append(
                CellFault("non-standard-form", "warning", None, self._type.expected(self.field), _FORM_NOTE)
            )
        if _CONTROL.search(text):
            warnings.append(CellFault("control-character", "warning", note=_CONTROL_NOTE))
        return self._constrained(value, warnings)

    def _read_native(self, cell: Cell) -> Verdict:
        if cell is None or str(cell) in self._missing:
            return self._null
        text = self._number_as_text(cell) if self._spreadsheet else None
        value = self._reader.value(cell if text is None else text)
        if value is None:
            return self._unreadable()
        expected = self._type.expected(self.field)
        said = [CellFault("number-as-text", "warning", None, expected, _NUMBER_NOTE)] if text is not None else []
        return self._constrained(value, said if self.field.type == "string" else [])

    def _number_as_text(self, cell: Cell) -> str | None:
        """The text a person sees of a whole number, where a text is awaited (D10)."""
        if self.field.type not in {"string", "boolean"} or isinstance(cell, bool):
            return None
        whole = isinstance(cell, int) or (isinstance(cell, float) and cell.is_integer())
        return str(int(cell)) if whole else None  # type: ignore[arg-type]

    def _unreadable(self) -> Verdict:
        return Verdict(None, faults=(CellFault("type-error", "error", None, self._type.expected(self.field)),))

    def _constrained(self, value: Any, said: list[CellFault]) -> Verdict:
        for constraint in self._constraints:
            passed = constraint.passed(value)
            if passed is None:
                said.append(
                    CellFault("rule-not-checked", "warning", constraint.name, constraint.expected, _UNDECIDED_NOTE)
                )
            elif not passed:
                said.append(CellFault("constraint-error", "error", constraint.name, constraint.expected))
            elif constraint.pattern is not None and constraint.pattern.is_loose(value):
                said.append(CellFault("loose-pattern", "warning", "pattern", constraint.expected, _LOOSE_NOTE))
        if self._items is not None and not any(fault.level == "error" for fault in said):
            value, faults = self._read_items(self._items, value)
            said.extend(faults)
        return Verdict(value, faults=tuple(said))

    def _read_items(self, rule: "CompiledRule", items: list[Any]) -> tuple[list[Any], list[CellFault]]:
        """Each kind of fault of the items is said once for the cell."""
        values, kinds = [], {}
        for item in items:
            verdict = rule.read_item(item)
            values.append(verdict.value)
            kinds.update({(fault.code, fault.constraint): fault for fault in verdict.faults})
        return values, list(kinds.values())

    def read_item(self, item: Any) -> Verdict:
        """An item of a JSON array: text, number, truth value, list or object as JSON has it."""
        return self.read(item) if isinstance(item, str) else self._read_native(item)

    # ---- whole columns

    def accept(self, column: pa.Array) -> pa.BooleanArray:
        """Bulk: true only where `read` would give no fault at all."""
        return pa.array(self._flawless_ones(column))

    def doubtful(self, column: pa.Array) -> Rows:
        """The places that `accept` refuses."""
        accepted = self._flawless_ones(column)
        return np.zeros(0, np.int64) if accepted.all() else np.flatnonzero(~accepted)

    def _flawless_ones(self, column: pa.Array) -> Mask:
        missing = is_any_of(column, self.field.missing_values)
        accepted = self._accepted(column, missing)
        return accepted if self.field.required else accepted | missing

    def _accepted(self, column: pa.Array, missing: Mask) -> Mask:
        """Cells that are not null and read without a fault."""
        if self._good_texts is not None:
            return is_any_of(column, self._good_texts)
        if self._whole is None:
            return np.zeros(len(column), dtype=np.bool_)
        return self._whole.accepts(column) & ~missing

    def _closed_set(self) -> list[str] | None:
        """Where the field lists its values: their texts that read without a fault."""
        listed = self.field.constraints.get("enum")
        if listed is None and self.field.type == "boolean":
            listed = list(boolean_words(self.field))
        if listed is None:
            return None
        texts = {str(item) for item in listed if isinstance(item, (str, int, float, Decimal))}
        return sorted(text for text in texts if self._flawless(text))

    def _flawless(self, text: str) -> bool:
        verdict = self._read_text(text)
        return not verdict.null and not verdict.faults

    def _bulk(self) -> BulkRule | None:
        shape = self._type.shape(self.field)
        if shape is None or self._items is not None or self._good_texts is not None:
            return None
        asked = self.field.constraints
        bounds = {name: bound_of(asked[name], self._reader) for name in BOUNDS if asked.get(name) is not None}
        return bulk_rule(shape, self._constraints, bounds, asked)

    # ---- equality

    def canonical(self, column: Column) -> pa.Array:
        """One text per value read, null where the cell is null or unreadable."""
        if not isinstance(column, pa.Array):
            return pa.array([self._key(cell) for cell in column], type=pa.string())
        quick = self._quick_keys(column)
        if quick is not None:
            return quick
        coded = pc.dictionary_encode(column)
        keys = pa.array([self._key(text) for text in coded.dictionary.to_pylist()], type=pa.string())
        return keys.take(coded.indices)

    def _key(self, cell: Cell) -> str | None:
        verdict = self.read(cell)
        return None if verdict.value is None else self._type.key(verdict.value)

    def _quick_keys(self, column: pa.Array) -> pa.Array | None:
        """Where the text is its own key, or nearly; None when cells must be read one by one."""
        kind, form = self.field.type, self.field.format
        missing = is_any_of(column, self.field.missing_values)
        if kind == "any" or (kind == "string" and form not in {"email", "uri", "uuid", "binary"}):
            return pc.if_else(pa.array(missing), pa.scalar(None, column.type), column)
        whole = kind == "integer" and not self.field.options
        if not whole and kind != "string" and (kind, form) != ("date", "default"):
            return None
        plain = ~missing & (only_digits(column, 1, 18) if whole else self._accepted(column, missing))
        keys = pc.if_else(pa.array(plain), column, pa.scalar(None, column.type))
        if whole:
            keys = pc.cast(pc.cast(keys, pa.int64()), column.type)
        rest = ~plain & ~missing
        if not rest.any():
            return keys
        read = [self._key(text) for text in column.filter(pa.array(rest)).to_pylist()]
        return pc.replace_with_mask(keys, pa.array(rest), pa.array(read, type=column.type))
