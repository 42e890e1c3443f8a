"""Is every public row told by a line of the log? What a hand put in the database, triggers off or not, has none."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from dcant.governance.models import (
    Action,
    ActionVersion,
    Amendment,
    Assessment,
    BalanceSheet,
    Ballot,
    Budget,
    BudgetBallot,
    BudgetProject,
    Charter,
    Cycle,
    Decision,
    Ending,
    Indicator,
    Measurement,
    Meeting,
    Minutes,
    Objection,
    Proxy,
    Reservation,
    Roadmap,
    Seat,
    SeatHolder,
)
from dcant.governance.rules.budget import decimal
from dcant.governance.rules.endings import ending_hash
from dcant.governance.rules.machines import ENDED
from dcant.governance.rules.meetings import PRESENCES
from dcant.governance.rules.publishing import public_rows
from dcant.governance.rules.texts import text_hash
from dcant.governance.services.indicators import definition
from dcant.record.canonical import digest, loads, timestamp
from dcant.record.models import Entry

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Unrecorded:
    """A public row, by its table and number, that no line of the log says."""

    table: str
    number: int


@dataclass(frozen=True, slots=True)
class _Kind:
    """The types of line that tell these rows, what a line says of one, and the public rows with what they say."""

    types: tuple[str, ...]
    said: Callable[[Mapping[str, Any]], Key]
    rows: Callable[[], Iterator[tuple[Any, Key]]]


def unrecorded_rows() -> list[Unrecorded]:
    """Public rows that no line says as they are now, in the order of their tables. One line tells one row, and no more."""
    told = _told()
    found = []
    for kind in _KINDS:
        for row, key in kind.rows():
            if told[kind.types[0]][key]:
                told[kind.types[0]][key] -= kind in {_BALLOTS, _MEASURES}
            else:
                found.append(Unrecorded(row._meta.db_table, row.pk))  # noqa: SLF001  # Django's own name for it
    return found


def _told() -> dict[str, Counter[Key]]:
    """What each line says, by the first type of its kind."""
    by_type = {name: kind for kind in _KINDS for name in kind.types}
    told: dict[str, Counter[Key]] = {kind.types[0]: Counter() for kind in _KINDS}
    asked = Entry.objects.filter(type__in=by_type).order_by("pk").values_list("leaf", flat=True)
    for leaf in asked.iterator(chunk_size=2000):
        line: Mapping[str, Any] = loads(bytes(leaf))
        kind = by_type[line["type"]]
        told[kind.types[0]][kind.said(line)] += 1
    return told


def _body(*names: str) -> Callable[[Mapping[str, Any]], Key]:
    return lambda line: tuple(line["body"].get(name, "") for name in names)


def _ballot(line: Mapping[str, Any]) -> Key:
    return (*_body("decision", "seat", "value", "by", "holder")(line), line["at"])


def _document(line: Mapping[str, Any]) -> Key:
    body = line["body"]
    return (body["cycle"], body["number"], body["hash"], digest({"body": _bare(body["body"])}))


def _bare(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Older lines do not tell the evidence of a grade, nor its hash."""
    return [{key: value for key, value in row.items() if key != "evidence"} for row in rows]


def _documents(model: type[Roadmap] | type[BalanceSheet]) -> Iterator[tuple[Roadmap | BalanceSheet, Key]]:
    for row in model._default_manager.filter(state="published").select_related("cycle"):  # noqa: SLF001
        said = digest({"body": _bare(public_rows(row.body))})
        yield row, (row.cycle.half_year, row.number, row.hash, said)


def _ballots() -> Iterator[tuple[Ballot, Key]]:
    for row in Ballot.objects.select_related("decision", "seat", "holder").iterator(chunk_size=2000):
        holder = row.holder.key if row.holder else ""
        yield row, (row.decision.code, row.seat.key, row.value, row.by, holder, timestamp(row.at))


def _opened() -> Iterator[tuple[Decision, Key]]:
    for row in Decision.objects.exclude(state="draft"):
        yield row, (row.code, row.text_hash, row.rule, digest({"electorate": row.electorate}))


def _electorate(line: Mapping[str, Any]) -> Key:
    body = line["body"]
    return (body["decision"], body["text"], body["rule"], digest({"electorate": body["electorate"]}))


