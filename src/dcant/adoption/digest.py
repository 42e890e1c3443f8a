"""The weekly letter of what one follows: made once a week at most, sent only when there is something to tell."""

import logging
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.core.mail import EmailMessage
from django.db.models import Q

from dcant.adoption.following import follows_of, told_to
from dcant.catalogue.digest import link_token
from dcant.catalogue.following import Event, News
from dcant.catalogue.models import Digest

WEEK = timedelta(days=7)
_WHAT = {
    "entered": "entrée au socle",
    "changed": "fiche modifiée",
    "withdrawn": "retirée du socle",
    "declared": "utilisée par",
}
logger = logging.getLogger("dcant.digest")


def send_due_digests(*, now: datetime, site: str) -> int:
    """Sends the letters whose week is over; returns how many. What cannot be sent is tried again the next time.

    site: the address of this site, without its last slash, for the links of letters.
    """
    due = Digest.objects.filter(confirmed_at__lte=now - WEEK).filter(Q(sent_at=None) | Q(sent_at__lte=now - WEEK))
    sent = 0
    for digest in due.select_related("person").order_by("pk"):
        told = [one for one in _news(digest) if one.events]
        if told and not _send(_letter(digest, told, site)):
            continue
        sent += bool(told)
        digest.sent_at = now
        digest.save(update_fields=["sent_at"])
    return sent


def send_confirmation(*, digest: Digest, site: str) -> bool:
    """Asks whoever reads an address whether the letter is wanted there."""
    body = (
        "Quelqu’un demande à recevoir ici, une fois par semaine, ce qui change dans ce qu’il suit ; et, si son organisation"
        " tient un siège d’un programme, les convocations et les décisions ouvertes au vote.\n\n"
        f"Si c’est vous, confirmez : {_link(digest, site)}\n\nSinon, ne faites rien : rien d’autre ne sera envoyé.\n"
    )
    return _send(EmailMessage(subject="Confirmez votre lettre de la semaine", body=body, to=[digest.address]))


def _news(digest: Digest) -> list[News]:
    """What happened since the last letter, less what was seen on the site meanwhile."""
    follows = follows_of(digest.person)
    since = digest.sent_at or digest.confirmed_at
    for one in follows:
        if since is not None:
            one.last_seen_at = max(one.last_seen_at, since)  # for this letter only: never saved
    return told_to(follows)


def _letter(digest: Digest, told: list[News], site: str) -> EmailMessage:
    parts = ["Ce qui a changé cette semaine dans ce que vous suivez.\n"]
    for news in told:
        followed = news.follow.resource or news.follow.territory or news.follow.target
        parts.append(f"{followed}\n" + "".join(f"- {_line(event, site)}\n" for event in news.events))
    parts.append(f"Tout lire : {site}/suivi/\nNe plus recevoir cette lettre : {_link(digest, site)}\n")
    headers = {
        "List-Unsubscribe": f"<{_link(digest, site)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",  # RFC 8058
    }
    return EmailMessage(
        subject="Votre suivi de la semaine", body="\n".join(parts), to=[digest.address], headers=headers
    )


def _line(event: Event, site: str) -> str:
    who = ""
    if event.what == "declared" and event.detail:
        who = f" {event.detail[0]}" + (" (démonstration)" if "demo" in event.detail[1:] else "")
    return f"{event.title} : {_WHAT[event.what]}{who}, le {event.at:%d/%m/%Y}. {site}/ressources/{event.slug}/"


def _link(digest: Digest, site: str) -> str:
    return f"{site}/suivi/courriel/{link_token(digest)}/"


def _send(letter: EmailMessage) -> bool:
    try:
        return bool(letter.send())
    except (SMTPException, OSError) as error:
        logger.warning("digest: a letter could not be sent (%s), tried again later", type(error).__name__)
        return False
