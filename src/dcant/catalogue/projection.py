"""From harvested statements to the sheets that pages show. Nothing here is a fact: all of it can be made again from `harvest`."""

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import Q

from dcant.catalogue.joins import joined_refs, joined_slug, reserved_slugs
from dcant.catalogue.models import RELATION_NAMES, Alias, Holding, Kind, Relation, Resource
from dcant.catalogue.producers import REVIEWED, level_of, organisation_key
from dcant.catalogue.rules.merge import Priority, Shown, Stated, merge
from dcant.catalogue.sources import SOURCES, load_source
from dcant.catalogue.sources.operator import SOURCE as OPERATOR
from dcant.harvest.models import Item, ItemState, Statement
from dcant.harvest.rules import LINK_PREFIX
from dcant.identifiers import IdentifierError, Slug
from dcant.record.services import digest, write_entry

ACTOR = "system:harvest"
SEED = "seed"
PRODUCERS = "producers"
# Sources that keep the names of their producers under another collection.
PRODUCERS_OF = {"betagouv": "incubators"}
LIST_FACTS = (
    "access_type", "audience_local", "audience_company", "audience_private", "commune_population_max", "epci_population_max",
    "licence", "price_basis", "themes", "suite_service_ids", "phase", "sites_departements",
)  # fmt: skip


