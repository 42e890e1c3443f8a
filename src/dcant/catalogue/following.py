"""Following: what a person asked to be told of, and what happened to it since they last looked."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from dcant.accounts.models import Person
from dcant.catalogue.index import EVERYTHING, search_base
from dcant.catalogue.models import Follow, Kind, Resource
from dcant.catalogue.rules.entry import TYPES
from dcant.catalogue.rules.following import Followed, can_follow, search_of_words
from dcant.catalogue.search import FACETS, SearchQuery
from dcant.harvest.models import Statement
from dcant.identifiers import Permit, Refused
from dcant.territories.models import Territory

PLACES = (Territory.Kind.COMMUNE, Territory.Kind.EPCI, Territory.Kind.DEPARTEMENT)
LONGEST_LIST = 30


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: entered (a resource is new), changed (fields of its sheet), withdrawn, declared (by whom, at a place)."""

    what: str
    at: datetime
    slug: str
    title: str
    detail: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class News:
    """A thing followed, and what happened to it since it was last seen, the latest first."""

    follow: Follow
    events: tuple[Event, ...]


@transaction.atomic
def follow(*, person: Person | None, kind: str, target: str, at: datetime) -> Follow:
    """Begins to follow; what is already followed stays as it was. Nothing is public of it. Raises Refused DCANT-K006."""
    followed = _target(kind, target)
    found = Follow.objects.of(person).filter(kind=followed.kind, target=followed.target).first() if person else None
    if found:
        return found
    permit = can_follow(signed_in=person is not None, already=Follow.objects.of(person).count() if person else 0)
    if not permit or person is None:
        raise Refused(permit, code="DCANT-K006")
    followed.person, followed.since, followed.last_seen_at = person, at, at
    followed.save()
    return followed


@transaction.atomic
def unfollow(*, person: Person, follow_id: int) -> None:
    """Ceases to follow; only one's own."""
    Follow.objects.of(person).filter(pk=follow_id).delete()


@transaction.atomic
def mark_seen(*, person: Person, at: datetime) -> None:
    """Everything told so far has been seen."""
    Follow.objects.of(person).update(last_seen_at=at)


def _target(kind: str, target: str) -> Follow:
    """What is to be followed, not yet saved. Raises Refused when there is no such thing."""
    if kind == Followed.RESOURCE and (resource := Resource.objects.at_address(target)):
        return Follow(kind=kind, target=resource.slug, resource=resource)
    if kind == Followed.TERRITORY:
        place = Territory.objects.filter(kind__in=PLACES, code=target).first()
        if place:
            return Follow(kind=kind, target=place.code, territory=place)
    if kind == Followed.INFRA and target in TYPES:
        return Follow(kind=kind, target=target)
    if kind == Followed.SEARCH and target and set(search_of_words(target)[1]) <= set(FACETS):
        return Follow(kind=kind, target=target[:400])
    raise Refused(Permit.no("Il n’y a rien à suivre sous ce nom."), code="DCANT-K006")


def news_of(follows: Sequence[Follow], declared: Mapping[int, Sequence[Event]]) -> list[News]:
    """What happened since each was last seen. declared: uses declared at the territories followed, by key of the follow.

    Three queries, and one search of the index for each search followed.
    """
    if not follows:
        return []
    since = min(one.last_seen_at for one in follows)
    stated = _stated({one.resource_id for one in follows if one.resource_id}, since)
    seen = Resource.objects.filter(changed_at__gt=since).exclude(state=Resource.State.UNPUBLISHED)
    moved = list(seen.defer("sheet", "facts"))
    types: dict[int, object] = {}
    if any(one.kind == Followed.INFRA for one in follows):
        types = dict(seen.filter(kind=Kind.INFRASTRUCTURE).values_list("pk", "sheet__infra_type__value"))
    told = []
    for one in follows:
        if one.kind == Followed.RESOURCE:
            events = _of_resource(one, stated, moved)
        elif one.kind == Followed.SEARCH:
            events = _of_search(one, moved)
        elif one.kind == Followed.INFRA:
            events = _of_type(one, [resource for resource in moved if types.get(resource.pk) == one.target])
        else:
            events = list(declared.get(one.pk, ()))
        told.append(News(one, tuple(sorted(events, key=lambda event: event.at, reverse=True)[:LONGEST_LIST])))
    return told


def _stated(resources: Collection[int], since: datetime) -> list[tuple[int, str, datetime]]:
    """(resource, field, moment) of each value that a source began or ceased to state."""
    rows = Statement.objects.facts().filter(item__holding__resource__in=resources)
    rows = rows.filter(Q(fetched_at__gt=since) | Q(ended_at__gt=since))
    listed = rows.values_list("item__holding__resource", "field", "fetched_at", "ended_at")
    return [
        (resource, field, ended if ended and ended > since else fetched) for resource, field, fetched, ended in listed
    ]


def _of_resource(one: Follow, stated: Iterable[tuple[int, str, datetime]], moved: list[Resource]) -> list[Event]:
    changed = [(at, field) for resource, field, at in stated if resource == one.resource_id and at > one.last_seen_at]
    now = next((resource for resource in moved if resource.pk == one.resource_id), None)
    events = []
    if now and now.state == Resource.State.WITHDRAWN and now.changed_at > one.last_seen_at:
        events.append(Event("withdrawn", now.changed_at, now.slug, now.title))
    if changed and one.resource:
        fields = tuple(sorted({field for _at, field in changed}))
        events.append(Event("changed", max(changed)[0], one.resource.slug, one.resource.title, fields))
    return events


def _entered(one: Follow, resources: Iterable[Resource]) -> list[Event]:
    return [
        Event("entered", resource.first_seen_at, resource.slug, resource.title)
        for resource in resources
        if resource.first_seen_at > one.last_seen_at and resource.state == Resource.State.ACTIVE
    ]


def _of_search(one: Follow, moved: list[Resource]) -> list[Event]:
    entered = _entered(one, moved)
    if not entered:
        return []
    text, filters = search_of_words(one.target)
    hits = {hit.slug for hit in search_base(SearchQuery(text=text, filters=filters, limit=EVERYTHING)).hits}
    return [event for event in entered if event.slug in hits]


def _of_type(one: Follow, moved: list[Resource]) -> list[Event]:
    entered = _entered(one, moved)
    known = {event.slug for event in entered}
    return entered + [
        Event("changed", resource.changed_at, resource.slug, resource.title)
        for resource in moved
        if resource.slug not in known and resource.changed_at > one.last_seen_at
    ]
