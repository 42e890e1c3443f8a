"""The two checks that anyone makes without the log: right on published vectors, deaf to hostile input."""

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcant.record.merkle import EMPTY_ROOT, leaf_hash, root, verify_consistency, verify_inclusion
from dcant.record.tile_reader import consistency_ranges, inclusion_ranges

# The one published vector refused on purpose: its root has 12 bytes.
KNOWN_DIFFERENCE = {"sizes-are-equal-one-and-proof-is-empty.json"}
OWN = json.loads((Path(__file__).parent / "vectors" / "record.json").read_text(encoding="utf-8"))
LEAVES = [leaf_hash(bytes.fromhex(entry)) for entry in OWN["entries"]]
hashes = st.binary(min_size=32, max_size=32)
anything = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.binary(max_size=40) | hashes
)
whatever = anything | st.lists(anything, max_size=4) | st.tuples(hashes, hashes) | st.dictionaries(anything, anything)


def inclusion(index: int, size: int) -> list[bytes]:
    return [root(LEAVES[low:high]) for low, high in inclusion_ranges(index, size)]


def consistency(size1: int, size2: int) -> list[bytes]:
    return [root(LEAVES[low:high]) for low, high in consistency_ranges(size1, size2)]


def data(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def test_every_published_vector_is_answered_as_it_says_but_the_one_known_difference(corpora):
    files = sorted((corpora / "record-vectors" / "rfc6962").rglob("*.json"))
    other = set()
    for file in files:
        said = json.loads(file.read_text(encoding="utf-8"))
        proof = [data(step) for step in said.get("proof") or []]
        if "inclusion" in file.parts:
            index, size = said.get("leafIdx", 0), said.get("treeSize", 0)
            right = verify_inclusion(data(said.get("leafHash")), index, size, proof, data(said.get("root")))
        else:
            roots = data(said.get("root1")), data(said.get("root2"))
            right = verify_consistency(said.get("size1", 0), said.get("size2", 0), *roots, proof)
        if right == said.get("wantErr", False):
            other.add(file.name)
    assert len(files) == 104
    assert other == KNOWN_DIFFERENCE


def test_our_own_vectors_made_from_the_definitions_agree():
    for size, expected in OWN["roots"].items():
        assert root(LEAVES[: int(size)]).hex() == expected
    for one in OWN["inclusion"]:
        assert [step.hex() for step in inclusion(one["index"], one["size"])] == one["proof"]
    for one in OWN["consistency"]:
        assert [step.hex() for step in consistency(one["size1"], one["size2"])] == one["proof"]


@given(st.integers(1, 300), st.data())
def test_a_proof_holds_for_its_own_leaf_index_and_size_and_no_other(size, draw):
    index = draw.draw(st.integers(0, size - 1))
    proof, tree = inclusion(index, size), root(LEAVES[:size])
    assert verify_inclusion(LEAVES[index], index, size, proof, tree)
    assert verify_inclusion(LEAVES[index], index, size, tuple(proof), tree)
    other = draw.draw(st.integers(0, 299).filter(lambda place: place != index))
    assert not verify_inclusion(LEAVES[other], index, size, proof, tree)
    assert not verify_inclusion(LEAVES[index], other, size, proof, tree)
    assert not verify_inclusion(LEAVES[index], index, size, [*proof, tree], tree)
    if proof:
        assert not verify_inclusion(LEAVES[index], index, size, proof[1:], tree)
        assert not verify_inclusion(LEAVES[index], index, size, [flipped(proof[0], other), *proof[1:]], tree)


def test_a_proof_that_goes_on_above_the_top_of_its_tree_is_refused():
    whole = root(LEAVES[:2])
    assert verify_inclusion(LEAVES[1], 1, 2, [LEAVES[0]], whole)
    assert not verify_inclusion(LEAVES[1], 0, 1, [LEAVES[0]], whole)


@given(st.integers(1, 299), st.data())
def test_a_tree_is_shown_to_extend_its_own_past_and_no_other(size1, draw):
    size2 = draw.draw(st.integers(size1 + 1, 300))
    proof, root1, root2 = consistency(size1, size2), root(LEAVES[:size1]), root(LEAVES[:size2])
    assert verify_consistency(size1, size2, root1, root2, proof)
    forged = root([*LEAVES[: size1 - 1], LEAVES[299]]) if size1 < 300 else EMPTY_ROOT
    assert not verify_consistency(size1, size2, forged, root2, proof)
    assert not verify_consistency(size1, size2, root1, forged, proof)
    assert not verify_consistency(size1, size2, root1, root2, proof[:-1])
    assert not verify_consistency(size1, size2, root1, root2, [*proof, root1])
    place = draw.draw(st.integers(0, len(proof) - 1))
    changed = [flipped(step, size1) if at == place else step for at, step in enumerate(proof)]
    assert not verify_consistency(size1, size2, root1, root2, changed)


@given(whatever, whatever, whatever, whatever, whatever)
def test_whatever_is_given_the_answer_is_no_and_never_an_exception(one, two, three, four, five):
    assert verify_inclusion(one, two, three, four, five) is False
    assert verify_consistency(one, two, three, four, five) is (_is_equal_trees(one, two, three, four, five))


@given(hashes, st.integers(), st.integers(), st.lists(hashes, max_size=70), hashes)
def test_well_formed_hashes_of_no_tree_prove_nothing(leaf, index, size, proof, tree):
    assert verify_inclusion(leaf, index, size, proof, tree) is ((index, size, proof) == (0, 1, []) and leaf == tree)


@pytest.mark.parametrize("size", [0, -1, True, 2**63, 2**200, 1.0, "1", None])
def test_sizes_that_no_log_has_are_refused(size):
    assert not verify_inclusion(LEAVES[0], 0, size, [], LEAVES[0])
    assert not verify_consistency(size, size, LEAVES[0], LEAVES[0], [])


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8 % len(data)] ^= 1 << bit % 8
    return bytes(changed)


def _is_equal_trees(size1, size2, root1, root2, proof) -> bool:
    """The only thing that chance alone can say truly: one tree is itself."""
    return (
        type(size1) is int
        and type(size2) is int
        and 0 < size1 == size2 < 2**63
        and isinstance(root1, bytes)
        and len(root1) == 32
        and root1 == root2
        and proof == []
    )
