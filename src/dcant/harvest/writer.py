"""What a run writes: items, their statements and their lines, a batch in one transaction, all or nothing."""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction

from dcant.harvest.models import Item, ItemState, Line, Outcome, Run, Statement
from dcant.harvest.report import Sink, Tally, shown
from dcant.harvest.rules import LINK_PREFIX, Fact, Finding, Reading
from dcant.harvest.rules.changes import Changes, changes
from dcant.harvest.rules.withdrawal import STATES, Presence, missed, seen
from dcant.harvest.storage import keep_raw

_TITLE_LENGTH = 500
_CHANGING = (
    "collection", "remote_id", "path", "title", "kind", "content_hash", "parser_version", "state", "unseen_since_run",
    "unseen_runs", "unseen_at", "withdrawn_reason", "last_seen_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One item as this run found it. `moved` says that `item` was known under another name."""

    key: tuple[str, str]
    path: str
    raw_hash: str
    redacted: bytes
    reading: Reading
    item: Item | None
    moved: bool = False


@dataclass(slots=True)
class Writer:
    """Writes for one run, and counts. `data` is None when nothing is to be left behind (a rehearsal)."""

    run: Run
    sink: Sink
    data: Path | None
    tally: Tally
    findings: list[dict[str, str]] = field(default_factory=list)
    _lines: list[Line] = field(default_factory=list)

    def write(self, entries: Sequence[Entry]) -> None:
        """Raw bytes first, then every row of the batch in one transaction; a failure takes the counts back too."""
        ended = [entry for entry in entries if entry.reading.tombstone is not None and not entry.reading.title]
        accepted = [entry for entry in entries if not entry.reading.rejected and entry not in ended]
        if self.data is not None:
            for entry in accepted:
                keep_raw(data=self.data, raw_hash=entry.raw_hash, content=entry.redacted)

        def rows() -> None:
            for entry in entries:
                if entry.reading.rejected:
                    self._reject(entry)
            for entry in ended:
                self._end(entry)
            self._accept(accepted)
            self.sink.settle()
            self.tell()

        self.all_or_nothing(rows)

    def all_or_nothing(self, act: Callable[[], None]) -> None:
        """One transaction for the rows, and the counts go back with them when it fails."""
        before, findings = deepcopy(self.tally), len(self.findings)
        try:
            with transaction.atomic():
                act()
                self.put_lines()
        except BaseException:
            self._lines.clear()
            self.tally.by_collection, self.tally.written = before.by_collection, before.written
            del self.findings[findings:]
            raise

    def tell(self) -> None:
        """The counts so far, in the run's own row, for whoever looks at it meanwhile."""
        Run.objects.filter(pk=self.run.pk).update(collections=self.tally.by_collection)

    def put_lines(self) -> None:
        """The lines said so far, in their order."""
        Line.objects.bulk_create(self._lines, batch_size=200)
        self._lines.clear()

    def refuse(self, key: tuple[str, str], finding: Finding) -> None:
        """A line and a count for what is not taken in."""
        self.tally.count(key[0], "rejected")
        self.note(key, Outcome.REJECTED, finding)

    def note(self, key: tuple[str, str], outcome: Outcome, finding: Finding) -> None:
        """A finding, in the log of the run and in its report."""
        self.findings.append(shown(finding, collection=key[0], remote_id=key[1]))
        self._lines.append(
            Line(
                run=self.run,
                collection=key[0][:80],
                remote_id=key[1][:300],
                outcome=outcome,
                code=finding.code,
                place=finding.place[:500],
                message=finding.message_fr,
                remedy=finding.remedy_fr,
            )
        )

    def miss(self, item: Item) -> None:
        """An item that a run which counts did not find: one step towards withdrawal."""
        before = presence_of(item)
        after = missed(before, run=self.run.number, at=self.run.started_at)
        if after == before:
            return
        self._place(item, after)
        item.save()
        self.tally.written += 1
        self.tally.count(item.collection, "unseen")
        since = f"Absent de la source depuis le passage {after.since_run}."
        self._line(item, Outcome.UNSEEN, since)
        if after.state == "withdrawn":
            self._withdrawn(item, f"Retiré : absent de {after.runs} passages de suite, sur sept jours au moins.")

    def _reject(self, entry: Entry) -> None:
        """Old statements stay as they are; the item counts as seen, whatever its state was."""
        self.tally.count(entry.key[0], "rejected")
        for finding in entry.reading.findings:
            self.note(entry.key, Outcome.REJECTED if finding.level == "error" else Outcome.WARNED, finding)
        if entry.item is not None:
            before = presence_of(entry.item)
            after = seen(before, changed=False)
            if after != before:
                self._place(entry.item, after)
                entry.item.save()
                self.tally.written += 1
                self._announce(entry.item, before, after)

    def _end(self, entry: Entry) -> None:
        """The source says the item is no more, without its sheet: withdrawn at once, what it said is kept."""
        if entry.item is None:
            return
        before = presence_of(entry.item)
        after = seen(before, changed=False, tombstone=entry.reading.tombstone)
        if after != before:
            self._place(entry.item, after)
            entry.item.save()
            self.tally.written += 1
            self._announce(entry.item, before, after)

    def _accept(self, entries: Sequence[Entry]) -> None:
        held = [entry.item.pk for entry in entries if entry.item is not None]
        current: dict[int, dict[int, Statement]] = {pk: {} for pk in held}
        for statement in Statement.objects.current().filter(item__in=held) if held else ():
            current[statement.item_id][statement.pk] = statement
        plans = [self._plan(entry, current) for entry in entries]
        Item.objects.bulk_create([plan.item for plan in plans if plan.item.pk is None])
        known = [plan.item for plan in plans if plan.entry.item is not None]
        # One statement for all: each row is there already, and takes its new values.
        Item.objects.bulk_create(known, update_conflicts=True, unique_fields=["id"], update_fields=_CHANGING)
        self.tally.written += len(plans)
        added = [statement for plan in plans for statement in plan.added]
        Statement.objects.bulk_create(added, batch_size=200)
        ended = [pk for plan in plans for pk in plan.changes.ended]
        if ended:
            Statement.objects.filter(pk__in=ended).update(ended_at=self.run.started_at, end_reason="said-no-more")
        self.tally.written += len(added) + len(ended)
        for plan in plans:
            self._tell(plan)

    def _plan(self, entry: Entry, current: Mapping[int, Mapping[int, Statement]]) -> "_Plan":
        """What becomes of the item, and which statements go and come; nothing is written yet."""
        item, created = entry.item, entry.item is None
        if item is None:
            at = self.run.started_at
            item = Item(source=self.run.source, first_seen_at=at, last_seen_at=at)
        before = presence_of(item)
        reading = entry.reading
        after = seen(before, changed=item.content_hash != entry.raw_hash, tombstone=reading.tombstone)
        named = (item.title, item.kind)
        item.collection, item.remote_id = entry.key
        item.path, item.title, item.kind = entry.path, reading.title[:_TITLE_LENGTH], reading.kind or ""
        item.content_hash, item.parser_version = entry.raw_hash, self.run.parser_version
        item.last_seen_at = self.run.started_at
        self._place(item, after)
        known = {} if created else dict(current[item.pk])
        change = changes({pk: _as_fact(statement) for pk, statement in known.items()}, reading.statements())
        added = [self._statement(item, entry, fact) for fact in change.added]
        kept = [statement for pk, statement in known.items() if pk not in change.ended]
        outcome = Outcome.UPDATED if change or named != (item.title, item.kind) else Outcome.UNCHANGED
        if created or entry.moved:
            outcome = Outcome.CREATED if created else Outcome.MOVED
        return _Plan(entry, item, before, after, outcome, change, added, kept)

    def _statement(self, item: Item, entry: Entry, fact: Fact) -> Statement:
        return Statement(
            item=item,
            field=fact.field,
            value=fact.value,
            language=fact.language,
            source_url=fact.source_url,
            citation=dict(fact.citation) if fact.citation is not None else None,
            fetched_at=self.run.started_at,
            raw_hash=entry.raw_hash,
            parser_version=self.run.parser_version,
        )

    def _tell(self, plan: "_Plan") -> None:
        """Counts, lines, and the sink, once the rows are there."""
        item, entry = plan.item, plan.entry
        self.tally.count(item.collection, plan.outcome)
        if plan.outcome is not Outcome.UNCHANGED:
            message = f"Déplacé : « {entry.path} »." if entry.moved else ""
            self._line(item, plan.outcome, message)
            statements = sorted([*plan.kept, *plan.added], key=lambda statement: (statement.field, statement.pk))
            links = [statement for statement in statements if statement.field.startswith(LINK_PREFIX)]
            facts = [statement for statement in statements if not statement.field.startswith(LINK_PREFIX)]
            self.sink.changed(item, facts, links)
        if entry.reading.findings:
            self.tally.count(item.collection, "warned")
        for finding in entry.reading.findings:
            self.note(entry.key, Outcome.WARNED, finding)
        self._announce(item, plan.before, plan.after)

    def _announce(self, item: Item, before: Presence, after: Presence) -> None:
        """Withdrawn or back: a count, a line, and the sink."""
        if after.state == "withdrawn" and before.state != "withdrawn":
            self._withdrawn(item, f"Retiré, {after.reason}.")
        elif before.state == "withdrawn" and after.state == "returned":
            self.tally.count(item.collection, "returned")
            self._line(item, Outcome.RETURNED, "Revenu dans la source.")
            self.sink.returned(item)

    def _withdrawn(self, item: Item, message: str) -> None:
        self.tally.count(item.collection, "withdrawn")
        self._line(item, Outcome.WITHDRAWN, message)
        self.sink.withdrawn(item)

    def _line(self, item: Item, outcome: Outcome, message: str = "") -> None:
        self._lines.append(
            Line(run=self.run, collection=item.collection, remote_id=item.remote_id, outcome=outcome, message=message)
        )

    @staticmethod
    def _place(item: Item, presence: Presence) -> None:
        item.state = ItemState(presence.state)
        item.unseen_since_run, item.unseen_runs = presence.since_run, presence.runs
        item.unseen_at, item.withdrawn_reason = presence.unseen_at, presence.reason[:200]


@dataclass(frozen=True, slots=True)
class _Plan:
    entry: Entry
    item: Item
    before: Presence
    after: Presence
    outcome: Outcome
    changes: Changes
    added: list[Statement]
    kept: list[Statement]


def presence_of(item: Item) -> Presence:
    """Where the item stands, as a value of the rules."""
    return Presence(
        state=STATES[item.state],
        since_run=item.unseen_since_run,
        runs=item.unseen_runs,
        unseen_at=item.unseen_at,
        reason=item.withdrawn_reason,
    )


def _as_fact(statement: Statement) -> Fact:
    return Fact(statement.field, statement.value, statement.language, statement.source_url, statement.citation)
