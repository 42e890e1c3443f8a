"""What the tests of readers share: a passage without a catalogue, and facts as a dictionary."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from dcant.catalogue.sources import load_source
from dcant.harvest.report import RunReport
from dcant.harvest.rules import RawItem, Reading
from dcant.harvest.rules.redaction import redact_bytes
from dcant.harvest.services import run_harvest
from dcant.harvest.snapshots import open_snapshot


class NoSink:
    def changed(self, item, statements, links): ...

    def settle(self): ...

    def withdrawn(self, item): ...

    def returned(self, item): ...


def harvest(name: str, folder: Path, data: Path, day: int = 0) -> RunReport:
    source, reader = load_source(name)
    with open_snapshot(folder) as snapshot:
        return run_harvest(
            source=source,
            reader=reader,
            snapshot=snapshot,
            sink=NoSink(),
            now=lambda: datetime(2026, 11, 21, tzinfo=UTC) + timedelta(days=day),
            data=data,
        )


def created(report: RunReport) -> dict[str, int]:
    return {name: counts["created"] for name, counts in report.collections.items()}


def readings(name: str, folder: Path) -> dict[str, Reading]:
    """Every item of a folder as the engine has it read, by « collection/remote id »."""
    _, reader = load_source(name)
    with open_snapshot(folder) as snapshot:
        return {
            "/".join(raw.key): reader.read(RawItem(*raw.key, raw.path, redact_bytes(raw.data)))
            for raw in reader.items(snapshot)
        }


def facts(reading: Reading) -> dict[str, object]:
    return {fact.field: fact.value for fact in reading.facts}


def codes(reading: Reading) -> set[str]:
    return {finding.code for finding in reading.findings}
