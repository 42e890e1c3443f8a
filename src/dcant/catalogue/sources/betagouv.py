"""The digital services of beta.gouv.fr: Markdown files with a YAML head, in folders by collection.

A phase is what its own sheet says: the last in the order of the file, with its name and its dates, nothing inferred.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

from dcant.catalogue.sources.apigouv import Audiences
from dcant.catalogue.sources.drafts import Draft, as_day
from dcant.catalogue.sources.markup import without_tags
from dcant.catalogue.sources.people import without_private_mailboxes
from dcant.catalogue.sources.places import below, joined, one_place
from dcant.harvest.rules import RawItem, Reading, Snapshot
from dcant.harvest.rules.yaml_text import FrontMatter, TextProblem, front_matter
from dcant.harvest.snapshots import raw_item
from dcant.identifiers import fold_words

# Incubators first: services that name them are then shown with their name at once.
_FOLDERS = {
    "incubators": "_incubators",
    "startups": "_startups",
    "organisations": "_organisations",
    "phases": "_phases",
}
_LEVELS = {
    "administration centrale": "state",
    "service deconcentre": "state",
    "operateur": "state",
    "securite sociale": "other",
    "collectivite territoriale": "local",
    "autre": "other",
}
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
# Keys whose value is the name of a person.
_PEOPLE = ("contact_dinum", "contact_incubator")
_NAMED = re.compile(rf"^({'|'.join(_PEOPLE)}):.*$".encode(), re.MULTILINE)


def find(snapshot: Snapshot) -> str:
    """The folder that holds `_startups/`, seen from the snapshot. Raises SnapshotError NOT_FOUND or AMBIGUOUS."""
    mark = f"/{_FOLDERS['startups']}/"
    tops = {f"/{path}".partition(mark)[0].removeprefix("/") for path in snapshot.list("") if mark in f"/{path}"}
    return one_place(tops, f"un dossier qui contient « {_FOLDERS['startups']}/ »")


@dataclass(frozen=True, slots=True)
class BetaGouvReader:
    """Reads one sheet at a time. Sponsors and incubators are links to items of their own collections."""

    audiences: Audiences
    phases: Mapping[str, str]
    max_item_bytes: int
    name: str = "betagouv"
    parser_version: int = 1

    def items(self, snapshot: Snapshot) -> Iterator[RawItem]:
        """Names of persons are taken out of the bytes themselves: what is kept and hashed has none."""
        prefix = find(snapshot)
        for collection, folder in _FOLDERS.items():
            for path in snapshot.list(joined(prefix, folder)):
                name = PurePosixPath(path).name
                # A few sheets have no extension; identifiers hold dots.
                if name.startswith(".") or not (name.endswith(".md") or "." not in name):
                    continue
                raw = raw_item(
                    snapshot=snapshot,
                    collection=collection,
                    remote_id=name.removesuffix(".md"),
                    path=path,
                    limit=self.max_item_bytes,
                )
                yield replace(raw, path=below(prefix, path), data=_without_people(raw.data))

    def read(self, raw: RawItem) -> Reading:
        try:
            sheet = front_matter(raw.data)
        except TextProblem as problem:
            return Reading.refused(problem.finding)
        return _Sheet(self, raw, sheet).reading()


@dataclass(slots=True)
class _Sheet:
    reader: BetaGouvReader
    raw: RawItem
    sheet: FrontMatter
    draft: Draft = field(init=False)

    def __post_init__(self) -> None:
        is_service = self.raw.collection == "startups"
        url = f"https://beta.gouv.fr/startups/{self.raw.remote_id}.html" if is_service else ""
        fields = {key: value for key, value in self.sheet.fields.items() if key not in _PEOPLE}
        self.draft = Draft("betagouv", fields, url=url, lines=self.sheet.lines)

    def reading(self) -> Reading:
        match self.raw.collection:
            case "startups":
                return self._service()
            case "organisations":
                return self._organisation()
            case "incubators":
                return self._incubator()
            case _:
                return self._phase()

    def _service(self) -> Reading:
        draft = self.draft
        title = draft.text("title")
        draft.say("title", title)
        draft.say("purpose", draft.text("mission"))
        draft.say("description", without_tags(self.sheet.body))
        draft.address("website", "link")
        draft.address("repository_url", "repository")
        draft.contact("contact")
        draft.say("themes", draft.texts("thematiques"))
        incubator = draft.text("incubator")
        draft.say("producer", incubator)
        if incubator:
            draft.relate("incubator", "incubators", incubator)
        for sponsor in draft.texts("sponsors"):
            draft.relate("sponsor", "organisations", sponsor.rpartition("/")[2])
        self._audiences()
        self._phases()
        return draft.reading("service", title)

    def _audiences(self) -> None:
        draft, audiences = self.draft, self.reader.audiences
        users = draft.texts("usertypes")
        draft.keep("usertypes", users)
        if not users:
            return
        for audience, verdict in sorted(audiences.verdicts([(user, "yes") for user in users]).items()):
            draft.say(f"audience_{audience}", verdict)
        draft.say("audience_other", [user for user in users if not audiences.speaks_of_whole(user)])
        draft.say("audience_because", f"Publics visés, d’après la fiche : {', '.join(users)}.")

    def _phases(self) -> None:
        """The last phase with its dates, and every phase as the sheet gives it."""
        draft = self.draft
        phases = draft.entries("phases")
        draft.say("phases", phases)
        if not phases:
            return
        code = _text(phases[-1].get("name"))
        if code not in self.reader.phases:
            said = f"La phase « {code[:40]} » n’est pas connue."
            draft.warn("UNKNOWN_PHASE", "phases", said, "Employez une phase du programme.")
        draft.say("phase", (self.reader.phases.get(code, code) + self._dates(phases[-1])).strip())

    def _dates(self, phase: dict[str, Any]) -> str:
        start, end = self._day(phase, "start"), self._day(phase, "end")
        if start and end:
            return f" (du {start} au {end})"
        if start or end:
            return f" (depuis le {start})" if start else f" (jusqu’au {end})"
        return ""

    def _day(self, phase: dict[str, Any], key: str) -> str:
        written = _text(phase.get(key))
        day = as_day(written)
        if written and not day:
            said = f"« {written[:40]} » n’est pas une date AAAA-MM-JJ."
            self.draft.warn("DATE_FORM", "phases", said, "Écrivez par exemple 2025-12-31.")
        return in_french(day)

    def _organisation(self) -> Reading:
        draft = self.draft
        name, kind = draft.text("name"), draft.text("type")
        draft.say("name", name)
        draft.say("acronym", draft.text("acronym"))
        draft.say("type", kind)
        draft.say("level", _LEVELS.get(fold_words(kind)))
        draft.say("description", without_tags(self.sheet.body))
        return draft.reading(None, name)

    def _incubator(self) -> Reading:
        draft = self.draft
        name = draft.text("title")
        draft.say("name", name)
        draft.say("purpose", without_tags(draft.text("short_description")))
        draft.say("description", without_tags(self.sheet.body))
        draft.address("website", "website")
        draft.contact("contact")
        owner = draft.text("owner")
        if owner:
            draft.relate("owner", "organisations", owner.rpartition("/")[2])
        return draft.reading(None, name)

    def _phase(self) -> Reading:
        draft = self.draft
        name = draft.text("label")
        draft.say("name", name)
        draft.say("description", draft.text("short_description"))
        return draft.reading(None, name)


def in_french(day: str) -> str:
    """An ISO day as one reads it: « 1er mars 2024 »; "" stays ""."""
    if not day:
        return ""
    year, month, number = (int(part) for part in day.split("-"))
    return f"{'1er' if number == 1 else number} {_MONTHS[month - 1]} {year}"


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _without_people(data: bytes) -> bytes:
    """Bytes that are not UTF-8 come back untouched, for the reader to refuse."""
    try:
        text = _NAMED.sub(rb"\1: ''", data).decode()
    except UnicodeDecodeError:
        return data
    return without_private_mailboxes(text).encode()
