"""Two sequencers at the same time, in processes of their own, on a real database."""

import json

import pytest

from own_node import own_node, python, together

WRITE = """
from datetime import UTC, datetime
from django.db import transaction
from dcant.record.services import Draft, write_entries
with transaction.atomic():
    write_entries(Draft("test.said", "system:test", "", {"n": n}, datetime(2026, 1, 1, tzinfo=UTC)) for n in range(300))
"""
NUMBER = """
from dcant.record.sequencer import sequence_entries
print(sum(iter(lambda: sequence_entries(limit=7), 0)))
"""
READ = """
from dcant.record.models import Entry
rows = [(entry.index, entry.body["n"]) for entry in Entry.objects.order_by("pk")]
print(json.dumps(rows))
"""


@pytest.mark.database
def test_two_sequencers_never_give_the_same_place_nor_leave_a_hole(tmp_path):
    with own_node(tmp_path) as node:
        python(node, WRITE)
        said = together(node, NUMBER, ["one", "other"])
        assert sum(map(int, said)) == 300
        assert json.loads(python(node, READ)) == [[n, n] for n in range(300)]
