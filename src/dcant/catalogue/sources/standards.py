"""The national index of data schemas, one JSON list. Versions and documents are not read here: only who, what and which.

A schema that belongs to a set names it: it is part of it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dcant.catalogue.sources.drafts import Draft
from dcant.catalogue.sources.json_lists import as_items, elements_of, fields_of, load_document
from dcant.catalogue.sources.places import folders_of, joined, one_place
from dcant.harvest.rules import RawItem, Reading, Snapshot
from dcant.harvest.rules.yaml_text import TextProblem
from dcant.identifiers import fold

_COLLECTION = "schemas"
_LIST = "schemas.json"
_LATER = ("schema_url", "examples")
_FORGE = re.compile(r"https?://(?:www\.)?(?:github|gitlab|codeberg|bitbucket)\.|https?://\S+\.git$", re.IGNORECASE)
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


def find(snapshot: Snapshot) -> str:
    """The folder that holds the index, seen from the snapshot. Raises SnapshotError NOT_FOUND or AMBIGUOUS."""
    return one_place(folders_of(snapshot.list(""), _LIST), f"un dossier qui contient « {_LIST} »")


@dataclass(frozen=True, slots=True)
class StandardsReader:
    """One item by schema, named « owner-slug »."""

    max_list_bytes: int
    name: str = "standards"
    parser_version: int = 1

    def items(self, snapshot: Snapshot) -> Iterator[RawItem]:
        document = load_document(snapshot, joined(find(snapshot), _LIST), self.max_list_bytes)
        yield from as_items(
            elements_of(document, _LIST, _COLLECTION), collection=_COLLECTION, path=_LIST, name=_name_of
        )

    def read(self, raw: RawItem) -> Reading:
        try:
            return _reading(fields_of(raw))
        except TextProblem as problem:
            return Reading.refused(problem.finding)


def remote_id_of(name: str) -> str:
    """« CEREMA/schema_x » is « cerema-schema-x »."""
    return _NOT_SLUG.sub("-", fold(name)).strip("-")


def _name_of(element: dict[str, Any]) -> str:
    name = element.get("name")
    return remote_id_of(name) if isinstance(name, str) else ""


def _reading(fields: dict[str, Any]) -> Reading:
    draft = Draft("standards", {key: value for key, value in fields.items() if key not in _LATER})
    name, title = draft.text("name"), draft.text("title")
    draft.say("title", title)
    draft.say("schema_name", name)
    draft.say("producer", name.partition("/")[0])
    draft.about(draft.text("description"))
    draft.say("labels", draft.texts("labels"))
    draft.contact("contact")
    homepage = draft.left.get("homepage")
    is_forge = isinstance(homepage, str) and _FORGE.match(homepage.strip())
    draft.address("repository_url" if is_forge else "website", "homepage")
    draft.address("documentation_url", "external_doc")
    draft.say("schema_type", draft.text("schema_type"))
    versions = draft.entries("versions")
    latest = versions[-1].get("version_name") if versions else None
    draft.say("version", latest.strip() if isinstance(latest, str) else None)
    part_of = draft.left.get("datapackage_name")
    if isinstance(part_of, str) and part_of and part_of != name:
        draft.relate("part_of", _COLLECTION, remote_id_of(part_of))
    return draft.reading("standard", title)
