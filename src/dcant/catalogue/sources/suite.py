"""The services and operators of the Suite territoriale, two JSON lists.

The same service is listed once for each of its instances: here it is one item, with its instances.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dcant.catalogue.sources.drafts import Draft
from dcant.catalogue.sources.json_lists import as_items, elements_of, fields_of, load_document
from dcant.catalogue.sources.places import folders_of, joined, one_place
from dcant.harvest.rules import RawItem, Reading, Snapshot
from dcant.harvest.rules.yaml_text import TextProblem
from dcant.identifiers import IdentifierError, Siret, fold_words

_SERVICES, _OPERATORS = "services.json", "operators.json"
_PHASES = {"alpha": "Alpha", "beta": "Bêta", "stable": "Stable"}


def find(snapshot: Snapshot) -> str:
    """The folder that holds both lists, seen from the snapshot. Raises SnapshotError NOT_FOUND or AMBIGUOUS."""
    paths = snapshot.list("")
    both = folders_of(paths, _SERVICES) & folders_of(paths, _OPERATORS)
    return one_place(both, f"un dossier qui contient « {_SERVICES} » et « {_OPERATORS} »")


@dataclass(frozen=True, slots=True)
class SuiteReader:
    max_list_bytes: int
    name: str = "suite"
    parser_version: int = 1

    def items(self, snapshot: Snapshot) -> Iterator[RawItem]:
        prefix = find(snapshot)
        services, operators = (
            elements_of(load_document(snapshot, joined(prefix, name), self.max_list_bytes), name)
            for name in (_SERVICES, _OPERATORS)
        )
        yield from as_items(_grouped(services), collection="services", path=_SERVICES, name=_service_id)
        yield from as_items(operators, collection="operators", path=_OPERATORS, name=_operator_id)

    def read(self, raw: RawItem) -> Reading:
        try:
            fields = fields_of(raw)
        except TextProblem as problem:
            return Reading.refused(problem.finding)
        draft = Draft("suite", fields)
        return _service(draft) if raw.collection == "services" else _operator(draft)


def _grouped(rows: list[Any]) -> list[Any]:
    """One element by name, in order of its first row; rows that are no object, or without name, stay as they are."""
    grouped: dict[str, dict[str, Any]] = {}
    odd = []
    for row in rows:
        name = row.get("nom") if isinstance(row, dict) else None
        key = fold_words(name) if isinstance(name, str) else ""
        if key:
            grouped.setdefault(key, {"nom": name, "instances": []})["instances"].append(row)
        else:
            odd.append(row)
    return [*grouped.values(), *odd]


def _service_id(element: dict[str, Any]) -> str:
    name = element.get("nom")
    return fold_words(name).replace(" ", "-") if isinstance(name, str) else ""


def _operator_id(element: dict[str, Any]) -> str:
    identifier = element.get("id")
    return identifier.strip() if isinstance(identifier, str) else ""


def _service(draft: Draft) -> Reading:
    title = draft.text("nom")
    instances = draft.entries("instances")
    draft.say("title", title)
    draft.say("purpose", next(iter(_said(instances, "description")), ""))
    addresses = _said(instances, "url")
    if len(addresses) == 1:
        draft.left["url"] = addresses[0]
        draft.address("website", "url")
    phases = [_PHASES.get(phase, phase) for phase in _said(instances, "maturite")]
    draft.say("phase", ", ".join(phases))
    draft.say("launched_on", min(_said(instances, "date_lancement"), default=""))
    draft.say("suite_service_ids", _numbers([instance.get("id") for instance in instances]))
    draft.keep("instances", instances)
    return draft.reading("service", title)


def _operator(draft: Draft) -> Reading:
    name = draft.text("nom")
    draft.say("name", name)
    draft.address("website", "url")
    written = draft.text("siret")
    try:
        draft.say("siret", Siret(written).digits if written else "")
    except IdentifierError as error:
        draft.warn("BAD_SIRET", "siret", str(error), "Reprenez le SIRET au répertoire Sirene.")
        draft.keep("siret", written)
    services = draft.left.pop("services", None)
    numbers = _numbers(services) if isinstance(services, list) else []
    if services and (not isinstance(services, list) or len(numbers) != len(services)):
        draft.misshapen("services", services, "une liste de nombres")
    draft.say("suite_service_ids", numbers)
    draft.say("departements", draft.texts("departements"))
    return draft.reading(None, name)


def _said(instances: list[dict[str, Any]], key: str) -> list[str]:
    """The texts that instances give for a key, each once, in their order."""
    texts = (instance.get(key) for instance in instances)
    return list(dict.fromkeys(text.strip() for text in texts if isinstance(text, str) and text.strip()))


def _numbers(values: list[Any]) -> list[str]:
    return [str(value) for value in values if isinstance(value, int) and not isinstance(value, bool)]
