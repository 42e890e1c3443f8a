"""A WSGI application served by the standard library, with HTTP/1.1 connections kept open: enough for a witness."""

from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Application = Callable[[dict[str, Any], Callable[..., Any]], Any]
IDLE = 30  # seconds without a byte before a connection is closed


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "dcant-witness", ""
    timeout = IDLE
    wbufsize = 65_536  # an answer leaves in one piece: in two, it waits for an acknowledgement
    application: Application

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        """One request. What the application left unread of the body would be taken for the next: the connection is closed."""
        body = _Counted(self.rfile)
        lengths = self.headers.get_all("Content-Length", [])
        clear = len(lengths) < 2 and "Transfer-Encoding" not in self.headers
        length = lengths[0] if lengths and clear else ""
        environ = {
            "REQUEST_METHOD": self.command,
            "PATH_INFO": self.path.partition("?")[0],
            "CONTENT_LENGTH": length,
            "wsgi.input": body,
        }
        said: list[Any] = []
        content = b"".join(self.application(environ, lambda *given: said.extend(given)))
        if not clear or str(body.count) != (length or "0"):
            self.close_connection = True
        status, headers = said[:2]
        self.send_response(HTTPStatus(int(status[:3])))
        for name, value in headers:
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """No line for each request: a log of addresses is not ours to keep."""


class _Counted:
    """What was read of a body."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self.count = 0

    def read(self, size: int) -> bytes:
        data: bytes = self._file.read(size)
        self.count += len(data)
        return data


def make_server(application: Application, host: str, port: int) -> ThreadingHTTPServer:
    """Bound, and not yet serving. Port 0: any free one."""
    handler = type("Handler", (_Handler,), {"application": staticmethod(application)})
    server = ThreadingHTTPServer((host, port), handler)
    server.daemon_threads = True
    return server
