"""Returns of experience of a resource: those that stand, with the reply of its producer."""

from datetime import date

from django.http import HttpRequest
from ninja import Router, Schema

from dcant.api.paging import Paged, PageNumber, PageSize, paged
from dcant.api.problems import ERRORS
from dcant.api.resources import SlugText, find
from dcant.catalogue.experience_view import report_document
from dcant.catalogue.models import ExperienceReport

router = Router(tags=["resources"])


class ReplyOut(Schema):
    organisation: str
    text: str


class ReportOut(Schema):
    code: str
    version: int
    resource: str
    organisation: str
    name: str
    population_class: int | None
    problem: str
    done: str
    planned_cost: int | None
    real_cost: int | None
    planned_months: int | None
    real_months: int | None
    again: str
    obstacles: str
    know_first: str
    contact_role: str
    published_on: date
    digest: str
    entry: str | None
    reply: ReplyOut | None
    demo: bool


class ReportPage(Paged):
    results: list[ReportOut]


@router.get(
    "/{slug}/experience",
    response={200: ReportPage, **ERRORS},
    summary="Ce que d’autres en ont appris",
    operation_id="list_experience",
)
def experience(
    request: HttpRequest, slug: SlugText, page: PageNumber = 1, page_size: PageSize = 25
) -> dict[str, object]:
    """Only what its author published and stands by; costs in euros, durations in months."""
    reports = ExperienceReport.objects.published().filter(resource=find(slug)).order_by("-published_at", "code")
    return paged(request, reports, page, page_size, report_document)
