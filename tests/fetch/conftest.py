"""Fixtures of the tests of fetching."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from dcant.fetch import Fetcher, Policy
from fetch.sites import OTHER, PUBLIC, Names, Routes, Site, Time, serve


@pytest.fixture
def site() -> Iterator[Site]:
    yield from serve()


@pytest.fixture
def secret() -> Iterator[Site]:
    """A second server, inside: whatever reaches it is a leak."""
    yield from serve()


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def inside(time: Time) -> Fetcher:
    """As an operator's own addresses are fetched: the real network and resolver."""
    return Fetcher(clock=time, sleep=time.sleep, jitter=lambda: 0.0)


@dataclass
class Outside:
    """The public network as the tests play it."""

    fetcher: Fetcher
    routes: Routes
    names: Names


@pytest.fixture
def outside(site: Site, secret: Site, time: Time) -> Outside:
    """`data.test` and `two.test` are public and led to `site`. The port of `secret` is open too, so that only the address
    decides.
    """
    routes = Routes(site.port)
    names = Names({"data.test": [[PUBLIC]], "two.test": [[OTHER, PUBLIC]]})
    policy = Policy(ports=frozenset({80, 443, secret.port}))
    fetcher = Fetcher(routes, names, clock=time, sleep=time.sleep, jitter=lambda: 0.0, policy=policy)
    return Outside(fetcher, routes, names)
