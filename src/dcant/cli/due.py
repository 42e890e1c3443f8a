"""What the clock alone brings: sources to read again, reports to erase, uses that lapse, letters. Done twice, it does nothing more."""

import logging
from datetime import datetime

logger = logging.getLogger("dcant.worker")


def due_sources(now: datetime) -> list[str]:
    """The sources that say where they are on the network, and whose time has come."""
    from dcant.catalogue.sources import SOURCES, load_source
    from dcant.cli.harvest import remote_of
    from dcant.harvest.cadence import due
    from dcant.harvest.rules import SourceFileError
    from dcant.harvest.services import last_run

    found = []
    for name in sorted(SOURCES):
        try:
            if remote_of(name) is None:
                continue
            if due(load_source(name)[0], last_run(name), now):
                found.append(name)
        except SourceFileError as error:
            logger.warning("worker: source %s is left out: %s", name, error)
    return found


def by_the_hour(now: datetime) -> None:
    """Reports of tables and annotated copies past their time."""
    from django.conf import settings

    from dcant.standards.services import expire_checks

    expire_checks(at=now, data=settings.DATA)


def by_the_day(now: datetime) -> None:
    """Uses that lapse, the count of each resource, the weekly letters."""
    from django.conf import settings
    from django.utils import timezone

    from dcant.adoption.digest import send_due_digests
    from dcant.adoption.projection import expire_due
    from dcant.adoption.usage import write_usage_snapshots

    today = timezone.localdate(now)
    expire_due(today=today)
    write_usage_snapshots(today=today)
    if settings.MAIL:
        send_due_digests(now=now, site=settings.SITE_URL)
