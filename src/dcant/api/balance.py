"""The balance between State and territories: never a sum of both sides."""

from typing import Annotated

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from dcant.adoption.questions import sides_that_use
from dcant.api.problems import ERRORS
from dcant.catalogue.balance import brought
from dcant.catalogue.models import Kind
from dcant.catalogue.rules import balance as base
from dcant.governance.balance import sides_of_programme
from dcant.governance.rules import balance as programme
from dcant.identifiers import HalfYear

router = Router(tags=["balance"])


class BaseCell(Schema):
    half_year: str
    kind: str
    measure: base.Measure
    producer: str | None
    count: int
    of: int | None
    unknown: int


class ProgrammeCell(Schema):
    half_year: str | None
    college: str
    measure: programme.Measure
    count: int
    of: int | None


class BalanceOut(Schema):
    demo: bool
    common_base: list[BaseCell]
    programme: list[ProgrammeCell]


@router.get(
    "",
    response={200: BalanceOut, **ERRORS},
    summary="L’équilibre entre État et collectivités, case par case",
    operation_id="get_balance",
)
def balance(request: HttpRequest, half_year: Annotated[str, Query(max_length=10)] = "") -> dict[str, object]:
    """Cells that count something, half-year by half-year. Seats and delays have no half-year: they are of today."""
    chosen, today = HalfYear.parse(half_year) if half_year else None, timezone.localdate()
    sides = sides_of_programme(today)
    done = programme.told(sides.facts, [key for key, _name in sides.colleges], chosen) if sides else ()
    resources = base.told(brought(sides_that_use(today)), [kind.value for kind in Kind], chosen)
    return {
        "demo": settings.DEMO,
        "common_base": [
            BaseCell(
                half_year=str(one.half_year),
                kind=one.kind,
                measure=one.measure,
                producer=one.level or None,
                count=one.count,
                of=one.of,
                unknown=one.unknown,
            )
            for one in resources
        ],
        "programme": [
            ProgrammeCell(
                half_year=str(one.half_year) if one.half_year else None,
                college=one.college,
                measure=one.measure,
                count=one.count,
                of=one.of,
            )
            for one in done
        ],
    }
