"""A page is not JSON, and half a JSON is none."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcant.fetch import FetchError, read_json


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        (b"<!doctype html><title>Connexion</title>", "text/html; charset=utf-8", "NOT_JSON"),
        (b"[]", "text/html", "NOT_JSON"),
        (b"\xef\xbb\xbf \n<html>", "application/json", "NOT_JSON"),
        (b'[{"id": 1}, {"id"', "application/json", "BAD_JSON"),
        (b"", "application/json", "BAD_JSON"),
        (b"[NaN]", "application/json", "BAD_JSON"),
        (b"[\xe9]", "application/json", "BAD_JSON"),
        (b"9" * 10_000, "application/json", "BAD_JSON"),
        (b"[" * 100_000, "application/json", "DEPTH"),
    ],
)
def test_what_is_not_whole_json_has_its_code(body, kind, code):
    with pytest.raises(FetchError) as caught:
        read_json(body, kind)
    assert caught.value.code == code


def test_json_is_read_whatever_type_it_says_it_is_of():
    assert read_json(b'\xef\xbb\xbf{"a": [1]}', "text/plain") == {"a": [1]}


@given(st.binary(max_size=200))
def test_no_bytes_make_it_fall_over(body):
    with suppress(FetchError):
        read_json(body)
