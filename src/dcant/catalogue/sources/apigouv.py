"""The sheets of api.gouv.fr: Markdown files with a YAML head, in four folders.

Known keys become the field names of the common base; every other key is kept as `apigouv:<key>`: nothing is lost.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from dcant.catalogue.sources.markup import without_tags
from dcant.catalogue.sources.places import below, joined, one_place
from dcant.harvest.rules import Fact, Finding, Link, RawItem, Reading, Snapshot
from dcant.harvest.rules.redaction import ADDRESS_MARK, PHONE_MARK
from dcant.harvest.rules.yaml_text import FrontMatter, TextProblem, front_matter
from dcant.harvest.snapshots import raw_item
from dcant.identifiers import fold_words

_SITE = "https://api.gouv.fr"
# Producers first: what names them is then shown with their name at once.
_FOLDERS = {
    "producers": "_data/producteurs",
    "apis": "_data/api",
    "services": "_data/service",
    "guides": "_data/guides",
}
_PAGES = {"apis": "les-api", "producers": "producteurs", "guides": "guides"}
_KINDS = {"apis": "api", "services": "service", "guides": "practice"}
_FIELDS: Mapping[str, Mapping[str, str]] = {
    "apis": {
        "title": "title",
        "tagline": "purpose",
        "producer": "producer",
        "contact_link": "contact",
        "external_site": "website",
        "doc_tech_external": "documentation_url",
        "doc_tech_link": "openapi_url",
        "rate_limiting_resume": "rate_limit",
        "uptime": "uptime",
        "datapass_link": "request_url",
        "account_link": "account_url",
    },
    "producers": {
        "name": "name",
        "acronym": "acronym",
        "type": "type",
        "short": "purpose",
        "site": "website",
        "contact": "contact",
    },
    "services": {"title": "title", "description": "purpose", "link": "website"},
    "guides": {"title": "title", "tagline": "purpose"},
}
_LISTS = {"themes": "themes", "keywords": "keywords", "datagouv_uuid": "datagouv_uuid"}
_RELATIONS = {"services": "consumes", "guides": "describes"}
_ACCESS = {"1": "open", "0": "open_with_account", "-1": "restricted"}
_CONDITIONS = {"1": "yes", "0": "under_condition", "-1": "no"}
_CONDITION_WORDS = {"yes": "possible", "under_condition": "sous conditions", "no": "non prévu"}
_LEVELS = {
    "ministere": "state",
    "juridiction": "state",
    "etablissement public": "state",
    "collectivite": "local",
    "departement": "local",
    "groupement d interet public": "other",
    "entreprise de service public": "other",
    "association avec mission de service public": "other",
    "autre": "other",
}
_SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*", re.ASCII)
_DATE = re.compile(r"(\d{2})/(\d{2})/(\d{4})", re.ASCII)


def find(snapshot: Snapshot) -> str:
    """The folder that holds `_data/api/` and its like, seen from the snapshot. Raises SnapshotError NOT_FOUND or AMBIGUOUS.

    With no file at all there is nothing to look for: an empty source, which the run judges.
    """
    paths = [f"/{path}" for path in snapshot.list("")]
    marks = [f"/{folder}/" for folder in _FOLDERS.values()]
    tops = {path.partition(mark)[0].removeprefix("/") for path in paths for mark in marks if mark in path}
    return one_place(tops or (() if paths else ("",)), f"un dossier qui contient « {_FOLDERS['apis']}/ »")


@dataclass(frozen=True, slots=True)
class Audiences:
    """The reviewed table of wordings: folded wording → (audience, whole or part)."""

    wordings: Mapping[str, tuple[str, str]]

    @classmethod
    def from_table(cls, table: Mapping[str, Mapping[str, list[str]]]) -> "Audiences":
        return cls(
            {
                fold_words(wording): (audience, extent)
                for extent, audiences in table.items()
                for audience, wordings in audiences.items()
                for wording in wordings
            }
        )

    def verdicts(self, entries: list[tuple[str, str]]) -> dict[str, str]:
        """What (wording, condition) pairs say of each audience; silence is unknown, and is not in the answer.

        Statements on the whole audience that agree stand as they are, those that differ make « sous conditions ». With
        no yes for the whole, a part that may enter makes « sous conditions » too. A part that may not says nothing.
        """
        said: dict[str, dict[str, set[str]]] = {}
        for wording, condition in entries:
            audience, extent = self.wordings.get(fold_words(wording), ("", ""))
            if audience:
                said.setdefault(audience, {"whole": set(), "part": set()})[extent].add(condition)
        verdicts = {}
        for audience, by_extent in said.items():
            whole, part_enters = by_extent["whole"], bool(by_extent["part"] - {"no"})
            if len(whole) > 1 or (part_enters and whole != {"yes"}):
                verdicts[audience] = "under_condition"
            elif whole:
                verdicts[audience] = next(iter(whole))
        return verdicts

    def speaks_of_whole(self, wording: str) -> bool:
        return self.wordings.get(fold_words(wording), ("", ""))[1] == "whole"


@dataclass(frozen=True, slots=True)
class ApiGouvReader:
    """Reads one sheet at a time; titles that links name are resolved later, when all are known."""

    audiences: Audiences
    max_item_bytes: int
    name: str = "apigouv"
    parser_version: int = 1

    def items(self, snapshot: Snapshot) -> Iterator[RawItem]:
        prefix = find(snapshot)
        for collection, folder in _FOLDERS.items():
            for path in snapshot.list(joined(prefix, folder)):
                if path.endswith(".md"):
                    raw = raw_item(
                        snapshot=snapshot,
                        collection=collection,
                        remote_id=PurePosixPath(path).stem,
                        path=path,
                        limit=self.max_item_bytes,
                    )
                    yield replace(raw, path=below(prefix, path))

    def read(self, raw: RawItem) -> Reading:
        try:
            sheet = front_matter(raw.data)
        except TextProblem as problem:
            return Reading.refused(problem.finding)
        return _Sheet(raw, sheet, self.audiences).reading()


@dataclass(slots=True)
class _Sheet:
    """One sheet being read: what is taken leaves `left`, what is left is kept under its own name."""

    raw: RawItem
    sheet: FrontMatter
    audiences: Audiences
    facts: list[Fact] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    left: dict[str, Any] = field(default_factory=dict)

    def reading(self) -> Reading:
        self.left = dict(self.sheet.fields)
        collection = self.raw.collection
        for key, name in _FIELDS[collection].items():
            self._say(name, self._text(key))
        for key, name in _LISTS.items():
            if key in self.left:
                self._say(name, self._texts(key))
        {"apis": self._api, "producers": self._producer, "services": self._service, "guides": self._guide}[collection]()
        for key, value in self.left.items():
            self._say(f"apigouv:{key}", value)
        title = next((str(fact.value) for fact in self.facts if fact.field in {"title", "name"}), "")
        kind = _KINDS.get(collection)
        return Reading(kind, title, tuple(self.facts), tuple(self.links), tuple(self.findings))

    def _api(self) -> None:
        self._say("description", self._markdown("content_intro"))
        self._access()
        self._say("updated_on", self._date("last_update"))
        self._relate("partner", "partners", by_slug="producers")

    def _producer(self) -> None:
        self._say("description", self._markdown("description"))
        kind = next((str(fact.value) for fact in self.facts if fact.field == "type"), "")
        self._say("level", _LEVELS.get(fold_words(kind)))

    def _service(self) -> None:
        self._say("description", self._markdown(""))
        self._relate(_RELATIONS["services"], "api")

    def _guide(self) -> None:
        self._say("description", self._markdown(""))
        tags = self._text("tags")
        self._say("keywords", [tag.strip() for tag in tags.split(",") if tag.strip()])
        self._say("published", "false" if self._text("publish").lower() == "false" else "true")
        self._relate(_RELATIONS["guides"], "api")

    def _access(self) -> None:
        opened = self._text("is_open")
        if opened and opened not in _ACCESS:
            self._warn("BAD_VALUE", "is_open", f"« {opened[:40]} » n’est ni 1, ni 0, ni -1.", "Écrivez 1, 0 ou -1.")
            self._say("apigouv:is_open", opened)
        self._say("access_type", _ACCESS.get(opened))
        pairs: list[tuple[str, str]] = []
        others: list[str] = []
        because: list[str] = []
        for entry in self._entries("access_page"):
            whos = [who for who in _as_list(entry.get("who")) if isinstance(who, str) and who]
            said = entry.get("is_eligible")
            condition = _CONDITIONS.get(said) if isinstance(said, str) else None
            if condition is None:
                self._warn(
                    "BAD_VALUE", "access_page", "Une condition d’accès ne dit ni 1, ni 0, ni -1.", "Complétez-la."
                )
            else:
                pairs += [(who, condition) for who in whos]
            words = _CONDITION_WORDS.get(condition or "", "non précisé")
            others += [f"{who} : {words}" for who in whos if not self.audiences.speaks_of_whole(who)]
            description = without_tags(entry["description"]) if isinstance(entry.get("description"), str) else ""
            because.append(f"**{', '.join(whos)}** : {description or words}")
        for audience, verdict in sorted(self.audiences.verdicts(pairs).items()):
            self._say(f"audience_{audience}", verdict)
        self._say("audience_other", others)
        self._say("audience_because", "\n\n".join(because))

    def _relate(self, name: str, key: str, by_slug: str = "") -> None:
        """Links to the things a list names: by slug where the list may hold slugs, else by title."""
        for target in dict.fromkeys(self._texts(key)):
            slug = by_slug and _SLUG.fullmatch(target)
            ref = f"apigouv:{by_slug}/{target}" if slug else f"apigouv:title/{target}"
            self.links.append(Link(name, ref, source_url=self._url()))

    def _say(self, name: str, value: Any) -> None:
        """One fact; nothing said is no fact. Contacts that named a person are not kept."""
        if value in (None, "", [], {}):
            return
        if name == "contact" and (ADDRESS_MARK in value or PHONE_MARK in value):
            key = "contact_link" if self.raw.collection == "apis" else "contact"
            said = "Le contact nomme une personne : il n’est pas gardé."
            self._warn("NOMINATIVE_CONTACT", key, said, "Donnez une adresse de service.")
            return
        if name == "openapi_url" and value.startswith("/"):
            value = _SITE + value
        self.facts.append(Fact(name, value, language=_language(name), source_url=self._url()))

    def _text(self, key: str) -> str:
        value = self.left.pop(key, "")
        if isinstance(value, str):
            return value.strip()
        self._warn("BAD_SHAPE", key, f"Le champ « {key} » devrait être un texte.", "Écrivez une seule valeur.")
        return ""

    def _texts(self, key: str) -> list[str]:
        value = self.left.pop(key, "")
        texts = [one.strip() for one in _as_list(value) if isinstance(one, str) and one.strip()]
        if isinstance(value, dict) or len([one for one in _as_list(value) if one != ""]) != len(texts):
            self._warn(
                "BAD_SHAPE",
                key,
                f"Le champ « {key} » devrait être une liste de textes.",
                "Écrivez un tiret par valeur.",
            )
        return texts

    def _entries(self, key: str) -> list[dict[str, Any]]:
        value = self.left.pop(key, "")
        entries = [one for one in _as_list(value) if isinstance(one, dict)]
        if len(entries) != len(_as_list(value)) and value != "":
            self._warn(
                "BAD_SHAPE",
                key,
                f"Le champ « {key} » devrait être une liste de champs.",
                "Reprenez la forme d’une autre fiche.",
            )
        return entries

    def _markdown(self, key: str) -> str:
        """The text of a key, when there is one, then the body of the sheet."""
        parts = (self._text(key) if key else "", self.sheet.body)
        return "\n\n".join(clean for part in parts if (clean := without_tags(part)))

    def _date(self, key: str) -> str:
        written = self._text(key)
        found = _DATE.fullmatch(written)
        try:
            return (
                date(int(found[3]), int(found[2]), int(found[1])).isoformat() if found else self._bad_date(key, written)
            )
        except ValueError:
            return self._bad_date(key, written)

    def _bad_date(self, key: str, written: str) -> str:
        if written:
            self._warn(
                "DATE_FORM",
                key,
                f"« {written[:40]} » n’est pas une date JJ/MM/AAAA.",
                "Écrivez par exemple 31/12/2025.",
            )
            self._say(f"apigouv:{key}", written)
        return ""

    def _warn(self, code: str, key: str, message: str, remedy: str) -> None:
        line = self.sheet.lines.get(key)
        place = f"ligne {line}, champ {key}" if line else f"champ {key}"
        self.findings.append(Finding("warning", code, place, message, remedy))

    def _url(self) -> str:
        page = _PAGES.get(self.raw.collection)
        return f"{_SITE}/{page}/{self.raw.remote_id}" if page else ""


def _as_list(value: Any) -> list[Any]:
    """A list as it is; one value alone is a list of one; nothing is an empty list."""
    if isinstance(value, list):
        return value
    return [value] if value not in (None, "") else []


def _language(name: str) -> str:
    return "fr" if name in {"title", "name", "purpose", "description", "audience_because", "audience_other"} else ""
