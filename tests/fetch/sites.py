"""Real servers on loopback, a network that sends public addresses to them, and listeners that must hear nothing."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpcore

PUBLIC, OTHER = "93.184.216.34", "2606:2800:220:1::25"


@dataclass
class Site:
    """A server whose answers are functions of the request, by path; it remembers what it was asked."""

    answers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    posted: list[bytes] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def say(self, path: str, body: bytes = b"", *, status: int = 200, **headers: str) -> None:
        """A fixed answer; `etag="x"` in headers makes it conditional."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}

        def answer(request: BaseHTTPRequestHandler) -> None:
            same = "etag" in sent and request.headers.get("If-None-Match") == sent["etag"]
            request.send_response(304 if same else status)
            for name, value in sent.items():
                request.send_header(name, value)
            request.send_header("Content-Length", "0" if same else str(len(body)))
            request.end_headers()
            if not same:
                request.wfile.write(body)

        self.answers[path] = answer


@dataclass
class Routes(httpcore.NetworkBackend):
    """Every connection asked for is noted, and led to the one real server; nothing leaves the machine."""

    port: int
    opened: list[tuple[str, int]] = field(default_factory=list)
    dead: set[str] = field(default_factory=set)

    def connect_tcp(self, host: str, port: int, **more: Any) -> httpcore.NetworkStream:
        self.opened.append((host, port))
        if host in self.dead:
            raise httpcore.ConnectError("no route")
        return httpcore.SyncBackend().connect_tcp("127.0.0.1", self.port, **more)


@dataclass
class Names:
    """The addresses of each name, one list by look-up, the last one for ever."""

    table: dict[str, list[list[str]]]
    asked: list[str] = field(default_factory=list)

    def __call__(self, host: str, _port: int) -> list[str]:
        self.asked.append(host)
        if host not in self.table:
            raise OSError("unknown name")
        lists = self.table[host]
        return lists.pop(0) if len(lists) > 1 else lists[0]


@dataclass
class Time:
    """A clock that only sleeping moves."""

    now: float = 0.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65_536  # a head and a body sent apart wait for each other
    site: Site

    def do_GET(self) -> None:
        self.site.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        answer = self.site.answers.get(self.path)
        try:
            if answer is None:
                self.send_error(404)
            else:
                answer(self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def do_POST(self) -> None:
        self.site.posted.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.do_GET()

    def log_message(self, *_: Any) -> None:
        """Quiet."""


def serve() -> Iterator[Site]:
    site = Site()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"site": site}))
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # a reader that leaves in the middle is what is tried
    site.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield site
    server.shutdown()
    thread.join()
    server.server_close()
