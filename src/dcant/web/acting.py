"""Who is in front of the page, and for which organisation: read from the session, checked against mandates at each request."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest
from django.utils import timezone

from dcant.accounts.models import Mandate, Person
from dcant.accounts.rules import ACTING_ROLES
from dcant.accounts.sessions import mandate_in_session
from dcant.adoption.services import Declarant
from dcant.territories.models import Organisation


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
    if found is None:
        mandate = mandate_in_session(request, today())
        found = Acting(mandate.person, mandate) if mandate else None
        request._acting = found  # type: ignore[attr-defined]  # noqa: SLF001  # kept for this request only
    return found


def today() -> date:
    return timezone.localdate()
