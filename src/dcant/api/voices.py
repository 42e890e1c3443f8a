"""What seats and territories say of a decision: ballots, proxies, objections, reservations."""

from datetime import datetime
from typing import Annotated, Literal

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Path, Router, Schema, Status
from pydantic import Field

from dcant.api.acting import ACT_ERRORS, HOW, SITE_SESSION, ActKey, SeatKey, once, speaker
from dcant.api.decisions import DecisionCode, decision_named
from dcant.api.paging import Narrow, Paged, PageNumber, PageSize, narrowed, paged
from dcant.api.problems import ERRORS, NO_NUL
from dcant.governance.models import Ballot, Objection, Proxy, Reservation, Seat
from dcant.governance.services.decisions import (
    cast_ballot,
    close_objection,
    give_proxy,
    raise_objection,
    record_reservation,
)
from dcant.governance.services.speaking import seat_named

router = Router(tags=["decisions"])
Words = Annotated[str, Field(max_length=600, pattern=NO_NUL)]


class BallotOut(Schema):
    """`superseded_at`: the seat spoke again since, and this one counts no more."""

    seat: str
    college: str
    value: str
    by: str
    holder: str | None
    at: datetime
    superseded_at: datetime | None


class BallotPage(Paged):
    results: list[BallotOut]


class BallotIn(Schema):
    """for, against or abstain; ack or abstain where the rule is consent."""

    seat: SeatKey
    value: Annotated[str, Field(max_length=20, pattern=NO_NUL)]


class ProxyOut(Schema):
    decision: str
    seat: str
    to: str


class ProxyPage(Paged):
    results: list[ProxyOut]


class ProxyIn(Schema):
    seat: SeatKey
    to: SeatKey


class ObjectionOut(Schema):
    objection: int
    seat: str
    reason: str
    state: str
    at: datetime
    closed_at: datetime | None


class ObjectionPage(Paged):
    results: list[ObjectionOut]


class ObjectionIn(Schema):
    seat: SeatKey
    reason: Words


class ObjectionAnswer(Schema):
    """Its author withdraws it; the secretariat notes that it stands, or that the text will take it in."""

    arrow: Literal["withdraw", "stand", "integrate"]


class ReservationOut(Schema):
    organisation: str
    name: str
    text: str
    at: datetime


class ReservationPage(Paged):
    results: list[ReservationOut]


class ReservationIn(Schema):
    text: Words


@router.get(
    "/{code}/ballots", response={200: BallotPage, **ERRORS}, summary="Les bulletins", operation_id="list_ballots"
)
def ballots(
    request: HttpRequest,
    code: DecisionCode,
    *,
    college: Narrow = "",
    seat: Narrow = "",
    effective: bool = False,
    page: PageNumber = 1,
    page_size: PageSize = 25,
) -> dict[str, object]:
    """All that was said, or with `effective` the last word of each seat."""
    rows = Ballot.objects.filter(decision=decision_named(code)).select_related("seat", "holder").order_by("at", "pk")
    chosen = narrowed(rows.effective() if effective else rows, seat__college=college, seat__key=seat)
    return paged(request, chosen, page, page_size, _ballot)


@router.post(
    "/{code}/ballots",
    response={201: BallotOut, **ACT_ERRORS},
    auth=SITE_SESSION,
    summary="Voter",
    description=HOW,
    operation_id="cast_ballot",
)
def vote(request: HttpRequest, code: DecisionCode, sent: BallotIn, key: ActKey = "") -> Status[dict[str, object]]:
    def do() -> dict[str, object]:
        found = decision_named(code)
        seat, who = seat_named(found.programme, sent.seat), speaker(request)
        made = cast_ballot(decision=found, seat=seat, value=sent.value, speaker=who, at=timezone.now())
        return BallotOut.model_validate(_ballot(made)).model_dump(mode="json")

    return Status(201, once(request, key, do))


@router.get(
    "/{code}/proxies", response={200: ProxyPage, **ERRORS}, summary="Les procurations", operation_id="list_proxies"
)
def proxies(
    request: HttpRequest, code: DecisionCode, page: PageNumber = 1, page_size: PageSize = 25
) -> dict[str, object]:
    rows = Proxy.objects.filter(decision=decision_named(code))
    listed = rows.select_related("decision", "from_seat", "to_seat").order_by("from_seat__key")
    return paged(request, listed, page, page_size, _proxy)


