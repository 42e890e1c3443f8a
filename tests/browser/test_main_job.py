"""The main job: type a commune, see what it may reuse, say « we use it », see it written. By keyboard alone, and without JavaScript."""

import pytest
from playwright.sync_api import Page, expect

from dcant.adoption.models import AdoptionEvent
from dcant.record.sequencer import sequence_entries
from factories import TREVERIEN

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
MOST_STEPS = 150  # more Tab strokes than any page has stops


def _reach(page: Page, text: str) -> None:
    """Presses Tab until what has the focus bears this text, as someone without a mouse does."""
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        if page.evaluate("text => document.activeElement.innerText?.trim().includes(text)", text):
            return
    pytest.fail(f"« {text} » is not reached by keyboard on {page.url}")


def test_the_main_job_is_done_by_keyboard_alone(site, opened, noted):
    page = opened(viewport={"width": 1280, "height": 800})
    page.goto(site.url)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Le nom de votre commune")).to_be_focused()
    page.keyboard.type("treverien")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Trévérien")
    _reach(page, "Monservicesecurise")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Monservicesecurise")
    _reach(page, "Nous l’utilisons")
    page.keyboard.press("Enter")
    expect(page.get_by_text("personne ne déclare à la place")).to_be_visible()
    _reach(page, "Entrer comme secrétaire de mairie")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Vous êtes :")).to_be_visible()
    _reach(page, "Déclarer")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("C’est dit")
    expect(page.get_by_role("status")).to_contain_text("en cours d’inscription")
    sequence_entries()
    page.reload()
    entry = AdoptionEvent.objects.latest("pk").entry
    expect(page.get_by_role("status")).to_contain_text(f"entrée n° {entry.index}")
    assert noted.complaints == []


def test_the_focus_is_always_seen(site, opened):
    page = opened(viewport={"width": 1280, "height": 800})
    page.goto(f"{site.url}/territoires/{TREVERIEN}/")
    for _ in range(25):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
        assert outline == "3px", page.evaluate("document.activeElement.outerHTML")


def test_the_main_job_is_done_without_javascript(site, opened):
    page = opened(java_script_enabled=False)
    page.goto(site.url)
    page.get_by_label("Le nom de votre commune").fill("treverien")
    page.get_by_role("button", name="Chercher").click()
    page.get_by_role("link", name="Monservicesecurise").first.click()
    page.get_by_role("link", name="Nous l’utilisons").click()
    page.get_by_role("button", name="Entrer comme secrétaire de mairie").click()
    page.get_by_label("Nous l’utilisons").check()
    page.get_by_role("button", name="Déclarer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("C’est dit")
    page.get_by_role("link", name="Voir l’entrée").click()
    expect(page.locator("pre")).to_contain_text('"demo":true')
    page.get_by_role("button", name="Quitter ce rôle").click()
    expect(page.get_by_text("Vous êtes :")).to_have_count(0)


@pytest.mark.parametrize("scripts", [True, False])
def test_the_language_is_changed_and_changed_back_where_one_stands(site, opened, scripts):
    page = opened(java_script_enabled=scripts)
    page.goto(f"{site.url}/ressources/?q=brique")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.url.endswith("/ressources/?q=brique")
    page.get_by_role("button", name="Français").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.get_by_role("heading", level=1)).to_have_text("Socle commun")


def test_the_sheet_for_the_mayor_fits_one_printed_page(site, opened):
    page = opened()
    page.goto(f"{site.url}/territoires/{TREVERIEN}/fiche-maire/")
    printed = page.pdf(format="A4", prefer_css_page_size=True)
    assert printed.count(b"/Type /Page\n") == 1
