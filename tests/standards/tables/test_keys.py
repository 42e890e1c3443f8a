"""Doubles, found exactly whatever the memory; composite keys; the keys a foreign key may take."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcant.standards.tables.keys import (
    KeyIndex,
    KeySpillFailed,
    ReferenceSet,
    all_null,
    compose,
    hashing,
    index,
    references,
)
from dcant.standards.tables.values import SourceUnreadable

SMALL = 2_000  # bytes: everything spills


def texts(values):
    return pa.array(values, type=pa.string())


def expected(keys):
    """The plain way: a dictionary of the last row of each key."""
    last, found = {}, []
    for row, key in enumerate(keys, start=2):
        if key is None:
            continue
        if key in last:
            found.append((row, last[key]))
        last[key] = row
    return found


def found(keys, block, memory, folder=None):
    with KeyIndex(folder, memory) as keeper:
        for start in range(0, len(keys), block):
            part = keys[start : start + block]
            keeper.add(np.arange(start + 2, start + 2 + len(part)), texts(part))
        return list(keeper.doubles())


some_keys = st.one_of(
    st.none(), st.sampled_from(["", "a", "b", "été", "x" * 9, "x" * 600, "x" * 601]), st.text(max_size=20)
)


@given(st.lists(some_keys, max_size=60), st.integers(1, 25), st.sampled_from([0, 400, SMALL, 10**8]))
def test_doubles_are_those_of_a_dictionary_whatever_the_blocks_and_the_memory(keys, block, memory):
    assert found(keys, block, memory) == expected(keys)


@pytest.mark.parametrize("distinct", [1, 2, 700, 10**9])
def test_many_rows_that_spill_give_every_double_in_order(distinct, tmp_path):
    chosen = np.random.default_rng(distinct).integers(0, distinct, 30_000)
    keys = [f"clé {number}" for number in chosen.tolist()]
    assert found(keys, 1_000, 40_000, tmp_path) == expected(keys)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("memory", [SMALL, 10**8])
def test_different_keys_under_one_hash_are_told_apart(monkeypatch, memory):
    def two_hashes(column, seed):
        return np.array([len(text) % 2 for text in column.to_pylist()], dtype=np.uint64)

    monkeypatch.setattr(index, "hash_texts", two_hashes)
    monkeypatch.setattr(references, "hash_texts", two_hashes)
    keys = [str(number % 90) for number in range(400)]
    assert found(keys, 50, memory) == expected(keys)
    known = ReferenceSet([texts(keys)])
    assert len(known) == 90
    assert known.contains(texts(["89", "90", "7", None])).to_pylist() == [True, False, True, None]


def test_equal_texts_have_equal_hashes_wherever_they_lie():
    words = ["", "a", "abcdefgh", "abcdefghi", "z" * 511, "z" * 512, "z" * 513, "é" * 300]
    alone = [hashing.hash_texts(texts([word]), 7)[0] for word in words]
    assert len(set(alone)) == len(words)
    padded = texts(["pad", *words, "pad"]).slice(1, len(words))
    assert hashing.hash_texts(padded, 7).tolist() == alone
    assert hashing.hash_texts(padded, 8).tolist() != alone


def test_rows_may_come_in_any_order_within_a_call_but_not_between_calls():
    with KeyIndex() as keeper:
        keeper.add(np.array([2, 5, 3]), texts(["a", "a", "a"]))
        with pytest.raises(ValueError, match="row 4 comes after row 5"):
            keeper.add(np.array([4]), texts(["a"]))
        keeper.add(np.array([6]), texts(["a"]))
        assert list(keeper.doubles()) == [(3, 2), (5, 3), (6, 5)]
        assert list(keeper.doubles()) == [(3, 2), (5, 3), (6, 5)]
        with pytest.raises(ValueError, match="once doubles"):
            keeper.add(np.array([7]), texts(["a"]))


def spill_then_fail(folder):
    with KeyIndex(folder, SMALL) as keeper:
        for start in range(0, 1000, 100):
            keeper.add(np.arange(start, start + 100), texts([str(row) for row in range(start, start + 100)]))
        raise ZeroDivisionError


def test_nothing_is_left_on_disk_after_an_error(tmp_path):
    with pytest.raises(ZeroDivisionError):
        spill_then_fail(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    with pytest.raises(KeySpillFailed) as failed:
        found([str(row) for row in range(1000)], 100, SMALL, tmp_path / "absent")
    assert isinstance(failed.value, SourceUnreadable)
    assert failed.value.fault.code == "key-spill-failed"
    assert "temporaire" in failed.value.fault.remedy.fr


FULL_DISK = """
import resource, sys
from pathlib import Path
import numpy as np, pyarrow as pa
from dcant.standards.tables.keys import KeyIndex, KeySpillFailed
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
try:
    with KeyIndex(Path(sys.argv[1]), 20_000) as keeper:
        for start in range(0, 20_000, 500):
            keys = pa.array([str(row % 9_000) for row in range(start, start + 500)])
            keeper.add(np.arange(start, start + 500), keys)
        print(sum(1 for _ in keeper.doubles()))
