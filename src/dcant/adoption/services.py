"""Acts of adoption: one transaction each, one entry of the record where the act is public."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from dcant.adoption.models import AdoptionEvent
from dcant.adoption.projection import project
from dcant.adoption.rules import PRIVATE_BY_DEFAULT, Kind, can_declare, expiry, last_event, state_of
from dcant.catalogue.models import Resource
from dcant.identifiers import Permit, Refused
from dcant.record.canonical import commitment
from dcant.record.services import digest, write_entry
from dcant.territories.models import Operator, Organisation


@dataclass(frozen=True, slots=True)
class Declarant:
    """Who speaks: the key of the person (never written as it is) and the organisations it may act for today."""

    person: str
    mandates: Collection[str]


def permit_to_declare(
    *, resource: Resource, adopter: Organisation, kind: Kind, declarant: Declarant, day: date, today: date
) -> tuple[Permit, AdoptionEvent | None]:
    """May this person say this today? With the event that holds on that day, if any. One query."""
    last = last_event(AdoptionEvent.objects.filter(organisation=adopter, resource=resource), day)
    permit = can_declare(
        kind=kind,
        current=state_of(last, day),
        adopter=adopter.key,
        mandates=declarant.mandates,
        day=day,
        today=today,
        withdrawn_resource=resource.state != Resource.State.ACTIVE,
    )
    return permit, last


@transaction.atomic
def adopt_resource(
    *,
    resource: Resource,
    adopter: Organisation,
    declarant: Declarant,
    at: datetime,
    kind: Kind = Kind.USED,
    day: date | None = None,
    via: Operator | None = None,
    evidence: str = "",
    publish: bool = False,
    demo: bool = False,
) -> AdoptionEvent:
    """The adopter says « we use it », or any other kind. Raises Refused, and then nothing is written.

    A refusal or a withdrawal is the territory's own affair: it stays out of the public record unless `publish` is chosen.
    """
    today = timezone.localdate(at)
    day = day or today
    Organisation.objects.select_for_update().get(pk=adopter.pk)  # one act at a time for one organisation
    permit, last = permit_to_declare(
        resource=resource, adopter=adopter, kind=kind, declarant=declarant, day=day, today=today
    )
    if not permit:
        raise Refused(permit, code="DCANT-S001")
    salt = secrets.token_bytes(32)
    event = AdoptionEvent(
        organisation=adopter,
        resource=resource,
        kind=kind,
        day=day,
        expires_on=expiry(kind, day),
        at=at,
        via=via,
        supersedes=last,
        evidence=evidence,
        declared_by=commitment(salt, {"person": declarant.person}),
        salt=salt,
        demo=demo,
    )
    if publish or kind not in PRIVATE_BY_DEFAULT:
        body = public_body(event)
        event.entry = write_entry(
            kind=f"adoption.{ENTRY_KINDS[kind]}", actor=adopter.actor, subject=digest(body), body=body, at=at
        )
    event.save()
    project(event=event, today=today)
    return event


ENTRY_KINDS = {
    Kind.PROPOSED: "proposed",
    Kind.REQUESTED: "requested",
    Kind.PLANNED: "planned",
    Kind.DEPLOYED: "deployed",
    Kind.USED: "declared",
    Kind.REFUSED: "refused",
    Kind.WITHDRAWN: "withdrawn",
}


def public_body(event: AdoptionEvent) -> dict[str, object]:
    """What the record says of an event: the act of an organisation, and a commitment in place of the person."""
    body: dict[str, object] = {
        "resource": event.resource.slug,
        "organisation": event.organisation.actor,
        "kind": str(event.kind),
        "day": event.day.isoformat(),
        "declared_by": event.declared_by,
    }
    if event.expires_on:
        body["expires_on"] = event.expires_on.isoformat()
    if event.via:
        body["via"] = event.via.organisation.actor
    if event.demo:
        body["demo"] = True
    return body
