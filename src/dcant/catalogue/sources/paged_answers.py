"""Answers of an API kept as files: `<name>.json`, or `page-1.json`, `page-2.json`… read in the order of their numbers."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from dcant.catalogue.sources.json_lists import elements_of, load_document
from dcant.catalogue.sources.places import below, joined
from dcant.harvest.rules import Snapshot

_PAGE = re.compile(r"page-0*([1-9][0-9]{0,5})\.json", re.ASCII)


@dataclass(frozen=True, slots=True)
class Page:
    """One answer: where it lies, its elements, and what stands beside them."""

    path: str
    elements: list[Any]
    beside: dict[str, Any]


def is_page(name: str) -> bool:
    return _PAGE.fullmatch(name) is not None


def pages(snapshot: Snapshot, *, prefix: str, folder: str, single: str, limit: int) -> Iterator[Page]:
    """The numbered pages of a folder, or else the one file of that name. Paths are seen from `prefix`.

    Raises SnapshotError NOT_JSON, BAD_JSON or TOO_LARGE: one page that cannot be read is a failed run.
    """
    paths = set(snapshot.list(prefix))
    holding = joined(prefix, folder) if folder else prefix
    for path in _numbered(paths, holding) or [joined(prefix, single)]:
        if path in paths:
            document = load_document(snapshot, path, limit)
            shown = below(prefix, path)
            whole = document if isinstance(document, dict) else {}
            beside = {key: value for key, value in whole.items() if key != "data"}
            yield Page(shown, elements_of(document, shown, "data"), beside)


def missing_pages(paths: Iterable[str], *, more_to_come: bool) -> list[str]:
    """The numbers that are absent between the first page and the last, and what the last one announces."""
    numbers = {int(found[1]) for path in paths if (found := _PAGE.fullmatch(path.rpartition("/")[2]))}
    absent = [f"page-{number}.json" for number in range(1, max(numbers, default=0)) if number not in numbers][:100]
    return [*absent, "la suite de la dernière page"] if more_to_come else absent


def _numbered(paths: set[str], folder: str) -> list[str]:
    start = f"{folder}/" if folder else ""
    numbered = [
        (int(found[1]), path)
        for path in paths
        if path.startswith(start) and (found := _PAGE.fullmatch(path[len(start) :]))
    ]
    return [path for _, path in sorted(numbered)]
