"""A small world for the harvest: files in memory, a reader of Markdown sheets, a sink that remembers."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dcant.harvest.models import Item, Statement
from dcant.harvest.report import RunReport
from dcant.harvest.rules import Fact, Link, RawItem, Reading, Snapshot, SnapshotError, SourceFile
from dcant.harvest.rules.yaml_text import TextProblem, front_matter
from dcant.harvest.services import run_harvest
from dcant.harvest.snapshots import raw_item

START = datetime(2026, 1, 5, 8, tzinfo=UTC)
TOML = """
name = "small"
title = "Petit monde"
address = "https://exemple.test"
licence = "CC0-1.0"
attribution = "Personne"
redistributable = true
cadence_hours = 24
collections = ["things", "others"]
resource_collections = ["things"]
[priority]
default = 10
title = 20
[limits]
max_item_bytes = 1000000
[ignored]
"things/essai" = "fiche d’essai de la source"
"""


@dataclass
class DictSnapshot:
    files: dict[str, bytes]
    ref: str = "memory"

    def list(self, prefix: str) -> "list[str]":
        return sorted(path for path in self.files if path.startswith(prefix))

    def read(self, path: str, limit: int) -> bytes:
        if len(self.files[path]) > limit:
            raise SnapshotError("TOO_LARGE", "Trop gros.", "Raccourcissez.")
        return self.files[path]


@dataclass
class SheetReader:
    name: str = "small"
    parser_version: int = 1

    def items(self, snapshot: Snapshot) -> Iterator[RawItem]:
        for path in snapshot.list(""):
            collection, _, rest = path.partition("/")
            stem = rest.rpartition("/")[2].removesuffix(".md")
            yield raw_item(snapshot=snapshot, collection=collection, remote_id=stem, path=path, limit=1_000_000)

    def read(self, raw: RawItem) -> Reading:
        try:
            sheet = front_matter(raw.data)
        except TextProblem as problem:
            return Reading.refused(problem.finding)
        values = dict(sheet.fields)
        if values.get("crash"):
            raise RuntimeError(values["crash"])
        ended, target = values.pop("ended", None), values.pop("uses", "")
        facts = tuple(Fact(key, value) for key, value in values.items() if value != "")
        links = (Link("uses", f"small:things/{target}"),) if target else ()
        return Reading("thing", values.get("title", ""), facts, links, tombstone=ended)


@dataclass
class RecordingSink:
    calls: list[tuple[str, str]] = field(default_factory=list)

    def changed(self, item: Item, statements: Sequence[Statement], links: Sequence[Statement]) -> None:
        assert all(statement.pk for statement in [*statements, *links])
        self.calls.append(("changed", item.remote_id))

    def settle(self) -> None: ...

    def withdrawn(self, item: Item) -> None:
        self.calls.append(("withdrawn", item.remote_id))

    def returned(self, item: Item) -> None:
        self.calls.append(("returned", item.remote_id))


@dataclass
class World:
    """One source, its data folder, its clock in days."""

    data: Path
    source: SourceFile = field(default_factory=lambda: SourceFile.from_toml(TOML))
    reader: SheetReader = field(default_factory=SheetReader)
    sink: RecordingSink = field(default_factory=RecordingSink)

    def play(self, files: dict[str, bytes], day: float = 0, **more: Any) -> RunReport:
        return run_harvest(
            source=self.source,
            reader=self.reader,
            snapshot=more.pop("snapshot", None) or DictSnapshot(files),
            sink=self.sink,
            now=lambda: START + timedelta(days=day),
            data=self.data,
            **more,
        )

    @staticmethod
    def states() -> dict[str, str]:
        return {item.remote_id: item.state for item in Item.objects.all()}


def sheet(title: str, **values: str) -> bytes:
    lines = "".join(f'{key}: "{value}"\n' for key, value in {"title": title, **values}.items())
    return f"---\n{lines}---\nTexte.\n".encode()


def things(count: int) -> dict[str, bytes]:
    return {f"things/t{number:02}.md": sheet(f"Chose {number}", producer="p") for number in range(count)}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def make_sheet() -> Callable[..., bytes]:
    return sheet


@pytest.fixture
def make_things() -> Callable[[int], dict[str, bytes]]:
    return things
