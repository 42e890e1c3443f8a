"""When a source is read again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcant.harvest.cadence import LastRun, due
from dcant.harvest.rules import SourceFile

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def source(cadence: int = 24) -> SourceFile:
    known: dict[str, Any] = dict.fromkeys(("title", "address", "licence", "attribution"), "x")
    return SourceFile(name="s", redistributable=True, cadence_hours=cadence, collections=("things",), **known)


def last(*states: str, hours: float) -> LastRun | None:
    """Runs of ten minutes, last first; the last one ended that many hours before noon."""
    end = NOON - timedelta(hours=hours)
    begin = end - timedelta(minutes=10)
    return LastRun.of([(state, begin, None if state == "running" else end) for state in states])


def test_a_source_never_read_is_due():
    assert due(source(), LastRun.of([]), NOON)


@pytest.mark.parametrize("state", ["complete", "partial", "suspect"])
def test_a_run_that_finished_rests_a_whole_cadence(state):
    assert not due(source(), last(state, "failed", hours=23.9), NOON)
    assert due(source(), last(state, "failed", hours=24), NOON)


@pytest.mark.parametrize(("failures", "hours"), [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 24), (20, 24)])
@pytest.mark.parametrize("state", ["failed", "interrupted"])
def test_a_failed_run_is_tried_again_after_one_two_four_hours_up_to_the_cadence(failures, hours, state):
    runs = [state] * failures + ["complete", "failed"]
    assert not due(source(), last(*runs, hours=hours - 0.01), NOON)
    assert due(source(), last(*runs, hours=hours), NOON)


def test_a_cadence_of_an_hour_is_also_the_longest_back_off():
    assert due(source(1), last("failed", "failed", "failed", hours=1), NOON)


def test_a_run_under_way_is_left_alone_until_it_must_be_dead():
    assert not due(source(1), last("running", hours=23), NOON)
    assert due(source(1), last("running", hours=24), NOON)
    assert not due(source(48), last("running", hours=47), NOON)


@given(st.integers(1, 10_000), st.integers(0, 30), st.floats(0, 20_000), st.floats(0, 20_000))
def test_once_due_a_source_stays_due_and_a_cadence_is_always_enough(cadence, failures, hours, more):
    runs = ["failed"] * failures + ["complete"]
    if due(source(cadence), last(*runs, hours=hours), NOON):
        assert due(source(cadence), last(*runs, hours=hours + more), NOON)
    assert due(source(cadence), last(*runs, hours=cadence), NOON)
    assert not due(source(cadence), last(*runs, hours=0.99), NOON)
