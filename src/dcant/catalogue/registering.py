"""From harvested items of the standards source to the register of standards, the floor below."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dcant.harvest.models import Item, ItemState, Statement
from dcant.harvest.rules import Reader, Snapshot
from dcant.standards.models import Document, StandardVersion
from dcant.standards.services import register_standard, register_version, register_versions

SOURCE = "standards"


def register(*, reader: Reader, snapshot: Snapshot, address: str, at: datetime) -> None:
    """Makes the register say what the items say. Compares states, not what this passage did: what a passage that died
    left undone is done by the next one, and where all is said nothing is written.
    """
    versions: dict[str, list[tuple[str, int, str]]] = {}
    names: dict[str, tuple[str, str]] = {}
    for item, facts in _items("versions"):
        names[item.remote_id] = facts["name"], facts["version"]
        if item.state != ItemState.WITHDRAWN:
            versions.setdefault(facts["name"], []).append((facts["version"], facts["position"], facts["schema_url"]))
    for item, facts in _items("schemas"):
        slug = facts.get("schema_name", "")
        if "/" not in slug:
            continue
        standard, _ = register_standard(
            slug=slug[:200],
            title=item.title,
            description=_text(facts, "description", "purpose"),
            schema_type=_text(facts, "schema_type"),
            labels=[one for one in facts.get("labels") or () if isinstance(one, str)],
            homepage=_text(facts, "repository_url", "website"),
            source=address,
            listed=item.state != ItemState.WITHDRAWN,
            at=at,
        )
        register_versions(standard=standard, listed=versions.get(slug, ()))
    _keep_documents(reader, snapshot, names, at)


def _keep_documents(reader: Reader, snapshot: Snapshot, names: Mapping[str, tuple[str, str]], at: datetime) -> None:
    """Only what the register does not hold yet is taken from the source again, as it gave it."""
    held = set(Document.objects.values_list("version__standard__slug", "version__number", "sha256"))
    items = Item.objects.of(SOURCE).filter(collection="documents").values_list("remote_id", "content_hash")
    wanted = {name for name, digest in items if name in names and (*names[name], digest) not in held}
    if not wanted:
        return
    numbers = {(one.standard.slug, one.number): one for one in StandardVersion.objects.select_related("standard")}
    for raw in reader.items(snapshot):
        if raw.collection == "documents" and raw.remote_id in wanted and raw.problem is None:
            version = numbers.get(names[raw.remote_id])
            if version is not None:
                register_version(version=version, content=raw.data, at=at)


def _items(collection: str) -> list[tuple[Item, dict[str, Any]]]:
    """The items of a collection with their current facts."""
    items = list(Item.objects.of(SOURCE).filter(collection=collection).order_by("pk"))
    facts: dict[int, dict[str, Any]] = {item.pk: {} for item in items}
    stated = Statement.objects.current().filter(item__source=SOURCE, item__collection=collection)
    for item_id, field, value in stated.values_list("item_id", "field", "value"):
        facts[item_id][field] = value
    return [(item, facts[item.pk]) for item in items]


def _text(facts: Mapping[str, Any], *names: str) -> str:
    return next((facts[name] for name in names if isinstance(facts.get(name), str)), "")
