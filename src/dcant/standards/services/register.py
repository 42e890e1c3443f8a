"""Acts of the register: a standard, a version, a document as the catalogue of standards gives them. No decision is taken here."""

import json
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from dcant.standards.models import Document, Standard, StandardVersion
from dcant.standards.rules.versions import newest

KINDS = {"tableschema": Standard.Kind.TABULAR, "jsonschema": Standard.Kind.JSON, "datapackage": Standard.Kind.PACKAGE}


@transaction.atomic
def register_standard(
    *,
    slug: str,
    title: str,
    description: str,
    schema_type: str,
    labels: list[str],
    homepage: str,
    source: str,
    listed: bool,
    at: datetime,
) -> tuple[Standard, bool]:
    """What the index says of a standard; the second value tells whether anything was written."""
    facts = {
        "title": title[:500],
        "description": description,
        "kind": KINDS.get(schema_type, Standard.Kind.OTHER),
        "producer": slug.partition("/")[0][:100],
        "labels": labels,
        "homepage": homepage[:1000],
        "source": source[:1000],
        "state": Standard.State.LISTED if listed else Standard.State.WITHDRAWN,
    }
    standard = Standard.objects.filter(slug=slug).first()
    if standard is None:
        return Standard.objects.create(slug=slug, read_at=at, **facts), True
    changed = [name for name, value in facts.items() if getattr(standard, name) != value]
    if changed:
        for name in changed:
            setattr(standard, name, facts[name])
        standard.read_at = at
        standard.save(update_fields=[*changed, "read_at"])
    return standard, bool(changed)


@transaction.atomic
def register_versions(*, standard: Standard, listed: Iterable[tuple[str, int, str]]) -> bool:
    """The versions the index gives, as (number, place, address); one that is listed no more is withdrawn, never deleted.
    Exactly one of those listed is current. Tells whether anything was written.
    """
    wanted = {number: (place, url) for number, place, url in listed}
    current = newest((number, place) for number, (place, _) in wanted.items())
    if standard.state == Standard.State.WITHDRAWN:
        wanted, current = {}, None
    written = False
    held = {version.number: version for version in standard.versions.all()}
    for number, (place, url) in wanted.items():
        state = StandardVersion.State.CURRENT if number == current else StandardVersion.State.SUPERSEDED
        version = held.get(number)
        if version is None:
            standard.versions.create(number=number, position=place, url=url[:1000], state=state)
            written = True
        elif (version.position, version.url, version.state) != (place, url[:1000], state):
            version.position, version.url, version.state = place, url[:1000], state
            version.save(update_fields=["position", "url", "state"])
            written = True
    for number, version in held.items():
        if number not in wanted and version.state != StandardVersion.State.WITHDRAWN:
            version.state = StandardVersion.State.WITHDRAWN
            version.save(update_fields=["state"])
            written = True
    return written


@transaction.atomic
def register_version(*, version: StandardVersion, content: bytes, at: datetime) -> Document:
    """Keep the bytes of a version. The same bytes again write nothing; other bytes under the same number are kept beside
    the first, never in their place.
    """
    document, created = version.documents.get_or_create(
        sha256=sha256(content).hexdigest(), defaults={"content": content, "fetched_at": at}
    )
    if created and version.documents.count() == 1:
        _describe(version, content)
    return document


def _describe(version: StandardVersion, content: bytes) -> None:
    """What the engine says of the document: its faults, and whether tables can be checked by it."""
    standard = version.standard
    if standard.kind == Standard.Kind.TABULAR:
        from dcant.standards.tables import SchemaUnreadable, compile_schema, load_schema  # noqa: PLC0415  # a heavy engine

        try:
            schema = load_schema(content)
            version.lints = [
                {"code": one.code, "pointer": one.pointer, "fr": one.message.fr, "en": one.message.en}
                for one in schema.problems
            ]
            version.plan_hash = compile_schema(schema).sha256
        except SchemaUnreadable as problem:
            version.unreadable = problem.message.fr[:300]
        version.save(update_fields=["lints", "plan_hash", "unreadable"])
    licence = _licence(content)
    if version.state == StandardVersion.State.CURRENT and licence != standard.licence:
        standard.licence = licence
        standard.save(update_fields=["licence"])


def _licence(content: bytes) -> str:
    """The first licence the document names; empty when it names none: unknown, not free."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return ""
    licences = document.get("licenses") if isinstance(document, dict) else None
    first = licences[0] if isinstance(licences, list) and licences else None
    name = (first.get("name") or first.get("title")) if isinstance(first, dict) else None
    return name[:100] if isinstance(name, str) else ""
