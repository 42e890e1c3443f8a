"""One file to check, and what is kept of its report. Values that go from process to process, and the work itself."""

import hashlib
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from dcant.standards.tables.engine import ready, validate
from dcant.standards.tables.report import FileReport
from dcant.standards.tables.schema.plan import ENGINE_VERSION
from dcant.standards.tables.values import Plan, Said, SchemaUnreadable, SourceUnreadable

VERSION = "dcant-table-result/1"
Verdict = Literal["conforms", "does-not-conform", "unreadable", "engine-error"]
_SMALL = 1024 * 1024  # bytes read at once
_PLANS = 16  # schemas a process keeps ready
# What may be otherwise at the next run though the file is the same: its place, the disk, another program writing.
_PASSING = frozenset({"scheme-error", "source-error", "key-spill-failed"})


@dataclass(frozen=True, slots=True)
class Document:
    """The bytes of a schema, and what it is called."""

    ref: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Settings:
    """How a file is to be read: the options of `validate` of the same names. `references`: (name, path)."""

    columns: str = "auto"
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    member: str | None = None
    references: tuple[tuple[str, str], ...] = ()

    def digest(self) -> str:
        """Named by its content, that of the references included."""
        seen = asdict(self) | {"references": [(name, _hash_of_reference(path)) for name, path in self.references]}
        return hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Job:
    path: str
    schema: Document
    settings: Settings


@dataclass(frozen=True, slots=True)
class Result:
    """What is kept of a file: all its counts, and the first fault of each code and column as an example.

    `sha256` is of the file, `plan` of the rules, None where there is none to name. `attempts`: 2 when a process was lost.
    """

    path: str
    schema: str
    verdict: Verdict
    sha256: str | None = None
    plan: str | None = None
    settings: str = ""
    engine: str = ENGINE_VERSION
    rows: int = 0
    errors: int = 0
    warnings: int = 0
    rows_with_errors: int = 0
    by_code: Mapping[str, int] = field(default_factory=dict)
    by_field: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    examples: tuple[Mapping[str, Any], ...] = ()
    attempts: int = 1
    seconds: float = 0.0

    @property
    def key(self) -> tuple[str, ...] | None:
        """What this result holds for, whatever the name of the file; None when it should be looked for again."""
        if self.sha256 is None or self.plan is None or self.verdict == "engine-error":
            return None
        if self.verdict == "unreadable" and not _PASSING.isdisjoint(self.by_code):
            return None
        return (self.sha256, self.plan, self.engine, self.settings)

    def to_line(self) -> str:
        return json.dumps({"result": VERSION} | asdict(self), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_line(cls, line: str) -> "Result":
        """Raises ValueError for anything else than what `to_line` wrote."""
        document = json.loads(line)
        if not isinstance(document, dict) or document.pop("result", None) != VERSION:
            raise ValueError("not a result")
        try:
            return cls(**document | {"examples": tuple(document["examples"])})
        except (KeyError, TypeError) as error:
            raise ValueError("not a result") from error


@lru_cache(_PLANS)
def plan_of(content: bytes) -> Plan:
    """The plan of a schema, kept ready for the next files. Raises SchemaUnreadable."""
    return ready(content)


def hash_of(path: str) -> str | None:
    """SHA-256 of an ordinary file; None when it cannot be read, or is none."""
    try:
        state = os.stat(path)  # noqa: PTH116 - asked of every file of a run: Path is several times slower
        if not stat.S_ISREG(state.st_mode):
            return None
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123
            if state.st_size <= _SMALL:
                return hashlib.sha256(file.readall()).hexdigest()
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return None


def _hash_of_reference(path: str) -> str | None:
    """The same file may be the reference of thousands: read again only when its size or its time of change is another."""
    try:
        state = Path(path).stat()
    except (OSError, ValueError):
        return None
    return _hash_at(path, state.st_size, state.st_mtime_ns)


@lru_cache(_PLANS)
def _hash_at(path: str, size: int, changed: int) -> str | None:  # noqa: ARG001 - they name a state of the file
    return hash_of(path)


def check_one(job: Job) -> Result:
    """The work of a process: whatever happens to this file is told, and none of it stops the next."""
    settings = asdict(job.settings) | {"references": dict(job.settings.references)}
    try:
        plan = plan_of(job.schema.content)
        (report,) = validate(job.path, plan, limit=0, **settings).files
    except SchemaUnreadable as unreadable:
        return failed(job, "unreadable", unreadable.code, unreadable.message)
    except SourceUnreadable as unreadable:  # of a reference: that of the file itself is in the report
        return failed(job, "unreadable", unreadable.fault.code, unreadable.fault.message)
    except Exception as error:  # noqa: BLE001 - a fault of ours, told as such
        said = f"{type(error).__name__} : {error}"[:300]
        return failed(job, "engine-error", "engine-error", Said(said, said))
    return _result(job, plan, report)


def failed(job: Job, verdict: Verdict, code: str, message: Said, *, attempts: int = 1) -> Result:
    """The result of a file about which nothing else could be said."""
    example = {"code": code, "level": "error", "message": asdict(message)}
    return Result(
        job.path, job.schema.ref, verdict, errors=1, by_code={code: 1}, by_field={"": {code: 1}}, examples=(example,),
        attempts=attempts,
    )  # fmt: skip


def _result(job: Job, plan: Plan, report: FileReport) -> Result:
    examples = {(one.code, one.field): one for one in reversed(report.errors) if one.level == "error"}
    verdict: Verdict = "conforms" if report.conforms else "does-not-conform" if report.complete else "unreadable"
    return Result(
        path=job.path,
        schema=job.schema.ref,
        verdict=verdict,
        sha256=report.sha256 or hash_of(job.path),
        plan=plan.sha256,
        settings=job.settings.digest(),
        rows=report.rows,
        errors=report.counts.errors,
        warnings=report.counts.warnings,
        rows_with_errors=report.counts.rows_with_errors,
        by_code=report.counts.by_code,
        by_field=report.counts.by_field,
        examples=tuple(asdict(one) for one in sorted(examples.values(), key=lambda one: one.order)),
        seconds=report.seconds,
    )
