"""Acts of a check: ask, take up, end, cancel, publish, take back, let expire. The file lives in <data>/checks until its end."""

import gzip
import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.crypto import salted_hmac

from dcant.identifiers import Permit, Refused
from dcant.record.services import digest, write_entry
from dcant.standards.models import Document, StandardVersion, TableCheck
from dcant.standards.rules.checks import (
    ANNOTATED_KEPT,
    ENDED,
    KEPT,
    MOST_ATTEMPTS,
    MOST_WAITING_BY_VISITOR,
    UPLOAD_KEPT,
    WAITING,
    may_become,
)
from dcant.standards.services.check_files import annotated_of, file_of, folder_of

ACTOR = "system:tables"
State = TableCheck.State


def visitor_name(key: str) -> str:
    """What is kept of who asks (a session, an address of the network): enough to count their checks, not to find them."""
    return salted_hmac("table-check", key, algorithm="sha256").hexdigest()


def can_ask_check(*, waiting: int, version: StandardVersion) -> Permit:
    """Anyone may; two at a time for one visitor, and only by a schema that can be checked here."""
    if not version.plan_hash:
        return Permit.no("Ce standard n’est pas encore vérifiable ici.")
    if waiting >= MOST_WAITING_BY_VISITOR:
        return Permit.no("Deux de vos vérifications sont déjà en cours : attendez leur fin, ou annulez-en une.")
    return Permit.yes("Une vérification est ouverte à tous.")


@transaction.atomic
def ask_check(
    *,
    document: Document,
    upload: Path,
    file_name: str,
    options: Mapping[str, str],
    visitor: str,
    at: datetime,
    data: Path,
) -> TableCheck:
    """Put a file in the queue. `upload` is a finished file on the disk of the data folder: it is moved, not copied."""
    waiting = TableCheck.objects.waiting().filter(visitor=visitor).count()
    permit = can_ask_check(waiting=waiting, version=document.version)
    if not permit:
        raise Refused(permit, code="DCANT-T001")
    check = TableCheck.objects.create(
        id=secrets.token_urlsafe(18),
        document=document,
        visitor=visitor,
        options={name: value for name, value in options.items() if value},
        file_name=Path(file_name).name[:200] or "tableau",
        file_size=upload.stat().st_size,
        received_at=at,
    )
    upload.replace(file_of(check, data))
    return check


@transaction.atomic
def take_up(*, at: datetime) -> TableCheck | None:
    """The next of the queue is running, once for each call; None when nothing waits. A second failure to end ends it."""
    check = TableCheck.objects.select_for_update().filter(state=State.RECEIVED).order_by("received_at", "id").first()
    if check is None:
        return None
    check.attempts += 1
    _move(check, State.RUNNING)
    check.started_at, check.progress = at, {}
    check.save(update_fields=["state", "attempts", "started_at", "progress"])
    return check


@transaction.atomic
def put_back_the_dead(*, at: datetime, data: Path) -> int:
    """Called by the one process that runs checks, before it takes any: what is still said to be running died with the
    process before. It waits again, once; the second time it has failed. What was to be cancelled is.
    """
    dead = list(TableCheck.objects.select_for_update().filter(state=State.RUNNING))
    for check in dead:
        if check.cancel_asked:
            end_check(check=check, state=State.CANCELLED, at=at, data=data)
        elif check.attempts < MOST_ATTEMPTS:
            _move(check, State.RECEIVED)
            check.save(update_fields=["state"])
        else:
            said = "La vérification s’est arrêtée deux fois en chemin. Essayez la commande « dcant check table »."
            end_check(check=check, state=State.FAILED, failure=said, at=at, data=data)
    return len(dead)


@transaction.atomic
def end_check(
    *,
    check: TableCheck,
    state: str,
    at: datetime,
    data: Path,
    report: str = "",
    facts: Mapping[str, Any] | None = None,
    failure: str = "",
) -> None:
    """The end of a check: its report, its counts, and the file erased. `facts`: conforms, rows, errors, sha256, engine."""
    _move(check, state)
    check.ended_at, check.failure = at, failure[:500]
    check.packed = gzip.compress(report.encode(), mtime=0) if report else b""
    for name, value in (facts or {}).items():
        setattr(check, name, value)
    check.save()
    transaction.on_commit(lambda: file_of(check, data).unlink(missing_ok=True))