class CatalogueSink:
    """What the harvest calls, inside each item's transaction, so that a sheet and its statements never disagree."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.priority: Priority = priorities()
        self.producers: set[tuple[str, str]] = set()

    def changed(self, item: Item, statements: Iterable[Statement], links: Iterable[Statement]) -> None:  # noqa: ARG002
        """Makes the sheet again from what all sources say now; what this item says is among it."""
        if item.kind in Kind.values:
            refresh(_resource_of(item, self.at), self.priority, self.at)
        elif item.collection == PRODUCERS_OF.get(item.source, PRODUCERS):
            self.producers.add((item.source, item.remote_id))

    def withdrawn(self, item: Item) -> None:
        self._again(item)

    def returned(self, item: Item) -> None:
        self._again(item)

    def _again(self, item: Item) -> None:
        holding = Holding.objects.filter(item=item).select_related("resource").first()
        if holding is None:
            return
        before = holding.resource.state
        refresh(holding.resource, self.priority, self.at)
        after = holding.resource.state
        if before != after and Resource.State.WITHDRAWN in {before, after}:
            body = {"resource": holding.resource.slug, "source": item.source}
            kind = "catalogue.returned"
            if after == Resource.State.WITHDRAWN:
                kind = "catalogue.withdrawn"
                # Words of a source come as they are; the log holds one form of them.
                body["reason"] = unicodedata.normalize("NFC", item.withdrawn_reason or "absence")
            write_entry(kind=kind, actor=ACTOR, subject=digest(body), body=body, at=self.at)

    def finish(self) -> None:
        """Once the run is over: names of producers that came or changed, then relations whose target is now known."""
        for source, remote_id in sorted(self.producers):
            stated = Statement.objects.current().filter(field="producer", value=remote_id, item__source=source)
            for resource in Resource.objects.filter(holdings__item__in=stated.values("item")).distinct():
                refresh(resource, self.priority, self.at)
        resolve_relations()


def priorities() -> Priority:
    """The ranks that the data files of all known sources give."""
    return {name: load_source(name)[0].priority for name in SOURCES}


def _resource_of(item: Item, at: datetime) -> Resource:
    """The resource that rests on an item: the one it has, else the one a reviewed file joins it to, else a new one.

    A like address is no reason: a sheet of ours meets only what it holds, or what the file says is the same thing.
    """
    holding = Holding.objects.filter(item=item).select_related("resource").first()
    if holding is not None:
        return holding.resource
    slug = joined_slug(item.ref) or (item.remote_id if item.source in {SEED, OPERATOR} else "")
    if item.source == OPERATOR:  # a person with a mandate chose that very sheet
        resource = Resource.objects.exclude(state=Resource.State.MERGED).filter(slug=slug, kind=item.kind).first()
    else:
        resource = _resource_named(slug, item.kind) if slug else None
    if resource is None:
        resource = Resource.objects.create(
            slug=free_slug(slug or item.title or item.remote_id, item.kind, own=slug),
            kind=item.kind,
            title=item.title,
            first_seen_at=at,
            changed_at=at,
        )
    Holding.objects.create(resource=resource, item=item)
    return resource


def _resource_named(slug: str, kind: str) -> Resource | None:
    """The resource that holds our sheet of that name, or an item that the reviewed file says is the same thing."""
    named = Q(item__source=SEED, item__remote_id=slug)
    for ref in joined_refs(slug):
        source, collection, remote_id = _parts(ref)
        named |= Q(item__source=source, item__collection=collection, item__remote_id=remote_id)
    holdings = Holding.objects.filter(named).select_related("resource", "item")
    # Our sheet first: after a split, it says which of the two the name is.
    ranked = sorted(holdings.order_by("pk"), key=lambda one: one.item.source != SEED)
    return next((one.resource for one in ranked if kind in {"", one.resource.kind}), None)


def _parts(ref: str) -> tuple[str, str, str]:
    """« source:collection/remote id » in three; the reference of a sheet of ours has no collection."""
    source, _, rest = ref.partition(":")
    collection, _, remote_id = rest.partition("/")
    return source, collection, remote_id


def free_slug(title: str, kind: str, *, own: str = "", given: Iterable[str] = ()) -> str:
    """An address nobody has or had, nor was just `given`; one promised by the reviewed file is for its `own` thing alone."""
    try:
        base = Slug.from_title(title).text[:70].strip("-")
    except IdentifierError:
        base = kind
    taken = set(Resource.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    taken |= set(Alias.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | {"sources", "comparer"}
    taken |= {slug for slug in reserved_slugs() if slug.startswith(base) and slug != own}
    taken |= set(given)
    tries = [base, f"{base}-{kind}", *(f"{base}-{number}" for number in range(2, len(taken) + 3))]
    return next(slug for slug in tries if slug not in taken)


def refresh(resource: Resource, priority: Priority, at: datetime) -> None:
    """Makes the sheet, the short facts and the relations of a resource again; writes only what differs."""
    if resource.state == Resource.State.MERGED:
        return  # it has given its items to another; its address leads there
    items = list(Item.objects.filter(holding__resource=resource))
    held = [item for item in items if item.state != ItemState.WITHDRAWN]
    # A withdrawn resource keeps its last sheet, and says that it is withdrawn.
    sources = {item.pk: item.source for item in held or items}
    rows = list(Statement.objects.current().filter(item__in=list(sources)))
    facts = [stated_of(row, sources[row.item_id]) for row in rows if not row.field.startswith(LINK_PREFIX)]
    sheet = sheet_of([*facts, *_producer_facts(facts)], priority)
    if not sheet and items:
        sheet = resource.sheet  # the source ended its statements with the item: the last sheet stays
    _save(resource, sheet, _state(held, sheet), at)
    _relate(resource, [row for row in rows if row.field.startswith(LINK_PREFIX)], sources)


def sheet_of(facts: Iterable[Stated], priority: Priority) -> dict[str, dict[str, object]]:
    """The shown sheet: field → value, the sources it rests on, what others say."""
    return {field: _shown(shown) for field, shown in merge(facts, priority).items()}


def _state(held: list[Item], sheet: Mapping[str, Mapping[str, object]]) -> Resource.State:
    if not held:
        return Resource.State.WITHDRAWN
    if "published" in sheet and sheet["published"]["value"] == "false":
        return Resource.State.UNPUBLISHED
    return Resource.State.ACTIVE


def stated_of(row: Statement, source: str) -> Stated:
    """A statement of the harvest, as the rule of merging reads it."""
    return Stated(
        field=row.field,
        value=row.value,
        source=source,
        fetched_at=row.fetched_at,
        raw_hash=row.raw_hash,
        source_url=row.source_url,
        citation=row.citation,
        language=row.language,
    )


def _producer_facts(facts: list[Stated]) -> list[Stated]:
    """A source that names its producers by a key states their name and level on sheets of their own: brought here.

    The level it does not state, and the number of the organisation, come from the reviewed table, cited as such.
    """
    found: list[Stated] = []
    for fact in facts:
        if fact.field != "producer" or not isinstance(fact.value, str):
            continue
        rows = Statement.objects.current().filter(
            Q(field="name") | Q(field="level"),
            item__source=fact.source,
            item__collection=PRODUCERS_OF.get(fact.source, PRODUCERS),
            item__remote_id=fact.value,
        )
        said = [
            _stated_as({"name": "producer_name", "level": "producer_level"}[row.field], row, fact.source)
            for row in rows
        ]
        stated = {one.field for one in (*facts, *said) if one.source == fact.source}
        found += [*said, *(one for one in _reviewed(fact) if one.field not in stated)]
    return found


def _reviewed(producer: Stated) -> list[Stated]:
    """What the reviewed table says of a producer, as of the day its source named it."""
    key = str(producer.value)
    organisation = organisation_key(producer.source, key)
    known = {
        "producer_level": level_of(producer.source, key),
        "producer_key": organisation.digits if organisation else "",
    }
    return [
        Stated(field, value, producer.source, producer.fetched_at, citation=REVIEWED)
        for field, value in known.items()
        if value
    ]


def _stated_as(field: str, row: Statement, source: str) -> Stated:
    stated = stated_of(row, source)
    return Stated(
        field, stated.value, stated.source, stated.fetched_at, stated.raw_hash, stated.source_url, stated.citation
    )


def _shown(shown: Shown) -> dict[str, object]:
    """A shown value as the sheet keeps it: value, sources it rests on, and what others say."""
    return {
        "value": shown.value,
        "sources": [_said(one) for one in shown.because],
        "others": [_said(one) | {"value": one.value} for one in shown.others],
    }


def _said(one: Stated) -> dict[str, object]:
    said: dict[str, object] = {"source": one.source, "fetched_at": one.fetched_at.date().isoformat()}
    if one.source_url:
        said["url"] = one.source_url
    if one.citation:
        said["citation"] = dict(one.citation)
    return said


def _text(sheet: Mapping[str, Mapping[str, object]], field: str, length: int) -> str:
    value = sheet[field]["value"] if field in sheet else ""
    return value[:length] if isinstance(value, str) else ""


def _save(resource: Resource, sheet: dict[str, dict[str, object]], state: Resource.State, at: datetime) -> None:
    values: dict[str, object] = {
        "title": _text(sheet, "title", 300) or resource.title,
        "purpose": _text(sheet, "purpose", 600),
        "producer_name": _text(sheet, "producer_name", 300) or _text(sheet, "producer", 300),
        "producer_level": _text(sheet, "producer_level", 10),
        "sheet": sheet,
        "facts": {field: sheet[field]["value"] for field in LIST_FACTS if field in sheet},
        "state": state,
    }
    if all(getattr(resource, name) == value for name, value in values.items()):
        return
    for name, value in values.items():
        setattr(resource, name, value)
    resource.changed_at = at
    resource.save()


def _relate(resource: Resource, rows: list[Statement], sources: Mapping[int, str]) -> None:
    wanted = {
        (row.field.removeprefix(LINK_PREFIX), row.value["target"], sources[row.item_id])
        for row in rows
        if row.field.removeprefix(LINK_PREFIX) in RELATION_NAMES
    }
    present = {(row.name, row.target_ref, row.source): row for row in Relation.objects.filter(subject=resource)}
    for key in present.keys() - wanted:
        present[key].delete()
    Relation.objects.bulk_create(
        Relation(subject=resource, name=name, target_ref=ref, source=source)
        for name, ref, source in sorted(wanted - present.keys())
    )


def resolve_relations() -> int:
    """Gives their target to the relations whose target has come since; returns how many."""
    dangling = list(Relation.objects.filter(target=None))
    for relation in dangling:
        relation.target = _target(relation.target_ref)
    found = [relation for relation in dangling if relation.target_id and relation.target_id != relation.subject_id]
    Relation.objects.bulk_update(found, ["target"], batch_size=200)
    return len(found)


def _target(ref: str) -> Resource | None:
    source, collection, remote_id = _parts(ref)
    if source == SEED and not remote_id:
        return _resource_named(collection, "")
    holdings = Holding.objects.filter(item__source=source).select_related("resource")
    if collection == "title":
        holding = holdings.filter(item__title=remote_id).order_by("item__collection", "pk").first()
    else:
        holding = holdings.filter(item__collection=collection, item__remote_id=remote_id).first()
    return holding.resource if holding else None
