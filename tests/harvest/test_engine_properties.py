"""Any sequence of small sources: what is held is what was last said, and nothing is written twice."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from dcant.harvest.models import Item, Statement

pytestmark = pytest.mark.django_db
names = st.sampled_from(["a", "b", "c", "d"])
contents = st.fixed_dictionaries(
    {"colour": st.sampled_from(["rouge", "bleu", ""]), "uses": st.sampled_from(["", "a", "b"])}
)
sources = st.lists(st.dictionaries(names, contents, min_size=1), min_size=1, max_size=4)


@settings(max_examples=25)
@given(sources)
def test_after_each_run_the_current_statements_are_those_of_the_last_sheets(request, states):
    sheet: Callable[..., bytes] = request.getfixturevalue("make_sheet")
    world: Any = request.getfixturevalue("world")
    with TemporaryDirectory() as folder, transaction.atomic():
        world.data = Path(folder)
        expected: dict[str, set[tuple[str, str]]] = {}
        for day, state in enumerate(states):
            files = {f"things/{name}.md": sheet(f"Chose {name}", **values) for name, values in state.items()}
            world.play(files, day=day)
            assert world.play(files, day=day + 0.5).totals["created"] == 0
            for name, values in state.items():
                said = {("title", f"Chose {name}")} | {("colour", values["colour"])} | {("link:uses", values["uses"])}
                expected[name] = {(field, value) for field, value in said if value}
            held = {item.remote_id: stated(item) for item in Item.objects.all()}
            assert held == expected
            both = Statement.objects.current().count()
            assert both == sum(len(facts) for facts in expected.values())
        transaction.set_rollback(True)


def stated(item: Item) -> set[tuple[str, str]]:
    return {
        (row.field, row.value["target"].rpartition("/")[2] if isinstance(row.value, dict) else row.value)
        for row in item.statements.current()
    }
