"""What pages and the API ask of a check: whose it is, its place in the queue, its badge, its errors as rows of a table."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from dcant.standards.models import StandardVersion, TableCheck
from dcant.standards.rules.badge import Badge, badge
from dcant.standards.rules.checks import SILENT

ERROR_COLUMNS = ("row", "field", "level", "code", "cell", "message", "remedy")


def key_of(check_id: str) -> str:
    """What a program shows to act on a check whose address became public: given once, with the check."""
    return salted_hmac("table-check-key", check_id, algorithm="sha256").hexdigest()


def is_theirs(check: TableCheck, *, visitor: str = "", key: str = "") -> bool:
    """The address alone gives the cells until it is made public; then only the session that asked, or its key, does."""
    if check.published_at is None:
        return True
    return bool(visitor and visitor == check.visitor) or constant_time_compare(key, key_of(check.pk))


def ahead_of(check: TableCheck) -> int:
    """How many checks pass before this one."""
    return TableCheck.objects.waiting().filter(received_at__lt=check.received_at).count()


def worker_is_absent(data: Path, at: datetime) -> bool:
    """Whether the program that checks has not been heard of lately: nothing will move until it is back."""
    try:
        return at.timestamp() - (data / "worker.beat").stat().st_mtime > SILENT.total_seconds()
    except OSError:
        return True


def newer_version(check: TableCheck) -> StandardVersion | None:
    """The version in force, when the check was made by another."""
    version = check.document.version
    if version.state == StandardVersion.State.CURRENT:
        return None
    return version.standard.versions.filter(state=StandardVersion.State.CURRENT).select_related("standard").first()


def badge_of(check: TableCheck) -> Badge:
    version = check.document.version
    return badge(
        standard=f"{version.standard.slug} {version.number}",
        conforms=bool(check.conforms),
        rows=check.rows or 0,
        errors=check.errors or 0,
        day=timezone.localdate(check.started_at),
        outdated=newer_version(check) is not None,
    )


def error_rows(check: TableCheck) -> Iterator[tuple[object, ...]]:
    """The errors listed in a report, in the order of ERROR_COLUMNS."""
    from dcant.standards.tables import Report  # noqa: PLC0415  # a heavy engine

    for one in Report.from_json(check.report_json).files[0].errors:
        yield (one.row, one.field, one.level, one.code, one.cell, one.message.fr, one.remedy.fr)
