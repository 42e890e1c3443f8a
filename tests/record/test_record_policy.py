"""Whom one trusts, and how many: the grammar of a policy, and the double majority written as one."""

from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from own_log import DEPARTMENTS, LOG, ORIGIN, POLICY, STATE, TOWNS, key, policy

from dcant.record.note import COSIGNATURE, ED25519, ML_DSA_44, Malformed, VerifierKey
from dcant.record.policy import Policy

LOG_LINE, A, B, C = f"log {LOG.public}", f"witness a {STATE.public}", f"witness b {TOWNS.public}", f"witness c {DEPARTMENTS.public}"  # fmt: skip
KEYS = {"a": STATE.public, "b": TOWNS.public, "c": DEPARTMENTS.public}


def read(*lines: str) -> Policy:
    return Policy.parse("\n".join(lines).encode())


def test_the_double_majority_needs_the_state_and_one_of_the_territories():
    ours = policy()
    assert ours.log_keys(ORIGIN) == [LOG.public]
    assert ours.log_keys("another") == []
    for names in chain.from_iterable(combinations([STATE, TOWNS, DEPARTMENTS], count) for count in range(4)):
        met = STATE in names and (TOWNS in names or DEPARTMENTS in names)
        assert ours.satisfied([name.public for name in names]) is met


@pytest.mark.parametrize(("group", "least"), [("any", 1), ("all", 3), ("1", 1), ("2", 2), ("3", 3)])
def test_a_group_counts_its_members(group, least):
    asked = read(LOG_LINE, A, B, C, f"group g {group} a b c", "quorum g")
    for names in chain.from_iterable(combinations("abc", count) for count in range(4)):
        assert asked.satisfied([KEYS[name] for name in names]) is (len(names) >= least)


def test_a_quorum_may_be_one_witness_or_none_at_all():
    assert read(A, "quorum a").satisfied([STATE.public])
    assert not read(A, B, "quorum a").satisfied([TOWNS.public])
    assert read(A, "quorum none").satisfied([])


def test_blanks_comments_and_addresses():
    written = (
        f"# head\n\n \t{LOG_LINE}\thttps://journal.example/  \n {A} http://etat.example # the State\n\tquorum\t a #\n"
    )
    read_back = Policy.parse(written.encode())
    assert [party.url for party in (*read_back.logs, *read_back.witnesses)] == ["https://journal.example/", "http://etat.example"]  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([A], "policy-quorum"),
        ([A, "quorum a", "quorum a"], "policy-quorum"),
        ([A, "quorum"], "policy-quorum"),
        ([A, "quorum a a"], "policy-quorum"),
        (["quorum a", A], "policy-unknown"),
        ([A, "group g any a b", B, "quorum g"], "policy-unknown"),
        ([A, "group g any g", "quorum g"], "policy-unknown"),
        ([A, "group g any a a", "quorum g"], "policy-member-twice"),
        ([A, B, "group g any a", "group h any a b", "quorum g"], "policy-member-twice"),
        ([A, A.replace("witness a", "witness b"), "quorum a"], "policy-key-twice"),
        ([LOG_LINE, LOG_LINE, "quorum none"], "policy-key-twice"),
        ([A, B.replace("witness b", "witness a"), "quorum a"], "policy-name"),
        ([A, "group a any a", "quorum a"], "policy-name"),
        ([A.replace("witness a", "witness none"), "quorum none"], "policy-name"),
        ([A, "group none any a", "quorum none"], "policy-name"),
        (["witness", "quorum none"], "policy-name"),
        (["witness a", "quorum none"], "policy-line"),
        (["log", "quorum none"], "policy-line"),
        ([f"{LOG_LINE} https://a.example https://b.example", "quorum none"], "policy-line"),
        ([f"{LOG_LINE} ftp://a.example", "quorum none"], "policy-url"),
        (["allow everyone", "quorum none"], "policy-line"),
        (["QUORUM none"], "policy-line"),
        ([A, "group g any", "quorum g"], "policy-group"),
        ([A, "group g", "quorum g"], "policy-group"),
        ([A, "group g 0 a", "quorum g"], "policy-group"),
        ([A, "group g 2 a", "quorum g"], "policy-group"),
        ([A, "group g 01 a", "quorum g"], "number"),
        ([A, "group g most a", "quorum g"], "number"),
        (["witness a nothing", "quorum none"], "base64"),
        ([f"log {STATE.public}", "quorum none"], "policy-key-type"),
        ([f"witness a {LOG.public}", "quorum none"], "policy-key-type"),
        ([f"{LOG_LINE}\r", "quorum none"], "policy-text"),
        ([f"{LOG_LINE}\u00a0", "quorum none"], "base64"),
    ],
)
def test_a_policy_that_could_be_read_in_two_ways_is_refused_naming_the_line(lines, code):
    with pytest.raises(Malformed) as caught:
        read(*lines)
    assert caught.value.code == code
    assert caught.value.message


def test_the_same_key_under_two_names_counts_once_and_so_is_refused():
    twin = VerifierKey("other-name", COSIGNATURE, STATE.public.public)
    with pytest.raises(Malformed, match="ligne 2"):
        read(A, f"witness b {twin}", "quorum a")


def test_thirty_two_of_each_are_welcome_and_a_coming_key_type_is_understood():
    names = [f"w{index}" for index in range(40)]
    logs = [f"log {key(name, ED25519).public}" for name in names]
    witnesses = [f"witness {name} {key(name, COSIGNATURE).public}" for name in names]
    coming = f"witness coming {VerifierKey('coming', ML_DSA_44, b'1' * 1312)}"
    groups = [f"group g{index} all w{index}" for index in range(40)]
    large = read(*logs, *witnesses, coming, *groups, f"group all 20 {' '.join(f'g{index}' for index in range(40))}", "quorum all")  # fmt: skip
    assert (len(large.logs), len(large.witnesses), len(large.groups)) == (40, 41, 41)
    assert large.satisfied([witness.key for witness in large.witnesses[:20]])
    assert not large.satisfied([witness.key for witness in large.witnesses[:19]])


@given(st.binary(max_size=120) | st.lists(st.sampled_from(POLICY.replace("\n", " \n ").split(" ")), max_size=30).map(lambda words: " ".join(words).encode()))  # fmt: skip
def test_any_bytes_are_a_policy_or_are_refused_with_a_code(data):
    try:
        read_back = Policy.parse(data)
    except Malformed:
        return
    assert read_back.quorum is None or read_back.satisfied([party.key for party in read_back.witnesses])
