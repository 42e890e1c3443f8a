"""What the balance of the common base is counted on: every shown resource, with the use that a door passes in."""

from collections.abc import Mapping
from threading import Lock

from django.utils import timezone

from dcant.catalogue.models import Resource
from dcant.catalogue.rules.balance import LEVELS, Brought
from dcant.catalogue.rules.eligibility import Applicant, Verdict
from dcant.catalogue.shown import shown_resources
from dcant.identifiers import HalfYear

_ANY_COMMUNE = Applicant(kind="commune")
_OPENED = {Verdict.YES: True, Verdict.UNDER_CONDITIONS: True, Verdict.NO: False, Verdict.UNKNOWN: None}


_Known = tuple[str, HalfYear, bool | None]  # level, half-year, opened
_lock = Lock()
_kept: list[tuple[tuple[Resource, ...], list[_Known]]] = []  # one at most


def brought(users: Mapping[int, frozenset[str]] | None) -> list[Brought]:
    """Every shown resource. users: resource key → colleges with a proof of use; None where adoption is not known.

    Two queries at most (shown_resources).
    """
    resources = shown_resources().resources
    return [
        Brought(one.slug, one.title, one.kind, *known, None if users is None else users.get(one.pk, frozenset()))
        for one, known in zip(resources, _known(resources), strict=True)
    ]


def _known(resources: tuple[Resource, ...]) -> list[_Known]:
    """What follows from each resource alone, made once for as long as none of them changes."""
    with _lock:
        if not _kept or _kept[0][0] is not resources:
            _kept[:] = [(resources, [_known_of(one) for one in resources])]
        return _kept[0][1]


def _known_of(resource: Resource) -> _Known:
    level = resource.producer_level if resource.producer_level in LEVELS else ""
    entered = HalfYear.of(timezone.localtime(resource.first_seen_at).date())
    return level, entered, _OPENED[resource.eligibility_for(_ANY_COMMUNE).verdict]
