"""The main job, as the secretary of a small town hall does it: from the home page to a declared use, in a real browser.

    python benchmarks/journey.py [--communes 20] [--seed 2018] [--below 1000]

Protocol. A demonstration is started on an empty folder. Communes with fewer inhabitants than --below are drawn from the
shipped reference. For each, a new visitor in headless chromium types the name of the commune on the home page and presses
Enter; among several communes, the one of the right département is chosen by its line; when it is not listed, the name is
typed again with the département. Then: the first resource of the commune's page, « Nous l'utilisons », the role of the
demonstration, « Déclarer ». It is attested when the confirmation names the commune and its line of the public log opens.
Pages: screens seen. Clicks: links and buttons, Enter after the name included. Seconds: the machine's, a person reads slower.
A way in: an operator that covers the commune, or an address of the resource (contact, request, account, its site), was shown.
A page is blank when it has no heading or fewer than forty letters. Without chromium: left out, aloud.
"""

import argparse
import contextlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median

from cold_start import answers, free_port
from machine import describe
from playwright.sync_api import Browser, Error, Page, sync_playwright

from dcant.territories.shipped import CommuneRow, Reference, read_reference

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-default-apps", "--disable-domain-reliability", "--disable-sync",
    "--disable-quic", "--disable-extensions", "--metrics-recording-only", "--no-pings",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]  # fmt: skip
# Who to ask, and where: never a mere link to a source.
OPERATOR = "section[aria-labelledby=par-qui] ul.rows > li, section[aria-labelledby=par-qui] tbody tr"
ADDRESS = "a[href^='mailto:'], #champ-contact + dd, #champ-request_url + dd a, #champ-account_url + dd a, #champ-website + dd a"


@dataclass(slots=True)
class Walk:
    """What one visitor met."""

    commune: CommuneRow
    pages: int = 0
    clicks: int = 0
    seconds: float = 0.0
    operator: bool = False
    address: bool = False
    blank: list[str] = field(default_factory=list)
    missed: str = ""

    @property
    def row(self) -> str:
        way = " and ".join(word for word, shown in (("operator", self.operator), ("address", self.address)) if shown)
        name = f"{self.commune.name} ({self.commune.departement}), {self.commune.population}"
        return (
            f"| {name} | {self.pages} | {self.clicks} | {self.seconds:.1f} | {way or 'none'} | {len(self.blank)} | "
            f"{self.missed or 'attested'} |"
        )


class Visitor:
    """A person in front of a browser: sees pages, clicks, types."""

    def __init__(self, page: Page, walk: Walk, site: str) -> None:
        self.page, self.walk, self.site = page, walk, site

    def see(self) -> None:
        """Counts the page now shown, and looks at it for a blank and for a way in."""
        self.walk.pages += 1
        text = self.page.locator("main").inner_text()
        if len(re.findall(r"\w", text)) < 40 or self.page.locator("h1").count() != 1:
            self.walk.blank.append(self.page.url.removeprefix(self.site))
        self.walk.operator |= self.page.locator(OPERATOR).count() > 0
        self.walk.address |= self.page.locator(ADDRESS).count() > 0

    def click(self, what: str) -> None:
        with self.page.expect_navigation():
            self.page.locator(what).first.click()
        self.walk.clicks += 1
        self.see()

    def type_name(self, text: str) -> None:
        field_ = self.page.locator("main input[type=search]").first
        field_.fill(text)
        with self.page.expect_navigation():
            field_.press("Enter")
        self.walk.clicks += 1
        self.see()

    def is_there(self, what: str) -> bool:
        return self.page.locator(what).count() > 0

    def is_at(self, code: str) -> bool:
        return f"/territoires/{code}/" in self.page.url


def find_commune(visitor: Visitor, commune: CommuneRow, departement: str) -> bool:
    """By its name; when it is neither reached nor listed, once more with its département, from the home page."""
    link = f"main ul.rows a[href='/territoires/{commune.code}/']"
    for text in (commune.name, f"{commune.name} {departement}"):
        if visitor.walk.clicks:
            visitor.click("header a.name")
        visitor.type_name(text)
        if not visitor.is_at(commune.code) and visitor.is_there(link):
            visitor.click(link)
        if visitor.is_at(commune.code):
            return True
    return False


