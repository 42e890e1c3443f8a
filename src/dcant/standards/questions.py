"""What pages and the command ask of the register."""

from dataclasses import dataclass
from functools import lru_cache

from django.db.models import QuerySet

from dcant.identifiers import fold
from dcant.standards.models import Document, Standard, StandardVersion
from dcant.standards.rules.fields import raw_fields
from dcant.standards.rules.guess import Guess, guess
from dcant.standards.rules.versions import ALIASES


class NoSuchVersion(LookupError):
    """The register has no such standard or version, or no document of it: the sentence says which."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; empty: everything."""

    text: str = ""
    kind: str = ""
    producer: str = ""
    label: str = ""
    checkable: bool = False


def listed(filters: Filters) -> list[Standard]:
    """Standards of the catalogue in order of title. Text is looked for in slug, title and description, without accents."""
    found: QuerySet[Standard] = Standard.objects.listed()
    if filters.kind:
        found = found.filter(kind=filters.kind)
    if filters.producer:
        found = found.filter(producer=filters.producer)
    if filters.checkable:
        found = found.filter(pk__in=[version.standard_id for version in checkable_versions()])
    words = fold(filters.text).split()
    return [
        one
        for one in found.distinct()
        if (not filters.label or filters.label in one.labels)
        and all(word in fold(f"{one.slug} {one.title} {one.description}") for word in words)
    ]


def checkable_versions() -> list[StandardVersion]:
    """For each standard by which a table can be checked here, the version in force, else the newest whose document was read."""
    found: dict[int, StandardVersion] = {}
    readable = (
        StandardVersion.objects.filter(standard__state=Standard.State.LISTED)
        .exclude(plan_hash="")
        .select_related("standard")
        .defer("lints")
        .order_by("-position")
    )
    for version in readable:
        held = found.setdefault(version.standard_id, version)
        if version.state == StandardVersion.State.CURRENT and held is not version:
            found[version.standard_id] = version
    return sorted(found.values(), key=lambda version: fold(version.standard.title))


def document_of(reference: str) -> Document:
    """« owner/slug », « owner/slug@latest » or « owner/slug@1.2.0 »: the first bytes kept of that version. Without a
    number, the version in force, else the newest whose document was read.

    Raises NoSuchVersion.
    """
    slug, _, number = reference.partition("@")
    versions = StandardVersion.objects.filter(standard__slug=slug).select_related("standard")
    if not versions.exists():
        raise NoSuchVersion(
            f"Le registre n’a pas de standard « {slug} ». Faites-le venir : dcant harvest standards ; ou donnez un chemin."
        )
    if number in {"", *ALIASES}:
        read = versions.filter(documents__isnull=False)
        version = read.filter(state=StandardVersion.State.CURRENT).first() or read.order_by("-position").first()
    else:
        version = versions.filter(number=number.removeprefix("v")).first() or versions.filter(number=number).first()
    if version is None:
        known = ", ".join(versions.values_list("number", flat=True)[:12])
        raise NoSuchVersion(f"« {slug} » n’a pas de version « {number or 'en vigueur'} ». Versions connues : {known}.")
    document = version.documents.select_related("version__standard").order_by("pk").first()
    if document is None:
        raise NoSuchVersion(f"Le document de {slug} {version.number} n’a pas encore été lu.")
    return document


def guesses(labels: list[str]) -> tuple[Guess, ...]:
    """The standards that a file's columns look like, among those that can be checked here."""
    ids = Document.objects.filter(version__in=checkable_versions()).order_by("pk")
    names = {slug: _names_of(sha) for slug, sha in ids.values_list("version__standard__slug", "sha256")}
    return guess(labels, names)


@lru_cache(maxsize=1024)
def _names_of(sha256: str) -> tuple[str, ...]:
    """The field names of a document, by its hash: bytes that never change are read once."""
    content = Document.objects.filter(sha256=sha256).values_list("content", flat=True)[:1].get()
    return tuple(one["name"] for one in raw_fields(bytes(content)))
