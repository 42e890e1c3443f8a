"""One passage over one source: look at everything, read what changed, then count what is missing."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from django.utils import timezone

from dcant.harvest.models import Item, Outcome, Run, Statement
from dcant.harvest.rules import Fact, Finding, RawItem, Reader, Reading, Snapshot, SourceFile
from dcant.harvest.rules.changes import canonical
from dcant.harvest.rules.dates import dates_in_future
from dcant.harvest.rules.redaction import redact_bytes
from dcant.harvest.rules.withdrawal import ABSENT, Loss, RunEnd, run_end
from dcant.harvest.writer import Entry, Writer, presence_of
from dcant.identifiers import fold_words

BATCH = 50
GONE = "GONE"  # a file that says it is no more (HTTP 410): an explicit end, not a fault
_LONGEST = {"field": 100, "language": 20, "source_url": 1000}
_PRESENT = ("seen", "returned")


@dataclass(frozen=True, slots=True)
class _Sighting:
    path: str
    raw_hash: str
    problem: Finding | None


@dataclass(slots=True)
class Engine:
    """The work of one run. Items are looked at in order of path; memory holds hashes, never the bytes of a whole source."""

    source: SourceFile
    reader: Reader
    snapshot: Snapshot
    writer: Writer
    on_progress: Callable[[int, int], None] | None = None
    _held: dict[tuple[str, str], Item] = field(default_factory=dict)
    _present_before: dict[tuple[str, str], Item] = field(default_factory=dict)
    _sightings: dict[tuple[str, str], _Sighting] = field(default_factory=dict)
    _gone: dict[tuple[str, str], Item] = field(default_factory=dict)
    _out_of_reach: set[tuple[str, str]] = field(default_factory=set)
    _by_title: dict[tuple[str, str, str], list[Item]] = field(default_factory=dict)

    def look(self) -> None:
        """First pass: what is there, and its hash. Doubles and ignored items get their line."""
        for item in Item.objects.of(self.source.name):
            self._held[item.collection, item.remote_id] = item
        self._present_before = {key: item for key, item in self._held.items() if item.state in _PRESENT}
        remarks: list[tuple[tuple[str, str], Outcome, Finding]] = []
        for raw in self.reader.items(self.snapshot):
            reason = self.source.ignored.get("/".join(raw.key))
            if reason is not None:
                remarks.append((raw.key, Outcome.WARNED, _ignored(raw, reason)))
            elif raw.problem is not None and raw.problem.level == "warning":
                # It could not be had this time: neither seen nor gone.
                self._out_of_reach.add(raw.key)
                remarks.append((raw.key, Outcome.WARNED, raw.problem))
            elif raw.key in self._sightings:
                remarks.append((raw.key, Outcome.REJECTED, _double(raw, self._sightings[raw.key].path)))
            else:
                problem = raw.problem or _bad_name(raw)
                self._sightings[raw.key] = _Sighting(raw.path, sha256(raw.data).hexdigest(), problem)
        self._gone = {
            key: item
            for key, item in self._held.items()
            if key not in self._sightings and key not in self._out_of_reach and item.state != "withdrawn"
        }
        self.writer.all_or_nothing(lambda: self._remark(remarks))

    def _remark(self, remarks: Iterable[tuple[tuple[str, str], Outcome, Finding]]) -> None:
        for key in self._sightings:
            self.writer.tally.count(key[0], "seen")
        for key, outcome, finding in remarks:
            if outcome is Outcome.REJECTED:
                self.writer.refuse(key, finding)
            else:
                self.writer.tally.count(key[0], "warned")
                self.writer.note(key, outcome, finding)
        self.writer.tell()

    def take_in(self) -> None:
        """Second pass: only what is new or changed is parsed and written, a batch at a time."""
        waiting = {key for key, sighting in self._sightings.items() if not self._unchanged(key, sighting)}
        for key in self._sightings.keys() - waiting:
            self.writer.tally.count(key[0], "unchanged")
        if not waiting:
            return
        moved = self._moved_by_hash(waiting)
        self._index_titles(waiting)
        done, total = 0, len(waiting)
        batch: list[Entry] = []
        for raw in self._again(waiting):
            batch.append(self._entry(raw, moved))
            if len(batch) >= BATCH:
                self.writer.write(batch)
                done += len(batch)
                batch = []
                self._progress(done, total)
        if batch:
            self.writer.write(batch)
        self._progress(total, total)

    def _progress(self, done: int, total: int) -> None:
        if self.on_progress is not None:
            self.on_progress(done, total)

    def _again(self, waiting: set[tuple[str, str]]) -> Iterator[RawItem]:
        """The waiting items once more, the first of each name only, as when they were looked at."""
        left = set(waiting)
        for raw in self.reader.items(self.snapshot):
            if raw.key in left and raw.path == self._sightings[raw.key].path:
                left.discard(raw.key)
                yield raw
            if not left:
                return

    def _unchanged(self, key: tuple[str, str], sighting: _Sighting) -> bool:
        item = self._held.get(key)
        return (
            item is not None
            and sighting.problem is None
            and (item.content_hash, item.path) == (sighting.raw_hash, sighting.path)
            and item.parser_version == self.reader.parser_version
            and (item.state in _PRESENT or (item.state == "withdrawn" and item.withdrawn_reason != ABSENT))
        )

    def _moved_by_hash(self, waiting: set[tuple[str, str]]) -> dict[tuple[str, str], Item]:
        """New names whose bytes are those of an item just gone, each paired once, in order of name."""
        gone: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
        for key in sorted(self._gone, reverse=True):
            gone[key[0], self._gone[key].content_hash].append(key)
        moved = {}
        for key in sorted(waiting - self._held.keys()):
            candidates = gone.get((key[0], self._sightings[key].raw_hash))
            if candidates and self._sightings[key].problem is None:
                moved[key] = self._gone.pop(candidates.pop())
        return moved

    def _index_titles(self, waiting: set[tuple[str, str]]) -> None:
        if not self._gone or not waiting - self._held.keys():
            return
        items = {item.pk: item for item in self._gone.values()}
        stated = Statement.objects.current().filter(item__in=list(items), field="producer")
        producers = {statement.item_id: canonical(statement.value) for statement in stated}
        for item in items.values():
            identity = (item.collection, fold_words(item.title), producers.get(item.pk, ""))
            self._by_title.setdefault(identity, []).append(item)

    def _entry(self, raw: RawItem, moved: dict[tuple[str, str], Item]) -> Entry:
        redacted = redact_bytes(raw.data)
        reading = self._read(raw, redacted)
        item = self._held.get(raw.key) or moved.get(raw.key)
        if item is None and not reading.rejected:
            item = self._moved_by_title(raw.collection, reading)
        known_elsewhere = item is not None and (item.remote_id != raw.remote_id or item.path != raw.path)
        return Entry(raw.key, raw.path, sha256(raw.data).hexdigest(), redacted, reading, item, moved=known_elsewhere)

    def _moved_by_title(self, collection: str, reading: Reading) -> Item | None:
        """An item just gone with the same title and producer, when there is one and only one."""
        producer = next((canonical(fact.value) for fact in reading.facts if fact.field == "producer"), "")
        candidates = self._by_title.pop((collection, fold_words(reading.title), producer), [])
        if len(candidates) != 1:
            return None
        item = candidates[0]
        del self._gone[item.collection, item.remote_id]
        return item

    def _read(self, raw: RawItem, redacted: bytes) -> Reading:
        problem = raw.problem or self._sightings[raw.key].problem
        if problem is not None and problem.code == GONE:
            return Reading(kind=None, title="", tombstone=problem.message_fr[:150])
        if problem is not None:
            return Reading.refused(problem)
        return read_item(self.reader, replace(raw, data=redacted), in_future=self._in_future)

    def _in_future(self, facts: Sequence[Fact]) -> tuple[Finding, ...]:
        return dates_in_future(facts, today=timezone.localdate(self.writer.run.started_at))

    def losses(self) -> dict[str, Loss]:
        """By collection: what the last run that counts had, and what of it is not here any more (moved is not lost)."""
        counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        gone = {item.pk for item in self._gone.values()}
        for key, item in self._present_before.items():
            counts[key[0]][0] += 1
            counts[key[0]][1] += item.pk in gone
        return {name: Loss(before, lost) for name, (before, lost) in counts.items()}

    def count_absences(self, *, accept_loss: bool, previous: Run | None) -> RunEnd:
        """The end of the run: how it is judged and, when it counts, one step for each item not found."""
        losses = self.losses()
        end = run_end(
            seen_items=len(self._sightings),
            rejected=self.writer.tally.totals()["rejected"],
            losses=losses,
            accepted=accept_loss,
        )
        if end == "suspect":
            self._say_loss(losses)
            return end
        for key in sorted(self._gone):
            item = self._gone[key]
            if previous is not None and presence_of(item).state in _PRESENT:
                item.last_seen_at = max(item.last_seen_at, previous.started_at)
            self.writer.miss(item)
        return end

    def _say_loss(self, losses: dict[str, Loss]) -> None:
        suspect = {name: loss for name, loss in losses.items() if loss.suspect}
        for name, loss in suspect.items() or [(self.source.collections[0], Loss(0, 0))]:
            said = (
                f"{loss.lost} éléments sur {loss.before} ont disparu de « {name} » : rien n’est retiré."
                if loss.before
                else "La source est vide : rien n’est retiré."
            )
            remedy = "Vérifiez la source ; si la perte est voulue, une personne l’accepte et relance le passage."
            self.writer.note((name, ""), Outcome.WARNED, Finding("warning", "LOSS", self.snapshot.ref, said, remedy))


def read_item(reader: Reader, raw: RawItem, *, in_future: Callable[[Sequence[Fact]], tuple[Finding, ...]]) -> Reading:
    """The reading of redacted bytes, whatever the reader: it never raises, and holds what any reading must hold.

    A title, names and addresses of a reasonable length. `in_future` says which days are not yet come.
    """
    try:
        reading = reader.read(raw)
    except Exception:  # noqa: BLE001 -- whatever one hostile item does to a reader, the others are read
        said = "Cette fiche a une forme que la lecture n’attendait pas."
        return Reading.refused(Finding("error", "UNREADABLE", raw.path, said, "Comparez-la à une fiche publiée."))
    if reading.rejected:
        return reading
    if not isinstance(reading.title, str) or not reading.title.strip():
        said = "Cette fiche n’a pas de titre."
        return Reading.refused(Finding("error", "MISSING_TITLE", raw.path, said, "Donnez-lui un titre."))
    long = next((fact for fact in reading.statements() if _too_long(fact)), None)
    if long is not None:
        said = f"Le champ « {long.field[:80]} » a un nom ou une adresse trop longs."
        return Reading.refused(Finding("error", "TOO_LONG", raw.path, said, "Raccourcissez-les."))
    return replace(reading, findings=reading.findings + in_future(reading.facts))


def _ignored(raw: RawItem, reason: str) -> Finding:
    return Finding("warning", "IGNORED", raw.path, f"Laissé de côté : {reason}")


def _double(raw: RawItem, first: str) -> Finding:
    said = f"« {first} » et « {raw.path} » portent le même identifiant « {raw.remote_id} » : le premier est gardé."
    return Finding("error", "DUPLICATE_ID", raw.path, said, "Renommez l’un des deux.")


def _bad_name(raw: RawItem) -> Finding | None:
    if raw.remote_id and len(raw.remote_id) <= 300 and len(raw.path) <= 500:
        return None
    return Finding("error", "BAD_NAME", raw.path, "Le nom de ce fichier est vide ou trop long.", "Renommez-le.")


def _too_long(fact: Fact) -> bool:
    return any(len(getattr(fact, name)) > longest for name, longest in _LONGEST.items())