def _closed() -> Iterator[tuple[Decision, Key]]:
    for row in Decision.objects.filter(state__in=["adopted", "rejected", "no_quorum"]):
        yield row, (row.code, row.state, digest(row.outcome or {}))


def _counted(line: Mapping[str, Any]) -> Key:
    outcome = line["body"]["outcome"]
    return (line["body"]["decision"], outcome["outcome"], digest(outcome))


def _charters() -> Iterator[tuple[Charter, Key]]:
    for row in Charter.objects.filter(state="published").select_related("programme"):
        yield row, (row.programme.slug, row.number, digest(row.body))


def _money(amount: Decimal) -> str:
    return decimal(Fraction(amount))


_BUDGETS = (
    _Kind(
        ("budget.opened",),
        _body("budget", "cycle", "amount", "step"),
        lambda: (
            (row, (row.code, row.cycle.half_year, _money(row.amount), _money(row.step)))
            for row in Budget.objects.select_related("cycle")
        ),
    ),
    _Kind(
        ("budget.project_added",),
        _body("budget", "project", "action", "resource", "cost", "seat"),
        lambda: (
            (
                row,
                (
                    row.budget.code,
                    row.key,
                    row.action.code if row.action else "",
                    row.resource.slug if row.resource else "",
                    _money(row.cost),
                    row.seat.key,
                ),
            )
            for row in BudgetProject.objects.select_related("budget", "action", "resource", "seat")
        ),
    ),
    _Kind(
        ("budget.ballot_cast",),
        lambda line: (line["body"]["budget"], line["body"]["seat"], tuple(line["body"]["approves"]), line["at"]),
        lambda: (
            (row, (row.budget.code, row.seat.key, tuple(row.approves), timestamp(row.at)))
            for row in BudgetBallot.objects.select_related("budget", "seat")
        ),
    ),
    _Kind(
        ("budget.allocated",),
        _body("budget", "result"),
        lambda: ((row, (row.code, digest(row.result or {}))) for row in Budget.objects.filter(state="closed")),
    ),
)


def _noticed(line: Mapping[str, Any]) -> Key:
    body = line["body"]
    return (body["programme"], body["cycle"], body["meeting"], body["starts_at"], tuple(body["agenda"]))


def _meetings() -> Iterator[tuple[Meeting, Key]]:
    for row in Meeting.objects.convened().select_related("programme", "cycle").prefetch_related("agenda__decision"):
        agenda = tuple(item.decision.code for item in row.agenda.all())
        starts_at = row.starts_at.isoformat(timespec="seconds")
        yield row, (row.programme.slug, row.cycle.half_year, row.code, starts_at, agenda)


def _cancelled() -> Iterator[tuple[Meeting, Key]]:
    for row in Meeting.objects.convened().filter(state="cancelled").select_related("programme"):
        yield row, (row.programme.slug, row.code)


def _attended(line: Mapping[str, Any]) -> Key:
    body = line["body"]
    said = [
        (seat, presence)
        for college in body["body"]["attendance"].values()
        for presence in PRESENCES
        for seat in college[presence]
    ]
    return (body["meeting"], body["number"], body["hash"], digest(body["body"]), tuple(sorted(said)))


def _minutes() -> Iterator[tuple[Minutes, Key]]:
    """With who is noted now: that too was said for good."""
    published = Minutes.objects.filter(state="published").select_related("meeting")
    for row in published.prefetch_related("meeting__attendances__seat"):
        noted = sorted((one.seat.key, one.presence) for one in row.meeting.attendances.all())
        yield row, (row.meeting.code, row.number, row.hash, digest(row.body), tuple(noted))


def _indicators() -> Iterator[tuple[Indicator, Key]]:
    for row in Indicator.objects.exclude(defined_at=None).select_related("programme", "action", "resource"):
        yield row, (digest({**definition(row), "demo": False}),)


def _measured(line: Mapping[str, Any]) -> Key:
    return (*_body("indicator", "period", "value", "people", "source_hash")(line), line["at"])


