"""A check whose process is killed is taken again, once; nothing of it is left, and its state is always said."""

import json
import subprocess
import sys
from typing import Any

import pytest

from own_node import own_node
from standards.killed import PLACES

pytestmark = pytest.mark.django_db  # a database of its own beside: on both servers
AFTER_THE_END = "after the end, before the file is erased"


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> dict[str, Any]:
    """What was seen at each place where the process was killed."""
    folder = tmp_path_factory.mktemp("node")
    with own_node(folder / "data") as node:
        out = folder / "told.json"
        told = node | {"TOLD": str(out), "TMPDIR": str(folder)}
        ended = subprocess.run(
            [sys.executable, "-m", "standards.killed"], env=told, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, ended.stderr
        assert sorted(one.name for one in folder.iterdir()) == [
            "data",
            "told.json",
        ]  # no temporary file beside the data folder
        found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
        return found


@pytest.mark.parametrize("place", [one for one in PLACES if one != AFTER_THE_END])
def test_a_check_whose_process_is_killed_is_taken_again_and_ends_as_if_it_had_not_been(told, place):
    (killed,) = told[place]["after"]
    assert (killed["state"], killed["attempts"], "ID" in killed["left"]) == ("running", 1, True)
    if place != "before the end is written":
        assert "ID.xlsx" not in killed["left"]  # half a workbook is never taken for the whole
    assert told[place]["end"] == {"state": "done", "attempts": 2, "conforms": False, "left": ["ID.xlsx"]}


def test_a_check_that_had_ended_is_not_begun_again_and_its_file_goes(told):
    (killed,) = told[AFTER_THE_END]["after"]
    assert (killed["state"], "ID" in killed["left"]) == ("done", True)
    assert told[AFTER_THE_END]["end"] == {"state": "done", "attempts": 1, "conforms": False, "left": ["ID.xlsx"]}


def test_a_check_whose_process_dies_twice_is_said_to_have_failed_and_is_not_tried_a_third_time(told):
    assert [one["state"] for one in told["twice"]["after"]] == ["running", "running"]
    assert told["twice"]["end"] == {"state": "failed", "attempts": 2, "conforms": None, "left": []}


def test_a_check_cancelled_after_its_process_died_is_not_begun_again(told):
    assert told["cancelled"]["end"] == {"state": "cancelled", "attempts": 1, "conforms": None, "left": []}


def test_a_report_is_not_lost_for_want_of_room_for_its_annotated_copy(told):
    assert told["without room"] == {"state": "done", "attempts": 1, "conforms": False, "left": []}
