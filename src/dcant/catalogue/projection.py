"""From harvested statements to the sheets that pages show. Nothing here is a fact: all of it can be made again from `harvest`."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from itertools import count

from django.db.models import Q

from dcant.catalogue.joins import joined_refs, joined_slug, reserved_slugs
from dcant.catalogue.models import Alias, Holding, Kind, Relation, Resource
from dcant.catalogue.refreshing import PRODUCERS_OF, priorities, refresh, refresh_all
from dcant.catalogue.rules.merge import Priority
from dcant.catalogue.sources.operator import SOURCE as OPERATOR
from dcant.harvest.models import Item, Statement
from dcant.identifiers import IdentifierError, Slug
from dcant.record.services import digest, write_entry

ACTOR = "system:harvest"
SEED = "seed"
_LONGEST_TITLE = 300
_TRIED_TOGETHER = 20
_TOGETHER = 200  # sheets made again at once, when a name that many of them show has changed


class CatalogueSink:
    """What the harvest calls, inside the transaction of each batch, so that a sheet and its statements never disagree."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.priority: Priority = priorities()
        self.waiting: dict[int, Item] = {}
        self.batch = 0
        # The batch in which a producer came, and that in which the sheet of an item was last made again.
        self.producers: dict[tuple[str, str], int] = {}
        self.made_again: dict[int, int] = {}

    def changed(self, item: Item, statements: Iterable[Statement], links: Iterable[Statement]) -> None:  # noqa: ARG002
        """Its sheet is to be made again from what all sources say now; what this item says is among it."""
        if item.kind in Kind.values:
            self.waiting[item.pk] = item
        elif PRODUCERS_OF.get(item.source, PRODUCERS_OF[""]) == item.collection:
            self.producers[item.source, item.remote_id] = self.batch

    def settle(self) -> None:
        """Makes the waiting sheets again, all together."""
        waiting, self.waiting = list(self.waiting.values()), {}
        if waiting:
            refresh_all(_resources_of(waiting, self.at), self.priority, self.at)
            self.made_again |= {item.pk: self.batch for item in waiting}
        self.batch += 1

    def withdrawn(self, item: Item) -> None:
        self._again(item)

    def returned(self, item: Item) -> None:
        self._again(item)

    def _again(self, item: Item) -> None:
        self.settle()
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
        self.settle()
        stated = Statement.objects.current().filter(
            field="producer", item__source__in={source for source, _ in self.producers}
        )
        named = [
            item
            for item, source, value in stated.values_list("item", "item__source", "value")
            if isinstance(value, str) and self.made_again.get(item, -1) < self.producers.get((source, value), -1)
        ]
        for some in _by(_TOGETHER, named):
            refresh_all(Resource.objects.filter(holdings__item__in=some).distinct(), self.priority, self.at)
        resolve_relations()


def _by(size: int, values: Sequence[int]) -> Iterator[Sequence[int]]:
    return (values[start : start + size] for start in range(0, len(values), size))


def _resources_of(items: Sequence[Item], at: datetime) -> list[Resource]:
    """The resources that rest on items: those they have, else those a reviewed file joins them to, else new ones.

    A like address is no reason: a sheet of ours meets only what it holds, or what the file says is the same thing.
    """
    holdings = Holding.objects.filter(item__in=items).select_related("resource")
    held = {holding.item_id: holding.resource for holding in holdings}
    made: list[tuple[Resource, Item]] = []
    slugs: set[str] = set()
    named = {item: _name_of(item) for item in items if item.pk not in held}
    looked_up = {slug for item, name in named.items() for slug in next(_tries(name or _title_of(item), item.kind))}
    taken = _taken(sorted(looked_up)) if looked_up else set()

    def had(some: Sequence[str]) -> AbstractSet[str]:
        return taken if looked_up.issuperset(some) else _taken(some)

    for item, slug in named.items():
        resource = _meant_by(item, slug) if slug else None
        if resource is None:
            resource = Resource(
                slug=free_slug(slug or _title_of(item), item.kind, own=slug, given=slugs, taken=had),
                kind=item.kind,
                title=item.title[:_LONGEST_TITLE],
                first_seen_at=at,
                changed_at=at,
            )
            slugs.add(resource.slug)
            made.append((resource, item))
            if not slug:
                continue
            resource.save()
        Holding.objects.create(resource=resource, item=item)
        held[item.pk] = resource
    new = [(resource, item) for resource, item in made if resource.pk is None]
    Resource.objects.bulk_create([resource for resource, _ in new])
    Holding.objects.bulk_create([Holding(resource=resource, item=item) for resource, item in new])
    return [*held.values(), *(resource for resource, _ in new)]


def _name_of(item: Item) -> str:
    """The address that an item has by a reviewed file, or by whoever wrote it; "" for most."""
    return joined_slug(item.ref) or (item.remote_id if item.source in {SEED, OPERATOR} else "")


def _title_of(item: Item) -> str:
    return item.title or item.remote_id


def _meant_by(item: Item, slug: str) -> Resource | None:
    """The resource of that name, when it is there."""
    if item.source == OPERATOR:  # a person with a mandate chose that very sheet
        return Resource.objects.exclude(state=Resource.State.MERGED).filter(slug=slug, kind=item.kind).first()
    return _resource_named(slug, item.kind)


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


def free_slug(
    title: str,
    kind: str,
    *,
    own: str = "",
    given: Iterable[str] = (),
    taken: Callable[[Sequence[str]], AbstractSet[str]] | None = None,
) -> str:
    """An address nobody has or had, nor was just `given`; one promised by the reviewed file is for its `own` thing alone.

    `taken` says which of some addresses somebody has or had; without it the base is asked.
    """
    refused = {"sources", "comparer", *given, *(reserved_slugs() - {own})}
    for tried in _tries(title, kind):
        some = [slug for slug in tried if slug not in refused]
        had = (taken or _taken)(some)
        free = next((slug for slug in some if slug not in had), "")
        if free:
            return free
    raise AssertionError  # numbers have no end


def _tries(title: str, kind: str) -> Iterator[tuple[str, ...]]:
    """Addresses to try in turn, a few first, then more at once."""
    try:
        base = Slug.from_title(title).text[:70].strip("-")
    except IdentifierError:
        base = kind
    yield base, f"{base}-{kind}", f"{base}-2", f"{base}-3"
    for start in count(4, _TRIED_TOGETHER):
        yield tuple(f"{base}-{number}" for number in range(start, start + _TRIED_TOGETHER))


def _taken(slugs: Sequence[str]) -> AbstractSet[str]:
    """Those that a resource has, or had."""
    known = Resource.objects.filter(slug__in=slugs).order_by().values_list("slug")
    return {slug for (slug,) in known.union(Alias.objects.filter(slug__in=slugs).order_by().values_list("slug"))}


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
