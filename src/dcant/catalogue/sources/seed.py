"""The sheets shipped with the project: `<kind>/<slug>.yaml`, in our own words, each fact with the source it cites."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import Any

from dcant.harvest.rules import Fact, Finding, Link, RawItem, Reading, Snapshot
from dcant.harvest.rules.yaml_text import Document, TextProblem, decode, parse_yaml
from dcant.harvest.snapshots import raw_item

_COLLECTION = "sheets"
_REMEDY = "Suivez la forme décrite dans le README des fiches."


def bundled_folder() -> Path:
    """Where the sheets lie in the installed package."""
    return Path(str(files("dcant.catalogue").joinpath("seed")))


@dataclass(frozen=True, slots=True)
class SeedReader:
    """Strict: a sheet whose fact cites nothing is rejected, since nothing is asserted without its source."""

    max_item_bytes: int
    name: str = "seed"
    parser_version: int = 1

    def items(self, snapshot: Snapshot) -> Iterator[RawItem]:
        for path in snapshot.list(""):
            pure = PurePosixPath(path)
            if pure.suffix == ".yaml" and len(pure.parts) == 2:
                yield raw_item(
                    snapshot=snapshot, collection=_COLLECTION, remote_id=pure.stem, path=path, limit=self.max_item_bytes
                )

    def read(self, raw: RawItem) -> Reading:
        try:
            return _reading(raw, parse_yaml(decode(raw.data)))
        except TextProblem as problem:
            return Reading.refused(problem.finding)
        except _Refusal as refusal:
            return Reading.refused(refusal.finding)


class _Refusal(Exception):
    def __init__(self, place: str, message: str) -> None:
        super().__init__(message)
        self.finding = Finding("error", "BAD_SHEET", place, message, _REMEDY)


def _reading(raw: RawItem, document: Document) -> Reading:
    sheet = _mapping(document.value, "la fiche")
    path = PurePosixPath(raw.path)
    kind, slug = sheet.get("kind"), sheet.get("slug")
    if (kind, slug) != (path.parent.name, raw.remote_id):
        raise _Refusal("kind, slug", "Le genre et le nom de la fiche sont ceux de son dossier et de son fichier.")
    sources = _mapping(sheet.get("sources"), "sources")
    for key, source in sources.items():
        about = _mapping(source, f"sources.{key}")
        if not (about.get("title") and about.get("publisher")):
            raise _Refusal(f"sources.{key}", "Une source a un titre et un éditeur.")
    facts = tuple(
        _fact(name, _mapping(stated, f"facts.{name}"), sources)
        for name, stated in _mapping(sheet.get("facts"), "facts").items()
    )
    relations = sheet.get("relations") or []
    if not isinstance(relations, list):
        raise _Refusal("relations", "Les relations sont une liste.")
    links = tuple(_link(_mapping(relation, "relations"), sources) for relation in relations)
    title = next((fact.value for fact in facts if fact.field == "title" and isinstance(fact.value, str)), "")
    return Reading(kind, title, facts, links)


def _fact(name: str, stated: dict[str, Any], sources: dict[str, Any]) -> Fact:
    citation = _citation(f"facts.{name}", stated, sources)
    if stated.get("value") in (None, "", [], {}):
        raise _Refusal(f"facts.{name}", f"Le champ « {name} » est vide : retirez-le, absent veut dire inconnu.")
    return Fact(name, stated["value"], language="", source_url=citation.get("url", ""), citation=citation)


def _link(relation: dict[str, Any], sources: dict[str, Any]) -> Link:
    citation = _citation("relations", relation, sources)
    name, target = relation.get("name"), relation.get("target")
    if not (isinstance(name, str) and name and isinstance(target, str) and target):
        raise _Refusal("relations", "Une relation a un nom et une cible.")
    return Link(name, f"seed:{target}", source_url=citation.get("url", ""), citation=citation)


def _citation(place: str, stated: dict[str, Any], sources: dict[str, Any]) -> dict[str, str]:
    """What the source of a fact is, key left out. Raises when the fact names none, or one not described."""
    key = stated.get("source")
    if not isinstance(key, str) or key not in sources:
        raise _Refusal(place, "Chaque fait nomme une source décrite en tête de fiche.")
    return {name: value for name, value in sources[key].items() if isinstance(value, str)}


def _mapping(value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _Refusal(place, f"« {place} » devrait être une liste de champs.")
    return value
