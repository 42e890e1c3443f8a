"""The bytes of a leaf: one value, one form, and a code with its place for whatever has none."""

import json
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from hashlib import sha256

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from dcant.record.canonical import MAX_BYTES, MAX_DEPTH, commitment, dumps, loads, timestamp
from dcant.record.refusal import LeafRefused

ascii_words = st.text(st.characters(max_codepoint=127), max_size=12)
words = ascii_words | st.text(st.characters(exclude_categories=["Cs"]), max_size=12).map(
    lambda text: unicodedata.normalize("NFC", text)
)
numbers = st.integers(-(2**53) + 1, 2**53 - 1)
values = st.recursive(
    words | numbers | st.booleans(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)
leaves = st.dictionaries(words, values, max_size=5)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | st.binary(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=3),
    max_leaves=8,
)


def refused(value) -> tuple[str, str]:
    with pytest.raises(LeafRefused) as caught:
        dumps(value)
    return caught.value.code, caught.value.path


def refused_bytes(data: bytes) -> tuple[str, str]:
    with pytest.raises(LeafRefused) as caught:
        loads(data)
    return caught.value.code, caught.value.path


@given(leaves)
def test_what_is_written_is_read_back_the_same(leaf):
    assert loads(dumps(leaf)) == leaf


@given(leaves)
def test_the_order_in_which_keys_came_changes_nothing(leaf):
    assert dumps(dict(reversed(leaf.items()))) == dumps(leaf)


@given(leaves)
def test_the_bytes_are_those_of_the_reference_library_whatever_the_way_taken(leaf):
    assert dumps(leaf) == rfc8785.dumps(leaf)


@given(st.dictionaries(st.text(max_size=3), anything, max_size=3))
def test_any_value_is_written_or_refused_with_a_code_and_a_place(value):
    try:
        data = dumps(value)
    except LeafRefused:
        code, path = refused(value)
        assert code.startswith("leaf-")
        assert path.startswith("$")
    else:
        assert dumps(loads(data)) == data


@given(st.binary(max_size=40) | anything.map(lambda value: repr(value).encode(errors="replace")))
def test_any_bytes_are_a_leaf_in_canonical_form_or_are_refused(data: bytes):
    try:
        value = loads(data)
    except LeafRefused:
        return
    assert dumps(value) == data


@given(leaves, st.data())
def test_one_more_blank_and_the_bytes_are_no_longer_a_leaf(leaf, data):
    written = dumps(leaf)
    assert refused_bytes(written + b" ") == ("leaf-not-canonical", "$")
    assert refused_bytes(data.draw(st.sampled_from([b" ", b"\n", b"\xef\xbb\xbf"])) + written)[0].startswith(
        "leaf-not-"
    )


def test_the_published_vectors_come_out_byte_for_byte(corpora):
    folder = corpora / "record-vectors" / "jcs"
    value = json.loads((folder / "input" / "french.json").read_text(encoding="utf-8"))
    expected = (folder / "output" / "french.json").read_bytes()
    assert dumps(value) == expected == bytes.fromhex((folder / "outhex" / "french.txt").read_text(encoding="ascii"))
    assert loads(expected) == value


def test_the_published_vectors_that_our_profile_refuses_are_the_two_with_a_null_or_a_float(corpora):
    inputs = corpora / "record-vectors" / "jcs" / "input"
    listed, mixed = (json.loads((inputs / name).read_text(encoding="utf-8")) for name in ("arrays.json", "values.json"))
    assert refused(listed) == ("leaf-null", "$[1].10")
    assert refused(mixed) == ("leaf-float", "$.numbers[0]")
    assert refused({"literals": mixed["literals"]}) == ("leaf-null", "$.literals[0]")
    kept = json.loads((inputs.parent / "output" / "values.json").read_text(encoding="utf-8"))["string"]
    assert f'"string":{dumps({"s": kept})[5:-1].decode()}' in (inputs.parent / "output" / "values.json").read_text(
        "utf-8"
    )


class Colour(StrEnum):
    BLUE = "bleu"


