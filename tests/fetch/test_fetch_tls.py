"""The certificate is checked against the name, although the connection goes to an address."""

import ssl
import subprocess
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from shutil import which
from threading import Thread

import pytest

from dcant.fetch import Fetcher, FetchError
from fetch.sites import PUBLIC, Names, Routes

pytestmark = pytest.mark.skipif(
    which("openssl") is None, reason="the openssl command is not there: no certificate to try"
)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        down = self.path == "/down"
        self.send_response(302 if down else 200)
        self.send_header("Location", "http://data.test/")
        self.send_header("Content-Length", "0" if down else "6")
        self.end_headers()
        if not down:
            self.wfile.write(b"secure")

    def log_message(self, *_):
        """Quiet."""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=data.test"
    words = [*command.split(), "-addext", "subjectAltName=DNS:data.test"]
    subprocess.run([*words, "-keyout", folder / "key", "-out", folder / "cert"], check=True, capture_output=True)
    return folder


@pytest.fixture
def secure(certificate):
    names = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert", certificate / "key")
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server.server_address[1], names
    server.shutdown()
    thread.join()
    server.server_close()


def fetcher(port, time, authority=None):
    table = {"data.test": [[PUBLIC]], "autre.test": [[PUBLIC]]}
    tls = ssl.create_default_context(cafile=authority) if authority else None
    return Fetcher(Routes(port), Names(table), clock=time, sleep=time.sleep, jitter=lambda: 0.0, tls=tls)


def test_a_valid_certificate_for_the_name_is_enough_and_the_name_is_announced(secure, certificate, time):
    port, names = secure
    assert fetcher(port, time, certificate / "cert").fetch("https://data.test/").body == b"secure"
    assert names == ["data.test"]


@pytest.mark.parametrize(
    ("url", "known"), [("https://autre.test/", True), ("https://data.test/", False), (f"https://{PUBLIC}/", True)]
)
def test_another_name_or_an_unknown_authority_is_refused_without_another_try(secure, certificate, time, url, known):
    port, _ = secure
    with pytest.raises(FetchError) as caught:
        fetcher(port, time, certificate / "cert" if known else None).fetch(url)
    assert caught.value.code == "TLS"
    assert time.slept == []


def test_a_redirect_from_https_to_http_is_refused(secure, certificate, time):
    port, _ = secure
    with pytest.raises(FetchError) as caught:
        fetcher(port, time, certificate / "cert").fetch("https://data.test/down")
    assert caught.value.code == "DOWNGRADE"
