"""The acts of this room: bring in what a source says now; read again what is kept; take in what was just said on this site."""

import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from time import perf_counter

from django.db import transaction
from django.utils import timezone

from dcant.harvest.cadence import RUNS_LOOKED_AT, LastRun
from dcant.harvest.engine import BATCH, Engine, read_item
from dcant.harvest.locks import source_lock
from dcant.harvest.models import KEPT, Item, Line, Outcome, Run, RunState
from dcant.harvest.report import RunReport, Sink, Tally, close_totals
from dcant.harvest.rules import Finding, RawItem, Reader, Reading, Snapshot, SnapshotError, SourceFile
from dcant.harvest.rules.changes import summary_hash
from dcant.harvest.rules.dates import dates_in_future
from dcant.harvest.rules.redaction import redact_bytes
from dcant.harvest.storage import load_raw
from dcant.harvest.writer import Entry, Writer

# In place of a folder: what a run read when its items were given.
SAID = "saisie sur le site"


def run_harvest(
    *,
    source: SourceFile,
    reader: Reader,
    snapshot: Snapshot,
    sink: Sink,
    now: Callable[[], datetime],
    data: Path,
    on_progress: Callable[[int, int], None] | None = None,
    on_finished: Callable[[Run], None] | None = None,
    dry_run: bool = False,
    accept_loss: bool = False,
) -> RunReport:
    """One passage over one source. Killed at any moment, the next one finishes the work and doubles nothing.

    `on_finished` is called in the last transaction, the run complete in every field: it may write the record and set
    `run.record_entry`. `accept_loss` is the act of a person who looked at a suspect run: the caller asks for their right.
    Raises Refused DCANT-H001 when a run of this source is under way. A source that cannot be read is a failed run, not
    an exception; a fault of our own is a failed run and then the exception.
    """
    began = perf_counter()
    with source_lock(data=data, source=source.name) as note, _rehearsal(dry_run=dry_run):
        run = _open_run(source=source, reader=reader, ref=snapshot.ref, at=now())
        note(run.number)
        writer = Writer(run, sink, None if dry_run else data, Tally.of(source.collections))
        engine = Engine(source, reader, snapshot, writer, on_progress)

        def finish() -> None:
            previous = Run.objects.of(source.name).advancing().first()
            end = engine.count_absences(accept_loss=accept_loss, previous=previous)
            _close_run(run=run, state=RunState(end), writer=writer, at=now(), on_finished=on_finished)

        try:
            engine.look()
            engine.take_in()
            writer.all_or_nothing(finish)
        except (SnapshotError, OSError) as error:
            _fail(run=run, writer=writer, finding=_as_finding(error, snapshot), at=now(), on_finished=on_finished)
        except BaseException as error:
            ended = RunState.INTERRUPTED if isinstance(error, KeyboardInterrupt) else RunState.FAILED
            Run.objects.filter(pk=run.pk).update(state=ended, ended_at=now())
            raise
        return _report(run, writer, began)


def _report(run: Run, writer: Writer, began: float) -> RunReport:
    return RunReport(
        source=run.source,
        run=run.number,
        state=str(run.state),
        totals=writer.tally.totals(),
        collections=writer.tally.by_collection,
        written=writer.tally.written,
        seconds=round(perf_counter() - began, 3),
        findings=tuple(writer.findings),
    )


def read_again(
    *,
    source: SourceFile,
    reader: Reader,
    sink: Sink,
    now: Callable[[], datetime],
    data: Path,
    on_finished: Callable[[Run], None],
) -> RunReport:
    """A run over the bytes kept of each item that another version of the parser read: no network, none is absent.

    Bytes that are not kept any more, or read no more, are one line each; what was stated of them stays. Raises Refused
    DCANT-H001 when a run of this source is under way.
    """
    began = perf_counter()
    with source_lock(data=data, source=source.name) as note:
        run = _open_run(source=source, reader=reader, ref=KEPT, at=now())
        note(run.number)
        writer = Writer(run, sink, None, Tally.of(source.collections))
        behind = Item.objects.of(source.name).held().exclude(parser_version=reader.parser_version)
        try:
            items = list(behind)
            for start in range(0, len(items), BATCH):
                some = items[start : start + BATCH]
                for item in some:
                    writer.tally.count(item.collection, "seen")
                writer.write([_kept_entry(item, reader, data, timezone.localdate(run.started_at)) for item in some])
            state = RunState.PARTIAL if writer.tally.totals()["rejected"] else RunState.COMPLETE
            writer.all_or_nothing(
                lambda: _close_run(run=run, state=state, writer=writer, at=now(), on_finished=on_finished)
            )
        except BaseException as error:
            ended = RunState.INTERRUPTED if isinstance(error, KeyboardInterrupt) else RunState.FAILED
            Run.objects.filter(pk=run.pk).update(state=ended, ended_at=now())
            raise
        return _report(run, writer, began)


