"""The public log of a test's database, read as an auditor reads it; the site held to it; and lines falsified with care."""

import json
from collections.abc import Callable
from typing import Any

from dcant.governance.models import (
    Action,
    Amendment,
    Charter,
    Cycle,
    Decision,
    Indicator,
    Meeting,
    Objection,
    Programme,
    Seat,
)
from dcant.governance.rules.publishing import public_rows
from dcant.governance.rules.replay import State, replay
from dcant.governance.services.cycles import previous_roadmap, published_roadmap
from dcant.record.canonical import digest, dumps
from dcant.record.models import Entry

Change = Callable[[dict[str, Any]], None]


def leaves() -> list[bytes]:
    return [bytes(leaf) for leaf in Entry.objects.order_by("pk").values_list("leaf", flat=True)]


def replayed() -> State:
    """What the log amounts to: nothing wrong, and the very state of the site."""
    state = replay(leaves())
    assert [(one.index, one.rule, one.message) for one in state.findings] == []
    assert state.older == 0
    assert_same_as_site(state)
    return state


def assert_same_as_site(state: State) -> None:
    decided = Decision.objects.exclude(state="draft").select_related("charter")
    assert {
        one.code: (one.state, one.outcome.as_dict() if one.outcome else None) for one in state.decisions.values()
    } == {one.code: (one.state, one.outcome) for one in decided}
    for one in decided:
        found = state.decisions[one.code]
        assert (found.text, found.charter.hash, found.reconvened) == (one.text_hash, one.charter.hash, one.reconvened)
        said = {(ballot.seat, ballot.by): (ballot.value, ballot.holder) for ballot in found.said.values()}
        stored = one.ballots.effective().select_related("seat", "holder")
        assert said == {(b.seat.key, b.by): (b.value, b.holder.key if b.holder else "") for b in stored}
    _assert_texts(state)
    _assert_half_years(state)
    _assert_meetings(state)
    _assert_indicators(state)


def _assert_texts(state: State) -> None:
    written = Action.objects.exclude(state="")
    assert {one.code: one.state for one in state.actions.values()} == {one.code: one.state for one in written}
    for action in written:
        found = state.actions[action.code]
        adopted = action.versions.filter(state="adopted")
        assert found.adopted == {one.number: one.hash for one in adopted}
        draft = action.versions.filter(state="draft").first()
        assert (found.draft, found.text if draft else "") == ((draft.number, draft.hash) if draft else (0, ""))
        shown = draft or adopted.order_by("-number").first()
        assert found.copilots == {seat.key for seat in shown.copilots.all()}
    amendments = Amendment.objects.select_related("version__action")
    told = {
        (code, one.number): (one.state, one.seat)
        for code, action in state.actions.items()
        for one in action.amendments.values()
    }
    assert told == {(one.version.action.code, one.pk): (one.state, one.seat.key) for one in amendments}
    live = {
        (code, one.number): one.base
        for code, action in state.actions.items()
        for one in action.amendments.values()
        if one.state == "submitted"
    }
    assert live == {(one.version.action.code, one.pk): one.base_hash for one in amendments.filter(state="submitted")}
    objections = {number: said for one in state.decisions.values() for number, (_seat, said) in one.objections.items()}
    assert objections == {one.pk: one.state for one in Objection.objects.all()}


def _assert_half_years(state: State) -> None:
    for programme in Programme.objects.filter(played=True):
        found = state.programmes[programme.slug]
        cycles = {one.half_year: one for one in Cycle.objects.filter(programme=programme)}
        assert {one.half_year: one.state for one in found.cycles.values()} == {
            key: one.state for key, one in cycles.items()
        }
        for half_year, cycle in cycles.items():
            roadmap, sheet = published_roadmap(cycle), cycle.balance_sheets.filter(state="published").first()
            told = found.cycles[half_year]
            assert [_row(item) for item in told.roadmap or ()] == (roadmap.body if roadmap else [])
            assert told.sheet == (public_rows(sheet.body) if sheet else None)
        charters = Charter.objects.filter(programme=programme, state="published")
        assert {one.number: one.hash for one in found.charters} == dict(charters.values_list("number", "hash"))
        last = previous_roadmap(Cycle(programme=programme, half_year="9999-S2"))
        assert (found.in_force.roadmap if found.in_force else []) == (
            [] if last is None else found.cycles[last.cycle.half_year].roadmap
        )
    seats = {
        one.key: (one.college_id, one.organisation.actor, one.valid_to)
        for one in Seat.objects.select_related("organisation")
    }
    assert {one.key: (one.college, one.organisation, one.until) for one in state.seats.values()} == seats


def _assert_meetings(state: State) -> None:
    told = {one.code: (one.state, one.starts_at, list(one.agenda), one.minutes) for one in state.meetings.values()}
    convened = Meeting.objects.convened()
    assert told == {
        one.code: (
            one.state,
            one.starts_at,
            [item.decision.code for item in one.agenda.select_related("decision")],
            list(one.minutes.order_by("number").values_list("hash", flat=True)),
        )
        for one in convened
    }


def _assert_indicators(state: State) -> None:
    written = Indicator.objects.exclude(defined_at=None)
    assert {code: (one.computed, one.values) for code, one in state.indicators.items()} == {
        one.code: (one.computed, {row.period: (row.value, row.people) for row in one.measurements.in_force()})
        for one in written
    }


def _row(item) -> dict[str, str]:
    return {"action": item.action, "version": item.version, "fate": item.fate, "into": item.into}


def indices(log: list[bytes], kind: str) -> list[int]:
    return [place for place, leaf in enumerate(log) if json.loads(leaf)["type"] == kind]


def falsified(log: list[bytes], index: int, change: Change) -> list[bytes]:
    """The log with one body changed, its subject made again: signed anew by a dishonest operator it would verify."""
    value = json.loads(log[index])
    change(value["body"])
    value["subject"] = digest(value["body"])
    return [*log[:index], dumps(value), *log[index + 1 :]]


def found(log: list[bytes]) -> list[tuple[int, str]]:
    return [(one.index, one.rule) for one in replay(log).findings]
