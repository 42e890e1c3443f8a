"""The bytes of a leaf: RFC 8785 (JCS) behind a stricter profile, so that one value has one form for ever.

Profile: strings in NFC; integers below 2^53; decimals as strings; no float, no null, no duplicate key; 65,535 bytes at most.
"""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256

import rfc8785

from dcant.record.refusal import LeafRefused

MAX_BYTES = 65_535
MAX_DEPTH = 32
_LIMIT = 2**53
# Without a character beyond the first 65,536 RFC 8785, which sorts keys by UTF-16 units, and the encoder of the standard library,
# which sorts them by characters, agree byte for byte, and this one is ten times faster.
_BEYOND = re.compile(rb"[\xf0-\xff]")  # what such a character begins with, in UTF-8
_SURROGATE = re.compile("[\ud800-\udfff]")
_plain = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def dumps(value: Mapping[str, object]) -> bytes:
    """Canonical bytes of a value. Raises LeafRefused(code, path) for whatever the profile forbids."""
    _check(value, "$", 0)
    data = _plain(value).encode()
    if _BEYOND.search(data):
        data = rfc8785.dumps(value)  # type: ignore[arg-type]  # checked above
    if len(data) > MAX_BYTES:
        raise LeafRefused("leaf-too-long", "$")
    return data


def loads(data: bytes) -> dict[str, object]:
    """The value of stored bytes. Raises LeafRefused when they are not the canonical form of what they say."""
    try:
        value = json.loads(data, object_pairs_hook=_no_duplicates)
    except LeafRefused:
        raise
    except (ValueError, RecursionError) as error:
        raise LeafRefused("leaf-not-json", "$") from error
    if not isinstance(value, dict):
        raise LeafRefused("leaf-not-object", "$")
    if dumps(value) != data:
        raise LeafRefused("leaf-not-canonical", "$")
    return value


def digest(value: Mapping[str, object]) -> str:
    """The name of a public document in the record: the SHA-256 of its canonical form."""
    return f"sha256:{sha256(dumps(value)).hexdigest()}"


def timestamp(at: datetime) -> str:
    """A UTC moment to the second, with Z. A moment without time zone is refused: ValueError."""
    if at.tzinfo is None:
        raise ValueError("a moment of the record needs its time zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def commitment(salt: bytes, personal: Mapping[str, object]) -> str:
    """What the record keeps of personal data: SHA-256(salt of 32 bytes ‖ canonical form). Erasing the salt erases the link."""
    if len(salt) != 32:
        raise ValueError("a salt has 32 bytes")
    return f"sha256:{sha256(salt + dumps(personal)).hexdigest()}"


def _no_duplicates(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise LeafRefused("leaf-duplicate-key", "$")
    return value


def _check(value: object, path: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise LeafRefused("leaf-too-deep", path)
    if isinstance(value, str):
        _check_text(value, path)
    elif isinstance(value, bool):
        return
    elif isinstance(value, int):
        if abs(value) >= _LIMIT:
            raise LeafRefused("leaf-integer-too-large", path)
    elif isinstance(value, Mapping):
        _check_object(value, path, depth)
    elif isinstance(value, list | tuple):
        for place, inner in enumerate(value):
            _check(inner, f"{path}[{place}]", depth + 1)
    else:
        raise LeafRefused(
            "leaf-null" if value is None else "leaf-float" if isinstance(value, float) else "leaf-type", path
        )


def _check_object(value: Mapping[object, object], path: str, depth: int) -> None:
    for key, inner in value.items():
        if not isinstance(key, str):
            raise LeafRefused("leaf-key-not-text", path)
        _check_text(key, path)
        _check(inner, f"{path}.{key}", depth + 1)


def _check_text(text: str, path: str) -> None:
    if text.isascii():
        return
    if not unicodedata.is_normalized("NFC", text):
        raise LeafRefused("leaf-not-nfc", path)
    if _SURROGATE.search(text):
        raise LeafRefused("leaf-surrogate", path)
