"""One address, one answer: every way out of the house goes through `Fetcher`."""

import random
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, TypeVar
from urllib.parse import urljoin

import httpcore

from dcant.fetch.address import WEB_PORTS, WebAddress, allowed, parse_address
from dcant.fetch.answer import Fetched, Redirect, Reply, Validators, read_answer, read_reply
from dcant.fetch.body import DESCRIPTOR, Limits
from dcant.fetch.connection import Deadline, PinnedNetwork, look_up
from dcant.fetch.errors import FetchError
from dcant.fetch.faults import OF_THE_WIRE, Passing, Unreachable, as_fault

_ADDRESSES_TRIED = 4

Resolver = Callable[[str, int], Sequence[str]]
Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Policy:
    """Manners: how many tries and how long between them, how long between two requests to one host, how many redirects.

    Waits are in seconds. A site that asks for more than `longest_wait` (Retry-After) is left alone until the next passage.
    """

    tries: int = 3
    first_wait: float = 1.0
    longest_wait: float = 60.0
    politeness: float = 1.0
    redirects: int = 5
    ports: frozenset[int] = WEB_PORTS
    user_agent: str = "dcant"


class Fetcher:
    """Fetches, without cookies, credentials or proxy. Everything it leans on is given: network, names, clock, sleep, chance.

    `transport` opens connections to IP addresses; `resolver` gives those of a name; `jitter` a number from 0 to 1; `tls`
    the authorities that certificates are checked against (those of the system and of Mozilla unless given).
    """

    def __init__(
        self,
        transport: httpcore.NetworkBackend | None = None,
        resolver: Resolver = look_up,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] | None = None,
        *,
        tls: ssl.SSLContext | None = None,
        policy: Policy | None = None,
    ) -> None:
        self._network = transport or httpcore.SyncBackend()
        self._resolver = resolver
        self._clock = clock
        self._sleep = sleep
        self._jitter = jitter or random.SystemRandom().random
        self._tls = tls
        self._policy = policy or Policy()
        self._last_asked: dict[str, float] = {}

    def fetch(
        self,
        url: str,
        *,
        trusted: bool = False,
        limits: Limits = DESCRIPTOR,
        conditional: Validators | None = None,
    ) -> Fetched:
        """The answer of this address, redirects followed. Raises FetchError, always with a code.

        `trusted`: an operator wrote this address, which may then be private; a redirect keeps that trust on the same
        scheme, host and port only. `conditional`: what is known already; the answer may then be `not_modified`, without body.
        """
        for number in range(1, self._policy.tries + 1):
            try:
                return self._try(url, trusted=trusted, limits=limits, conditional=conditional)
            except Passing as passing:
                wait = self._wait(number, passing)
                if number == self._policy.tries or wait > self._policy.longest_wait:
                    raise passing.error from passing
                self._sleep(wait)
        raise AssertionError(url)  # pragma: no cover -- at least one try is made

    def post(self, url: str, body: bytes, *, trusted: bool = False, limits: Limits = DESCRIPTOR) -> Reply:
        """What this address replies to these bytes, whatever the status: one try, and no redirect is followed.

        Raises FetchError when there is no reply. Trying again is the caller's business: what was sent may have been heard.
        """
        deadline = Deadline(self._clock() + limits.seconds, self._clock)
        here = parse_address(url, trusted=trusted, ports=self._policy.ports)
        try:
            return self._ask(
                here, trusted=trusted, request=_Request(deadline, body=body, read=partial(read_reply, limits=limits))
            )
        except Passing as passing:
            raise passing.error from passing

    def _wait(self, number: int, passing: Passing) -> float:
        """Twice as long at each try, a little more by chance so that readers do not come back together."""
        if passing.retry_after is not None:
            return passing.retry_after
        return float(self._policy.first_wait * 2 ** (number - 1) * (1 + self._jitter() / 2))

    def _try(self, url: str, *, trusted: bool, limits: Limits, conditional: Validators | None) -> Fetched:
        deadline = Deadline(self._clock() + limits.seconds, self._clock)
        start = here = parse_address(url, trusted=trusted, ports=self._policy.ports)
        seen = {start.url}
        while True:
            held = conditional if conditional is not None and conditional.url == here.url else None
            read = partial(read_answer, here, limits=limits, held=held)
            answer = self._ask(
                here,
                trusted=trusted and here.origin == start.origin,
                request=_Request(deadline, headers=held.headers() if held is not None else {}, read=read),
            )
            if not isinstance(answer, Redirect):
                return answer
            here = self._next(start, here, answer, trusted=trusted)
            if here.url in seen or len(seen) > self._policy.redirects:
                said = f"« {start.host} » renvoie d’adresse en adresse sans fin."
                raise FetchError("REDIRECT_LOOP", said, "Donnez l’adresse finale.")
            seen.add(here.url)

    def _next(self, start: WebAddress, here: WebAddress, redirect: Redirect, *, trusted: bool) -> WebAddress:
        """Where a redirect leads. It comes from the network: trusted only on the very origin the operator wrote."""
        try:
            url = urljoin(here.url, redirect.location)
        except ValueError as error:
            raise FetchError("BAD_ADDRESS", f"« {here.host} » renvoie à une adresse qui ne se lit pas.") from error
        same = trusted and parse_address(url, trusted=True).origin == start.origin
        there = parse_address(url, trusted=same, ports=self._policy.ports)
        if here.scheme == "https" and there.scheme == "http":
            said = f"« {here.host} » renvoie d’une adresse chiffrée à une adresse en clair."
            raise FetchError("DOWNGRADE", said, "Donnez l’adresse finale, en https://.")
        return there

    def _ask(self, here: WebAddress, *, trusted: bool, request: "_Request[Read]") -> Read:
        """One request, to the addresses of the name one after the other until one of them can be reached."""
        addresses = self._addresses(here, trusted=trusted)
        self._be_polite(here.host)
        failure: Passing | None = None
        for ip in addresses[:_ADDRESSES_TRIED]:
            try:
                return self._exchange(here, ip, request)
            except Unreachable as unreachable:
                failure = unreachable
        raise failure or FetchError("DNS", f"Le nom « {here.host} » n’a pas d’adresse.")

    def _addresses(self, here: WebAddress, *, trusted: bool) -> list[str]:
        """Every IP address of the host, asked for once and all vetted: one forbidden among them and none is used."""
        try:
            found = list(self._resolver(here.host, here.port)) if _is_name(here.host) else [here.host]
        except (OSError, UnicodeError) as error:
            said = f"Le nom « {here.host} » n’a pas d’adresse, ou le service des noms ne répond pas."
            raise Passing(FetchError("DNS", said, "Vérifiez le nom du site.")) from error
        for ip in found:
            verdict = allowed(ip, trusted=trusted)
            if not verdict:
                said = f"« {here.host} » mène à une adresse interdite. {verdict.because}"
                raise FetchError("FORBIDDEN_ADDRESS", said, "Donnez l’adresse publique d’un site.")
        return found

    def _be_polite(self, host: str) -> None:
        last = self._last_asked.get(host)
        if last is not None and (wait := last + self._policy.politeness - self._clock()) > 0:
            self._sleep(wait)
        self._last_asked[host] = self._clock()

    def _exchange(self, here: WebAddress, ip: str, request: "_Request[Read]") -> Read:
        headers: dict[bytes | str, bytes | str] = {
            "Host": here.authority,
            "User-Agent": self._policy.user_agent,
            "Accept-Encoding": "gzip",
            "Connection": "close",
            **request.headers,
        }
        if request.body is not None:
            headers |= {"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(request.body))}
        url = httpcore.URL(
            scheme=here.scheme.encode(), host=here.host.encode(), port=here.port, target=here.target.encode()
        )
        network = PinnedNetwork(self._network, ip, request.deadline)
        authorities = self._authorities() if here.scheme == "https" else None
        try:
            with (
                httpcore.ConnectionPool(ssl_context=authorities, network_backend=network) as pool,
                pool.stream(request.method, url, headers=headers, content=request.body) as response,
            ):
                return request.read(response)
        except OF_THE_WIRE as error:
            raise as_fault(here.host, error) from error

    def _authorities(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = httpcore.default_ssl_context()
        return self._tls


@dataclass(frozen=True, slots=True)
class _Request(Generic[Read]):
    """What is asked of an address, until when, and how its answer is read. A body makes it a POST."""

    deadline: Deadline
    read: Callable[[httpcore.Response], Read]
    headers: Mapping[bytes | str, bytes | str] = field(default_factory=dict)
    body: bytes | None = None

    @property
    def method(self) -> str:
        return "GET" if self.body is None else "POST"


def _is_name(host: str) -> bool:
    """After `parse_address`, a host whose last label is a number, or that has a colon, is an IP address."""
    return ":" not in host and not host.rpartition(".")[2].isdigit()