def _measurements() -> Iterator[tuple[Measurement, Key]]:
    for row in Measurement.objects.select_related("indicator").iterator(chunk_size=2000):
        source = digest({"source": row.source})
        yield row, (row.indicator.code, row.period, row.value, row.people, source, timestamp(row.at))


_BALLOTS = _Kind(("ballot.cast",), _ballot, _ballots)
_MEASURES = _Kind(("measurement.recorded",), _measured, _measurements)
_KINDS = (
    _Kind(
        ("seat.opened",),
        _body("seat", "college", "organisation"),
        lambda: (
            (row, (row.key, row.college_id, row.organisation.actor))
            for row in Seat.objects.select_related("organisation")
        ),
    ),
    _Kind(
        ("mandate.started",),
        _body("seat", "holder", "part"),
        lambda: ((row, (row.seat.key, row.commitment, row.part)) for row in SeatHolder.objects.select_related("seat")),
    ),
    _Kind(
        ("charter.published",),
        lambda line: (line["body"]["programme"], line["body"]["number"], digest(line["body"]["charter"])),
        _charters,
    ),
    _Kind(
        ("cycle.planned", "cycle.opened"),
        _body("programme", "cycle"),
        lambda: ((row, (row.programme.slug, row.half_year)) for row in Cycle.objects.select_related("programme")),
    ),
    _Kind(
        ("action.proposed",),
        _body("action"),
        lambda: ((row, (row.code,)) for row in Action.objects.exclude(state="")),
    ),
    _Kind(
        ("action.version_adopted",),
        _body("action", "number", "text"),
        lambda: (
            (row, (row.action.code, row.number, text_hash(row.text)))
            for row in ActionVersion.objects.filter(state="adopted").select_related("action")
        ),
    ),
    _Kind(
        ("action.ending_proposed",),
        _body("action", "fate", "into", "seat", "text"),
        lambda: (
            (
                row,
                (row.action.code, row.fate, row.into.code if row.into else "", row.seat.key, ending_hash(row.body)),
            )
            for row in Ending.objects.select_related("action", "into", "seat")
        ),
    ),
    _Kind(
        ("action.ended",),
        _body("action", "fate"),
        lambda: ((row, (row.code, row.state)) for row in Action.objects.filter(state__in=ENDED)),
    ),
    _Kind(
        ("amendment.submitted",),
        _body("amendment", "action", "seat"),
        lambda: (
            (row, (row.pk, row.version.action.code, row.seat.key))
            for row in Amendment.objects.select_related("version__action", "seat")
        ),
    ),
    _Kind(("decision.opened",), _electorate, _opened),
    _Kind(("decision.closed",), _counted, _closed),
    _BALLOTS,
    _Kind(
        ("proxy.given",),
        _body("decision", "from", "to"),
        lambda: (
            (row, (row.decision.code, row.from_seat.key, row.to_seat.key))
            for row in Proxy.objects.select_related("decision", "from_seat", "to_seat")
        ),
    ),
    _Kind(
        ("objection.raised",),
        _body("objection", "decision", "seat"),
        lambda: (
            (row, (row.pk, row.decision.code, row.seat.key))
            for row in Objection.objects.select_related("decision", "seat")
        ),
    ),
    _Kind(
        ("reservation.recorded",),
        _body("reservation", "decision", "text_hash"),
        lambda: (
            (row, (row.pk, row.decision.code, digest({"text": row.text})))
            for row in Reservation.objects.select_related("decision")
        ),
    ),
    _Kind(("roadmap.published",), _document, lambda: _documents(Roadmap)),
    _Kind(("balance_sheet.published",), _document, lambda: _documents(BalanceSheet)),
    _Kind(
        ("assessment.published",),
        _body("cycle", "action", "seat", "grade"),
        lambda: (
            (row, (row.cycle.half_year, row.action.code, row.seat.key, row.grade))
            for row in Assessment.objects.select_related("cycle", "action", "seat")
        ),
    ),
    *_BUDGETS,
    _Kind(("meeting.noticed",), _noticed, _meetings),
    _Kind(("meeting.cancelled",), _body("programme", "meeting"), _cancelled),
    _Kind(("minutes.published",), _attended, _minutes),
    _Kind(("indicator.defined",), lambda line: (digest({**line["body"], "demo": False}),), _indicators),
    _MEASURES,
)
