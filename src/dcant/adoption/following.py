"""What is told to who follows: news of the common base, and the uses declared at the territories followed."""

from collections.abc import Sequence

from django.db.models import Q

from dcant.accounts.models import Person
from dcant.adoption.models import AdoptionState
from dcant.catalogue.following import Event, News, news_of
from dcant.catalogue.models import Follow
from dcant.territories.models import Territory

LATEST = 300


def follows_of(person: Person) -> list[Follow]:
    return list(Follow.objects.of(person).select_related("resource", "territory"))


def told_to(follows: Sequence[Follow]) -> list[News]:
    """News of each thing followed since it was last seen. Four queries at most, besides searches of the index."""
    return news_of(follows, _declared([one for one in follows if one.territory]))


def _declared(follows: Sequence[Follow]) -> dict[int, list[Event]]:
    """Uses declared by the communes of each territory since it was last seen, the latest first. One query."""
    places = Q()
    for one in follows:
        places |= _place(one)
    if not places:
        return {}
    states = AdoptionState.objects.live().filter(places, event__at__gt=min(one.last_seen_at for one in follows))
    rows = list(states.with_names().order_by("-event__at", "pk")[:LATEST])
    return {one.pk: [_event(row) for row in rows if _is_of(row, one)] for one in follows}


def _place(one: Follow) -> Q:
    field = {Territory.Kind.EPCI: "epci_code", Territory.Kind.DEPARTEMENT: "departement_code"}
    place = one.territory
    if place is None:
        return Q()
    known = field.get(Territory.Kind(place.kind))
    return Q(**{known: place.code}) if known else Q(organisation__territory=place)


def _is_of(row: AdoptionState, one: Follow) -> bool:
    here = row.organisation.territory
    codes = {row.epci_code, row.departement_code, here.code if here else ""}
    return one.target in codes and row.event.at > one.last_seen_at


def _event(row: AdoptionState) -> Event:
    said = (row.organisation.name, "demo") if row.demo else (row.organisation.name,)
    return Event("declared", row.event.at, row.resource.slug, row.resource.title, said)
