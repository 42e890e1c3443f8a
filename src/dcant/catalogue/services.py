"""Acts of the common base."""

import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from dcant.catalogue.index import ensure_index
from dcant.catalogue.joining import propose_joins, relate_codebases
from dcant.catalogue.models import Resource, UsageSnapshot
from dcant.catalogue.projection import ACTOR, CatalogueSink
from dcant.catalogue.registering import SOURCE as STANDARDS
from dcant.catalogue.registering import register
from dcant.catalogue.rules.joins import Likeness
from dcant.catalogue.rules.usage import UsageView
from dcant.catalogue.sources import load_source
from dcant.harvest.models import Run, RunState
from dcant.harvest.report import RunReport
from dcant.harvest.rules import Snapshot
from dcant.harvest.services import read_again, run_harvest
from dcant.identifiers import Permit, Refused
from dcant.record.services import digest, write_entry

# The operator of the node acts from its shell under no mandate: no page gives this role, and the log names it.
SHELL, OPERATOR = "shell", "system:operator"


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

    def finished(run: Run) -> None:
        quiet = _changed_nothing(run)
        if source.name == STANDARDS and run.state != RunState.FAILED and not quiet:
            register(reader=reader, snapshot=snapshot, address=source.address, at=now())
        _finish(run, sink, now(), quiet=quiet)

    report = run_harvest(
        source=source,
        reader=reader,
        snapshot=snapshot,
        sink=sink,
        now=now,
        data=data,
        on_progress=on_progress,
        on_finished=finished,
        dry_run=dry_run,
        accept_loss=_loss_is_accepted(name),
    )
    if not dry_run:
        ensure_index()
    return report


def read_source_again(*, name: str, now: Callable[[], datetime], data: Path) -> RunReport:
    """A new version of a parser reads again the bytes kept of a source, without its network; then as after any passage.

    Raises KeyError for an unknown source, Refused when a passage over it is under way.
    """
    source, reader = load_source(name)
    sink = CatalogueSink(now())
    report = read_again(
        source=source,
        reader=reader,
        sink=sink,
        now=now,
        data=data,
        on_finished=lambda run: _finish(run, sink, now(), quiet=False),
    )
    ensure_index()
    return report


def can_accept_loss(*, acts_as: str, state: str, is_last: bool) -> Permit:
    """A person mandated by a producer or a college may say that a loss is real, and so may whoever runs the node, from
    its shell; only of the last passage, and a suspect one.
    """
    if acts_as not in {"producer", "association", "state", "officer", SHELL}:
        return Permit.no("Accepter une perte revient à une personne mandatée par un producteur ou par un collège.")
    if state != RunState.SUSPECT or not is_last:
        return Permit.no("Seul le dernier passage, s’il est suspect, peut être accepté.")
    return Permit.yes("Vous avez mandat ; le prochain passage comptera ces absences.")


@transaction.atomic
def accept_loss(*, source: str, number: int, reason: str, acts_as: str, actor: str, at: datetime) -> Run:
    """The loss of a suspect passage is real: from the next passage on, its absences count. With a reason, in the public log.

    Raises Refused (nothing written) without mandate, without reason, or when the passage is not the last or not suspect.
    """
    run = Run.objects.select_for_update().get(source=source, number=number)
    last = Run.objects.of(source).passages().first()
    permit = can_accept_loss(acts_as=acts_as, state=run.state, is_last=last is not None and last.pk == run.pk)
    if permit and not reason.strip():
        permit = Permit.no("Dites en une phrase pourquoi cette perte est réelle.")
    if not permit:
        raise Refused(permit, code="DCANT-K002")
    run.loss_accepted_at, run.loss_reason = at, reason.strip()[:300]
    run.save(update_fields=["loss_accepted_at", "loss_reason"])
    body = {"source": source, "run": number, "reason": unicodedata.normalize("NFC", run.loss_reason)}
    write_entry(kind="harvest.loss_accepted", actor=actor, subject=digest(body), body=body, at=at)
    return run


@transaction.atomic
def record_usage_snapshot(*, resource: Resource, as_of: date, usage: UsageView | None) -> bool:
    """Keeps what is known of the use of a resource on a day; None takes it away: nothing is known any more.

    The one write that the room of adoption may ask of this one. A day older than the one kept changes nothing: False.
    """
    kept = UsageSnapshot.objects.select_for_update().filter(resource=resource).first()
    if kept is not None and kept.as_of > as_of:
        return False
    if usage is None:
        UsageSnapshot.objects.filter(resource=resource).delete()
        return True
    counted = {
        "as_of": as_of,
        "organisations": usage.organisations,
        "communes": usage.communes,
        "people": usage.people,
        "freshest": usage.freshest,
    }
    UsageSnapshot.objects.update_or_create(resource=resource, defaults=counted)
    return True


def _loss_is_accepted(name: str) -> bool:
    last = Run.objects.of(name).passages().first()
    return last is not None and last.state == RunState.SUSPECT and last.loss_accepted_at is not None


def _changed_nothing(run: Run) -> bool:
    """No row was written, and the run before it went to its end: all that follows from what is held was done then."""
    before = Run.objects.of(run.source).filter(number__lt=run.number).first()
    ended = {RunState.COMPLETE, RunState.PARTIAL, RunState.SUSPECT}
    return run.totals["written"] == 0 and before is not None and before.state in ended


def _finish(run: Run, sink: CatalogueSink, at: datetime, *, quiet: bool) -> None:
    """The end of a run, in its last transaction: what other sheets learn from it, joins, and its line in the public log."""
    sink.finish()
    # A certain join may bring up another: the looking ends with the first round that joins nothing.
    while not quiet and any(proposal.likeness == Likeness.CERTAIN for proposal in propose_joins(at=at)):
        pass
    if not quiet:
        relate_codebases()
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
