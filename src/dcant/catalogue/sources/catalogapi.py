"""Another catalogue of public software, from the answers of its Software Catalog API kept as files.

Each software carries the text of its publiccode.yml, read as a file of that name is. Publishers are no resource.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from dcant.catalogue.sources.announced import LISTS, Announced, read_list
from dcant.catalogue.sources.descriptors import draft_of, last_part, title_of
from dcant.catalogue.sources.drafts import Draft
from dcant.catalogue.sources.json_lists import as_items, fields_of
from dcant.catalogue.sources.paged_answers import is_page, missing_pages, pages
from dcant.catalogue.sources.places import folder_of, one_place
from dcant.harvest.rules import RawItem, Reading, Snapshot
from dcant.harvest.rules.yaml_text import TextProblem

_COLLECTIONS = ("software", "publishers")
_INACTIVE = "inactif dans le catalogue"


def find(snapshot: Snapshot) -> str:
    """The folder of the answers, seen from the snapshot. Raises SnapshotError NOT_FOUND or AMBIGUOUS."""
    places = (place for path in snapshot.list("") if (place := _place_of(path)) is not None)
    return one_place(places, "« software.json », ou « page-1.json » dans un dossier « software »")


def _place_of(path: str) -> str | None:
    """The folder of the source, when this path is one of its answers on software."""
    folder, name = folder_of(path), PurePosixPath(path).name
    if name == "software.json":
        return folder
    return folder_of(folder) if is_page(name) and PurePosixPath(folder).name == "software" else None


@dataclass(frozen=True, slots=True)
class CatalogApiReader:
    max_list_bytes: int
    name: str = "catalogapi"
    parser_version: int = 1

    def items(self, snapshot: Snapshot) -> Iterator[RawItem]:
        prefix = find(snapshot)
        for collection in _COLLECTIONS:
            paths, counted, beside = [], 0, dict[str, Any]()
            for page in pages(
                snapshot, prefix=prefix, folder=collection, single=f"{collection}.json", limit=self.max_list_bytes
            ):
                yield from as_items(page.elements, collection=collection, path=page.path, name=_identifier)
                paths.append(page.path)
                counted += len(page.elements)
                beside = page.beside
            if counted:
                links = beside.get("links")
                more = isinstance(links, dict) and bool(links.get("next"))
                yield Announced(counted, missing=missing_pages(paths, more_to_come=more)).as_item(collection)

    def read(self, raw: RawItem) -> Reading:
        if raw.collection == LISTS:
            return read_list(raw, source=self.name, title=f"Réponses du catalogue : {raw.remote_id}")
        try:
            fields = fields_of(raw)
        except TextProblem as problem:
            return Reading.refused(problem.finding)
        draft = Draft(self.name, fields)
        return _software(draft, raw.remote_id) if raw.collection == "software" else _publisher(draft, raw.remote_id)


def _identifier(element: dict[str, Any]) -> str:
    identifier = element.get("id")
    return identifier.strip() if isinstance(identifier, str) else ""


def _software(draft: Draft, remote_id: str) -> Reading:
    """What the descriptor says, then what the catalogue adds; an unreadable descriptor hides neither name nor address."""
    draft.left.pop("id", None)
    url = draft.left.get("url")
    draft.url = url if isinstance(url, str) and url.startswith(("https://", "http://")) and len(url) < 900 else ""
    described = _described(draft)
    title = title_of(described) or last_part(described.url or draft.url) or remote_id
    if any(fact.field == "repository_url" and fact.value == url for fact in described.facts):
        del draft.left["url"]
    elif not any(fact.field == "repository_url" for fact in described.facts):
        draft.address("repository_url", "url")
    draft.day("updated_on", "updatedAt")
    draft.keep("aliases", draft.texts("aliases"))
    tombstone = _tombstone(draft)
    reading, inner = draft.reading("software", title, tombstone), described.reading("software", title)
    return replace(
        reading,
        facts=inner.facts + reading.facts,
        links=inner.links + reading.links,
        findings=inner.findings + reading.findings,
    )


def _described(draft: Draft) -> Draft:
    """The descriptor inside; one that does not read is a warning of the sheet, and an empty draft."""
    text = draft.left.pop("publiccodeYml", None)
    try:
        return draft_of(text.encode(errors="surrogatepass") if isinstance(text, str) else b"")
    except TextProblem as problem:
        place = f"publiccodeYml, {problem.finding.place}"
        draft.findings.append(replace(problem.finding, level="warning", place=place))
        return Draft("publiccode", {})


def _publisher(draft: Draft, remote_id: str) -> Reading:
    draft.left.pop("id", None)
    name = draft.text("description") or remote_id
    draft.say("name", name)
    draft.contact("email")
    draft.day("updated_on", "updatedAt")
    return draft.reading(None, name, _tombstone(draft))


def _tombstone(draft: Draft) -> str | None:
    """`active: false` ends it at once; active is nothing to say."""
    active = draft.left.get("active")
    if not isinstance(active, bool):
        return None
    del draft.left["active"]
    return None if active else _INACTIVE