def declare(visitor: Visitor, commune: CommuneRow) -> str:
    """From the commune's page to the line of the log; what went wrong, or nothing."""
    visitor.click("section[aria-labelledby=reprendre] ul.rows h3 a")
    visitor.click("aside a.btn[href*='nous-l-utilisons']")
    if visitor.is_there("main form[action='/demo/entrer/'] button"):
        visitor.click("main form[action='/demo/entrer/'] button")
    if not visitor.is_there("main form[action*='/declarer/'] button"):
        return "no form to declare"
    visitor.click("main form[action*='/declarer/'] button")
    said = (
        visitor.page.locator("main [role=status]").first.inner_text() if visitor.is_there("main [role=status]") else ""
    )
    if "/declare/" not in visitor.page.url or commune.name.split()[-1] not in said:
        return "no confirmation"
    line = visitor.page.locator("main a[href^='/registre/']").first.get_attribute("href")
    answer = visitor.page.request.get(f"{visitor.site}{line}")
    return "" if answer.ok else "no line in the log"


def walk_of(browser: Browser, site: str, commune: CommuneRow, departement: str) -> Walk:
    walk = Walk(commune)
    context = browser.new_context(locale="fr-FR")
    context.set_default_timeout(15_000)
    visitor = Visitor(context.new_page(), walk, site)
    began = time.perf_counter()
    try:
        visitor.page.goto(f"{site}/")
        visitor.see()
        walk.missed = declare(visitor, commune) if find_commune(visitor, commune, departement) else "commune not found"
    except Error as error:
        walk.missed = f"stopped at {visitor.page.url.removeprefix(site)}: {str(error).splitlines()[0]}"
    walk.seconds = time.perf_counter() - began
    context.close()
    return walk


@contextlib.contextmanager
def demonstration() -> Iterator[str]:
    """A site of its own on an empty folder, stopped at the end."""
    with tempfile.TemporaryDirectory(prefix="dcant-journey-") as folder:
        port = free_port()
        environment = {key: value for key, value in os.environ.items() if not key.startswith("DCANT_")}
        command = [sys.executable, "-m", "dcant", "demo", "--port", str(port), "--data", folder]
        demo = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)
        try:
            limit = time.monotonic() + 300
            while not answers(f"http://127.0.0.1:{port}/healthz"):
                if demo.poll() is not None or time.monotonic() > limit:
                    sys.exit("the demonstration did not start")
                time.sleep(0.2)
            yield f"http://127.0.0.1:{port}"
        finally:
            demo.send_signal(signal.SIGTERM)
            demo.wait()


def drawn(reference: Reference, number: int, below: int, seed: int) -> list[CommuneRow]:
    small = [row for row in reference.communes if row.population is not None and 0 < row.population < below]
    return random.Random(seed).sample(small, number)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--communes", type=int, default=20)
    parser.add_argument("--seed", type=int, default=2018)
    parser.add_argument("--below", type=int, default=1000, help="inhabitants")
    options = parser.parse_args()
    chromium = shutil.which("chromium")
    if chromium is None:
        print("left out: there is no chromium (apt install chromium)", file=sys.stderr)
        return 1
    reference = read_reference()
    departements = {row.code: row.name for row in reference.departements}
    print(describe(), flush=True)
    print("| commune, inhabitants | pages | clicks | seconds | way in shown | blank pages | end |")
    print("|---|---:|---:|---:|---|---:|---|")
    walks = []
    with demonstration() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for commune in drawn(reference, options.communes, options.below, options.seed):
            walk = walk_of(browser, site, commune, departements[commune.departement])
            print(walk.row, flush=True)
            walks.append(walk)
        browser.close()
    middle = [median(getattr(walk, name) for walk in walks) for name in ("pages", "clicks", "seconds")]
    good = [walk for walk in walks if not walk.missed and not walk.blank and (walk.operator or walk.address)]
    print(f"| **median** | {middle[0]:g} | {middle[1]:g} | {middle[2]:.1f} | | | {len(good)} of {len(walks)} |")
    print(
        f"\nbar: attested, with a way in and no blank page, for all: {'met' if len(good) == len(walks) else 'NOT MET'}"
    )
    return 0 if len(good) == len(walks) else 1


if __name__ == "__main__":
    sys.exit(main())
