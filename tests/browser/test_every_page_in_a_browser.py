"""Every page in a real browser: no violation axe can find, nothing wider than the screen, nothing asked of another host."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from web.addresses import pages

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
NAMES = [
    *(
        "home",
        "territory-search",
        "territory",
        "mayor",
        "resources",
        "sources",
        "joins",
        "source",
        "run",
        "resource",
        "compare",
    ),
    *("history", "infrastructures", "adoption-form", "adopted", "letter", "coverage", "programme", "action", "entries"),
    *("new-programme", "colleges", "holders", "cycle", "action-propose", "action-amend", "ending-propose", "decision"),
    *("meetings", "meeting", "meeting-plan", "to-do", "seat-import", "budget"),
    *("indicators", "indicator", "indicator-new", "measurement-import"),
    *("infrastructure-new", "infrastructure-fill", "infrastructures-import", "maturity"),
    *("experience", "experience-new", "experience-report", "resource-errors", "errors-told"),
    *("standards", "standard", "table-check", "table-report"),
    *("balance", "balance-list", "following", "digest"),
    *("entry", "visit", "accessibility", "legal", "api-page", "sign-in"),
]
DARK = ("home", "territory", "resource", "coverage")
BROKEN = ["/nulle-part/", "/territoires/99999/", "/demo/remettre/"]
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def _violations(page: Page) -> list[str]:
    found = Axe().run(page, options=OPTIONS).response["violations"]
    return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]


def _check(page: Page, address: str, *widths: int) -> None:
    page.goto(address)
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        assert _violations(page) == [], (address, width)
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate(WIDER) <= 0, f"{address} is wider than 320 pixels"


def test_every_page_is_looked_at(site):
    assert set(NAMES) == set(pages(site.world))


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_accessible_narrow_enough_and_alone(site, opened, noted, name):
    page = opened()
    first, *others = pages(site.world)[name]
    _check(page, site.url + first, 1280, 360)
    for address in others:  # other states of the same page: what a narrow screen shows is shown on a wide one
        _check(page, site.url + address, 360)
    assert noted.hosts == {site.url.removeprefix("http://")}
    assert noted.complaints == []


def test_pages_of_error_are_accessible_too(site, opened):
    page = opened()
    for address in BROKEN:
        _check(page, site.url + address, 1280, 360)


@pytest.mark.parametrize("name", DARK)
def test_a_page_is_readable_in_the_dark(site, opened, noted, name):
    page = opened(color_scheme="dark", viewport={"width": 1280, "height": 800})
    page.goto(site.url + pages(site.world)[name][-1])
    assert _violations(page) == []
    assert noted.complaints == []


def test_a_falsified_copy_is_shown_on_a_page_like_the_others(site, opened, noted):
    page = opened(java_script_enabled=False)
    page.goto(f"{site.url}/registre/")
    page.get_by_role("button", name="Falsifier une copie").click()
    assert "trahie par l’entrée" in page.inner_text("main")
    page = opened()
    page.goto(f"{site.url}/registre/")
    page.get_by_role("button", name="Falsifier une copie").click()
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        assert _violations(page) == [], width
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate(WIDER) <= 0
    assert noted.complaints == []
