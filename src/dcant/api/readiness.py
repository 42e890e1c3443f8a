"""Is a resource ready to be shared? The items of its page, as data."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema

from dcant.adoption.usage import usage_of
from dcant.api.problems import ERRORS
from dcant.api.resources import SlugText, find
from dcant.catalogue.maturity import readiness_document, readiness_of

router = Router(tags=["resources"])


class ItemOut(Schema):
    id: str
    group: str
    question: str
    result: str
    evidence: list[dict[str, Any]]
    detail: str | None
    remedy: str | None
    who: str
    points: int
    level: int | None


class RepositoryOut(Schema):
    address: str
    last_tag_on: date | None
    last_commit_on: date | None
    source: str
    read_on: date


class ReadinessOut(Schema):
    resource: str
    kind: str
    level: int
    levels: int
    score_for_sorting: int
    missing_for_next_level: list[str]
    items: list[ItemOut]
    repositories: list[RepositoryOut]
    to_do: list[str]
    usage: dict[str, Any] | None


@router.get(
    "/{slug}/readiness",
    response={200: ReadinessOut, **ERRORS},
    summary="Est-elle prête à être reprise, point par point",
    operation_id="get_readiness",
)
def readiness(request: HttpRequest, slug: SlugText) -> dict[str, object]:
    """Unknown is never a failure; the score sorts lists and is not a grade."""
    resource = find(slug)
    today = timezone.localdate()
    usage = usage_of(resource, today=today)
    return readiness_document(resource, readiness_of(resource, usage=usage, today=today), usage)
