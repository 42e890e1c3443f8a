"""Acts of a return of experience: write, read again, publish, correct by a new version, withdraw, reply."""

import secrets
import unicodedata
from datetime import datetime

from django.db import transaction

from dcant.catalogue.entering import Speaking, kept_by
from dcant.catalogue.models import ExperienceReply, ExperienceReport, Resource
from dcant.catalogue.rules.experience import QUESTIONS, Said, State, can_move, can_reply, can_tell
from dcant.harvest.rules.redaction import redact
from dcant.identifiers import Permit, Refused
from dcant.record.models import Entry
from dcant.record.services import digest, write_entry

LONGEST_REPLY = 3000


def permit_to_tell(speaking: Speaking, resource: Resource) -> Permit:
    return can_tell(acts_as=speaking.acts_as, is_shown=resource.state == Resource.State.ACTIVE)


def permit_to_move(speaking: Speaking, report: ExperienceReport, to: State) -> Permit:
    return can_move(
        acts_as=speaking.acts_as,
        is_author=report.organisation_id == speaking.organisation.pk,
        state=State(report.state),
        to=to,
    )


def permit_to_reply(speaking: Speaking, report: ExperienceReport) -> Permit:
    return can_reply(
        acts_as=speaking.acts_as,
        keys=speaking.keys,
        producer=kept_by(report.resource),
        state=State(report.state),
        has_reply=hasattr(report, "reply"),
    )


@transaction.atomic
def write_report(*, resource: Resource, said: Said, speaking: Speaking, at: datetime) -> ExperienceReport:
    """A first draft, seen by its author alone. The number and the class of population are those of that day.

    said: what rules.experience.read_report gives, without problem. Raises Refused DCANT-K004.
    """
    _require(permit_to_tell(speaking, resource))
    return ExperienceReport.objects.create(
        code=f"r-{secrets.token_hex(6)}",
        resource=resource,
        demo=speaking.demo,
        **_author(speaking),
        **said,
        written_at=at,
    )


@transaction.atomic
def rewrite_report(*, report: ExperienceReport, said: Said, speaking: Speaking, at: datetime) -> ExperienceReport:
    """Takes a draft up again, or what was read again and is not published yet: it is then a draft. Raises Refused."""
    held = _held(report)
    _require(permit_to_move(speaking, held, State.DRAFT))
    for field, value in said.items():
        setattr(held, field, value)
    held.state, held.written_at = State.DRAFT, at
    held.save()
    return held


@transaction.atomic
def submit_report(*, report: ExperienceReport, speaking: Speaking) -> ExperienceReport:
    """Ready to be read once more as everyone will see it. Raises Refused when something asked is missing."""
    held = _held(report)
    _require(permit_to_move(speaking, held, State.SUBMITTED))
    if not all(getattr(held, question.field) for question in QUESTIONS if question.required):
        _require(Permit.no("Il reste des réponses demandées à donner."))
    held.state = State.SUBMITTED
    held.save(update_fields=["state"])
    return held


@transaction.atomic
def publish_report(*, report: ExperienceReport, speaking: Speaking, at: datetime) -> ExperienceReport:
    """Public from now on, never changed again: its name in the record is its hash. The version before it is corrected by it."""
    held = _held(report)
    _require(permit_to_move(speaking, held, State.PUBLISHED))
    before = ExperienceReport.objects.select_for_update().filter(code=held.code, state=State.PUBLISHED).first()
    if before is not None:
        before.state, before.ended_at = State.CORRECTED, at
        before.save(update_fields=["state", "ended_at"])
    held.state, held.published_at = State.PUBLISHED, at
    held.digest = digest(public_document(held))
    held.entry = _log("published", held, held.digest, speaking, at)
    held.save()
    return held


@transaction.atomic
def correct_report(*, report: ExperienceReport, speaking: Speaking, at: datetime) -> ExperienceReport:
    """The draft of the next version, which stands in for this one once published; one such draft at a time."""
    held = _held(report)
    _require(permit_to_move(speaking, held, State.CORRECTED))
    waiting = ExperienceReport.objects.filter(code=held.code, version__gt=held.version).exclude(state=State.WITHDRAWN)
    if (draft := waiting.first()) is not None:
        return draft
    last = ExperienceReport.objects.filter(code=held.code).order_by("-version").values_list("version", flat=True)[0]
    said = {question.field: getattr(held, question.field) for question in QUESTIONS}
    author = _author(speaking) | {"resource": held.resource, "demo": held.demo or speaking.demo}
    return ExperienceReport.objects.create(code=held.code, version=last + 1, written_at=at, **author, **said)


@transaction.atomic
def withdraw_report(*, report: ExperienceReport, speaking: Speaking, at: datetime) -> ExperienceReport:
    """Its author takes it back: pages show it no more. The record keeps the line of what was published, and of its withdrawal."""
    held = _held(report)
    _require(permit_to_move(speaking, held, State.WITHDRAWN))
    if held.state == State.PUBLISHED:
        _log("withdrawn", held, held.digest, speaking, at)
    held.state, held.ended_at = State.WITHDRAWN, at
    held.save(update_fields=["state", "ended_at"])
    return held


@transaction.atomic
def reply_to_report(*, report: ExperienceReport, text: str, speaking: Speaking, at: datetime) -> ExperienceReply:
    """The producer answers, once a version; its words stand beside the report. Raises Refused DCANT-K004."""
    held = _held(report)
    _require(permit_to_reply(speaking, held))
    words = redact(unicodedata.normalize("NFC", text.strip()))[:LONGEST_REPLY]
    if not words:
        _require(Permit.no("Écrivez la réponse."))
    name = digest({"report": held.digest, "organisation": speaking.organisation.actor, "text": words})
    return ExperienceReply.objects.create(
        report=held,
        organisation=speaking.organisation,
        text=words,
        at=at,
        entry=_log("replied", held, name, speaking, at),
        demo=speaking.demo,
    )


def public_document(report: ExperienceReport) -> dict[str, object]:
    """What everyone may read of a published version, and what its hash is made of."""
    document: dict[str, object] = {
        "code": report.code,
        "version": report.version,
        "resource": report.resource.slug,
        "organisation": report.organisation.actor,
        **report.said,
    }
    if report.population_class is not None:
        document["population_class"] = report.population_class
    if report.demo:
        document["demo"] = True
    return document


def _author(speaking: Speaking) -> dict[str, object]:
    organisation = speaking.organisation
    place = organisation.territory
    return {
        "organisation": organisation,
        "number": organisation.siret or organisation.siren,
        "population_class": place.size_class if place else None,
    }


def _held(report: ExperienceReport) -> ExperienceReport:
    """As it is now, held until the end of the act."""
    return ExperienceReport.objects.select_for_update().get(pk=report.pk)


def _log(act: str, report: ExperienceReport, name: str, speaking: Speaking, at: datetime) -> Entry:
    """Its line: who, of what, which version, and a hash; never the words, that a person wrote."""
    body: dict[str, object] = {"report": report.code, "version": report.version, "resource": report.resource.slug}
    if speaking.demo:
        body["demo"] = True
    return write_entry(kind=f"experience.{act}", actor=speaking.organisation.actor, subject=name, body=body, at=at)


def _require(permit: Permit) -> None:
    if not permit:
        raise Refused(permit, code="DCANT-K004")
