"""Seats from a table: looked at first, line by line, then opened all together or not at all."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from dcant.governance.models import Programme, Seat
from dcant.governance.rules.seat_file import SeatTable, checked, read_seats
from dcant.governance.services.founding import open_seat
from dcant.governance.services.speaking import Speaker, require, require_secretariat
from dcant.identifiers import Permit
from dcant.territories.models import College, Organisation


def preview_seats(*, programme: Programme, text: str, at: datetime) -> SeatTable:
    """What the table would open, and what is wrong with each line; nothing is written. Three queries."""
    table = read_seats(text)
    numbers = {line.organisation for line in table.lines}
    found = Organisation.objects.filter(Q(key__in=numbers) | Q(siren__in=numbers - {""})).order_by("-key")
    rows = list(found.values_list("key", "siren", "name"))
    # Of the bodies that share a SIREN, the first key: the choice that the form makes too. A key is itself before all.
    known = {siren: (key, name) for key, siren, name in rows if siren} | {key: (key, name) for key, _, name in rows}
    seated = Seat.objects.open_on(at.date()).filter(programme=programme)
    return checked(
        table,
        colleges=set(College.objects.values_list("key", flat=True)),
        known=known,
        seated=set(seated.values_list("organisation__key", flat=True)),
    )


@transaction.atomic
def import_seats(*, programme: Programme, text: str, speaker: Speaker, at: datetime) -> list[Seat]:
    """Opens the seat of each line by the act of the form, under the same permit; refused whole when one line is wrong."""
    require_secretariat(speaker)
    table = preview_seats(programme=programme, text=text, at=at)
    if table.fault:
        require(Permit.no(table.fault))
    if not table.ready:
        require(Permit.no("Une ligne au moins est à corriger : rien n’a été ouvert."))
    colleges = {one.key: one for one in College.objects.all()}
    organisations = {
        one.key: one for one in Organisation.objects.filter(key__in=[line.organisation for line in table.lines])
    }
    return [
        open_seat(
            programme=programme,
            college=colleges[line.college],
            organisation=organisations[line.organisation],
            speaker=speaker,
            at=at,
        )
        for line in table.lines
    ]
