"""The State's list of recommended free software: JSON of today (two generations), CSV of 2018 to 2020.

The newest form found gives the software, by the number of the list, the same in every form since 2020. Older editions
are kept beside it as history: they have no resource of their own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from dcant.catalogue.sources.drafts import Draft
from dcant.catalogue.sources.json_lists import as_items, elements_of, fields_of, load_document
from dcant.catalogue.sources.places import folder_of, joined, one_place
from dcant.catalogue.sources.sill_editions import EDITIONS, edition_elements, read_edition, read_software_2020
from dcant.harvest.rules import RawItem, Reading, Snapshot
from dcant.harvest.rules.yaml_text import TextProblem

_LISTS = ("catalogi.json", "sill.json")  # the newer first
_DEREFERENCED = "déréférencé"
_ADDRESSES: Mapping[str, tuple[str, ...]] = {
    "website": ("officialWebsiteUrl", "websiteUrl", "url"),
    "repository_url": ("codeRepositoryUrl", "repoUrl"),
    "documentation_url": ("documentationUrl",),
}
_DAYS: Mapping[str, tuple[str, ...]] = {
    "created_on": ("addedTime", "referencedSinceTime"),
    "updated_on": ("updateTime", "lastUpdateTime"),
}
# The word by which an identifier names another catalogue → our field, and the key of the first generation.
_CATALOGUES = {"wikidata": ("wikidata_id", "wikidataId"), "comptoir": ("comptoir_id", "comptoirDuLibreId")}
# Keys that hold persons, or their addresses; of authors, only organisations stay.
_PEOPLE = frozenset(
    {"referents", "referent", "users", "agents", "addedByUserEmail", "addedByAgentEmail", "addedByUser"}
)
_AUTHORS = ("authors", "developers")


def find(snapshot: Snapshot) -> str:
    """The folder of the list, seen from the snapshot. Raises SnapshotError NOT_FOUND or AMBIGUOUS."""
    wanted = f"un dossier qui contient {', '.join(f'« {name} »' for name in (*_LISTS, *EDITIONS.values()))}"
    return one_place(
        (place for path in snapshot.list("") if (place := _place_of(path)) is not None), wanted.replace(", ", " ou ")
    )


def _place_of(path: str) -> str | None:
    """The folder of the source, when this path is one of its files."""
    if PurePosixPath(path).name in _LISTS:
        return folder_of(path)
    for file in EDITIONS.values():
        if f"/{path}".endswith(f"/{file}"):
            return path[: -len(file)].rstrip("/")
    return None


@dataclass(frozen=True, slots=True)
class SillReader:
    max_list_bytes: int
    name: str = "sill"
    parser_version: int = 1

    def items(self, snapshot: Snapshot) -> Iterator[RawItem]:
        prefix = find(snapshot)
        paths = set(snapshot.list(prefix))
        held = [name for name in _LISTS if joined(prefix, name) in paths]
        editions = [year for year, file in EDITIONS.items() if joined(prefix, file) in paths]
        if held:
            document = load_document(snapshot, joined(prefix, held[0]), self.max_list_bytes)
            yield from as_items(
                elements_of(document, held[0]),
                collection="software",
                path=held[0],
                name=_name_of,
                clean=without_persons,
            )
        for year in editions:
            elements = edition_elements(snapshot, prefix, year, self.max_list_bytes)
            newest = year == "2020" and not held
            yield from as_items(
                elements,
                collection="software" if newest else "editions",
                path=EDITIONS[year],
                name=(lambda element: element["ID"]) if newest else (lambda element: element["edition-id"]),
            )

    def read(self, raw: RawItem) -> Reading:
        try:
            fields = without_persons(fields_of(raw))
        except TextProblem as problem:
            return Reading.refused(problem.finding)
        draft = Draft("sill", fields)
        if raw.collection == "editions":
            return read_edition(draft)
        return read_software_2020(draft) if "nom" in fields else _software(draft)


def without_persons(element: dict[str, Any]) -> dict[str, Any]:
    """The element without referents, nor authors that are not said to be organisations."""
    kept = {key: value for key, value in element.items() if key not in _PEOPLE}
    for key in _AUTHORS:
        if key in kept:
            authors = kept[key] if isinstance(kept[key], list) else []
            kept[key] = [one for one in authors if isinstance(one, dict) and one.get("@type") == "Organization"]
    return kept


def _name_of(element: dict[str, Any]) -> str:
    number = element.get("id", element.get("softwareId"))
    if isinstance(number, int) and not isinstance(number, bool):
        return str(number)
    return number.strip() if isinstance(number, str) else ""


def _software(draft: Draft) -> Reading:
    title = draft.text("name", "softwareName")
    draft.say("title", title)
    draft.say("sill_id", draft.text("id", "softwareId"))
    _description(draft)
    draft.say("licence", draft.text("license", "licence"))
    for name, keys in _ADDRESSES.items():
        draft.address(name, *keys)
    for name, keys in _DAYS.items():
        draft.day(name, *keys)
    draft.say("keywords", draft.texts("keywords"))
    _version(draft)
    _identifiers(draft)
    return draft.reading("software", title, _tombstone(draft))


def _description(draft: Draft) -> None:
    """A text, or one by language: French is shown, else English, else the first; all are kept under their own name."""
    draft.say("purpose", draft.text("function"))
    by_language = draft.left.get("description")
    if not isinstance(by_language, dict):
        draft.about(draft.text("description", "softwareDescription"))
        return
    draft.keep("description", draft.left.pop("description"))
    texts = {str(key): text.strip() for key, text in by_language.items() if isinstance(text, str) and text.strip()}
    language = next((one for one in ("fr", "en", *sorted(texts)) if one in texts), "")
    draft.about(texts.get(language, ""), language[:20])


def _version(draft: Draft) -> None:
    latest = draft.mapping("latestVersion")
    if latest:
        inner = Draft("sill:latestVersion", dict(latest))
        draft.say("version", inner.text("version", "semVer"))
        inner.day("released_on", "releaseDate", "publicationTime")
        inner.reading(None, "")
        draft.facts += inner.facts
        draft.findings += inner.findings


def _identifiers(draft: Draft) -> None:
    """The numbers that other catalogues know it by, the first of each; the list itself is kept whole."""
    numbers: dict[str, str] = {}
    identifiers = draft.entries("identifiers")
    draft.keep("identifiers", identifiers)
    for one in identifiers:
        about = one.get("subjectOf")
        names = (one.get("name"), about.get("name") if isinstance(about, dict) else None)
        known = " ".join(name.lower() for name in names if isinstance(name, str))
        value = one.get("value")
        if isinstance(value, (str, int)) and not isinstance(value, bool):
            for catalogue in _CATALOGUES:
                if catalogue in known:
                    numbers.setdefault(catalogue, str(value).strip())
    for catalogue, (field, key) in _CATALOGUES.items():
        draft.say(field, numbers.get(catalogue) or draft.text(key))


def _tombstone(draft: Draft) -> str | None:
    """A dereferenced software is withdrawn at once, with the reason given."""
    dereferencing = draft.mapping("dereferencing")
    if not dereferencing:
        return None
    draft.keep("dereferencing", dereferencing)
    reason = dereferencing.get("reason")
    return f"{_DEREFERENCED}, {reason.strip()}" if isinstance(reason, str) and reason.strip() else _DEREFERENCED
