"""A real browser on a real server over the small world, as a demonstration; whatever else the page asks for is noted."""

import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connection, connections
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from factories import World, lent_world

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-quic",
    "--disable-extensions",
    "--metrics-recording-only",
    "--no-pings",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


@pytest.fixture(scope="package")
def chromium(django_db_setup) -> Iterator[Browser]:
    """One browser for all tests of this folder; the event loop it keeps in their thread goes with it.

    Django gives code under an event loop a connection of its own: here it is lent the one that has the tables.
    """
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no chromium: apt install chromium")
    lent = connections["default"]
    with pytest.MonkeyPatch.context() as environment, sync_playwright() as playwright:
        connections["default"] = lent
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@dataclass(frozen=True, slots=True)
class Site:
    """The site under test: where it answers, and what it holds."""

    url: str
    world: World


@pytest.fixture(scope="module")
def site(chromium, django_db_blocker) -> Iterator[Site]:
    """One server over one world. Its threads use this thread's connection, hence see a world that is never committed."""
    with django_db_blocker.unblock(), lent_world(DEMO=True) as world:
        connection.inc_thread_sharing()
        server = LiveServerThread(
            "127.0.0.1", StaticFilesHandler, connections_override={"default": connections["default"]}
        )
        server.daemon = True
        server.start()
        server.is_ready.wait()
        assert server.error is None
        yield Site(f"http://127.0.0.1:{server.port}", world)
        server.httpd.shutdown()
        server.httpd.server_close()
        server.join(timeout=10)
        for answering in [one for one in threading.enumerate() if one.name.endswith("(process_request_thread)")]:
            answering.join(timeout=10)  # it closes its socket through the connection that it was lent
        connection.dec_thread_sharing()


@dataclass
class Noted:
    """What went wrong while pages were looked at, and every host they asked."""

    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> BrowserContext:
        context.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        context.on("console", self._listen)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        return context

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)


@pytest.fixture
def noted() -> Noted:
    return Noted()


@pytest.fixture
def opened(chromium: Browser, noted: Noted):
    """Opens a page in a browser of its own: one profile a test, closed at the end."""
    contexts: list[BrowserContext] = []

    def make(**options: object) -> Page:
        contexts.append(noted.watch(chromium.new_context(locale="fr-FR", **options)))
        return contexts[-1].new_page()

    yield make
    for context in contexts:
        context.close()
