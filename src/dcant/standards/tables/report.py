"""The answer of a check: a frozen value, written to JSON and read back without loss.

Counts are always complete. The faults kept are a bounded sample, which says so: `sample.kept` of `sample.of`.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from dcant.standards.tables.values import Detected, Level, RuleNotChecked, Said, SchemaProblem

VERSION = "dcant-table-report/1"

Stopped = Literal["cancelled", "unreadable", "engine-error"]
ColumnStatus = Literal["checked", "extra", "duplicate", "missing", "missing-optional"]
Order = tuple[int, int, str, str]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend (error) or to know (warning).

    `row` is what the spreadsheet shows (header 1), `line` the physical line of a text file, `position` the column's
    number in the file (1 for the first); None where there is no such thing. `cell` is cut at 80 characters and shows
    its control characters.
    """

    code: str
    level: Level
    message: Said
    remedy: Said
    row: int | None = None
    line: int | None = None
    field: str | None = None
    position: int | None = None
    cell: str | None = None
    constraint: str | None = None
    expected: Said | None = None
    note: Said | None = None
    offset: int | None = None

    @property
    def order(self) -> Order:
        """By row, then column, then code: what concerns the whole file comes first."""
        return (self.row or 0, self.position or 0, self.code, self.constraint or "")


@dataclass(frozen=True, slots=True)
class Cause:
    """Many faults with one origin, recognised once: a suggestion, never a silent correction.

    `cells`: how many faults would go if it were mended.
    """

    kind: str
    field: str | None
    cells: int
    example: str | None
    message: Said
    remedy: Said


@dataclass(frozen=True, slots=True)
class Counts:
    """Every fault, whatever was kept. `by_code` and `by_field` are of errors and each sums to `errors`; the field "" is
    that of faults which belong to a row or to the file.
    """

    errors: int = 0
    warnings: int = 0
    rows_with_errors: int = 0
    by_code: Mapping[str, int] = field(default_factory=dict)
    by_field: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    warnings_by_code: Mapping[str, int] = field(default_factory=dict)
    warnings_by_field: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SampleSize:
    """How many errors are listed, of how many, and how they were chosen; the same for warnings."""

    kept: int
    of: int
    warnings_kept: int
    warnings_of: int
    rule: str


@dataclass(frozen=True, slots=True)
class ColumnSeen:
    """A column of the file, or a field that has none (position None)."""

    name: str
    position: int | None
    status: ColumnStatus
    field: str | None


@dataclass(frozen=True, slots=True)
class SchemaSeen:
    """The schema used, with its own faults apart from those of the file."""

    ref: str
    name: str
    title: str
    version: str
    sha256: str
    problems: tuple[SchemaProblem, ...]
    rules_not_checked: tuple[RuleNotChecked, ...]


@dataclass(frozen=True, slots=True)
class FileReport:
    """What was found in one file. `errors` holds the sample, errors and warnings, in order."""

    path: str
    bytes: int | None
    sha256: str | None
    format: str | None
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    member: str | None
    detected: tuple[Detected, ...]
    rows: int
    columns: tuple[ColumnSeen, ...]
    schema: SchemaSeen
    column_mode: str
    conforms: bool
    complete: bool
    stopped: Stopped | None
    counts: Counts
    causes: tuple[Cause, ...]
    sample: SampleSize
    errors: tuple[Fault, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums over the files of a report."""

    files: int
    conforming: int
    rows: int
    errors: int
    warnings: int


@dataclass(frozen=True, slots=True)
class Report:
    """The answer about one file or several. It conforms when every file was read to its end and none has an error."""

    files: tuple[FileReport, ...]

    @property
    def conforms(self) -> bool:
        return bool(self.files) and all(one.conforms for one in self.files)

    @property
    def complete(self) -> bool:
        return all(one.complete for one in self.files)

    @property
    def totals(self) -> Totals:
        return Totals(
            files=len(self.files),
            conforming=sum(one.conforms for one in self.files),
            rows=sum(one.rows for one in self.files),
            errors=sum(one.counts.errors for one in self.files),
            warnings=sum(one.counts.warnings for one in self.files),
        )

    @property
    def counts(self) -> Counts:
        """Those of the only file, else their sums."""
        if len(self.files) == 1:
            return self.files[0].counts
        every = [one.counts for one in self.files]
        return Counts(
            errors=sum(one.errors for one in every),
            warnings=sum(one.warnings for one in every),
            rows_with_errors=sum(one.rows_with_errors for one in every),
            by_code=_added(one.by_code for one in every),
            by_field=_added_twice(one.by_field for one in every),
            warnings_by_code=_added(one.warnings_by_code for one in every),
            warnings_by_field=_added_twice(one.warnings_by_field for one in every),
        )

    @property
    def errors(self) -> tuple[Fault, ...]:
        """The faults kept, file after file."""
        return tuple(fault for one in self.files for fault in one.errors)

    def as_dict(self) -> dict[str, Any]:
        """The document `dcant-table-report/1`."""
        return {
            "report": VERSION,
            "conforms": self.conforms,
            "files": [asdict(one) for one in self.files],
            "totals": asdict(self.totals),
        }

    def to_json(self, *, indent: int | None = 1) -> str:
        return json.dumps(self.as_dict(), ensure_ascii=False, indent=indent)

    @classmethod
    def from_json(cls, text: str | bytes) -> "Report":
        """Back from `to_json`, equal to what was written. Raises ValueError for anything else."""
        document = json.loads(text)
        if not isinstance(document, dict) or document.get("report") != VERSION:
            raise ValueError(f"Not a {VERSION} document.")
        try:
            return cls(files=tuple(_read(FileReport, one) for one in document["files"]))
        except (KeyError, TypeError) as error:
            raise ValueError(f"Not a {VERSION} document: {error}") from error


def together(reports: Iterable[Report]) -> Report:
    """One report about all the files, in the order given."""
    return Report(files=tuple(one for report in reports for one in report.files))


def _added(every: Iterable[Mapping[str, int]]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for one in every:
        for key, count in one.items():
            sums[key] = sums.get(key, 0) + count
    return dict(sorted(sums.items()))


def _added_twice(every: Iterable[Mapping[str, Mapping[str, int]]]) -> dict[str, dict[str, int]]:
    listed = list(every)
    names = sorted({name for one in listed for name in one})
    return {name: _added(one[name] for one in listed if name in one) for name in names}


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _read(kind: Any, value: Any) -> Any:
    """The value of that type which `asdict` and JSON made into plain objects and lists."""
    if is_dataclass(kind) and isinstance(kind, type):
        hints = _hints(kind)
        return kind(**{one.name: _read(hints[one.name], value[one.name]) for one in fields(kind)})
    origin, inner = get_origin(kind), get_args(kind)
    if origin is tuple:
        return tuple(_read(inner[0], item) for item in value)
    if origin in {Union, UnionType}:
        if value is None:
            return None
        (only,) = (one for one in inner if one is not NoneType)
        return _read(only, value)
    return value
