"""A half-year by pages alone, from a programme that does not exist yet to its balance sheet: both sides, the secretariat and a commune.

The one thing that pages cannot do is wait: the notice and the moment of the meeting are brought back in the database, nothing else is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.utils import timezone
from playwright.sync_api import Page, expect

from dcant.adoption.demo import load_seats, seat_of
from dcant.governance.immutability import install, remove
from dcant.governance.models import Decision, Meeting

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
PEOPLE = {
    "secretariat": "Secrétariat du programme",
    "etat": "Direction de l’État",
    "association": "Association de maires",
    "departements": "Assemblée de départements",
    "secretaire": "Secrétaire de mairie",
}
STATE, TERRITORIES = ("etat",), ("association", "departements")
TEXT = "Ouvrir les API.\n\nSans contrepartie.\n\nEn 2027."


@dataclass(frozen=True, slots=True)
class Room:
    """Everyone around the table, each in a browser of their own; where the programme and its half-year are."""

    url: str
    pages: dict[str, Page]
    half_year: str

    def at(self, who: str, address: str) -> Page:
        """The page as that person sees it."""
        page = self.pages[who]
        answer = page.goto(f"{self.url}{address}" if address.startswith("/") else address, wait_until="commit")
        assert answer is not None
        assert answer.ok, (who, address)
        return page

    def press(self, who: str, button: str) -> Page:
        self.pages[who].get_by_role("button", name=button).first.click()
        return self.pages[who]

    @property
    def cycle(self) -> str:
        return f"/programme/{self.half_year}/"


@pytest.fixture
def demo_seats(site) -> None:
    load_seats()


@pytest.fixture(params=[(True, "2031-S1"), (False, "2031-S2")], ids=["with-javascript", "without-javascript"])
def room(request, site, demo_seats, opened) -> Iterator[Room]:
    scripts, half_year = request.param
    pages = {who: opened(java_script_enabled=scripts) for who in PEOPLE}
    for page in pages.values():
        page.set_default_timeout(5_000)
    room = Room(site.url, pages, half_year)
    for who, label in PEOPLE.items():
        room.at(who, "/connexion/").get_by_role("button", name=f"Entrer : {label}", exact=True).click()
        expect(pages[who].get_by_text("Vous êtes :")).to_be_visible()
    return room


def found(room: Room) -> str:
    """A blank programme, its seats, its charter with two days of notice, its half-year open."""
    page = room.at("secretariat", "/programme/nouveau/")
    page.get_by_label("Nom", exact=True).fill("Programme joué")
    page.get_by_label("Période").fill(room.half_year)
    page.get_by_label("Axes, un par ligne").fill("Un seul axe")
    room.press("secretariat", "Créer")
    colleges = page.url
    expect(page.get_by_text("n’a aucun siège").first).to_be_visible()
    for college, people in (("etat", STATE), ("territoires", TERRITORIES)):
        for one in people:
            page.locator(f"#org-{college}").fill(seat_of(one))
            page.locator(f"#org-{college}").press("Enter")
            expect(page.locator("main").get_by_text(PEOPLE[one][:12]).first).to_be_visible()
    page.get_by_label("Convocation, en jours").fill("2")
    page.get_by_label("Durée d’un consentement, en jours").fill("0")
    room.press("secretariat", "Publier la charte")
    expect(page.get_by_text("n° 1, publiée le")).to_be_visible()
    page = room.at("secretariat", "/programme/")
    box = page.locator(".box", has_text=f"Programme joué, {room.half_year}")
    box.get_by_label("Prévoir un semestre").fill(room.half_year)
    box.get_by_role("button", name="Prévoir").click()
    room.at("secretariat", room.cycle)
    room.press("secretariat", "Ouvrir le semestre")
    expect(page.locator("[aria-current=step]")).to_have_text("ouvert")
    return colleges


def propose(room: Room, title: str) -> str:
    """The State proposes, an association pilots with it."""
    page = room.at("etat", room.cycle)
    page.get_by_role("link", name="Proposer une action").click()
    page.get_by_label("Titre").fill(title)
    page.get_by_label("Texte, un paragraphe vide entre deux idées").fill(TEXT)
    room.press("etat", "Proposer")
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    room.at("association", page.url)
    room.press("association", "Copiloter")
    return page.url


def amend(room: Room, action: str) -> None:
    """Two write on the same paragraph: one is integrated, the other lapses, and finds its words again."""
    for who, words in (("departements", "Sans contrepartie, ni délai."), ("etat", "Avec une contrepartie.")):
        page = room.at(who, action)
        page.get_by_role("link", name="Proposer un amendement").click()
        page.get_by_label("Le texte tel que vous le voulez").fill(TEXT.replace("Sans contrepartie.", words))
        page.get_by_label("Pourquoi").fill(f"Parce que, dit {who}.")
        room.press(who, "Soumettre")
    page = room.at("association", action)
    chosen = page.locator("li", has_text="dit departements")
    chosen.get_by_role("button", name="Intégrer").click()
    expect(page.locator("li", has_text="dit departements").locator(".tag")).to_have_text("intégré")
    expect(page.get_by_text("Sans contrepartie, ni délai.").first).to_be_visible()
    page = room.at("etat", action)
    expect(page.get_by_text("reportez votre amendement")).to_be_visible()


def open_vote(room: Room, decision: str) -> str:
    page = room.at("secretariat", decision)
    page.get_by_label("Heure limite").fill((timezone.localdate() + timedelta(days=5)).isoformat())
    room.press("secretariat", "Ouvrir la décision")
    expect(page.locator("h1 .tag").first).to_have_text("ouverte")
    return page.url


def put_to_vote(room: Room, action: str, button: str) -> str:
    """The decision that the secretariat makes of a draft, open."""
    return open_vote(room, prepare(room, action, button))


def prepare(room: Room, action: str, button: str) -> str:
    """The decision to come."""
    room.at("secretariat", action)
    page = room.press("secretariat", button)
    page.get_by_role("link", name="Adopter «").last.click()
    return page.url


def vote(room: Room, decision: str, words: dict[str, str]) -> None:
    for who, value in words.items():
        page = room.at(who, decision)
        page.get_by_label(value, exact=True).check()
        room.press(who, "Déposer le bulletin")


def count(room: Room, decision: str, state: str) -> Page:
    page = room.at("secretariat", decision)
    room.press("secretariat", "Clore et compter")
    expect(page.locator("h1 .tag").first).to_have_text(state)
    return page


def everyone(value: str) -> dict[str, str]:
    return dict.fromkeys((*STATE, *TERRITORIES), value)


def decide(room: Room, action: str) -> None:
    """Refused by one side alone, then adopted by a new decision; a commune says what it keeps from."""
    refused = put_to_vote(room, action, "Mettre au vote")
    vote(room, refused, dict.fromkeys(STATE, "pour") | dict.fromkeys(TERRITORIES, "contre"))
    page = count(room, refused, "rejetée")
    expect(page.get_by_text("n’emporte pas")).to_have_count(1)
    adopted = prepare(room, action, "Mettre au vote")
    assert adopted != refused
    meet(room, adopted)
    open_vote(room, adopted)
    vote(room, adopted, everyone("pour"))
    count(room, adopted, "adoptée")
    tell(room)
    page = room.at("secretaire", adopted)
    page.get_by_label("Votre réserve").fill("Selon nos moyens.")
    room.press("secretaire", "Publier la réserve")
    expect(page.get_by_text("Selon nos moyens.")).to_be_visible()


def plan(room: Room, decision: str, *, days: int) -> str:
    """A meeting with one decision on its agenda, that nobody was told of yet."""
    page = room.at("secretariat", room.cycle)
    page.get_by_role("link", name="Préparer une séance").click()
    page.get_by_label("Titre").fill(f"Séance de {room.half_year}")
    page.get_by_label("Jour", exact=True).fill((timezone.localdate() + timedelta(days=days)).isoformat())
    page.get_by_label("Lieu").fill("Salle commune")
    page.locator(f"input[value={decision.rstrip('/').rsplit('/', 1)[-1]}]").check()
    room.press("secretariat", "Préparer")
    return page.url


def meet(room: Room, decision: str) -> None:
    """Convened too late, refused; convened in time, everyone is told, and the decision waits for the days of the charter."""
    late = plan(room, decision, days=1)
    page = room.press("secretariat", "Convoquer la séance")
    expect(page.get_by_text("Convocation trop tardive : la charte demande 2 jours.")).to_be_visible()
    room.at("secretariat", late)
    room.press("secretariat", "Annuler la séance")
    plan(room, decision, days=4)
    room.press("secretariat", "Convoquer la séance")
    expect(page.locator("h1 .tag").first).to_have_text("convoquée")
    meeting = Meeting.objects.get(cycle__half_year=room.half_year, state="convened")
    page = room.at("association", f"/a-faire/?programme={meeting.programme.slug}")
    expect(page.get_by_role("link", name=f"Venir à la séance « {meeting.title} »").first).to_be_visible()
    expect(room.at("secretaire", "/seances/").get_by_role("link", name=meeting.title).first).to_be_visible()
    page = room.at("secretariat", decision)
    page.get_by_label("Heure limite").fill((timezone.localdate() + timedelta(days=5)).isoformat())
    room.press("secretariat", "Ouvrir la décision")
    expect(page.get_by_text("elle s’ouvre 2 jours au moins après la convocation")).to_be_visible()
    with unguarded():
        Meeting.objects.filter(pk=meeting.pk).update(
            noticed_at=timezone.now() - timedelta(days=4), starts_at=timezone.now()
        )


@contextmanager
def unguarded() -> Iterator[None]:
    """Days go by: the database, which keeps a convened meeting as it is, looks away for one statement."""
    hand = SimpleNamespace(connection=connection, execute=lambda statement: connection.cursor().execute(statement))
    remove(None, hand)
    yield
    install(None, hand)


def tell(room: Room) -> None:
    """The minutes, once the meeting began."""
    meeting = Meeting.objects.get(cycle__half_year=room.half_year, state="convened")
    page = room.at("secretariat", f"/seances/{meeting.code}/")
    for who, presence in (("etat", "present"), ("association", "present"), ("departements", "excused")):
        page.get_by_label(PEOPLE[who][:12]).select_option(presence)
    room.press("secretariat", "Enregistrer la présence")
    room.press("secretariat", "Publier le procès-verbal")
    expect(page.locator("h1 .tag").first).to_have_text("tenue")
    page = room.at("secretaire", page.url)
    expect(page.get_by_text("2 voix sur 2 sièges, pour 2, contre 0")).to_be_visible()
    expect(page.locator("dd", has_text="Assemblée de départements")).to_be_visible()


def consent(room: Room, action: str) -> None:
    """An objection stands in the way until its author withdraws it."""
    decision = put_to_vote(room, action, "Demander le consentement")
    page = room.at("departements", decision)
    page.get_by_label("Objection, avec sa raison").fill("Qui paie ?")
    room.press("departements", "Soulever une objection")
    expect(page.locator("li", has_text="Qui paie ?").locator(".tag")).to_have_text("soulevée")
    expect(page.get_by_text("n’emporte pas")).to_have_count(1)
    room.press("departements", "Retirer mon objection")
    expect(page.locator("li", has_text="Qui paie ?").locator(".tag")).to_have_text("retirée")
    vote(room, decision, everyone("prend acte"))
    count(room, decision, "adoptée")


def decide_document(room: Room, button: str, title: str) -> None:
    """The roadmap or the balance sheet, put to the vote and adopted."""
    page = room.at("secretariat", room.cycle)
    room.press("secretariat", button)
    page.get_by_role("link", name=title).click()
    decision = open_vote(room, page.url)
    vote(room, decision, everyone("pour"))
    count(room, decision, "adoptée")


def review(room: Room) -> Page:
    """Both sides grade the first action, and do not agree; nobody speaks of the second."""
    page = room.at("secretariat", room.cycle)
    room.press("secretariat", "Ouvrir l’évaluation")
    for who, grade in (("etat", "realisee"), ("association", "en_retard")):
        page = room.at(who, room.cycle)
        form = page.locator("form", has_text="Premières API")
        form.get_by_label("Note").select_option(grade)
        form.get_by_label("Ce qui le montre").fill("Vu de notre côté.")
        form.get_by_role("button", name="Évaluer").click()
    decide_document(room, "Préparer le vote du bilan", f"Bilan du semestre {room.half_year}")
    return room.at("secretaire", room.cycle)


def test_a_half_year_is_played_by_pages_alone(room, noted):
    found(room)
    action = propose(room, f"Premières API de {room.half_year}")
    amend(room, action)
    decide(room, action)
    consent(room, propose(room, f"Secondes API de {room.half_year}"))
    decide_document(room, "Préparer le vote de la feuille de route", f"Feuille de route du semestre {room.half_year}")
    page = review(room)
    expect(page.locator("[aria-current=step]")).to_have_text("bilan publié")
    rows = page.locator("tbody tr")
    expect(rows.filter(has_text="Premières API")).to_contain_text("désaccord")
    expect(rows.filter(has_text="Secondes API")).to_contain_text("non évaluée")
    played = Decision.objects.filter(cycle__half_year=room.half_year)
    assert sorted(played.values_list("state", flat=True)) == ["adopted"] * 4 + ["rejected"]
    assert all(played.values_list("demo", flat=True))
    assert [one for one in noted.complaints if "403 (Forbidden)" not in one] == []
    assert (
        len(noted.complaints) == 2
    )  # the two refusals above: a late notice, and a decision opened before its days had run
