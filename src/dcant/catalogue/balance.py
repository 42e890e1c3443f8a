"""What the balance of the common base is counted on: every shown resource, with the use that a door passes in."""

from collections.abc import Mapping

from django.utils import timezone

from dcant.catalogue.models import Resource
from dcant.catalogue.rules.balance import LEVELS, Brought
from dcant.catalogue.rules.eligibility import Applicant, Verdict
from dcant.catalogue.shown import shown_resources
from dcant.identifiers import HalfYear

_ANY_COMMUNE = Applicant(kind="commune")
_OPENED = {Verdict.YES: True, Verdict.UNDER_CONDITIONS: True, Verdict.NO: False, Verdict.UNKNOWN: None}


def brought(users: Mapping[int, frozenset[str]] | None) -> list[Brought]:
    """Every shown resource. users: resource key → colleges with a proof of use; None where adoption is not known.

    Two queries at most (shown_resources).
    """
    return [_brought(one, None if users is None else users.get(one.pk, frozenset())) for one in shown_resources()]


def _brought(resource: Resource, users: frozenset[str] | None) -> Brought:
    level = resource.producer_level if resource.producer_level in LEVELS else ""
    entered = HalfYear.of(timezone.localtime(resource.first_seen_at).date())
    opened = _OPENED[resource.eligibility_for(_ANY_COMMUNE).verdict]
    return Brought(resource.slug, resource.title, resource.kind, level, entered, opened, users)
