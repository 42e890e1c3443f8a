"""What an operator who signs again whatever it likes could slip into a log: said again, antedated, of another form, or vanished."""

import json

import pytest

from dcant.governance.rules.continuity import Item, faults
from dcant.record.canonical import digest, dumps
from governance.log_of import found, indices, leaves


def test_a_line_said_again_under_the_same_name_is_named_and_changes_nothing(stage):
    """A seat changed its mind; the operator writes its first ballot once more, as it was."""
    stage.decide(stage.put(stage.draft()))
    log = leaves()
    ballot, closed = indices(log, "ballot.cast")[0], indices(log, "decision.closed")[0]
    assert found([*log[:closed], log[ballot], *log[closed:]]) == [(closed, "twice")]


def test_a_late_ballot_under_an_early_date_is_named(stage):
    decision = stage.open(stage.put(stage.draft()), days=5)
    stage.vote(decision, {"e1": "for", "e2": "for", "t1": "against", "t2": "for"})
    other = stage.open(stage.put(stage.draft("Autre")), days=20)
    stage.later(days=6)
    stage.vote(other, {"t1": "for"})  # the log has gone past the deadline
    log = leaves()
    model = log[indices(log, "ballot.cast")[3]]
    said = json.loads(model)
    said["body"]["seat"], said["id"] = stage.seats["t3"].key, "late"
    forged = dumps(said | {"actor": stage.speakers["t3"].organisation.actor, "subject": digest(said["body"])})
    assert found(log) == []
    assert found([*log, forged]) == [(len(log), "order")]


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"note": "x"},
        {"at": "2026-02-02T10:00:00+01:00"},
        {"at": "2026-02-02"},
        {"at": "2026-02-02T09:00:00.5Z"},
    ],
    ids=["version", "more", "other zone", "day", "split second"],
)
def test_an_entry_of_another_form_is_named(stage, change):
    log = leaves()
    assert found([dumps(json.loads(log[0]) | change), *log[1:]])[0][1] in {"leaf", "shape"}


def test_a_roadmap_that_says_an_unknown_fate_is_named(stage):
    before = [Item("a", "sha256:1", "added")]
    assert faults(before, [Item("a", "sha256:1", "vanished")]) == ["unknown-fate:a"]