def _kept_entry(item: Item, reader: Reader, data: Path, today: date) -> Entry:
    """An item as its kept bytes say it; its hash stays that of the original ones."""
    key = (item.collection, item.remote_id)
    try:
        content = load_raw(data=data, raw_hash=item.content_hash)
        raw = RawItem(*key, item.path, content)
        reading = read_item(reader, raw, in_future=lambda facts: dates_in_future(facts, today=today))
    except (OSError, EOFError, zlib.error):
        said = "Les octets de cette fiche ne sont plus gardés : elle reste comme elle a été lue."
        content = b""
        reading = Reading.refused(Finding("error", "NOT_KEPT", item.path, said, "Relisez la source elle-même."))
    return Entry(key, item.path, item.content_hash, content, reading, item)


def take_in(
    *,
    source: SourceFile,
    reader: Reader,
    items: Sequence[RawItem],
    sink: Sink,
    at: datetime,
    data: Path,
    on_finished: Callable[[Run], None],
) -> Run:
    """A run that holds only what was just said on this site: the other items of the source are not looked for, none is absent.

    Called under the lock of the source and inside the transaction of the caller's act. Raises ValueError when the reader
    refuses one of the items: the caller made them.
    """
    run = _open_run(source=source, reader=reader, ref=SAID, at=at)
    writer = Writer(run, sink, data, Tally.of(source.collections))
    held = {
        item.remote_id: item for item in Item.objects.of(source.name).filter(remote_id__in=[x.remote_id for x in items])
    }
    entries = []
    for raw in items:
        redacted = redact_bytes(raw.data)
        reading = reader.read(replace(raw, data=redacted))
        if reading.rejected:
            raise ValueError(reading.findings[0].message_fr)
        raw_hash = sha256(raw.data).hexdigest()
        entries.append(Entry(raw.key, raw.path, raw_hash, redacted, reading, held.get(raw.remote_id)))
        writer.tally.count(raw.collection, "seen")
    writer.write(entries)
    _close_run(run=run, state=RunState.COMPLETE, writer=writer, at=at, on_finished=on_finished)
    return run


def last_run(source: str) -> LastRun | None:
    """The last passage over a source and the failures before it, for its cadence; None when there is none. One query."""
    runs = Run.objects.of(source).passages().values_list("state", "started_at", "ended_at")
    return LastRun.of(list(runs[:RUNS_LOOKED_AT]))


@contextmanager
def _rehearsal(*, dry_run: bool) -> Iterator[None]:
    """A dry run does everything in one transaction, and takes it back."""
    if not dry_run:
        yield
        return
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@transaction.atomic
def _open_run(*, source: SourceFile, reader: Reader, ref: str, at: datetime) -> Run:
    """The next run by number. Under the lock, a run still said to be running is one that died."""
    Run.objects.of(source.name).filter(state=RunState.RUNNING).update(state=RunState.INTERRUPTED, ended_at=at)
    last = Run.objects.of(source.name).first()
    return Run.objects.create(
        source=source.name,
        number=last.number + 1 if last else 1,
        started_at=at,
        parser_version=reader.parser_version,
        ref=ref[:200],
    )


def _close_run(
    *, run: Run, state: RunState, writer: Writer, at: datetime, on_finished: Callable[[Run], None] | None
) -> None:
    """Counts, hash and state; then the caller's own writing, in the same transaction."""
    run.state, run.ended_at = state, at
    close_totals(run, writer.tally)
    writer.put_lines()
    lines = Line.objects.filter(run=run).order_by("collection", "remote_id", "outcome", "code", "pk")
    run.summary_hash = summary_hash(
        {
            "source": run.source,
            "run": run.number,
            "ref": run.ref,
            "state": str(run.state),
            "totals": writer.tally.totals(),
            "collections": writer.tally.by_collection,
            "outcomes": [list(line) for line in lines.values_list("collection", "remote_id", "outcome", "code")],
        }
    )
    if on_finished is not None:
        on_finished(run)
    run.save()


def _fail(
    *, run: Run, writer: Writer, finding: Finding, at: datetime, on_finished: Callable[[Run], None] | None
) -> None:
    """A source that could not be had changes nothing more: the batches before it stay, and absence does not advance."""

    def close() -> None:
        writer.note(("", ""), Outcome.REJECTED, finding)
        _close_run(run=run, state=RunState.FAILED, writer=writer, at=at, on_finished=on_finished)

    writer.all_or_nothing(close)


def _as_finding(error: SnapshotError | OSError, snapshot: Snapshot) -> Finding:
    if isinstance(error, SnapshotError):
        return error.finding(snapshot.ref)
    said = f"Le dossier des données ne répond pas : {error.strerror or 'erreur d’écriture'}."
    return Finding("error", "STORAGE", snapshot.ref, said, "Libérez de la place, puis relancez le passage.")
