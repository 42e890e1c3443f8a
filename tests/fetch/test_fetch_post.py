"""Posting: one try, every status is a reply, and the address is vetted as for a fetch."""

import pytest

from dcant.fetch import FetchError, Limits, Reply


@pytest.mark.parametrize("status", [200, 302, 404, 409, 422, 500, 503])
def test_bytes_are_posted_once_and_each_status_is_a_reply(inside, site, time, status):
    site.say("/add", b"20\n", status=status, Content_Type="text/x.tlog.size", Location="/elsewhere")
    assert inside.post(f"{site.url}/add", "é\n".encode(), trusted=True) == Reply(status, b"20\n", "text/x.tlog.size")
    assert site.posted == ["é\n".encode()]
    assert [path for path, _headers in site.asked] == ["/add"]
    assert time.slept == []


def test_what_is_posted_says_its_length_even_when_it_is_empty(inside, site):
    site.say("/add")
    inside.post(f"{site.url}/add", b"", trusted=True)
    headers = site.asked[0][1]
    assert headers["content-length"] == "0"
    assert not headers.keys() & {"cookie", "authorization", "referer", "transfer-encoding"}


def test_nothing_is_posted_inside_unless_an_operator_wrote_the_address(outside, site, secret):
    with pytest.raises(FetchError) as caught:
        outside.fetcher.post(f"{secret.url}/add", b"x")
    assert caught.value.code == "FORBIDDEN_ADDRESS"
    outside.names.table["rebond.test"] = [["127.0.0.1"]]
    with pytest.raises(FetchError) as caught:
        outside.fetcher.post("http://rebond.test/add", b"x")
    assert caught.value.code == "FORBIDDEN_ADDRESS"
    assert (secret.asked, outside.routes.opened) == ([], [])


def test_a_reply_too_large_and_a_door_that_is_closed_are_errors_with_a_code(inside, site):
    site.say("/add", b"x" * 11)
    with pytest.raises(FetchError) as caught:
        inside.post(f"{site.url}/add", b"x", trusted=True, limits=Limits(10))
    assert caught.value.code == "TOO_LARGE"
    with pytest.raises(FetchError) as caught:
        inside.post("http://127.0.0.1:1/add", b"x", trusted=True)
    assert caught.value.code == "CONNECTION"
