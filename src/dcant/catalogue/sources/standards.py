"""The national index of data schemas, one JSON list, and beside it the document of each version.

The list gives the schemas and their versions; a document lies at schemas/<owner>/<slug>/<version>/<file>, as its address
says. One that is not there was not fetched: a warning, never an absence. A schema that belongs to a set is part of it.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dcant.catalogue.sources.drafts import Draft
from dcant.catalogue.sources.json_lists import as_items, elements_of, fields_of, load_document
from dcant.catalogue.sources.places import folders_of, joined, one_place
from dcant.harvest.rules import Fact, Finding, RawItem, Reading, Snapshot, SnapshotError
from dcant.harvest.rules.yaml_text import TextProblem
from dcant.identifiers import fold
from dcant.standards.rules.versions import ALIASES

_COLLECTION = "schemas"
_LIST = "schemas.json"
_LATER = ("schema_url", "examples")
_VERSION, _DOCUMENT = "versions", "documents"
_ADDRESS = re.compile(r"/schemas/([^/?#]+/[^/?#]+/[^/?#]+/[^/?#]+)$")
_FORGE = re.compile(r"https?://(?:www\.)?(?:github|gitlab|codeberg|bitbucket)\.|https?://\S+\.git$", re.IGNORECASE)
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


def find(snapshot: Snapshot) -> str:
    """The folder that holds the index, seen from the snapshot. Raises SnapshotError NOT_FOUND or AMBIGUOUS."""
    return one_place(folders_of(snapshot.list(""), _LIST), f"un dossier qui contient « {_LIST} »")


@dataclass(frozen=True, slots=True)
class StandardsReader:
    """One item by schema, named « owner-slug »; by version and by document, « owner-slug@1.2.0 »."""

    max_item_bytes: int
    max_list_bytes: int
    name: str = "standards"
    parser_version: int = 2

    def items(self, snapshot: Snapshot) -> Iterator[RawItem]:
        folder = find(snapshot)
        elements = elements_of(load_document(snapshot, joined(folder, _LIST), self.max_list_bytes), _LIST, _COLLECTION)
        yield from as_items(elements, collection=_COLLECTION, path=_LIST, name=_name_of)
        versions = [version for element in elements if isinstance(element, dict) for version in _versions(element)]
        yield from as_items(versions, collection=_VERSION, path=_LIST, name=_version_name)
        for version in versions:
            yield self.document(snapshot, folder, version)

    def document(self, snapshot: Snapshot, folder: str, version: dict[str, Any]) -> RawItem:
        """The bytes of a version, where its address says they lie."""
        remote_id = _version_name(version)
        found = _ADDRESS.search(version["schema_url"])
        path = f"schemas/{found[1]}" if found else ""
        for place in (path, found[1]) if found else ():
            try:
                data = snapshot.read(joined(folder, place), self.max_item_bytes)
            except SnapshotError as error:
                if error.code == "TOO_LARGE":
                    return RawItem(_DOCUMENT, remote_id, place, b"", problem=error.finding(place))
            else:
                return RawItem(_DOCUMENT, remote_id, place, data)
        said = f"Le document de {version['name']} {version['version']} n’a pas été lu."
        remedy = "Il le sera au prochain passage où il répond."
        return RawItem(_DOCUMENT, remote_id, path, b"", problem=Finding("warning", "NOT_FETCHED", path, said, remedy))

    def read(self, raw: RawItem) -> Reading:
        if raw.collection == _DOCUMENT:
            return _document_reading(raw)
        try:
            fields = fields_of(raw)
        except TextProblem as problem:
            return Reading.refused(problem.finding)
        return _version_reading(fields) if raw.collection == _VERSION else _reading(fields)


def _versions(element: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Each version of an entry, oldest first, as an element of its own. « latest » is a name for the newest, no version."""
    listed = element.get("versions")
    for place, one in enumerate(listed if isinstance(listed, list) else (), start=1):
        number = one.get("version_name") if isinstance(one, dict) else None
        if _name_of(element) and isinstance(number, str) and number.strip() and number.strip() not in ALIASES:
            address = one.get("schema_url")
            yield {
                "name": element["name"],
                "version": number.strip(),
                "position": place,
                "schema_url": address if isinstance(address, str) else "",
            }


def _version_name(version: dict[str, Any]) -> str:
    return f"{remote_id_of(version['name'])}@{version['version']}"


def _version_reading(fields: dict[str, Any]) -> Reading:
    facts = tuple(Fact(name, fields[name]) for name in ("name", "version", "position", "schema_url"))
    return Reading(kind=None, title=f"{fields['name']} {fields['version']}", facts=facts)


def _document_reading(raw: RawItem) -> Reading:
    """A document is kept as it is: here, only whether it is JSON at all."""
    try:
        value = json.loads(raw.data)
    except (ValueError, RecursionError):
        said = "Ce document ne se lit pas comme du JSON."
        return Reading.refused(Finding("error", "BAD_JSON", raw.path, said, "Prévenez le producteur du schéma."))
    title = value.get("title") if isinstance(value, dict) else None
    return Reading(kind=None, title=title if isinstance(title, str) and title.strip() else raw.remote_id)


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
