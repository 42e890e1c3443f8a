"""The worker has sources read only where the operator said so."""

from datetime import date

import pytest

from dcant.cli.children import Harvests
from dcant.cli.witnesses import cosigners
from dcant.cli.worker import beat

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("told", "turns"), [(None, []), ("0", []), ("1", [0, 120])])
def test_the_worker_fetches_nothing_unless_told_and_looks_once_a_minute(monkeypatch, told, turns):
    looked = []

    class Recorder(Harvests):
        def turn(self, due, now):
            looked.append((due, now))

    monkeypatch.delenv("DCANT_HARVEST", raising=False)
    if told is not None:
        monkeypatch.setenv("DCANT_HARVEST", told)
    at = []
    for turn in (0, 1, 119, 120, 121):
        before = len(looked)
        beat(turn, date.max, Recorder([]), cosigners())
        at += [turn] * (len(looked) - before)
    assert at == turns
