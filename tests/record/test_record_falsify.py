"""One bit of a copy, anywhere: the verifier names the entry, and the log itself is as it was."""

from random import Random

import pytest
from own_log import entry, policy, write_log

from dcant.record.falsify import MOST_ENTRIES, can_falsify, falsify


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    return write_log(tmp_path_factory.mktemp("falsified") / "log", [3, 300, 600])


def _all(folder) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("seed", range(20))
def test_the_entry_that_was_changed_is_the_one_that_is_named(log, seed):
    before = _all(log)
    made = falsify(log, policy(), Random(seed))
    first = made.findings[0]
    assert first.code == "entry"
    assert first.place.startswith(f"entrée {made.index} (tile/entries/")
    assert made.before[1] != made.after
    assert made.before[0].encode()[:1] in entry(made.index)
    assert _all(log) == before


def test_an_empty_log_and_one_too_long_for_a_page_are_refused_with_a_reason():
    assert not can_falsify(0)
    assert can_falsify(1)
    assert can_falsify(MOST_ENTRIES)
    assert "20000" in can_falsify(MOST_ENTRIES + 1).because
