"""Letters to those who may speak for a seat: a meeting is convened or will not take place, a decision is open to votes.

Only to persons with a mandate who gave an address for their letters and confirmed it; each letter goes to one address, and
its links name meetings and decisions, never anybody. What cannot be sent is told in the log of the process: the site says it anyway.
"""

import logging
from datetime import datetime
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.timezone import localtime

from dcant.accounts.models import Mandate
from dcant.accounts.rules import ACTING_ROLES
from dcant.catalogue.models import Digest
from dcant.governance.models import Decision, Meeting, Programme, Seat

logger = logging.getLogger("dcant.letters")


def addresses_of(programme: Programme, at: datetime) -> list[str]:
    """The confirmed addresses of those with a mandate for an organisation that holds a seat that day. Two queries."""
    seated = Seat.objects.open_on(at.date()).filter(programme=programme).values("organisation")
    speaking = Mandate.objects.active(at.date()).filter(organisation__in=seated, role__in=ACTING_ROLES)
    told = Digest.objects.filter(person__in=speaking.values("person")).exclude(confirmed_at=None)
    return sorted(set(told.values_list("address", flat=True)))


def tell_meeting(meeting: Meeting, at: datetime) -> int:
    """Convened, or cancelled after it was; how many letters were sent."""
    titles = meeting.agenda.order_by("order").values_list("decision__title", flat=True)
    cancelled = meeting.state == "cancelled"
    subject = f"{'Séance annulée' if cancelled else 'Convocation'} : {meeting.title}"
    lines = [
        f"{meeting.programme.title}{' (démonstration)' if meeting.demo else ''}",
        f"{meeting.title}, le {localtime(meeting.starts_at):%d/%m/%Y à %H:%M}{f', {meeting.place}' if meeting.place else ''}.",
        "Cette séance n’aura pas lieu." if cancelled else "Ordre du jour :",
        *([] if cancelled else [f"- {title}" for title in titles]),
        f"{settings.SITE_URL}/seances/{meeting.code}/",
        f"Votre calendrier peut suivre {settings.SITE_URL}/seances.ics",
    ]
    return _send(subject, lines, meeting.programme, at)


def tell_decision(decision: Decision, at: datetime) -> int:
    """Open to votes until its deadline; how many letters were sent."""
    until = localtime(decision.deadline) if decision.deadline else None
    lines = [
        f"{decision.programme.title}{' (démonstration)' if decision.demo else ''}",
        f"{decision.title}{f', jusqu’au {until:%d/%m/%Y à %H:%M}' if until else ''}.",
        f"{settings.SITE_URL}/decisions/{decision.code}/",
    ]
    return _send(f"À décider : {decision.title}", lines, decision.programme, at)


def _send(subject: str, lines: list[str], programme: Programme, at: datetime) -> int:
    if not settings.MAIL:
        return 0
    end = f"Ne plus recevoir de lettre : {settings.SITE_URL}/suivi/"
    body = "\n".join([*lines, "", end, ""])
    sent = 0
    for address in addresses_of(programme, at):
        try:
            sent += EmailMessage(subject=subject.replace("\n", " "), body=body, to=[address]).send()
        except (SMTPException, OSError) as error:
            logger.warning("letters: one could not be sent (%s)", type(error).__name__)
    return sent
