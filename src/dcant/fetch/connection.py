"""The wire: a connection to the very address that was vetted, and a clock that no slow server can stretch.

The pool of the HTTP library sees the name (so the certificate is checked against it); this backend alone knows the
address. One request, one connection: nothing is reused that was opened for another name.
"""

import socket
import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import httpcore

_CONNECT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Deadline:
    """The moment everything must be over, by a clock in seconds. Each read and write is given what is left."""

    at: float
    clock: Callable[[], float]

    def left(self) -> float:
        """Seconds left; raises httpcore.ReadTimeout when there are none."""
        seconds = self.at - self.clock()
        if seconds <= 0:
            raise httpcore.ReadTimeout("deadline")
        return seconds


class PinnedNetwork(httpcore.NetworkBackend):
    """Connects to one IP address whatever name it is asked for."""

    def __init__(self, network: httpcore.NetworkBackend, ip: str, deadline: Deadline) -> None:
        self._network = network
        self._ip = ip
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,  # noqa: ARG002 -- the whole point
        port: int,
        timeout: float | None = None,  # noqa: ARG002
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        seconds = min(self._deadline.left(), _CONNECT_SECONDS)
        stream = self._network.connect_tcp(
            self._ip, port, timeout=seconds, local_address=local_address, socket_options=socket_options
        )
        return _TimedStream(stream, self._deadline)


class TlsFailure(Exception):
    """The certificate is not valid for the name, or the handshake failed."""


class _TimedStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        return self._stream.read(max_bytes, timeout=self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._stream.write(buffer, timeout=self._deadline.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        try:
            stream = self._stream.start_tls(ssl_context, server_hostname, timeout=self._deadline.left())
        except httpcore.ConnectError as error:
            if isinstance(error.__cause__, ssl.SSLError):  # the pool forgets the cause
                raise TlsFailure from error
            raise
        return _TimedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def look_up(host: str, port: int) -> list[str]:
    """The IP addresses of a name, in the order of the system. Raises OSError or UnicodeError when it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in found))
