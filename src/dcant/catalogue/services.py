"""Acts of the common base."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.db import transaction

from dcant.catalogue.index import ensure_index
from dcant.catalogue.projection import CatalogueSink
from dcant.catalogue.sources import load_source
from dcant.harvest.models import Run
from dcant.harvest.report import RunReport
from dcant.harvest.rules import Snapshot
from dcant.harvest.services import run_harvest
from dcant.record.services import digest, write_entry

ACTOR = "system:harvest"


def harvest_source(
    *,
    name: str,
    snapshot: Snapshot,
    now: Callable[[], datetime],
    data: Path,
    on_progress: Callable[[int, int], None] | None = None,
    dry_run: bool = False,
) -> RunReport:
    """One passage over a source of the base: statements, sheets, relations, the record's line, then the search index.

    Raises KeyError for an unknown source, Refused when a passage over it is under way.
    """
    source, reader = load_source(name)
    sink = CatalogueSink(now())
    report = run_harvest(
        source=source,
        reader=reader,
        snapshot=snapshot,
        sink=sink,
        now=now,
        data=data,
        on_progress=on_progress,
        on_finished=lambda run: _finish(run, sink, now()),
        dry_run=dry_run,
    )
    if not dry_run:
        ensure_index()
    return report


def _finish(run: Run, sink: CatalogueSink, at: datetime) -> None:
    """The end of a run, in its last transaction: what other sheets learn from it, and its line in the public log."""
    sink.finish()
    body = {
        "source": run.source,
        "run": run.number,
        "state": str(run.state),
        "summary": f"sha256:{run.summary_hash}",
        "totals": {key: value for key, value in run.totals.items() if isinstance(value, int)},
    }
    with transaction.atomic():
        entry = write_entry(kind="harvest.run", actor=ACTOR, subject=digest(body), body=body, at=at)
    run.record_entry = entry.entry_id
