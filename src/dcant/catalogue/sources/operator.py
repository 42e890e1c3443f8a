"""What operators say of their own infrastructures: `entries/<slug>.json`, the document that the form of the site writes."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from dcant.catalogue.rules.entry import BY_FIELD, is_day
from dcant.catalogue.rules.merge import CORRECTION
from dcant.harvest.rules import Fact, Finding, RawItem, Reading, Snapshot
from dcant.harvest.snapshots import raw_item

SOURCE, COLLECTION, KIND = CORRECTION, "entries", "infrastructure"
_TEXTS = ("title", "by", "kept_by", "entered_on", "review_on")
KEPT_BY, DEMO = (
    "kept_by",
    "demo",
)  # facts beside the columns: the organisation that answers for the sheet; invented data


@dataclass(frozen=True, slots=True)
class Entered:
    """One entry as it was said: by which organisation, which one keeps the infrastructure (keys), until when it holds."""

    title: str
    values: Mapping[str, object]
    by: str
    kept_by: str
    entered_on: date
    review_on: date
    demo: bool = False

    def item(self, slug: str) -> RawItem:
        """The document kept for it, as a harvest would find it in a folder."""
        document = {
            "kind": KIND,
            "title": self.title,
            "by": self.by,
            "kept_by": self.kept_by,
            "entered_on": self.entered_on.isoformat(),
            "review_on": self.review_on.isoformat(),
            "facts": dict(self.values) | ({DEMO: "true"} if self.demo else {}),
        }
        text = json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1)
        return RawItem(COLLECTION, slug, f"{COLLECTION}/{slug}.json", text.encode())


@dataclass(frozen=True, slots=True)
class OperatorReader:
    """Strict: the document was made by this site, or follows its form to the letter."""

    max_item_bytes: int
    name: str = SOURCE
    parser_version: int = 1

    def items(self, snapshot: Snapshot) -> Iterator[RawItem]:
        for path in snapshot.list(""):
            pure = PurePosixPath(path)
            if pure.suffix == ".json" and pure.parent.name == COLLECTION:
                yield raw_item(
                    snapshot=snapshot, collection=COLLECTION, remote_id=pure.stem, path=path, limit=self.max_item_bytes
                )

    def read(self, raw: RawItem) -> Reading:
        try:
            document = json.loads(raw.data)
        except (ValueError, RecursionError):
            return _refused(raw, "Ce document n’est pas du JSON.")
        return _reading(raw, document)


def _reading(raw: RawItem, document: Any) -> Reading:
    if not isinstance(document, dict) or document.get("kind") != KIND:
        return _refused(raw, "Ce document ne décrit pas une infrastructure.")
    texts = {name: document[name] for name in _TEXTS if isinstance(document.get(name), str) and document[name]}
    if len(texts) < len(_TEXTS):
        return _refused(raw, f"Il manque un de ces textes : {', '.join(_TEXTS)}.")
    if not (is_day(texts["entered_on"]) and is_day(texts["review_on"])):
        return _refused(raw, "Le jour de la saisie ou celui de la relecture n’est pas un jour.")
    facts = document.get("facts")
    if not isinstance(facts, dict) or set(facts) - set(BY_FIELD) - {DEMO}:
        return _refused(raw, "Ce document a des champs que le formulaire n’a pas.")
    citation = {
        "title": "Saisie de l’opérateur",
        "publisher": texts["by"],
        "date": texts["entered_on"],
        "read_on": texts["entered_on"],
        "review_on": texts["review_on"],
    }
    stated = {field: value for field, value in sorted(facts.items()) if value not in (None, "", [], {})}
    said = [Fact(field, value, citation=citation) for field, value in stated.items()]
    said.append(Fact(KEPT_BY, texts["kept_by"], citation=citation))
    return Reading(KIND, texts["title"], tuple(said))


def _refused(raw: RawItem, message: str) -> Reading:
    return Reading.refused(Finding("error", "BAD_SHEET", raw.path, message, "Passez par le formulaire du site."))
