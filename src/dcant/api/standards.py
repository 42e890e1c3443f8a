"""The register of standards: which, in which versions, the very bytes, what changed."""

from datetime import datetime
from typing import Annotated

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from dcant.api.paging import Paged, PageNumber, PageSize, paged
from dcant.api.problems import ERRORS, NO_NUL
from dcant.standards.models import Document, Standard, StandardVersion
from dcant.standards.questions import Filters, NoSuchVersion, document_of, listed
from dcant.standards.rules.changes import compare

router = Router(tags=["standards"])
Text = Annotated[str, Field(pattern=NO_NUL, max_length=200)]


class Narrowed(Schema):
    """What a list of standards is narrowed to."""

    q: Text = ""
    kind: Text = ""
    producer: Text = ""
    label: Text = ""
    checkable: bool = False


class VersionOut(Schema):
    number: str
    state: str
    url: str
    checkable: bool
    sha256: str | None
    fetched_at: datetime | None
    changed_under_same_number: bool


class StandardOut(Schema):
    slug: str
    title: str
    kind: str
    producer: str
    labels: list[str]
    state: str
    licence: str | None
    homepage: str | None
    source: str
    read_at: datetime


class StandardWithVersions(StandardOut):
    versions: list[VersionOut]


class StandardPage(Paged):
    results: list[StandardOut]


class ChangeOut(Schema):
    kind: str
    field: str
    breaking: bool
    sentence: str


class Comparison(Schema):
    standard: str
    old: str
    new: str
    breaking: bool
    changes: list[ChangeOut]


@router.get("", response={200: StandardPage, **ERRORS}, summary="Les référentiels", operation_id="list_standards")
def listing(
    request: HttpRequest,
    narrowed: Annotated[Narrowed, Query()],
    page: PageNumber = 1,
    page_size: PageSize = 25,
) -> dict[str, object]:
    found = listed(Filters(narrowed.q, narrowed.kind, narrowed.producer, narrowed.label, checkable=narrowed.checkable))
    return paged(request, found, page, page_size, _standard)


@router.get(
    "/{owner}/{name}",
    response={200: StandardWithVersions, **ERRORS},
    summary="Un référentiel et ses versions",
    operation_id="get_standard",
)
def one(request: HttpRequest, owner: str, name: str) -> dict[str, object]:
    found = Standard.objects.filter(slug=f"{owner}/{name}").first()
    if found is None:
        raise Http404("Le registre n’a pas ce standard.")
    versions = found.versions.prefetch_related("documents").order_by("-position")
    return _standard(found) | {"versions": [_version(each) for each in versions]}


@router.get(
    "/{owner}/{name}/versions/{number}/schema.json",
    response={200: dict[str, object], **ERRORS},
    summary="Les octets d’une version, tels que publiés",
    operation_id="get_standard_document",
)
def document(request: HttpRequest, owner: str, name: str, number: str) -> HttpResponse:
    found = _document(owner, name, number)
    response = HttpResponse(bytes(found.content), content_type="application/json")
    response["ETag"] = f'"{found.sha256}"'
    # « latest » names other bytes once a version is added; a number never does.
    fixed = number == found.version.number
    response["Cache-Control"] = "public, max-age=31536000, immutable" if fixed else "no-cache"
    return response


@router.get(
    "/{owner}/{name}/compare",
    response={200: Comparison, **ERRORS},
    summary="Ce qui change d’une version à une autre",
    operation_id="compare_standard_versions",
)
def changes(
    request: HttpRequest,
    owner: str,
    name: str,
    old: Annotated[str, Query(alias="from", pattern=NO_NUL, max_length=100)],
    new: Annotated[str, Query(alias="to", pattern=NO_NUL, max_length=100)],
) -> dict[str, object]:
    found = compare(*(bytes(_document(owner, name, number).content) for number in (old, new)))
    return {
        "standard": f"{owner}/{name}",
        "old": old,
        "new": new,
        "breaking": any(each.breaking for each in found),
        "changes": [
            {"kind": each.kind, "field": each.field, "breaking": each.breaking, "sentence": str(each.sentence)}
            for each in found
        ],
    }


def _document(owner: str, name: str, number: str) -> Document:
    try:
        return document_of(f"{owner}/{name}@{number}")
    except NoSuchVersion as problem:
        raise Http404(str(problem)) from problem


def _standard(found: Standard) -> dict[str, object]:
    return {
        "slug": found.slug,
        "title": found.title,
        "kind": found.kind,
        "producer": found.producer,
        "labels": found.labels,
        "state": found.state,
        "licence": found.licence or None,
        "homepage": found.homepage or None,
        "source": found.source,
        "read_at": found.read_at,
    }


def _version(found: StandardVersion) -> dict[str, object]:
    documents = list(found.documents.all())
    return {
        "number": found.number,
        "state": found.state,
        "url": found.url,
        "checkable": bool(found.plan_hash),
        "sha256": documents[0].sha256 if documents else None,
        "fetched_at": documents[0].fetched_at if documents else None,
        "changed_under_same_number": len(documents) > 1,
    }
