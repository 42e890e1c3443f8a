"""A log as files: the same bytes as others write, proofs from the tiles they need, and no way to lose or fork it."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from own_log import entry, policy, signed, write_log

from dcant.record.merkle import leaf_hash, root, verify_consistency, verify_inclusion
from dcant.record.note import Malformed
from dcant.record.tile_reader import TileReader
from dcant.record.tile_writer import LogInconsistent, TileWriter, kept_sizes
from dcant.record.tiles import (
    ENTRIES,
    BundleBroken,
    Frontier,
    folder_reader,
    join_bundle,
    parse_path,
    split_bundle,
    tile_path,
    width_at,
)
from dcant.record.verifier import folder_files, verify_log


def test_at_every_size_the_files_are_those_of_the_published_log(corpora, tmp_path):
    published = corpora / "record-vectors" / "tiles-log"
    entries = split_bundle((published / "tile/entries/000.p/8").read_bytes())
    with TileWriter(tmp_path) as writer:
        for size in range(9):
            writer.append(entries[max(0, size - 1) : size])
            writer.publish((published / f"checkpoint.{size}").read_bytes())
            for path in ("tile/0/000.p", "tile/entries/000.p"):
                if size:
                    assert (tmp_path / path / str(size)).read_bytes() == (published / path / str(size)).read_bytes()
    ours = [path for path in folder_files(tmp_path) if path != "checkpoint"]
    assert ours == [path for path in folder_files(published) if path not in {"log.vkey", "policy.txt"}]


@pytest.mark.parametrize(
    ("level", "number", "width", "path"),
    [
        (0, 1234067, 256, "tile/0/x001/x234/067"),
        (0, 0, 256, "tile/0/000"),
        (2, 0, 1, "tile/2/000.p/1"),
        (ENTRIES, 1000, 255, "tile/entries/x001/000.p/255"),
        (63, 999, 17, "tile/63/999.p/17"),
    ],
)
def test_a_tile_has_one_path(level, number, width, path):
    assert tile_path(level, number, width) == path
    assert parse_path(path) == (level, number, width)


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/0", "tile/00/000", "tile/0/x000/001", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01",
        "tile/0/000.p", "tile/-1/000", "tile/0/x1234/000", "tile/0/001/002", "tile/0/000\n", "tile/0/٠٠٠", "checkpoint", "",
    ],
)  # fmt: skip
def test_a_path_written_otherwise_is_of_no_tile(path):
    assert parse_path(path) is None


@given(st.integers(-1, 63), st.integers(0, 2**55), st.integers(1, 256))
def test_every_path_reads_back(level, number, width):
    assert parse_path(tile_path(level, number, width)) == (level, number, width)


@settings(max_examples=8)
@given(st.lists(st.integers(0, 400), min_size=1, max_size=5), st.data())
def test_what_is_written_in_any_portions_is_read_back_and_proved(steps, draw):
    with tempfile.TemporaryDirectory() as folder:
        sizes = [sum(steps[: count + 1]) for count in range(len(steps))]
        write_log(Path(folder), sizes)
        reader = TileReader(Path(folder), sizes[-1])
        leaves = [leaf_hash(entry(index)) for index in range(sizes[-1])]
        assert reader.root() == root(leaves)
        if not sizes[-1]:
            return
        index = draw.draw(st.integers(0, sizes[-1] - 1))
        size = draw.draw(st.integers(index + 1, sizes[-1]))
        assert reader.entry(index) == entry(index)
        assert verify_inclusion(leaves[index], index, size, reader.inclusion(index, size), reader.root(size))
        assert verify_consistency(
            index + 1, size, reader.root(index + 1), reader.root(size), reader.consistency(index + 1, size)
        )
        assert not verify_log(folder_reader(Path(folder)), policy(), files=folder_files(Path(folder))).findings


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_a_bundle_reads_back(entries):
    assert split_bundle(join_bundle(entries)) == entries


@given(st.binary(max_size=400))
def test_any_bytes_are_a_bundle_or_are_refused_with_the_entries_before_the_break(data):
    try:
        entries, whole = split_bundle(data), True
    except BundleBroken as broken:
        entries, whole = broken.entries, False
    assert data.startswith(join_bundle(entries))
    assert (join_bundle(entries) == data) is whole


def test_seventy_thousand_entries_make_the_tiles_that_the_format_says(tmp_path):
    with TileWriter(tmp_path) as writer:
        writer.append(index.to_bytes(4, "big") for index in range(70_000))
        writer.publish(signed(70_000, writer.root))
    widths = {level: sorted(width for path in folder_files(tmp_path) if (found := parse_path(path)) and found[0] == level for width in [found[2]]) for level in (ENTRIES, 0, 1, 2, 3)}  # fmt: skip
    full = [256] * 273
    assert widths == {ENTRIES: [112, *full], 0: [112, *full], 1: [17, 256], 2: [1], 3: []}
    asked: list[str] = []
    stored = folder_reader(tmp_path)

    def read(path: str) -> bytes:
        asked.append(path)
        return stored(path)

    proof = TileReader(read, 70_000).inclusion(65_535)
    leaf = leaf_hash((65_535).to_bytes(4, "big"))
    assert verify_inclusion(leaf, 65_535, 70_000, proof, TileReader(tmp_path, 70_000).root())
    assert len(asked) == len(set(asked)) <= 5


def test_an_edge_gives_the_same_root_as_the_whole_tree_at_every_size():
    edge, leaves = Frontier(), []
    for index in range(600):
        assert edge.root() == root(leaves)
        for level, number, hashes in edge.open_tiles():
            assert len(hashes) == width_at(level, number, index)
        leaves.append(leaf_hash(entry(index)))
        edge.push(leaves[-1])


def test_a_reader_uses_the_full_tile_where_the_partial_one_is_gone(tmp_path):
    write_log(tmp_path, [3, 200, 256, 300])
    with TileWriter(tmp_path) as writer:
        assert writer.prune() == 4
        assert writer.prune() == 0
    assert TileReader(tmp_path, 200).root() == TileReader(tmp_path, 300).root(200)
    assert TileReader(tmp_path, 200).entry(199) == entry(199)
    assert not verify_log(folder_reader(tmp_path), policy(), files=folder_files(tmp_path)).findings


def test_two_writers_never_hold_one_folder(tmp_path):
    with TileWriter(tmp_path), pytest.raises(LogInconsistent, match="another writer"):
        TileWriter(tmp_path)
    TileWriter(tmp_path).close()


def test_what_was_not_published_is_forgotten_and_what_was_is_gone_on_from(tmp_path):
    write_log(tmp_path, [10, 300])
    before = {path: (tmp_path / path).read_bytes() for path in folder_files(tmp_path)}
    with TileWriter(tmp_path) as writer:
        writer.append(b"lost" for _ in range(600))
        assert writer.size == 900
    with TileWriter(tmp_path) as writer:
        assert writer.size == 300
    assert {path: (tmp_path / path).read_bytes() for path in folder_files(tmp_path)} == before


def test_an_old_checkpoint_put_back_does_not_make_the_log_go_back(tmp_path):
    write_log(tmp_path, [10, 20])
    (tmp_path / "checkpoint").write_bytes((tmp_path / "checkpoint.10").read_bytes())
    with TileWriter(tmp_path) as writer:
        assert writer.size == 20
    assert (tmp_path / "checkpoint").read_bytes() == (tmp_path / "checkpoint.20").read_bytes()
    (tmp_path / "checkpoint").unlink()
    TileWriter(tmp_path).close()
    assert (tmp_path / "checkpoint").read_bytes() == (tmp_path / "checkpoint.20").read_bytes()
    assert kept_sizes(tmp_path) == [10, 20]


def test_a_log_known_by_its_checkpoint_alone_is_gone_on_from(tmp_path):
    write_log(tmp_path, [10])
    (tmp_path / "checkpoint.10").unlink()
    with TileWriter(tmp_path) as writer:
        assert writer.size == 10


def test_a_folder_that_does_not_lead_to_its_checkpoint_is_not_written_to(tmp_path):
    write_log(tmp_path, [10])
    tile = tmp_path / "tile/0/000.p/10"
    tile.write_bytes(bytes([tile.read_bytes()[0] ^ 1]) + tile.read_bytes()[1:])
    with pytest.raises(LogInconsistent):
        TileWriter(tmp_path)
    tile.unlink()
    with pytest.raises(LogInconsistent):
        TileWriter(tmp_path)


def test_a_higher_tile_that_decayed_is_not_built_upon(tmp_path):
    write_log(tmp_path, [300])
    tile = tmp_path / "tile/1/000.p/1"
    tile.write_bytes(bytes([tile.read_bytes()[0] ^ 1]) + tile.read_bytes()[1:])
    with pytest.raises(LogInconsistent):
        TileWriter(tmp_path)


def test_an_entry_that_decayed_on_the_disk_is_not_copied_any_further(tmp_path):
    write_log(tmp_path, [10])
    bundle = tmp_path / "tile/entries/000.p/10"
    bundle.write_bytes(bundle.read_bytes().replace(b'"id":"3"', b'"id":"4"'))
    with pytest.raises(LogInconsistent):
        TileWriter(tmp_path)


def test_a_checkpoint_of_something_else_is_not_published(tmp_path):
    with TileWriter(tmp_path) as writer:
        writer.append([b"a", b"b"])
        for note in (signed(1, writer.root), signed(2, leaf_hash(b"a"))):
            with pytest.raises(LogInconsistent):
                writer.publish(note)
        with pytest.raises(Malformed):
            writer.publish(b"nothing")
        with pytest.raises(ValueError, match="65535 bytes at most"):
            writer.append([b"c", b"x" * 65_536])
        assert writer.size == 2
        assert not (tmp_path / "checkpoint").exists()


def test_an_append_that_fails_on_the_disk_changes_nothing_and_may_be_made_again(tmp_path):
    with TileWriter(tmp_path) as writer:
        writer.append([b"a"])
        known = writer.root
        (tmp_path / "tile/entries/000.p/2").mkdir()
        with pytest.raises(OSError, match="directory"):
            writer.append([b"b"])
        assert (writer.size, writer.root) == (1, known)
        (tmp_path / "tile/entries/000.p/2").rmdir()
        writer.append([b"b"])
        writer.publish(signed(2, writer.root))
    assert not verify_log(folder_reader(tmp_path), policy(), files=folder_files(tmp_path)).findings


def test_tiles_that_are_no_tiles_are_refused_by_name(tmp_path):
    write_log(tmp_path, [10])
    (tmp_path / "tile/0/000.p/10").write_bytes(b"short")
    with pytest.raises(Malformed, match=r"tile/0/000\.p/10"):
        TileReader(tmp_path, 10).root()
    (tmp_path / "tile/entries/000.p/10").write_bytes(join_bundle([b"one"]))
    with pytest.raises(Malformed, match=r"tile/entries/000\.p/10"):
        TileReader(tmp_path, 10).entry(3)
    (tmp_path / "tile/entries/000.p/10").write_bytes(b"\xff" * (256 * 65_537 + 1))
    with pytest.raises(OSError, match="larger"):
        TileReader(tmp_path, 10).entry(3)
    with pytest.raises(ValueError, match="between"):
        TileReader(tmp_path, 10).inclusion(10)


def test_a_pipe_in_place_of_a_file_is_refused_and_never_waited_for(tmp_path):
    write_log(tmp_path, [10])
    (tmp_path / "tile/0/000.p/10").unlink()
    os.mkfifo(tmp_path / "tile/0/000.p/10")
    with pytest.raises(OSError, match="no plain file"):
        TileReader(tmp_path, 10).root()
