"""The site in English: a complete catalogue, nothing of the interface left in French, and French content that says it is French."""

import ast
import re
import shutil
from html.parser import HTMLParser
from itertools import product
from pathlib import Path

import polib
import pytest
from django.core.management import call_command
from django.template import Context, Template
from django.test import Client
from django.utils.translation import override

from dcant.accounts.rules import can_act_for, can_enter_as_demo
from dcant.accounts.services import PERSONAS
from dcant.adoption.demo import load_seats, seat_of
from dcant.adoption.rules import STATE_WORDS, Kind, can_declare, price_for
from dcant.catalogue.models import RELATION_NAMES
from dcant.catalogue.rules.eligibility import Applicant, eligibility
from dcant.governance.demo import load_half_year
from dcant.governance.models import Action, Programme
from dcant.governance.rules.permits import can_open_cycle, charter_faults
from dcant.harvest.models import ItemState, Outcome
from dcant.territories.models import Organisation, Territory
from dcant.territories.rules.commune_index import _BECAUSE
from dcant.web import rule_sentences
from factories import TREVERIEN
from web.addresses import pages

pytestmark = pytest.mark.django_db
PACKAGE = Path(rule_sentences.__file__).resolve().parent.parent
CATALOGUE = PACKAGE / "locale" / "en" / "LC_MESSAGES" / "django.po"
ENGLISH = {"accept-language": "en"}
# Words that no sentence in English has, nor any name of a place, an organisation or a licence shown by the small world.
FRENCH = re.compile(
    r"\b(vous|votre|vos|nous|notre|est|sont|une|dans|aucune?|chez|depuis|avec|pour|sur|qui|pas|cette|ressources?|communes? qui"
    r"|habitants|démonstration|déclar\w+|utilis\w+|gratuit\w*|renseign\w+|à vérifier|moissonn\w+)\b",
    re.IGNORECASE,
)
OWN_NAMES = re.compile(
    r"Défenseur des droits|\w+-sur-\w+|Licence Ouverte|centre de gestion|cantine, rendez-vous, adresse, marché public"
    r"|[\w’ ]+ ficti(?:f|ve)[\w’ ]* \(démonstration\)"  # the invented organisations of the demonstration
)
SILENT = {"title", "script", "style", "code", "pre"}
VOID = {"meta", "link", "input", "br", "img", "hr", "path", "rect"}


