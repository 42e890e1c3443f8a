"""A programme from nothing: its axes, its seats, its charter."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from dcant.governance.models import Axis, Charter, Programme, Seat
from dcant.governance.rules.machines import DOCUMENT, follow
from dcant.governance.rules.permits import FIRST_VOICES, can_follow, charter_faults, together, voice_faults
from dcant.governance.services.speaking import Speaker, alone, log, require, require_secretariat
from dcant.identifiers import Permit, Slug
from dcant.record.services import digest
from dcant.territories.models import College, Organisation

DCANT_AXES = (
    "Construire un socle commun d'applications, de briques numériques, de référentiels et de cadres partagés",
    "Garantir une gouvernance partagée entre l'État et les collectivités territoriales",
    "Contribuer à une approche globale de la donnée",
    "Faciliter le passage à l'échelle de l'administration numérique dans les territoires",
)
FIRST_CHARTER: Mapping[str, object] = {
    "quorum": "1/2",
    "threshold": "2/3",
    "rules": {
        "action": "double_majority",
        "roadmap": "double_majority",
        "balance_sheet": "double_majority",
        "charter": "qualified",
    },
    "voices": {College.STATE: "deliberative", College.TERRITORIES: "deliberative"},
    "notice_days": 7,
    "consent_days": 7,
    "reconvene": True,
}


@transaction.atomic
def create_programme(
    *, title: str, period: str, axes: Sequence[str], speaker: Speaker, at: datetime, demo: bool = False
) -> Programme:
    """A blank programme, with its axes and a first charter to complete. Raises Refused, IdentifierError."""
    require_secretariat(speaker)
    named = [axis.strip()[:300] for axis in axes if axis.strip()]
    title, period = title.strip()[:200], period.strip()[:40]
    if not title or not named:
        require(Permit.no("Un programme a un titre et un axe au moins."))
    slug = Slug.from_title(f"{title} {period}").text[:40].strip("-")
    if Programme.objects.filter(slug=slug).exists():
        require(Permit.no("Un programme de ce nom existe déjà pour cette période."))
    source = {"title": "Créé sur ce site", "publisher": speaker.organisation.name, "date": at.date().isoformat()}
    programme = Programme.objects.create(
        slug=slug, title=title, period=period, summary="", source=source, played=True, demo=demo
    )
    for number, axis in enumerate(named, start=1):
        Axis.objects.create(
            programme=programme, number=number, title=axis, plain=axis, address="/ressources/", source=source
        )
    Charter.objects.create(programme=programme, number=1, body=dict(FIRST_CHARTER))
    log("programme.opened", speaker, {"programme": slug, "title": programme.title, "axes": named}, at, demo=demo)
    return programme


@transaction.atomic
def open_seat(
    *, programme: Programme, college: College, organisation: Organisation, speaker: Speaker, at: datetime
) -> Seat:
    """One vote for an organisation in a college. An organisation holds one seat of a programme, even the day it leaves one."""
    require_secretariat(speaker)
    alone(programme)
    if Seat.objects.open_on(at.date()).filter(programme=programme, organisation=organisation).exists():
        require(Permit.no("Cette organisation tient déjà un siège."))
    number = Seat.objects.filter(programme=programme, college=college).count() + 1
    seat = Seat.objects.create(
        programme=programme,
        college=college,
        organisation=organisation,
        key=f"{programme.pk}-{college.key}-{number}",
        valid_from=at.date(),
    )
    body = {"programme": programme.slug, "seat": seat.key, "college": college.key, "organisation": organisation.actor}
    log("seat.opened", speaker, body, at, demo=programme.demo)
    return seat


@transaction.atomic
def close_seat(*, seat: Seat, speaker: Speaker, at: datetime) -> Seat:
    """The seat votes no more from tomorrow; what it said stays."""
    require_secretariat(speaker)
    alone(seat.programme, seat)
    if seat.valid_to is not None:
        require(Permit.no("Ce siège est déjà fermé."))
    seat.valid_to = at.date()
    seat.save(update_fields=["valid_to"])
    log("seat.closed", speaker, {"seat": seat.key}, at, demo=seat.programme.demo)
    return seat


@transaction.atomic
def write_charter(*, charter: Charter, body: Mapping[str, object], speaker: Speaker) -> Charter:
    """Fills a draft charter. A published one never changes."""
    require_secretariat(speaker)
    alone(charter.programme, charter)
    require(can_follow(machine=DOCUMENT, state=charter.state, arrow="freeze"))
    charter.body = dict(body)
    charter.save(update_fields=["body"])
    return charter


@transaction.atomic
def publish_first_charter(*, charter: Charter, speaker: Speaker, at: datetime) -> Charter:
    """The founding charter, published by the secretariat; every later one needs a qualified decision (invariant I11)."""
    require_secretariat(speaker)
    alone(charter.programme, charter)
    if charter.number != 1:
        require(Permit.no("Changer la charte demande une décision à la majorité qualifiée."))
    require(can_follow(machine=DOCUMENT, state=charter.state, arrow="freeze"))
    faults = faults_of(charter, at)
    if faults:
        require(Permit.no(together(faults)))
    charter.hash, charter.state = digest(charter.body), follow(DOCUMENT, charter.state, "freeze")
    charter.save()
    return publish_charter(charter=charter, speaker=speaker, at=at)


def publish_charter(*, charter: Charter, speaker: Speaker, at: datetime, decision: str = "") -> Charter:
    """Inside the transaction of the act that gives the right to: the founding, or an adopted decision, named by its code."""
    charter.state, charter.published_at = follow(DOCUMENT, charter.state, "publish"), at
    charter.save()
    body = {
        "programme": charter.programme.slug,
        "number": charter.number,
        "hash": charter.hash,
        "charter": charter.body,
    }
    log(
        "charter.published",
        speaker,
        body | ({"decision": decision} if decision else {}),
        at,
        demo=charter.programme.demo,
    )
    return charter


def faults_of(charter: Charter, at: datetime) -> list[str]:
    """What is missing before this charter may serve."""
    seats = Seat.objects.open_on(at.date()).filter(programme=charter.programme)
    before = charter.programme.charters.filter(state="published", number__lt=charter.number).order_by("-number").first()
    voices = before.body["voices"] if before else FIRST_VOICES
    faults = charter_faults(charter.body, Counter(seats.values_list("college_id", flat=True)))
    return faults + voice_faults(charter.body.get("voices", {}), voices)


def charter_in_force(programme: Programme) -> Charter | None:
    return programme.charters.filter(state="published").order_by("-number").first()
