"""Which mandate a session acts under: chosen at sign-in, checked again at each request."""

from datetime import date

from django.http import HttpRequest

from dcant.accounts.models import Mandate

SESSION_KEY = "acting_for"


def mandate_in_session(request: HttpRequest, day: date) -> Mandate | None:
    """In force that day, of a person who may still sign in; None for a visitor. One query, only for who is signed in."""
    chosen = request.session.get(SESSION_KEY)
    if not chosen:
        return None
    held = Mandate.objects.active(day).filter(pk=chosen, person__is_active=True)
    return held.select_related("person", "organisation__territory").first()