@transaction.atomic
def cancel_check(*, check_id: str, at: datetime, data: Path) -> TableCheck:
    """What waits is cancelled at once; what runs is asked to stop, and ends by itself."""
    check = TableCheck.objects.select_for_update().get(pk=check_id)
    if check.state == State.RECEIVED:
        end_check(check=check, state=State.CANCELLED, at=at, data=data)
    elif check.state == State.RUNNING:
        check.cancel_asked = True
        check.save(update_fields=["cancel_asked"])
    return check


@transaction.atomic
def publish_check(*, check_id: str, at: datetime) -> TableCheck:
    """Anyone with the address sees the counts and row numbers, never the cells. The log keeps hashes and the verdict."""
    check = TableCheck.objects.select_for_update().select_related("document__version__standard").get(pk=check_id)
    if check.state != State.DONE:
        raise Refused(Permit.no("Seul le rapport d’une vérification terminée se publie."), code="DCANT-T002")
    if check.published_at is None:
        version = check.document.version
        body = {
            "standard": version.standard.slug,
            "version": version.number,
            "schema": f"sha256:{check.document.sha256}",
            "file": f"sha256:{check.sha256}",
            "engine": check.engine,
            "conforms": bool(check.conforms),
            "rows": check.rows or 0,
            "errors": check.errors or 0,
        }
        entry = write_entry(kind="table_check.published", actor=ACTOR, subject=digest(body), body=body, at=at)
        check.published_at, check.record_entry = at, entry.entry_id
        check.save(update_fields=["published_at", "record_entry"])
    return check


@transaction.atomic
def withdraw_check(*, check_id: str, at: datetime) -> TableCheck:
    """The page and its badge are public no more; the log keeps that they were, and that they are not any more."""
    check = TableCheck.objects.select_for_update().get(pk=check_id)
    if check.published_at is not None:
        body = {"published": check.record_entry, "file": f"sha256:{check.sha256}"}
        write_entry(kind="table_check.withdrawn", actor=ACTOR, subject=digest(body), body=body, at=at)
        check.published_at, check.record_entry, check.ended_at = None, "", at
        check.save(update_fields=["published_at", "record_entry", "ended_at"])
    return check


@transaction.atomic
def erase_check(*, check_id: str, at: datetime, data: Path) -> None:
    """Whoever asked wants nothing of it left: the report and the annotated copy go now."""
    check = TableCheck.objects.select_for_update().get(pk=check_id)
    if check.state in ENDED and check.published_at is None:
        _expire(check, at, data)


def expire_checks(*, at: datetime, data: Path) -> int:
    """Reports that nobody published go after thirty days, annotated copies after one, a file that no check awaits after an
    hour; that of a check that ended goes now, should its process have died between the two.
    """
    due = list(TableCheck.objects.due_to_expire(at - KEPT))
    for check in due:
        _expire(check, at, data)
    states = dict(TableCheck.objects.exclude(state=State.EXPIRED).values_list("id", "state"))
    for path in folder_of(data).iterdir():
        if path.name.startswith(".") or states.get(path.stem) in WAITING:
            continue
        kept = ANNOTATED_KEPT if path.suffix == ".xlsx" else UPLOAD_KEPT
        old = datetime.fromtimestamp(path.stat().st_mtime, tz=at.tzinfo) < at - kept
        if old or states.get(path.name) in ENDED:
            path.unlink(missing_ok=True)
    return len(due)


def _expire(check: TableCheck, at: datetime, data: Path) -> None:
    _move(check, State.EXPIRED)
    check.packed, check.file_name, check.ended_at = b"", "", at
    check.save(update_fields=["state", "packed", "file_name", "ended_at"])
    annotated_of(check, data).unlink(missing_ok=True)


def _move(check: TableCheck, state: str) -> None:
    if not may_become(check.state, state):
        raise Refused(Permit.no("Cette vérification n’est plus dans l’état attendu."), code="DCANT-T002")
    check.state = State(state)
