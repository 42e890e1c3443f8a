"""A browser signed in for an organisation of the stage, as tests of the API hold it."""

import json

from django.test import Client

from dcant.accounts.models import Mandate
from dcant.accounts.sessions import SESSION_KEY
from factories import mandate
from governance.stage import organisation_of

ROOT = "/api/v1"


def signed_in(name: str, role: str = "association", **options: bool) -> Client:
    """options: those of the client."""
    organisation, client = organisation_of(name), Client(**options)
    held = Mandate.objects.filter(organisation=organisation, role=role).first() or mandate(organisation, role)
    client.force_login(held.person)
    session = client.session
    session[SESSION_KEY] = held.pk
    session.save()
    return client


def send(client: Client, address: str, body: object = None, **headers: str):
    """headers: If_Match and the like."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(ROOT + address, json.dumps(body or {}), content_type="application/json", headers=named)
