"""Acts on errors told: tell, answer, then say it is fixed or why not. Counts and delays are public, producer by producer."""

import secrets
import unicodedata
from datetime import datetime

from django.db import transaction

from dcant.catalogue.entering import Speaking, kept_by
from dcant.catalogue.models import ErrorReport, Resource
from dcant.catalogue.rules.error_report import (
    LONGEST,
    Asked,
    ProducerCounts,
    State,
    Told,
    can_answer_error,
    can_tell_error,
    counts_by_producer,
)
from dcant.harvest.rules.redaction import redact
from dcant.identifiers import Permit, Refused
from dcant.record.services import digest, write_entry


@transaction.atomic
def report_error(*, resource: Resource, field: str, message: str, speaking: Speaking, at: datetime) -> ErrorReport:
    """Someone who signed in says what is wrong, of a field of the sheet or of the whole. Raises Refused DCANT-K005."""
    _require(can_tell_error(acts_as=speaking.acts_as, text=message))
    told = ErrorReport.objects.create(
        code=f"e-{secrets.token_hex(6)}",
        resource=resource,
        organisation=speaking.organisation,
        field=field if field in resource.sheet else "",
        message=_words(message),
        at=at,
        demo=speaking.demo,
    )
    _log("told", told, speaking, at)
    return told


@transaction.atomic
def answer_error(*, told: ErrorReport, to: State, text: str, speaking: Speaking, at: datetime) -> ErrorReport:
    """The next step: an answer, then « fixed », or « declined » with its reason. Raises Refused DCANT-K005."""
    held = ErrorReport.objects.select_for_update().get(pk=told.pk)
    _require(permit_to_answer(speaking, held, to, text))
    if to == State.ANSWERED:
        held.answer, held.answered_by, held.answered_at = _words(text), speaking.organisation, at
    else:
        held.reason, held.closed_at = _words(text), at
    held.state = to
    held.save()
    _log(str(to), held, speaking, at)
    return held


def permit_to_answer(speaking: Speaking, told: ErrorReport, to: State, text: str) -> Permit:
    asked = Asked(speaking.acts_as, speaking.keys, kept_by(told.resource), to, text)
    return can_answer_error(asked, State(told.state))


def told_by_producer() -> list[ProducerCounts]:
    """Counts and delays of every producer that was told something; one without a name is "". One query."""
    rows = ErrorReport.objects.values_list("resource__producer_name", "state", "at", "answered_at")
    return counts_by_producer(Told(name, State(state), at, answered_at) for name, state, at, answered_at in rows)


def _words(text: str) -> str:
    return redact(unicodedata.normalize("NFC", text.strip()))[:LONGEST]


def _log(act: str, told: ErrorReport, speaking: Speaking, at: datetime) -> None:
    """Its line, without the words that a person wrote."""
    body: dict[str, object] = {"error": told.code, "resource": told.resource.slug}
    if speaking.demo:
        body["demo"] = True
    write_entry(kind=f"error.{act}", actor=speaking.organisation.actor, subject=digest(body), body=body, at=at)


def _require(permit: Permit) -> None:
    if not permit:
        raise Refused(permit, code="DCANT-K005")
