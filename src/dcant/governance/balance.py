"""What the balance of the programme is counted on: seats, acts and delays of each college, in a fixed number of queries."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from dcant.governance.models import ActionVersion, Amendment, Decision, Programme, Seat
from dcant.governance.rules.balance import Fact, Measure, is_late
from dcant.identifiers import HalfYear

_Copilot = ActionVersion.copilots.through


@dataclass(frozen=True, slots=True)
class SidesView:
    """The programme decided on this site, its colleges, and everything they have or did."""

    programme: Programme
    colleges: tuple[tuple[str, str], ...]  # key, name
    facts: tuple[Fact, ...]


def sides_of_programme(today: date) -> SidesView | None:
    """The latest programme played on this site; None where there is none. Six queries."""
    programme = Programme.objects.filter(played=True).order_by("-period", "-pk").first()
    if programme is None:
        return None
    seats = list(programme.seats.select_related("college", "organisation").order_by("-college", "key"))
    colleges = dict.fromkeys((seat.college_id, seat.college.name) for seat in seats)
    by_key = {seat.pk: seat for seat in seats}
    facts = (
        *_seats(seats, today),
        *_proposals(programme, by_key),
        *_amendments(programme),
        *_decisions(programme),
        *_delays(programme, by_key, today),
    )
    return SidesView(programme, tuple(sorted(colleges)), facts)


def _seats(seats: list[Seat], today: date) -> Iterator[Fact]:
    for seat in seats:
        if seat.valid_from <= today and (seat.valid_to is None or seat.valid_to >= today):
            about = ("colleges", seat.key, seat.organisation.name)
            yield Fact(seat.college_id, Measure.SEATS, counts=True, half_year=None, about=about)


def _proposals(programme: Programme, seats: dict[int, Seat]) -> Iterator[Fact]:
    """The author of an action is the first copilot of its first version."""
    rows = _Copilot.objects.filter(actionversion__number=1, actionversion__action__axis__programme=programme)
    columns = ("actionversion__action__code", "seat", "actionversion__action__title", "actionversion__created_at")
    told: set[str] = set()
    for code, seat, title, at in rows.order_by("pk").values_list(*columns):
        if code not in told:
            told.add(code)
            about = ("action", code, title)
            yield Fact(seats[seat].college_id, Measure.PROPOSALS, counts=True, half_year=_half_year(at), about=about)


def _amendments(programme: Programme) -> Iterator[Fact]:
    rows = Amendment.objects.filter(version__action__axis__programme=programme).exclude(state="draft").order_by("pk")
    columns = ("seat__college", "state", "at", "version__action__code", "version__action__title")
    for college, state, at, code, title in rows.values_list(*columns):
        taken = state == "integrated"
        yield Fact(college, Measure.AMENDMENTS, taken, _half_year(at), ("action", code, title))


def _decisions(programme: Programme) -> Iterator[Fact]:
    """A college carried a decision when it met its quorum and its majority, whatever the other one said."""
    rows = Decision.objects.filter(programme=programme).order_by("pk")
    for outcome, closed_at, code, title in rows.values_list("outcome", "closed_at", "code", "title").iterator():
        if outcome and closed_at:
            about, half_year = ("decision", code, title), _half_year(closed_at)
            for college, count in outcome["colleges"].items():
                yield Fact(college, Measure.DECISIONS, bool(count["carried"]), half_year, about)


def _delays(programme: Programme, seats: dict[int, Seat], today: date) -> Iterator[Fact]:
    """Each copilot of each text in force of an adopted action: late, or on time."""
    rows = _Copilot.objects.filter(
        actionversion__action__axis__programme=programme,
        actionversion__action__state="adopted",
        actionversion__state="adopted",
    ).order_by("actionversion__action", "-actionversion__number", "pk")
    in_force: dict[str, int] = {}
    for seat, due, number, code, title in rows.values_list(
        "seat",
        "actionversion__due",
        "actionversion__number",
        "actionversion__action__code",
        "actionversion__action__title",
    ):
        if in_force.setdefault(code, number) == number:
            late = is_late(due=due, state="adopted", today=today)
            about = ("action", code, f"{title} ({seats[seat].organisation.name})")
            yield Fact(seats[seat].college_id, Measure.LATE, late, None, about)


def _half_year(at: datetime) -> HalfYear:
    return HalfYear.of(timezone.localtime(at).date())