@router.post(
    "/{code}/proxies",
    response={201: ProxyOut, **ACT_ERRORS},
    auth=SITE_SESSION,
    summary="Donner procuration pour cette décision",
    description=HOW,
    operation_id="give_proxy",
)
def proxy(request: HttpRequest, code: DecisionCode, sent: ProxyIn) -> Status[dict[str, object]]:
    found = decision_named(code)
    to = Seat.objects.filter(programme=found.programme, key=sent.to).first()
    if to is None:
        raise Http404("Ce programme n’a pas de siège de cette clé.")
    seat = seat_named(found.programme, sent.seat)
    made = give_proxy(decision=found, from_seat=seat, to_seat=to, speaker=speaker(request), at=timezone.now())
    return Status(201, _proxy(made))


@router.get(
    "/{code}/objections",
    response={200: ObjectionPage, **ERRORS},
    summary="Les objections",
    operation_id="list_objections",
)
def objections(
    request: HttpRequest, code: DecisionCode, state: Narrow = "", page: PageNumber = 1, page_size: PageSize = 25
) -> dict[str, object]:
    rows = Objection.objects.filter(decision=decision_named(code)).select_related("seat").order_by("pk")
    return paged(request, narrowed(rows, state=state), page, page_size, _objection)


@router.post(
    "/{code}/objections",
    response={201: ObjectionOut, **ACT_ERRORS},
    auth=SITE_SESSION,
    summary="Objecter à un consentement",
    description=HOW,
    operation_id="raise_objection",
)
def objection(request: HttpRequest, code: DecisionCode, sent: ObjectionIn) -> Status[dict[str, object]]:
    found = decision_named(code)
    seat = seat_named(found.programme, sent.seat)
    made = raise_objection(decision=found, seat=seat, reason=sent.reason, speaker=speaker(request), at=timezone.now())
    return Status(201, _objection(made))


@router.post(
    "/{code}/objections/{objection}/answer",
    response={200: ObjectionOut, **ACT_ERRORS},
    auth=SITE_SESSION,
    summary="Retirer une objection, la maintenir ou la prendre en compte",
    description=HOW,
    operation_id="answer_objection",
)
def objection_answer(
    request: HttpRequest,
    code: DecisionCode,
    objection: Annotated[int, Path(ge=1, le=2**63 - 1)],
    sent: ObjectionAnswer,
) -> dict[str, object]:
    found = Objection.objects.filter(decision=decision_named(code), pk=objection)
    raised = found.select_related("seat__programme", "decision").first()
    if raised is None:
        raise Http404("Cette décision n’a pas d’objection de ce numéro.")
    return _objection(close_objection(objection=raised, arrow=sent.arrow, speaker=speaker(request), at=timezone.now()))


@router.get(
    "/{code}/reservations",
    response={200: ReservationPage, **ERRORS},
    summary="Les réserves",
    operation_id="list_reservations",
)
def reservations(
    request: HttpRequest, code: DecisionCode, page: PageNumber = 1, page_size: PageSize = 25
) -> dict[str, object]:
    rows = Reservation.objects.filter(decision=decision_named(code)).select_related("organisation").order_by("pk")
    return paged(request, rows, page, page_size, _reservation)


@router.post(
    "/{code}/reservations",
    response={201: ReservationOut, **ACT_ERRORS},
    auth=SITE_SESSION,
    summary="Dire une réserve",
    description=HOW,
    operation_id="record_reservation",
)
def reservation(request: HttpRequest, code: DecisionCode, sent: ReservationIn) -> Status[dict[str, object]]:
    found = decision_named(code)
    made = record_reservation(decision=found, text=sent.text, speaker=speaker(request), at=timezone.now())
    return Status(201, _reservation(made))


def _ballot(found: Ballot) -> dict[str, object]:
    return {
        "seat": found.seat.key,
        "college": found.seat.college_id,
        "value": found.value,
        "by": found.by,
        "holder": found.holder.key if found.holder else None,
        "at": found.at,
        "superseded_at": found.superseded_at,
    }


def _proxy(found: Proxy) -> dict[str, object]:
    return {"decision": found.decision.code, "seat": found.from_seat.key, "to": found.to_seat.key}


def _objection(found: Objection) -> dict[str, object]:
    return {
        "objection": found.pk,
        "seat": found.seat.key,
        "reason": found.reason,
        "state": found.state,
        "at": found.at,
        "closed_at": found.closed_at,
    }


def _reservation(found: Reservation) -> dict[str, object]:
    return {
        "organisation": found.organisation.actor,
        "name": found.organisation.name,
        "text": found.text,
        "at": found.at,
    }
