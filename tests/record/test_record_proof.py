"""A proof file stands alone: an entry, a policy, and nothing else."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from own_log import STATE, TOWNS, entry, policy, signed, write_log

from dcant.record.merkle import leaf_hash
from dcant.record.note import Malformed, Note
from dcant.record.policy import Policy
from dcant.record.proof import ProofFile, check_proof
from dcant.record.tile_reader import TileReader

OWN = json.loads((Path(__file__).parent / "vectors" / "record.json").read_text(encoding="utf-8"))
OWN_PROOF, OWN_ENTRY = OWN["proof"].encode(), bytes.fromhex(OWN["proof_entry"])
OWN_POLICY = Policy.parse(OWN["policy"].encode())


def test_our_own_vector_holds_and_prints_back():
    proof = ProofFile.parse(OWN_PROOF)
    checked = check_proof(proof, OWN_ENTRY, OWN_POLICY)
    assert checked
    assert [key.split("+")[0] for key in checked.trusted] == ["vectors.example/log", "vectors.example/w"]
    assert bytes(proof) == OWN_PROOF


@given(st.integers(0, len(OWN_PROOF) * 8 - 1))
def test_a_proof_with_one_bit_changed_does_not_hold(bit):
    data = bytearray(OWN_PROOF)
    data[bit // 8] ^= 1 << bit % 8
    try:
        proof = ProofFile.parse(bytes(data))
        assert not check_proof(proof, OWN_ENTRY, OWN_POLICY)
    except Malformed:
        return


@given(st.binary(max_size=60))
def test_a_proof_holds_for_one_entry_alone(other):
    checked = check_proof(ProofFile.parse(OWN_PROOF), other, OWN_POLICY)
    assert bool(checked) is (other == OWN_ENTRY)
    assert checked or checked.findings[0][0] == "inclusion"


def test_a_proof_made_from_the_tiles_holds_with_or_without_what_is_said_beside(tmp_path):
    write_log(tmp_path, [300])
    note = Note.parse((tmp_path / "checkpoint").read_bytes())
    for extra in (None, b"seen on the platform"):
        proof = ProofFile(299, tuple(TileReader(tmp_path, 300).inclusion(299)), note, extra)
        assert ProofFile.parse(bytes(proof)) == proof
        assert check_proof(proof, entry(299), policy())
        assert not check_proof(proof, entry(298), policy())


@pytest.mark.parametrize(
    ("witnesses", "codes"),
    [((STATE, TOWNS), []), ((STATE,), ["quorum"]), ((TOWNS,), ["quorum"]), ((), ["quorum"])],
)
def test_one_side_alone_is_not_enough(witnesses, codes):
    note = Note.parse(signed(1, leaf_hash(b"a"), witnesses))
    assert [code for code, _ in check_proof(ProofFile(0, (), note), b"a", policy()).findings] == codes


def test_a_log_that_the_policy_does_not_name_proves_nothing():
    checked = check_proof(ProofFile.parse(OWN_PROOF), OWN_ENTRY, policy())
    assert [code for code, _ in checked.findings] == ["log-unsigned"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("@v1", "@v2"), ("index 17\n", ""), ("index 17", "index 017"), ("index 17", "index -1"), ("index", "Index"),
        ("\nindex", "\nextra QR==\nindex"), ("\nindex", "\nextra \nindex"), ("\nindex", "\nextra QQ==\nextra QQ==\nindex"),
        ("\n\nvectors", "\nvectors"), ("index 17\n", "index 17\nQUJD\n"), ("index 17\n", "index 17\n" + "A" * 43 + "=\n" * 64),
    ],
)  # fmt: skip
def test_a_file_that_is_no_proof_is_refused(old, new):
    with pytest.raises(Malformed):
        ProofFile.parse(OWN["proof"].replace(old, new, 1).encode())


@given(st.binary(max_size=200))
def test_any_bytes_are_a_proof_or_are_refused(data):
    with pytest.raises(Malformed):
        ProofFile.parse(data)
