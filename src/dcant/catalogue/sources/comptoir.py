"""The export of the Comptoir du Libre: one JSON document, a software an element.

Its users are names without SIREN: a count is kept, never a use. Providers that are persons are not kept.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dcant.catalogue.sources.announced import LISTS, Announced, number_of, read_list
from dcant.catalogue.sources.drafts import Draft
from dcant.catalogue.sources.json_lists import as_items, elements_of, fields_of, load_document
from dcant.catalogue.sources.places import below, folder_of, joined, one_place
from dcant.harvest.rules import RawItem, Reading, Snapshot, SnapshotError
from dcant.harvest.rules.yaml_text import TextProblem

_EXPORT = re.compile(r"comptoir-du-libre[\w.-]*\.json", re.ASCII)
_WANTED = "un fichier « comptoir-du-libre_export_v1.json »"
_ORGANISATIONS = frozenset({"company", "association", "administration"})
_REGISTERS = {"wikidata": "wikidata_id", "sill": "sill_id"}


def find(snapshot: Snapshot) -> str:
    """The folder that holds the export, seen from the snapshot. Raises SnapshotError NOT_FOUND or AMBIGUOUS."""
    return one_place((folder_of(path) for path in snapshot.list("") if _is_export(path)), _WANTED)


def _is_export(path: str) -> bool:
    return _EXPORT.fullmatch(path.rpartition("/")[2]) is not None


@dataclass(frozen=True, slots=True)
class ComptoirReader:
    max_list_bytes: int
    name: str = "comptoir"
    parser_version: int = 1

    def items(self, snapshot: Snapshot) -> Iterator[RawItem]:
        prefix = find(snapshot)
        exports = [path for path in snapshot.list(prefix) if _is_export(path) and folder_of(path) == prefix]
        if len(exports) > 1:
            named = ", ".join(f"« {below(prefix, path)} »" for path in exports[:4])
            raise SnapshotError("AMBIGUOUS", f"Plusieurs exports ici : {named}.", "N’en gardez qu’un.")
        path = below(prefix, exports[0])
        document = load_document(snapshot, joined(prefix, path), self.max_list_bytes)
        softwares = elements_of(document, path, "softwares")
        yield from as_items(softwares, collection="software", path=path, name=_identifier, clean=without_persons)
        if softwares:
            said = number_of(document.get("number_of_software"))
            yield Announced(len(softwares), said).as_item("export")

    def read(self, raw: RawItem) -> Reading:
        if raw.collection == LISTS:
            return read_list(raw, source=self.name, title="Export du Comptoir du Libre")
        try:
            fields = without_persons(fields_of(raw))
        except TextProblem as problem:
            return Reading.refused(problem.finding)
        return _software(Draft(self.name, fields))


def without_persons(element: dict[str, Any]) -> dict[str, Any]:
    """Users become their number; of the providers, only those said to be organisations stay."""
    kept = dict(element)
    if isinstance(kept.get("users"), list):
        kept["users"] = len(kept["users"])
    providers = kept.get("providers")
    if isinstance(providers, list):
        kept["providers"] = [one for one in providers if isinstance(one, dict) and _is_organisation(one.get("type"))]
    return kept


def _is_organisation(kind: object) -> bool:
    return isinstance(kind, str) and kind.strip().lower() in _ORGANISATIONS


def _identifier(element: dict[str, Any]) -> str:
    number = number_of(element.get("id"))
    return "" if number is None else str(number)


def _software(draft: Draft) -> Reading:
    title = draft.text("name")
    url = draft.left.get("url")
    draft.url = url if isinstance(url, str) and url.startswith("https://") and len(url) < 900 else ""
    draft.say("title", title)
    draft.say("comptoir_id", draft.text("id"))
    draft.say("licence", draft.text("licence"))
    draft.day("updated_on", "modified")
    users = draft.left.pop("users", None)
    draft.keep("users", number_of(users))
    draft.keep("providers", [_provider(one) for one in draft.entries("providers")])
    _resources(draft)
    return draft.reading("software", title)


def _provider(provider: dict[str, Any]) -> dict[str, Any]:
    """An organisation, without the empty objects that stand for nothing."""
    return {key: value for key, value in provider.items() if value not in (None, "", [], {})}


def _resources(draft: Draft) -> None:
    """Addresses, and the numbers that other registers know the software by; what is left keeps its own name.

    Inside, `[]` is how this export always writes an empty object: it is absent, and there is nothing to tell anybody.
    """
    resources = {key: value for key, value in draft.mapping("external_resources").items() if value != []}
    for key, name in _REGISTERS.items():
        register = resources.get(key)
        if isinstance(register, dict):
            number = register.get("id")
            known = isinstance(number, (str, int)) and not isinstance(number, bool)
            draft.say(name, str(number).strip() if known else "")
            resources[key] = {inner: value for inner, value in register.items() if inner != "id" or not known}
    inner = Draft(draft.source, resources, url=draft.url)
    inner.address("website", "website")
    inner.address("repository_url", "repository")
    inner.reading(None, "")
    draft.facts += inner.facts
    draft.findings += inner.findings
