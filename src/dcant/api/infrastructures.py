"""The registry of infrastructures: may one enter, by which door, for which data, with what exit."""

from datetime import date
from typing import Annotated, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from dcant.adoption.reusable import ANYONE, applicant_of
from dcant.api.paging import Paged, PageNumber, PageSize, paged
from dcant.api.problems import ERRORS
from dcant.api.territories import find_commune
from dcant.catalogue.infrastructures import Entry, infrastructures_for

router = Router(tags=["infrastructures"])
InfraType = Literal["cloud", "hosting", "network", "service_platform", "api_platform", "archiving", "computing"]
Control = Literal["state", "local", "joint", "private"]


class QualificationOut(Schema):
    scheme: str
    scope: str
    version: str | None
    valid_until: date | None
    standing: str


class InfrastructureOut(Schema):
    slug: str
    title: str
    type: str | None
    control: str | None
    eligibility: str
    because: str
    sites: list[str]
    qualifications: list[QualificationOut]
    hosts: list[str]
    demo: bool
    to_review_on: dict[str, str]
    entry_route: str | None
    data_accepted: str | None
    price_basis: str | None
    price_note: str | None = None
    exit_terms: str | None


class InfrastructurePage(Paged):
    results: list[InfrastructureOut]


@router.get(
    "",
    response={200: InfrastructurePage, **ERRORS},
    summary="Le registre des infrastructures",
    operation_id="list_infrastructures",
)
def listing(
    request: HttpRequest,
    type: InfraType | None = None,  # noqa: A002  # the word of the address
    control: Control | None = None,
    territory: Annotated[str, Query(max_length=10)] = "",
    *,
    page: PageNumber = 1,
    page_size: PageSize = 25,
) -> dict[str, object]:
    """Public ones first. `territory`: code of the commune that asks; without it, the answer is for any commune."""
    applicant = applicant_of(find_commune(territory)) if territory else ANYONE
    found = infrastructures_for(applicant, timezone.localdate(), infra_type=type or "", control=control or "")
    return paged(request, found, page, page_size, _facts)


def _facts(entry: Entry) -> dict[str, object]:
    return entry.public_facts
