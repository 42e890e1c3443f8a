"""What those with a mandate see: the form of a return, its re-reading, errors and their answer; and an entry, without JavaScript."""

import pytest
from playwright.sync_api import Page, expect

from browser.test_every_page_in_a_browser import WIDER, _violations
from dcant.accounts.models import Mandate, Role
from dcant.adoption.demo import load_seats
from factories import TREVERIEN

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


def _enter(page: Page, url: str, role: str) -> None:
    page.goto(f"{url}/connexion/")
    page.locator(f'form:has(input[name="role"][value="{role}"]) button').click()


def _check(page: Page) -> None:
    assert _violations(page) == [], page.url
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate(WIDER) <= 0, f"{page.url} is wider than 320 pixels"


def test_a_secretary_tells_and_publishes_without_javascript(site, opened):
    page = opened(java_script_enabled=False)
    _enter(page, site.url, "secretaire")
    page.goto(f"{site.url}/ressources/rdv-service-public/retours/?commune={TREVERIEN}")
    page.get_by_role("link", name="Raconter notre expérience").click()
    page.get_by_role("button", name="Relire avant de publier").click()
    expect(page.get_by_role("alert")).to_contain_text("3 points à corriger")
    page.get_by_label("Quel était le problème ?").fill("Le guichet débordait.")
    page.get_by_label("Qu’avez-vous fait ?").fill("Un agenda partagé.")
    page.get_by_label("oui, autrement").check()
    page.get_by_role("button", name="Relire avant de publier").click()
    expect(page.get_by_role("status")).to_contain_text("Pas encore publié")
    page.get_by_role("button", name="Publier").click()
    expect(page.get_by_role("heading", name="Versions")).to_be_visible()


def test_the_forms_of_those_with_a_mandate_are_accessible_and_narrow_enough(site, opened):
    load_seats()
    page = opened()
    _enter(page, site.url, "secretaire")
    for address in ("/ressources/rdv-service-public/retours/raconter/", "/ressources/rdv-service-public/signaler/"):
        page.goto(site.url + address)
        _check(page)
    _enter(page, site.url, "producteur")
    assert Mandate.objects.filter(role=Role.PRODUCER).exists()
    page.goto(f"{site.url}/infrastructures/remplir/")
    _check(page)
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("alert")).to_contain_text("4 points à corriger")
    _check(page)
    page.goto(f"{site.url}/infrastructures/importer/")
    page.get_by_label("Ou collez le tableau").fill("titre,finalite,genre,controle\nUn,Héberger,cloud,local\nDeux,,,\n")
    page.get_by_role("button", name="Lire, sans rien enregistrer").click()
    expect(page.get_by_role("button", name="Enregistrer 1 ligne juste")).to_be_visible()
    _check(page)
