"""Who acts, as every act of the programme is told, and how each act is written in the public log."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Model

from dcant.accounts.models import Mandate
from dcant.accounts.rules import ACTING_ROLES
from dcant.governance.models import Programme, Seat
from dcant.governance.rules.permits import can_run, can_speak
from dcant.identifiers import Permit, Refused
from dcant.record.models import Entry
from dcant.record.services import digest, write_entry
from dcant.territories.models import Organisation

CODE = "DCANT-G001"


@dataclass(frozen=True, slots=True)
class Speaker:
    """A person under a mandate: the organisation it acts for and the role of the mandate. No name is ever written."""

    organisation: Organisation
    role: str

    def seats(self, programme: Programme, day: date) -> list[Seat]:
        """None for a visitor, who speaks for nobody."""
        if not self.organisation.pk:
            return []
        mine = Seat.objects.open_on(day).filter(programme=programme, organisation=self.organisation)
        return list(mine.select_related("organisation"))


NOBODY = Speaker(Organisation(key="personne", name=""), "")


def speaker_of(mandate: Mandate | None) -> Speaker:
    """A visitor or a reader speaks for nobody, and every act refuses it with its own words."""
    if mandate is None or mandate.role not in ACTING_ROLES:
        return NOBODY
    return Speaker(mandate.organisation, mandate.role)


def seat_named(programme: Programme, key: str) -> Seat:
    """The seat that someone speaks for. Raises Refused when it is not one of this programme."""
    seat = Seat.objects.filter(programme=programme, key=key).select_related("programme", "organisation").first()
    if seat is None:
        raise Refused(Permit.no("Choisissez le siège pour lequel vous parlez."), code=CODE)
    return seat


def require(permit: Permit, code: str = CODE) -> None:
    """Raises Refused, and the transaction of the act leaves nothing."""
    if not permit:
        raise Refused(permit, code=code)


def require_secretariat(speaker: Speaker) -> None:
    require(can_run(role=speaker.role))


def require_seat(speaker: Speaker, seat: Seat, day: date) -> None:
    keys = {one.key for one in speaker.seats(seat.programme, day)}
    require(can_speak(seat=seat.key, seats=keys))


def alone(programme: Programme, *rows: Model) -> None:
    """One such act at a time in a programme, and these rows read again: what may be once, or is numbered, is looked for and done
    with nobody in between, and the log tells it in that order. SQLite has one writer at a time anyway.
    """
    Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
    for row in rows:
        row.refresh_from_db()


def log(kind: str, speaker: Speaker, body: Mapping[str, object], at: datetime, *, demo: bool) -> Entry:
    """The line of an act of the programme, by the organisation that acts."""
    said = {**body, "demo": True} if demo else dict(body)
    return write_entry(kind=kind, actor=speaker.organisation.actor, subject=digest(said), body=said, at=at)
