"""What frictionless 5.21 says of a whole table: the oracle of the engine, in exact mode and without error limit."""

import csv
import io
import json
import warnings
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import Any

from dcant.standards.tables import FileReport

Multiset = Counter[tuple[str, int | None, str, int | None]]


def reference(path: Path, schema: dict[str, Any], *, delimiter: str = ",") -> Multiset:
    """(code, row, field, column) of every error; header errors have no row, as in frictionless. The header is said to be the
    first row: left alone, frictionless may guess the second when the first data row is short.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from frictionless import Dialect, Resource, formats

        dialect = Dialect(header_rows=[1], controls=[formats.CsvControl(delimiter=delimiter)])
        resource = Resource(
            path=path.name,
            basepath=str(path.parent),
            schema=_schema(json.dumps(schema)),
            dialect=dialect,
            encoding="utf-8",
            format="csv",
        )
        report = resource.validate(limit_errors=10**9)
    found: Multiset = Counter()
    for task in report.tasks:
        for error in task.errors:
            said = error.to_descriptor()
            found[said["type"], said.get("rowNumber"), said.get("fieldName", ""), said.get("fieldNumber")] += 1
    return found


@lru_cache(64)
def _schema(descriptor: str) -> Any:
    """Made once for the many files checked by it: frictionless takes as long over it as over a small file."""
    from frictionless import Schema

    return Schema.from_descriptor(json.loads(descriptor))


def ours(report: FileReport) -> Multiset:
    """The same of our report, which must be complete: its sample holds every error."""
    assert report.sample.kept == report.counts.errors
    return Counter(
        (one.code, None if one.code.endswith(("label", "header")) else one.row, one.field or "", one.position)
        for one in report.errors
        if one.level == "error"
    )


def rows_of(text: str, delimiter: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text), delimiter=delimiter))


def text_of(rows: list[list[str]], delimiter: str) -> str:
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return written.getvalue()
