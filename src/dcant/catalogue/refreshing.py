"""The sheet of a resource, its short facts and its relations, made again from what all its sources say: many at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from dcant.catalogue.models import COMPARED, RELATION_NAMES, Holding, Relation, Resource
from dcant.catalogue.producers import REVIEWED, level_of, organisation_key
from dcant.catalogue.rules.merge import Priority, Shown, Stated, merge
from dcant.catalogue.sources import SOURCES, load_source
from dcant.harvest.models import Item, ItemState, Statement
from dcant.harvest.rules import LINK_PREFIX

# The collection where a source keeps the names of its producers; "" for any other source.
PRODUCERS_OF = {"betagouv": "incubators", "": "producers"}
LIST_FACTS = (
    "access_type", "audience_local", "audience_company", "audience_private", "commune_population_max", "epci_population_max",
    "licence", "price_basis", "themes", "suite_service_ids", "phase", "sites_departements",
)  # fmt: skip


_SAVED = (
    "title", "purpose", "producer_name", "producer_level", "sheet", "facts", "state", "changed_at",
)  # fmt: skip
_PRODUCER_FIELDS = {"name": "producer_name", "level": "producer_level"}


def priorities() -> Priority:
    """The ranks that the data files of all known sources give."""
    return {name: load_source(name)[0].priority for name in SOURCES}


def refresh(resource: Resource, priority: Priority, at: datetime) -> None:
    """The same for one, in its own instance."""
    refresh_all([resource], priority, at)


def refresh_all(resources: Iterable[Resource], priority: Priority, at: datetime) -> None:
    """Makes the sheets, the short facts and the relations of resources again; writes only what differs.

    The number of queries does not grow with that of the resources. One that has given its items to another is left alone.
    """
    shown = {one.pk: one for one in resources if one.state != Resource.State.MERGED}
    items: dict[int, list[Item]] = defaultdict(list)
    for holding in Holding.objects.filter(resource__in=shown).select_related("item").order_by("item"):
        items[holding.resource_id].append(holding.item)
    # A withdrawn resource keeps its last sheet, and says that it is withdrawn.
    held = {pk: [item for item in items[pk] if item.state != ItemState.WITHDRAWN] for pk in shown}
    sources = {item.pk: item.source for pk in shown for item in held[pk] or items[pk]}
    rows: dict[int, list[Statement]] = defaultdict(list)
    for row in Statement.objects.current().filter(item__in=list(sources)).order_by():
        rows[row.item_id].append(row)
    facts = {pk: _facts(held[pk] or items[pk], rows) for pk in shown}
    producers = _producers_named(fact for some in facts.values() for fact in some)
    changed = []
    for pk, resource in shown.items():
        sheet = sheet_of([*facts[pk], *_producer_facts(facts[pk], producers)], priority)
        if not sheet and items[pk]:
            sheet = resource.sheet  # the source ended its statements with the item: the last sheet stays
        if _put(resource, sheet, _state(held[pk], sheet)):
            resource.changed_at = at
            changed.append(resource)
    # One statement for all: each row is there already, and takes its new values.
    Resource.objects.bulk_create(changed, update_conflicts=True, unique_fields=["id"], update_fields=_SAVED)
    _relate(
        {
            pk: {
                (row.field.removeprefix(LINK_PREFIX), row.value["target"], item.source)
                for item in held[pk] or items[pk]
                for row in rows[item.pk]
                if row.field.startswith(LINK_PREFIX) and row.field.removeprefix(LINK_PREFIX) in RELATION_NAMES
            }
            for pk in shown
        }
    )


def _facts(items: Sequence[Item], rows: Mapping[int, Sequence[Statement]]) -> list[Stated]:
    return [
        stated_of(row, item.source)
        for item in items
        for row in rows.get(item.pk, ())
        if not row.field.startswith(LINK_PREFIX)
    ]


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


def _producers_named(facts: Iterable[Stated]) -> dict[tuple[str, str], list[Stated]]:
    """What sources state, on sheets of their own, of the producers that these facts name: (source, key) → facts."""
    keys = {(fact.source, fact.value) for fact in facts if fact.field == "producer" and isinstance(fact.value, str)}
    found: dict[tuple[str, str], list[Stated]] = defaultdict(list)
    for source in sorted({source for source, _ in keys}):
        rows = Statement.objects.current().filter(
            field__in=_PRODUCER_FIELDS,
            item__source=source,
            item__collection=PRODUCERS_OF.get(source, PRODUCERS_OF[""]),
            item__remote_id__in={key for one, key in keys if one == source},
        )
        for row in rows.select_related("item").order_by():
            said = _stated_as(_PRODUCER_FIELDS[row.field], row, source)
            found[source, row.item.remote_id].append(said)
    return found


def _producer_facts(facts: Sequence[Stated], producers: Mapping[tuple[str, str], Sequence[Stated]]) -> list[Stated]:
    """A source that names its producers by a key states their name and level on sheets of their own: brought here.

    The level it does not state, and the number of the organisation, come from the reviewed table, cited as such.
    """
    found: list[Stated] = []
    for fact in facts:
        if fact.field != "producer" or not isinstance(fact.value, str):
            continue
        said = producers.get((fact.source, fact.value), ())
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


def _put(resource: Resource, sheet: dict[str, dict[str, object]], state: Resource.State) -> bool:
    """The instance takes these values; True when one differs."""
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
        return False
    for name, value in values.items():
        setattr(resource, name, value)
    return True


def _relate(wanted: Mapping[int, set[tuple[str, str, str]]]) -> None:
    """Resource → its relations (name, reference, source): those said no more go, those not yet there come."""
    present: dict[int, dict[tuple[str, str, str], int]] = defaultdict(dict)
    for row in Relation.objects.filter(subject__in=wanted).exclude(source=COMPARED).order_by():
        present[row.subject_id][row.name, row.target_ref, row.source] = row.pk
    gone = [pk for subject, keys in wanted.items() for key, pk in present[subject].items() if key not in keys]
    if gone:
        Relation.objects.filter(pk__in=gone).delete()
    Relation.objects.bulk_create(
        Relation(subject_id=subject, name=name, target_ref=ref, source=source)
        for subject, keys in wanted.items()
        for name, ref, source in sorted(keys - present[subject].keys())
    )