except KeySpillFailed as failed:
    print(failed.fault.code)
"""


@pytest.mark.parametrize(
    ("room", "said"), [(10**9, "11000"), (30_000, "key-spill-failed"), (300_000, "key-spill-failed")]
)
def test_a_full_disk_is_said_and_nothing_is_left(tmp_path, room, said):
    """A file that may not grow stands for a disk that is full: the system refuses to write either way."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path), str(room)],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    assert done.stdout.strip() == said
    assert list(tmp_path.iterdir()) == []


KILLED = """
import os, signal, sys
from pathlib import Path
import numpy as np, pyarrow as pa
from dcant.standards.tables.keys import KeyIndex
keeper = KeyIndex(Path(sys.argv[1]), 2_000)
for start in range(0, 1_000, 100):
    keeper.add(np.arange(start, start + 100), pa.array([str(row) for row in range(start, start + 100)]))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_process_killed_while_spilling_leaves_no_file(tmp_path: Path):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False, env=environment)
    assert done.returncode == -9
    assert list(tmp_path.iterdir()) == []


# ---- composite keys

parts = st.one_of(st.none(), st.text("ab\x1f\x1bnbe", max_size=3), st.text(max_size=3))


@given(st.lists(st.tuples(parts, parts, parts), min_size=1, max_size=30))
def test_two_composite_keys_are_equal_only_for_equal_values(rows):
    columns = [texts(column) for column in zip(*rows, strict=True)]
    for nulls, quiet in (("any_null", lambda row: None in row), ("all_null", lambda row: row == (None, None, None))):
        keys = compose(columns, nulls).to_pylist()
        assert [key is None for key in keys] == [quiet(row) for row in rows]
        told = [(row, key) for row, key in zip(rows, keys, strict=True) if key is not None]
        assert len({row for row, _ in told}) == len({key for _, key in told}) == len(set(told))
    assert all_null(columns).to_pylist() == [row == (None, None, None) for row in rows]


@given(st.lists(st.tuples(parts, parts), min_size=2, max_size=20))
def test_a_composite_key_does_not_depend_on_the_block_it_is_in(rows):
    columns = [texts(column) for column in zip(*rows, strict=True)]
    for nulls in ("any_null", "all_null"):
        alone = [compose([column.slice(at, 1) for column in columns], nulls)[0] for at in range(len(rows))]
        assert compose(columns, nulls).to_pylist() == [key.as_py() for key in alone]


def test_one_column_alone_is_its_own_key():
    column = texts(["a", None, ""])
    assert compose([column], "any_null").equals(column)
    assert compose([column], "all_null").equals(column)


# ---- foreign keys


@given(st.lists(some_keys, max_size=30), st.lists(some_keys, max_size=30), st.integers(1, 7))
def test_a_key_is_found_when_it_was_given(known, asked, block):
    keeper = ReferenceSet(texts(known[start : start + block]) for start in range(0, len(known), block))
    assert keeper.contains(texts(asked)).to_pylist() == [None if key is None else key in known for key in asked]
    keeper.add(texts(asked))
    assert len(keeper) == len({*known, *asked} - {None})
    assert keeper.contains(texts(asked)).to_pylist() == [None if key is None else True for key in asked]
