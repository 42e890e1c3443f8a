"""What this room answers to the seam of the common base: who uses a resource, as far as it was attested."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet, Sum

from dcant.adoption.models import AdoptionState
from dcant.adoption.rules import Kind
from dcant.catalogue.models import Resource, UsageSnapshot
from dcant.catalogue.rules.usage import UsageView
from dcant.catalogue.services import record_usage_snapshot
from dcant.territories.models import Territory

_COUNTS = {
    "organisations": Count("pk"),
    "communes": Count("pk", filter=Q(counted=Kind.USED)),
    "people": Sum("population", filter=Q(counted=Kind.USED)),
    "freshest": Max("day"),
}


def usage_of(resource: Resource, *, today: date, near: Territory | None = None) -> UsageView | None:
    """The use of a resource, and around a territory; None when nobody attested any. One query.

    Around a commune is its intercommunality, else its département; around any other territory is its own circle.
    """
    counts = dict(_COUNTS)
    if near is not None:
        counts["near"] = Count("pk", filter=_around(near))
    return _view(_used(today).filter(resource=resource).aggregate(**counts))


def _used(today: date) -> "QuerySet[AdoptionState]":
    """Uses that still hold that day, of any organisation."""
    lapsed = Q(expires_on__isnull=False, expires_on__lt=today)
    return AdoptionState.objects.filter(kind=Kind.USED).exclude(lapsed)


def _around(territory: Territory) -> Q:
    if territory.kind == Territory.Kind.EPCI:
        return Q(epci_code=territory.code)
    if territory.kind == Territory.Kind.COMMUNE and territory.epci_code:
        return Q(epci_code=territory.epci_code) & ~Q(organisation__territory=territory)
    return Q(departement_code=territory.departement_code) & ~Q(organisation__territory=territory)


def _view(counted: Mapping[str, object]) -> UsageView | None:
    number = {name: value if isinstance(value, int) else 0 for name, value in counted.items()}
    if not number["organisations"]:
        return None
    freshest = counted["freshest"]
    return UsageView(
        organisations=number["organisations"],
        communes=number["communes"],
        people=number["people"],
        near=number.get("near"),
        freshest=freshest if isinstance(freshest, date) else None,
    )


@transaction.atomic
def write_usage_snapshots(*, today: date) -> int:
    """Counts every resource anew for the common base; returns how many have a known use. The worker runs it each day."""
    rows = _used(today).values("resource").order_by().annotate(**_COUNTS)
    counted = {row["resource"]: _view(row) for row in rows}
    forgotten = UsageSnapshot.objects.exclude(resource__in=counted).values("resource")
    for resource in Resource.objects.filter(Q(pk__in=counted) | Q(pk__in=forgotten)).only("pk"):
        record_usage_snapshot(resource=resource, as_of=today, usage=counted.get(resource.pk))
    return len(counted)
