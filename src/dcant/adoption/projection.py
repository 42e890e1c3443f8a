"""The two projections of adoption events, states and tallies: moved by each act, rebuilt whole when needed.

Events are the truth; nothing here is a fact of its own.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby, islice
from typing import Any

from django.db import transaction
from django.db.models import F

from dcant.adoption.models import AdoptionEvent, AdoptionState, AdoptionTally, Scope
from dcant.adoption.rules import COUNTED, EXPIRED, last_event
from dcant.territories.models import Territory

TallyKey = tuple[str, str, str, int]  # scope, key, kind, resource
BATCH = 500  # rows: the keys of as many organisations still fit in one question to SQLite


def counted_kind(state: AdoptionState, today: date) -> str:
    """The kind under which a state counts that day, or nothing: only communes count in coverage, and never an expired use."""
    shown = state.on(today)
    territory = state.organisation.territory
    if shown == EXPIRED or shown not in COUNTED or territory is None or territory.kind != Territory.Kind.COMMUNE:
        return ""
    return shown


def scopes_of(state: AdoptionState) -> Iterator[tuple[str, str]]:
    yield Scope.COUNTRY, "FR"
    yield Scope.DEPARTEMENT, state.departement_code
    if state.epci_code:
        yield Scope.EPCI, state.epci_code
    if state.size_class is not None:
        yield Scope.SIZE, str(state.size_class)
        yield Scope.PEERS, peers_key(state.departement_code, state.size_class)


def peers_key(departement: str, size_class: int | None) -> str:
    return f"{departement}:{size_class}"


def project(*, event: AdoptionEvent, today: date) -> AdoptionState | None:
    """Brings the state of the event's pair, and the tallies it moves, up to date. Called inside the act's transaction."""
    pair = {"organisation": event.organisation, "resource": event.resource}
    last = last_event(AdoptionEvent.objects.filter(**pair), today)
    if last is None:
        return None
    state = AdoptionState.objects.filter(**pair).first() or AdoptionState(**pair)
    _move(state, state.counted, -1)  # first where the commune was counted: since then it may have changed group or size
    _fill(state, last, today).save()
    _move(state, state.counted, 1)
    return state


def _fill(state: AdoptionState, last: AdoptionEvent, today: date) -> AdoptionState:
    state.event, state.kind, state.day, state.expires_on = last, last.kind, last.day, last.expires_on
    state.via_id, state.demo = last.via_id, last.demo
    territory = last.organisation.territory
    if territory is not None:
        state.epci_code = territory.epci_code
        state.departement_code = territory.departement_code
        state.size_class, state.population = territory.size_class, territory.population
    state.counted = counted_kind(state, today)
    return state


def _move(state: AdoptionState, kind: str, step: int) -> None:
    if not kind:
        return
    for scope, key in scopes_of(state):
        place: dict[str, Any] = {"resource_id": state.resource_id, "scope": scope, "key": key, "kind": kind}
        AdoptionTally.objects.get_or_create(**place)
        AdoptionTally.objects.filter(**place).update(
            communes=F("communes") + step, people=F("people") + step * (state.population or 0)
        )


@transaction.atomic
def expire_due(*, today: date) -> int:
    """Takes out of the tallies the uses whose day of expiry has passed; returns how many. The worker runs it each day."""
    due = AdoptionState.objects.select_for_update().filter(counted="used", expires_on__lt=today)
    states = list(due)
    for state in states:
        _move(state, state.counted, -1)
        state.counted = ""
    AdoptionState.objects.bulk_update(states, ["counted"], batch_size=500)
    return len(states)


@transaction.atomic
def rebuild(*, today: date) -> int:
    """Makes states and tallies anew from all the events, a batch at a time; returns the number of states."""
    AdoptionTally.objects.all().delete()
    AdoptionState.objects.all().delete()
    tallies = tally(_written_states(today))
    rows = (
        AdoptionTally(scope=scope, key=key, kind=kind, resource_id=resource, communes=communes, people=people)
        for (scope, key, kind, resource), (communes, people) in sorted(tallies.items())
    )
    while batch := list(islice(rows, BATCH)):
        AdoptionTally.objects.bulk_create(batch)
    return AdoptionState.objects.count()


def _written_states(today: date) -> Iterator[AdoptionState]:
    """Each state once it is written: no more than a batch of them is held, however many events there are."""
    events = (
        AdoptionEvent.objects.defer("salt", "evidence", "declared_by")
        .prefetch_related("organisation__territory")  # unlike a join: one object for all the events of an organisation
        .order_by("organisation", "resource")
    )
    lasts = _last_of_each(events.iterator(chunk_size=BATCH), today)
    while batch := list(islice(lasts, BATCH)):
        states = [
            _fill(AdoptionState(organisation=last.organisation, resource_id=last.resource_id), last, today)
            for last in batch
        ]
        AdoptionState.objects.bulk_create(states)
        yield from states


def _last_of_each(events: Iterable[AdoptionEvent], today: date) -> Iterator[AdoptionEvent]:
    for _, pair in groupby(events, key=lambda event: (event.organisation_id, event.resource_id)):
        last = last_event(pair, today)
        if last is not None:
            yield last


def tally(states: Iterable[AdoptionState]) -> dict[TallyKey, tuple[int, int]]:
    """Counts of communes and of people for each scope, key, kind and resource."""
    communes: Counter[TallyKey] = Counter()
    people: Counter[TallyKey] = Counter()
    for state in states:
        if state.counted:
            for scope, key in scopes_of(state):
                place = (str(scope), key, state.counted, state.resource_id)
                communes[place] += 1
                people[place] += state.population or 0
    return {place: (communes[place], people[place]) for place in communes}