class Interface(HTMLParser):
    """What a page says in its own language: its texts and spoken attributes, without what is marked as French."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.marked: list[str] = []
        self._open: list[tuple[str, bool, bool]] = []

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        french, silent = self._open[-1][1:] if self._open else (False, False)
        french = named["lang"] == "fr" if "lang" in named else french
        if tag not in VOID:
            self._open.append((tag, french, silent or tag in SILENT))
        if not french:
            self.said += [named[name] or "" for name in ("aria-label", "placeholder", "alt") if name in named]

    def handle_endtag(self, tag):
        while tag not in VOID and self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        text = " ".join(data.split())
        _tag, french, silent = self._open[-1] if self._open else ("", False, True)
        if text and not silent:
            (self.marked if french else self.said).append(text)


def _read(response) -> Interface:
    parser = Interface()
    parser.feed(response.content.decode())
    return parser


@pytest.fixture(scope="module")
def catalogue() -> polib.POFile:
    return polib.pofile(str(CATALOGUE))


def _keys(catalogue) -> set[tuple[str | None, str, str]]:
    return {(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in catalogue if not entry.obsolete}


def test_every_sentence_of_the_catalogue_is_translated_and_none_is_a_guess(catalogue):
    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []
    assert [entry.msgid for entry in catalogue.obsolete_entries()] == []


def test_a_translation_keeps_the_values_and_the_marks_of_its_sentence(catalogue):
    values = re.compile(r"%\(\w+\)s|</?\w+>")
    for entry in catalogue:
        pairs = [(entry.msgid, entry.msgstr)]
        if entry.msgid_plural:
            pairs = [(entry.msgid, entry.msgstr_plural[0]), (entry.msgid_plural, entry.msgstr_plural[1])]
        for french, english in pairs:
            assert set(values.findall(french)) == set(values.findall(english)), entry.msgid


def test_the_compiled_catalogue_is_the_one_that_is_read_by_people(catalogue):
    compiled = polib.mofile(str(CATALOGUE.with_suffix(".mo")))
    for entry in catalogue:
        twin = compiled.find(entry.msgid, msgctxt=entry.msgctxt or False)
        assert twin is not None, entry.msgid
        assert (twin.msgstr, twin.msgstr_plural) == (entry.msgstr, entry.msgstr_plural)
    assert len(compiled) == len(catalogue)


def test_collecting_the_sentences_again_would_change_nothing(catalogue, settings, tmp_path, monkeypatch):
    if not shutil.which("xgettext"):
        pytest.skip("no xgettext here: apt install gettext")
    copy = tmp_path / "dcant"
    shutil.copytree(
        PACKAGE, copy, ignore=shutil.ignore_patterns("static", "locale", "__pycache__", "seed", "reference")
    )
    (copy / "locale").mkdir()
    settings.LOCALE_PATHS = []
    monkeypatch.chdir(copy)
    call_command("makemessages", locale=["en"], extensions=["html,py"], no_location=True, verbosity=0)
    again = polib.pofile(str(copy / "locale" / "en" / "LC_MESSAGES" / "django.po"))
    assert _keys(again) == _keys(catalogue), "run scripts/messages, then translate"


def _said_of_eligibility() -> set[str]:
    answers = (None, "yes", "under_condition", "no")
    return {
        eligibility(
            Applicant(kind=kind),
            {field: said, "access_type": access},
        ).because
        for kind, field in (
            ("commune", "audience_local"),
            ("company", "audience_company"),
            ("person", "audience_private"),
        )
        for said, access in product(answers, (None, "open", "open_with_account", "restricted"))
    }


def test_every_fixed_sentence_of_eligibility_is_declared_and_no_other():
    assert _said_of_eligibility() == set(rule_sentences.ELIGIBILITY)


def test_the_words_that_rules_return_are_all_declared():
    words = {*STATE_WORDS.values(), *_BECAUSE}
    words |= {word for pair in RELATION_NAMES.values() for word in pair}
    words |= {text for persona in PERSONAS for text in (persona.label, persona.what)}
    for labels in (ItemState, Outcome, Territory.Kind):
        words |= set(labels.labels)
    words.add(price_for(basis="free", amount_cents=None, population=None, operator="").sentence)
    assert words - rule_sentences.FIXED == set()


def test_every_fixed_refusal_is_declared(world):
    day = world.written.day
    given = {"adopter": "a", "day": day, "today": day}
    refusals = {
        can_declare(kind=Kind.USED, current="", mandates=(), **given),
        can_declare(kind=Kind.PROPOSED, current="", mandates={"a"}, **given),
        can_declare(kind=Kind.USED, current="", mandates={"a"}, withdrawn_resource=True, **given),
        can_declare(kind=Kind.USED, current=Kind.REFUSED, mandates={"a"}, **given),
        can_declare(kind=Kind.USED, current=Kind.WITHDRAWN, mandates={"a"}, **given),
        can_enter_as_demo(demo=False),
        can_act_for(organisation="a", mandates=()),
    }
    assert {refusal.because for refusal in refusals} <= set(rule_sentences.REFUSALS)


def _calls(name: str) -> list[ast.Call]:
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in PACKAGE.rglob("*.py")]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [call for call in calls if ast.unparse(call.func) == name]


def _written(*names: str) -> set[str]:
    calls = [call for name in names for call in _calls(name) if call.args]
    return {call.args[0].value for call in calls if isinstance(call.args[0], ast.Constant)}


def test_every_permit_and_refusal_written_anywhere_is_declared():
    written = _written("Permit.no", "Permit.yes", "StaleBase")
    assert written
    assert written - rule_sentences.FIXED == set()


def test_every_sentence_with_places_is_declared_and_every_declared_one_is_said_by_a_rule():
    patterns = _written("Sentence")
    assert patterns
    assert patterns - rule_sentences.PATTERNS == set()
    files = [file for file in PACKAGE.rglob("*.py") if file != Path(rule_sentences.__file__)]
    nodes = [node for file in files for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))]
    said = {node.value for node in nodes if isinstance(node, ast.Constant)}
    declared = rule_sentences.PATTERNS.union(
        rule_sentences.GOVERNANCE_SENTENCES, rule_sentences.PERMITS, rule_sentences.EXPECTED, rule_sentences.JOINS
    )
    assert declared - said == set()


def test_a_sentence_in_english_has_the_places_of_its_pattern(catalogue):
    places = re.compile(r"\{\w+\}")
    for pattern in rule_sentences.PATTERNS:
        entry = catalogue.find(pattern)
        assert entry is None or sorted(places.findall(entry.msgstr)) == sorted(places.findall(pattern)), pattern


def test_several_faults_said_together_are_all_translated():
    faults = charter_faults({"voices": {"etat": "deliberative"}}, {})
    because = can_open_cycle(charter_published=True, faults=faults, under_way="").because
    assert len(faults) == 10
    assert _shown("{{ it|translated }}", "fr", it=because) == " ".join(faults)
    english = _shown("{{ it|translated }}", "en", it=because)
    assert english.startswith(
        "At least two deliberative colleges are needed. The college “etat” has no seat. No rule is"
    )
    assert FRENCH.search(english) is None


def _leftovers(catalogue, page) -> set[str]:
    """What the interface of an English page still says in French: untranslated sentences, and texts with a French word."""
    sentences = {entry.msgid for entry in catalogue if entry.msgstr != entry.msgid and entry.msgid.count(" ") >= 2}
    said = set(page.said)
    return sentences & said | {text for text in said if FRENCH.search(OWN_NAMES.sub("", text))}


def test_no_page_in_english_keeps_french_in_its_interface(world, client, catalogue, settings, subtests):
    settings.DEMO = True
    for address in [address for examples in pages(world).values() for address in examples]:
        with subtests.test(address):
            assert _leftovers(catalogue, _read(client.get(address, headers=ENGLISH))) == set()


@pytest.fixture
def half_year(world, settings) -> Programme:
    settings.DEMO = True
    load_seats()
    return load_half_year()


@pytest.fixture(params=["", "association", "secretariat"])
def reader(request, half_year, client, acting_for) -> Client:
    """A visitor, a seat, the secretariat: each sees other forms."""
    return (
        acting_for(Organisation.objects.get(siret=seat_of(request.param)), request.param) if request.param else client
    )


def test_no_page_of_a_half_year_in_english_keeps_french_in_its_interface(half_year, reader, catalogue, subtests):
    actions = Action.objects.filter(axis__programme=half_year)
    drafts = actions.filter(versions__state="draft")
    addresses = [
        *(f"/programme/{cycle.half_year}/" for cycle in half_year.cycles.all()),
        *(f"/decisions/{decision.code}/" for decision in half_year.decisions.all()),
        *(f"/actions/{action.code}/" for action in actions),
        *(f"/actions/{action.code}/amender/" for action in drafts),
        f"/colleges/{half_year.slug}/",
        f"/colleges/{half_year.slug}/proposer/",
        "/programme/nouveau/",
        "/programme/",
        "/registre/",
        "/",
    ]
    assert drafts
    for address in addresses:
        with subtests.test(address):
            answer = reader.get(address, headers=ENGLISH)
            assert answer.status_code == 200
            assert _leftovers(catalogue, _read(answer)) == set()


def test_every_page_says_its_language(world, client):
    for address in [examples[0] for examples in pages(world).values()]:
        assert '<html lang="en">' in client.get(address, headers=ENGLISH).content.decode(), address


def test_the_switch_changes_the_language_and_comes_back_to_the_same_page(world, client):
    address = f"/territoires/{TREVERIEN}/"
    french = client.get(address).content.decode()
    assert 'name="language" value="en" lang="en">English</button>' in french
    assert f'name="next" value="{address}"' in french
    answer = client.post("/langue/", {"language": "en", "next": address})
    assert (answer.status_code, answer["Location"]) == (302, address)
    english = client.get(address).content.decode()
    assert '<html lang="en">' in english
    assert "Through whom to go" in english
    assert 'name="language" value="fr" lang="fr">Français</button>' in english
    client.post("/langue/", {"language": "fr", "next": address})
    assert '<html lang="fr">' in client.get(address).content.decode()


def test_what_sources_say_stays_french_and_is_marked_so_on_an_english_page(world, client):
    for address in (f"/territoires/{TREVERIEN}/", "/ressources/", f"/ressources/{world.rdv.slug}/"):
        page = _read(client.get(address, headers=ENGLISH))
        assert world.rdv.title in page.marked
        assert world.rdv.purpose in page.marked
        assert world.rdv.title not in page.said
        assert world.rdv.purpose not in page.said


def test_a_french_page_does_not_repeat_that_it_is_french(world, client):
    for address in (f"/territoires/{TREVERIEN}/", "/ressources/", f"/ressources/{world.rdv.slug}/", "/programme/"):
        assert client.get(address).content.decode().count('lang="fr"') == 1


def test_a_letter_to_an_operator_stays_french_to_its_date(world, client):
    address = f"/offres/{world.offer.pk}/lettre/"
    letters = [client.get(address, headers=headers).content.decode() for headers in ({}, ENGLISH)]
    french, english = (re.search(r"<article.*</article>", text, re.DOTALL)[0] for text in letters)
    assert french == english


def _shown(template: str, language: str, **given: object) -> str:
    with override(language):
        return Template(template).render(Context(given))


def test_a_sentence_with_a_value_is_marked_as_french_and_kept_safe():
    sentence = "Sur devis : demander à <b>Mégalis</b>"
    escaped = "Sur devis : demander à &lt;b&gt;Mégalis&lt;/b&gt;"
    assert _shown("{{ it|translated }}", "fr", it=sentence) == escaped
    assert _shown("{{ it|translated }}", "en", it=sentence) == f'<span lang="fr">{escaped}</span>'
    assert _shown("{{ it|translated }}", "en", it="Gratuit") == "Free of charge"


def test_a_coded_value_has_its_meaning_in_both_languages_and_a_text_its_mark():
    assert _shown("{{ it|meaning:'kind' }}", "en", it="dataset") == "Dataset"
    assert _shown("{{ it|meaning:'kind' }}", "fr", it="dataset") == "Jeu de données"
    assert _shown("{{ it|meaning:'theme' }}", "en", it="vie locale") == '<span lang="fr">vie locale</span>'


def test_numbers_and_days_follow_the_language():
    assert _shown("{{ it|percent }}", "fr", it=0.125) == "12,5\u00a0%"
    assert _shown("{{ it|percent }}", "en", it=0.125) == "12.5\u00a0%"
    assert _shown("{{ it|percent }}", "en", it=1e-9) == "0.0\u00a0%"
    assert _shown("{{ it|number }}", "en", it=12345) == "12\u202f345"
    assert _shown("{{ it|day }}", "fr", it="2026-03-01") == "1 mars 2026"
    assert _shown("{{ it|day }}", "en", it="2026-03-01") == "1 March 2026"


def test_a_place_seen_from_takes_its_article_in_french_alone(world):
    assert _shown("{{ it|after_of }}", "fr", it=world.treverien) == "de Trévérien"
    assert _shown("{{ it|after_of }}", "en", it=world.treverien) == "Trévérien"
