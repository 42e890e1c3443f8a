"""Who is in front of the page, and for which organisation: read from the session, checked against mandates at each request."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest
from django.utils import timezone

from dcant.accounts.models import Mandate, Person
from dcant.accounts.rules import ACTING_ROLES
from dcant.adoption.services import Declarant
from dcant.territories.models import Organisation

SESSION_KEY = "acting_for"


@dataclass(frozen=True, slots=True)
class Acting:
    """A signed-in person and the mandate it acts under, in force today."""

    person: Person
    mandate: Mandate

    @property
    def organisation(self) -> Organisation:
        return self.mandate.organisation

    @property
    def declarant(self) -> Declarant:
        acts = self.mandate.role in ACTING_ROLES
        return Declarant(self.person.key, frozenset({self.organisation.key}) if acts else frozenset())

    def may_speak_for(self, organisation: Organisation) -> bool:
        return organisation.key in self.declarant.mandates


def acting(request: HttpRequest) -> Acting | None:
    """The mandate chosen in this session, or None for a visitor. One query, only for who is signed in."""
    found: Acting | None = getattr(request, "_acting", None)
    if found is None and request.session.get(SESSION_KEY):
        found = _read(request, timezone.localdate())
        request._acting = found  # type: ignore[attr-defined]  # noqa: SLF001  # kept for this request only
    return found


def _read(request: HttpRequest, today: date) -> Acting | None:
    mandate = (
        Mandate.objects.active(today)
        .filter(pk=request.session[SESSION_KEY], person__is_active=True)
        .select_related("person", "organisation__territory")
        .first()
    )
    return Acting(mandate.person, mandate) if mandate else None


def today() -> date:
    return timezone.localdate()
