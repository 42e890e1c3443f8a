"""The APIs that data.gouv.fr lists (`dataservices`), from its paged answers kept as files.

The account that published one is a person and is not kept; of its contacts, a form or a mailbox of a role is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from dcant.catalogue.sources.announced import LISTS, Announced, number_of, read_list
from dcant.catalogue.sources.drafts import Draft, as_day
from dcant.catalogue.sources.json_lists import as_items, fields_of
from dcant.catalogue.sources.paged_answers import is_page, missing_pages, pages
from dcant.catalogue.sources.places import folder_of, one_place
from dcant.harvest.rules import RawItem, Reading, Snapshot
from dcant.harvest.rules.redaction import ADDRESS_MARK, PHONE_MARK
from dcant.harvest.rules.yaml_text import TextProblem

_SINGLE = "dataservices.json"
_FOLDERS = frozenset({"dataservices", "datagouv"})
_ACCESS = frozenset({"open", "open_with_account", "restricted"})
_ROLES = {
    "local_authority_and_administration": "audience_local",
    "company_and_association": "audience_company",
    "private": "audience_private",
}
_CONDITIONS = frozenset({"yes", "no", "under_condition"})
# Names of licences at the source that have a SPDX name; any other is kept as it is said.
_LICENCES: Mapping[str, str] = {"lov2": "etalab-2.0", "odc-odbl": "ODbL-1.0", "notspecified": ""}
_TEXTS = {"title": "title", "acronym": "acronym", "rate_limiting": "rate_limit", "availability": "uptime"}
_ADDRESSES = {
    "base_api_url": "endpoint_url",
    "technical_documentation_url": "documentation_url",
    "authorization_request_url": "request_url",
}
_CONTACT_KEYS = ("contact_form", "email")


def find(snapshot: Snapshot) -> str:
    """The folder of the answers, seen from the snapshot. Raises SnapshotError NOT_FOUND or AMBIGUOUS."""
    places = (place for path in snapshot.list("") if (place := _place_of(path)) is not None)
    return one_place(places, f"un fichier « {_SINGLE} », ou « page-1.json » dans un dossier « dataservices »")


def _place_of(path: str) -> str | None:
    """The folder of the source, when this path is one of its answers."""
    folder, name = folder_of(path), PurePosixPath(path).name
    pages_here = is_page(name) and (not folder or PurePosixPath(folder).name in _FOLDERS)
    return folder if name == _SINGLE or pages_here else None


@dataclass(frozen=True, slots=True)
class DataGouvReader:
    max_list_bytes: int
    name: str = "datagouv"
    parser_version: int = 1

    def items(self, snapshot: Snapshot) -> Iterator[RawItem]:
        prefix = find(snapshot)
        paths, counted, beside = [], 0, dict[str, Any]()
        for page in pages(snapshot, prefix=prefix, folder="", single=_SINGLE, limit=self.max_list_bytes):
            yield from as_items(
                page.elements, collection="apis", path=page.path, name=_identifier, clean=without_persons
            )
            paths.append(page.path)
            counted += len(page.elements)
            beside = page.beside
        if counted:
            missing = missing_pages(paths, more_to_come=bool(beside.get("next_page")))
            yield Announced(counted, number_of(beside.get("total")), missing).as_item("dataservices")

    def read(self, raw: RawItem) -> Reading:
        if raw.collection == LISTS:
            return read_list(raw, source=self.name, title="Réponses de data.gouv.fr")
        try:
            fields = without_persons(fields_of(raw))
        except TextProblem as problem:
            return Reading.refused(problem.finding)
        return _api(Draft(self.name, fields))


def without_persons(element: dict[str, Any]) -> dict[str, Any]:
    """The element without the account that owns it, nor the names of its contacts."""
    kept = {key: value for key, value in element.items() if key != "owner"}
    contacts = kept.get("contact_points")
    if isinstance(contacts, list):
        kept["contact_points"] = [
            {key: one[key] for key in (*_CONTACT_KEYS, "role") if key in one}
            for one in contacts
            if isinstance(one, dict)
        ]
    return kept


def _identifier(element: dict[str, Any]) -> str:
    identifier = element.get("id")
    return identifier.strip() if isinstance(identifier, str) else ""


def _api(draft: Draft) -> Reading:
    page = draft.left.get("self_web_url")
    draft.url = page if isinstance(page, str) and page.startswith("https://") and len(page) < 900 else ""
    title = draft.left.get("title")
    draft.say("datagouv_id", draft.text("id"))
    for key, name in _TEXTS.items():
        draft.say(name, draft.text(key))
    for key, name in _ADDRESSES.items():
        draft.address(name, key)
    if draft.left.get("format") in (None, "", "REST"):
        draft.address("openapi_url", "machine_documentation_url")
    draft.about(draft.text("description"))
    licence = draft.text("license")
    draft.say("licence", _LICENCES.get(licence, licence))
    draft.say("keywords", draft.texts("tags"))
    draft.day("created_on", "created_at")
    draft.day("updated_on", "metadata_modified_at")
    _access(draft)
    _contact(draft)
    _organisation(draft)
    _datasets(draft)
    if isinstance(draft.left.get("private"), bool):
        draft.say("published", "false" if draft.left.pop("private") else "")
    tombstone = _tombstone(draft)
    return draft.reading("api", title.strip() if isinstance(title, str) else "", tombstone)


def _access(draft: Draft) -> None:
    """What is said of each audience once; said twice and differently, it is unknown."""
    access = draft.text("access_type")
    if access and access not in _ACCESS:
        said = f"« {access[:40]} » n’est pas un type d’accès."
        draft.warn("BAD_VALUE", "access_type", said, "Écrivez open, open_with_account ou restricted.")
        draft.keep("access_type", access)
    draft.say("access_type", access if access in _ACCESS else "")
    verdicts: dict[str, set[str]] = {}
    for entry in draft.entries("access_audiences"):
        role, condition = entry.get("role"), entry.get("condition")
        if isinstance(role, str) and role in _ROLES and isinstance(condition, str) and condition in _CONDITIONS:
            verdicts.setdefault(_ROLES[role], set()).add(condition)
        else:
            draft.warn("BAD_VALUE", "access_audiences", "Un public ou sa condition est inconnu.", "Corrigez-le.")
            draft.keep("access_audience_other", entry)
    for audience, said_of_it in sorted(verdicts.items()):
        if len(said_of_it) == 1:
            draft.say(audience, next(iter(said_of_it)))
        else:
            draft.warn("BAD_VALUE", "access_audiences", "Un public a deux conditions différentes.", "Gardez la bonne.")
            draft.keep(audience, sorted(said_of_it))
    draft.say("audience_because", draft.text("access_type_reason"))


def _contact(draft: Draft) -> None:
    """The first form or mailbox that names nobody."""
    contacts = [one.get(key) for one in draft.entries("contact_points") for key in _CONTACT_KEYS]
    said = [contact for contact in contacts if isinstance(contact, str) and contact.strip()]
    impersonal = [contact for contact in said if ADDRESS_MARK not in contact and PHONE_MARK not in contact]
    draft.left["contact_points"] = next(iter([*impersonal, *said]), "")
    draft.contact("contact_points")


def _organisation(draft: Draft) -> None:
    organisation = draft.mapping("organization")
    name = organisation.get("name")
    if isinstance(name, str):
        draft.say("producer", name.strip())
        organisation = {key: value for key, value in organisation.items() if key != "name"}
    draft.keep("organization", organisation)


def _datasets(draft: Draft) -> None:
    """The datasets an API serves, each a relation; a mere address of their list is kept as it is."""
    if isinstance(draft.left.get("datasets"), dict):
        return
    datasets = draft.entries("datasets")
    for dataset in datasets:
        identifier = _identifier(dataset)
        if identifier:
            draft.relate("provides", "datasets", identifier)
    draft.keep("datasets", datasets)


def _tombstone(draft: Draft) -> str | None:
    """Deleted or archived at the source, or by the harvester of the source: withdrawn at once, with the reason given."""
    harvest = draft.left.get("harvest")
    inner = harvest if isinstance(harvest, dict) else {}
    for key, held, word in (
        ("deleted_at", draft.left, "supprimé"),
        ("archived_at", draft.left, "archivé"),
        ("archived_at", inner, "archivé"),
    ):
        moment = held.get(key)
        if moment not in (None, "", False, [], {}):
            day, reason = as_day(moment), inner.get("archived_reason")
            because = f" ({reason.strip()[:80]})" if isinstance(reason, str) and reason.strip() else ""
            return f"{word} le {day}{because}" if day else f"{word}{because}"
    return None
