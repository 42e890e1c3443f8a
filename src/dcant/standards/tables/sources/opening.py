"""Open any table people really send: what it is shows in its content, more than in its name."""

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from dcant.standards.tables.sources.limits import Limits
from dcant.standards.tables.sources.origin import Origin, PlainReader
from dcant.standards.tables.sources.text import Asked, TextSource
from dcant.standards.tables.values import Source


def open_source(
    path: str | Path | BinaryIO,
    *,
    plan_labels: Sequence[str] = (),
    encoding: str | None = None,
    delimiter: str | None = None,
    limits: Limits | None = None,
) -> Source:
    """The table at `path`, or in this stream. `plan_labels`: the names of the schema's fields, which help to find the
    delimiter; what is declared always wins over what is found. Raises SourceUnreadable, and then nothing stays open.
    """
    limits = limits or Limits()
    origin = Origin(path, limits)
    try:
        asked = Asked(tuple(plan_labels), encoding, delimiter, tabs=origin.name.lower().endswith((".tsv", ".tab")))
        return TextSource(origin, lambda: PlainReader(origin), asked, limits)
    except BaseException:
        origin.close()
        raise
