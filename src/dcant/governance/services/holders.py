"""Who speaks for a seat. A name stays in the database of this site; the log holds a salted commitment, which erasure empties."""

import secrets
import unicodedata
from datetime import datetime

from django.db import connection, transaction

from dcant.governance.models import Seat, SeatHolder
from dcant.governance.rules.permits import can_name_holder
from dcant.governance.services.speaking import Speaker, log, require, require_secretariat
from dcant.identifiers import Permit
from dcant.record.canonical import commitment


@transaction.atomic
def name_holder(*, seat: Seat, name: str, part: str, speaker: Speaker, at: datetime) -> SeatHolder:
    """Somebody is titular, or alternate, of a seat from this day on. Raises Refused."""
    require_secretariat(speaker)
    name = " ".join(unicodedata.normalize("NFC", name).split())[:200]
    held = seat.holders.filter(part=part, valid_to=None).exists()
    require(can_name_holder(name=name, part=part, seat_open=seat.valid_to is None, held=held))
    salt, personal = secrets.token_bytes(32), {"name": name}
    holder = SeatHolder.objects.create(
        seat=seat,
        part=part,
        commitment=commitment(salt, personal),
        salt=salt,
        personal=personal,
        valid_from=at.date(),
    )
    body = {"seat": seat.key, "holder": holder.commitment, "part": part}
    log("mandate.started", speaker, body, at, demo=seat.programme.demo)
    return holder


@transaction.atomic
def end_holder(*, holder: SeatHolder, speaker: Speaker, at: datetime) -> SeatHolder:
    """The mandate ends this day; what was said under it stays."""
    require_secretariat(speaker)
    holder = SeatHolder.objects.select_for_update(of=("self",)).select_related("seat__programme").get(pk=holder.pk)
    if holder.valid_to is not None:
        require(Permit.no("Ce mandat a déjà pris fin."))
    holder.valid_to = at.date()
    holder.save(update_fields=["valid_to"])
    body = {"seat": holder.seat.key, "holder": holder.commitment}
    log("mandate.ended", speaker, body, at, demo=holder.seat.programme.demo)
    return holder


@transaction.atomic
def erase_person(*, holder: SeatHolder, speaker: Speaker, at: datetime) -> list[str]:
    """Empties every commitment to the person of this one, in all programmes: no salt, no name. Returns the commitments, which stay.

    Mandates under way end first. The log keeps its bytes, hence its tree: it holds commitments that lead to nobody.
    A backup made before keeps the name: it is erased there by its owner.
    """
    require_secretariat(speaker)
    if holder.personal is None:
        require(Permit.no("Cette personne est déjà effacée."))
    same = list(SeatHolder.objects.select_for_update().filter(personal=holder.personal).order_by("pk"))
    for one in same:
        if one.valid_to is None:
            end_holder(holder=one, speaker=speaker, at=at)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")  # else the old bytes stay in the file
    SeatHolder.objects.filter(pk__in=[one.pk for one in same]).update(salt=None, personal=None, erased_at=at)
    erased = [one.commitment for one in same]
    log("person.erased", speaker, {"commitments": erased}, at, demo=holder.seat.programme.demo)
    return erased
