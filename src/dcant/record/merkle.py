"""Merkle trees as RFC 6962 hashes them, and the two checks that anyone can make without the log.

The checks are total: whatever they are given, they answer True or False and raise nothing. Hashes are 32 bytes.
Steps of the checks: RFC 9162, sections 2.1.3.2 and 2.1.4.2, behind refusals that the text leaves to the reader.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import TypeGuard

HASH = 32
LARGEST = 2**63  # sizes are below: what every implementation of the format can hold
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def root(hashes: Sequence[bytes]) -> bytes:
    """The root of a tree over these leaf hashes; a hash may also stand for a subtree, all alike but a smaller last one."""
    if not hashes:
        return EMPTY_ROOT
    row = list(hashes)
    while len(row) > 1:
        pairs = [node_hash(row[place], row[place + 1]) for place in range(0, len(row) - 1, 2)]
        row = [*pairs, row[-1]] if len(row) % 2 else pairs
    return row[0]


def verify_inclusion(leaf: object, index: object, size: object, proof: object, tree_root: object) -> bool:
    """Is this leaf hash the entry `index` of the tree of `size` entries that has this root?"""
    if not (_is_size(size) and _is_size(index) and index < size):
        return False
    if not (_is_hash(leaf) and _is_hash(tree_root) and _are_hashes(proof)):
        return False
    place, last, found = index, size - 1, leaf
    # The hash of a node is written out: a call for each step would cost a tenth of the time.
    for step in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = sha256(b"\x01" + step + found).digest()
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            found = sha256(b"\x01" + found + step).digest()
        place, last = place >> 1, last >> 1
    return last == 0 and found == tree_root


def verify_consistency(size1: object, size2: object, root1: object, root2: object, proof: object) -> bool:
    """Does the tree (size2, root2) begin with the whole tree (size1, root1)? An empty first tree proves nothing: False."""
    if not (_is_size(size1) and _is_size(size2) and 0 < size1 <= size2):
        return False
    if not (_is_hash(root1) and _is_hash(root2) and _are_hashes(proof)):
        return False
    if size1 == size2 or not proof:
        return size1 == size2 and not proof and root1 == root2
    steps = list(proof) if size1 & (size1 - 1) else [root1, *proof]
    return _replay(size1 - 1, size2 - 1, steps) == (root1, root2)


def _replay(place: int, last: int, steps: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Both roots that a consistency proof leads to; None when it is too short or too long."""
    while place & 1:
        place, last = place >> 1, last >> 1
    first = second = steps[0]
    for step in steps[1:]:
        if last == 0:
            return None
        if place & 1 or place == last:
            first, second = node_hash(step, first), node_hash(step, second)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            second = node_hash(second, step)
        place, last = place >> 1, last >> 1
    return (first, second) if last == 0 else None


def _is_size(value: object) -> TypeGuard[int]:
    return type(value) is int and 0 <= value < LARGEST


def _is_hash(value: object) -> TypeGuard[bytes]:
    return type(value) is bytes and len(value) == HASH


def _are_hashes(value: object) -> TypeGuard[Sequence[bytes]]:
    if type(value) not in {list, tuple}:
        return False
    steps: Sequence[bytes] = value  # type: ignore[assignment]  # their types are the next question
    return set(map(type, steps)) <= {bytes} and set(map(len, steps)) <= {HASH}