@pytest.mark.parametrize(
    ("value", "code", "path"),
    [
        ({"a": ["e\u0301"]}, "leaf-not-nfc", "$.a[0]"),
        ({"e\u0301": 1}, "leaf-not-nfc", "$"),
        ({"a": {"b": 1.0}}, "leaf-float", "$.a.b"),
        ({"a": float("nan")}, "leaf-float", "$.a"),
        ({"a": [1, None]}, "leaf-null", "$.a[1]"),
        ({"a": 2**53}, "leaf-integer-too-large", "$.a"),
        ({"a": -(2**53)}, "leaf-integer-too-large", "$.a"),
        ({"a": "\ud800"}, "leaf-surrogate", "$.a"),
        ({"a": {1: 2}}, "leaf-key-not-text", "$.a"),
        ({"a": b"x"}, "leaf-type", "$.a"),
        ({"a": datetime(2026, 1, 1, tzinfo=UTC)}, "leaf-type", "$.a"),
    ],
    ids=["text", "key", "float", "nan", "null", "large", "small", "surrogate", "number", "bytes", "moment"],
)
def test_what_the_profile_forbids_is_refused_with_its_place(value, code: str, path: str):
    assert refused(value) == (code, path)


def test_the_last_integer_below_the_limit_is_written():
    assert dumps({"a": 2**53 - 1, "b": -(2**53) + 1}) == b'{"a":9007199254740991,"b":-9007199254740991}'


def test_a_word_of_an_enumeration_is_written_as_its_text():
    assert dumps({"a": Colour.BLUE}) == b'{"a":"bleu"}'


def test_a_key_said_twice_is_refused_by_its_own_name():
    assert refused_bytes(b'{"a":1,"a":1}') == ("leaf-duplicate-key", "$")
    assert refused_bytes(b'{"a":{"b":1,"b":2}}') == ("leaf-duplicate-key", "$")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"[]", "leaf-not-object"),
        (b"{", "leaf-not-json"),
        (b"\xff", "leaf-not-json"),
        (b"[" * 100_000, "leaf-not-json"),
    ],
    ids=["list", "cut", "bytes", "abyss"],
)
def test_bytes_that_are_no_object_are_refused(data: bytes, code: str):
    assert refused_bytes(data) == (code, "$")


def nested(depth: int) -> dict[str, object]:
    value: dict[str, object] = {}
    for _ in range(depth):
        value = {"a": value}
    return value


def test_depth_has_a_limit():
    assert dumps(nested(MAX_DEPTH))
    assert refused(nested(MAX_DEPTH + 1))[0] == "leaf-too-deep"


def test_a_leaf_has_65535_bytes_at_most():
    frame = len(dumps({"a": ""}))
    assert len(dumps({"a": "x" * (MAX_BYTES - frame)})) == MAX_BYTES == 65_535
    assert refused({"a": "x" * (MAX_BYTES - frame + 1)}) == ("leaf-too-long", "$")
    assert refused({"a": "é" * (MAX_BYTES // 2)}) == ("leaf-too-long", "$")


@given(st.datetimes(datetime(1900, 1, 1), datetime(9990, 1, 1), timezones=st.just(timezone(timedelta(hours=2)))))  # noqa: DTZ001
def test_a_moment_is_written_in_utc_to_the_second(at: datetime):
    text = timestamp(at)
    assert datetime.fromisoformat(text) == at.replace(microsecond=0)
    assert len(text) == 20
    assert text.endswith("Z")


def test_a_moment_without_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        timestamp(datetime(2026, 1, 1))  # noqa: DTZ001  # the point of the test


@given(st.binary(min_size=32, max_size=32), leaves)
def test_a_commitment_opens_with_its_salt_and_its_text_alone(salt: bytes, personal):
    said = commitment(salt, personal)
    assert said == "sha256:" + sha256(salt + dumps(personal)).hexdigest()
    assert commitment(bytes(32 - 1) + b"\x01" if salt == bytes(32) else bytes(32), personal) != said
    assert commitment(salt, {**personal, "more": 1}) != said or personal.get("more") == 1


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_salt_has_32_bytes(length: int):
    with pytest.raises(ValueError, match="32"):
        commitment(bytes(length), {})
