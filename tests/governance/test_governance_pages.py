"""Pages of the half-year: a fixed number of queries however much was decided, and no form, whatever is sent, that breaks."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from dcant.accounts.models import Mandate, Person
from dcant.governance.models import Amendment, Ending, Objection, SeatHolder
from dcant.governance.services.cycles import begin_review
from dcant.record.models import Entry
from dcant.territories.models import Organisation
from governance.played import CLOSED, PERSON, PLANNED, UNDER_WAY, Played, played_half_years
from governance.stage import everything

pytestmark = pytest.mark.django_db
QUERIES = 12
HOSTILE = [
    "",
    "\x00",
    "a\x00b",
    "9" * 5000,
    "é" * 3000,
    "'; DROP TABLE governance_seat; --",
    "<script>alert(1)</script>",
    "٣",
    "²",
    "9999-12-31T23:59:59-23:59",
    "0001-01-01",
    "2026-W10-1",
    "../../etc/passwd",
]


@pytest.fixture(scope="module")
def played(django_db_setup, django_db_blocker) -> Iterator[Played]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield played_half_years(timezone.now(), actions=12)
        transaction.set_rollback(True)


def signed_in(organisation: Organisation, role: str) -> Client:
    client = Client()
    person, _ = Person.objects.get_or_create(key=f"{role}-{organisation.key}", defaults={"label": role})
    held, _ = Mandate.objects.get_or_create(
        person=person,
        organisation=organisation,
        role=role,
        defaults={"valid_from": timezone.localdate() - timedelta(days=400), "evidence": "essai"},
    )
    client.force_login(person)
    session = client.session
    session["acting_for"] = held.pk
    session.save()
    return client


def people(played: Played) -> dict[str, Client]:
    """Whoever may come: the secretariat, a seat of each side, a town hall without seat, a visitor."""
    stage = played.stage
    return {
        "secretariat": signed_in(stage.secretariat.organisation, "secretariat"),
        "e1": signed_in(stage.seats["e1"].organisation, "state"),
        "t3": signed_in(stage.seats["t3"].organisation, "association"),
        "visitor": Client(),
    }


def shown(played: Played) -> list[str]:
    draft = played.draft.code
    addresses = [
        "/programme/",
        "/programme/nouveau/",
        f"/a-faire/?programme={played.slug}",
        f"/colleges/{played.slug}/",
        f"/colleges/{played.slug}/proposer/",
    ]
    seat = played.stage.seats["e1"].key
    addresses += [f"/colleges/{played.slug}/siege/{seat}{end}" for end in ("/", ".json")]
    addresses += [
        f"/programme/{half_year}{end}" for half_year in (CLOSED, UNDER_WAY, PLANNED) for end in ("/", ".json")
    ]
    addresses += [f"/actions/{draft}/", f"/actions/{draft}/amender/", f"/actions/{played.adopted.code}/"]
    addresses += ["/seances/", "/seances.json", "/seances.csv", "/seances.ics", f"/programme/{UNDER_WAY}/seance/"]
    addresses += [f"/seances/{one.code}{end}" for one in played.meetings for end in ("/", ".json")]
    addresses += [f"/budgets/{one.code}{end}" for one in played.budgets for end in ("/", ".json", ".csv")]
    return addresses + [f"/decisions/{one.code}{end}" for one in played.decisions for end in ("/", ".json")]


@pytest.mark.parametrize("who", ["secretariat", "e1", "t3", "visitor"])
def test_a_page_asks_the_database_a_fixed_number_of_times(played, who, django_assert_max_num_queries):
    client = people(played)[who]
    for address in shown(played):
        with django_assert_max_num_queries(QUERIES):
            assert client.get(address).status_code == 200, address


@pytest.mark.parametrize("who", ["secretariat", "t3"])
def test_a_half_year_under_review_too(played, who, django_assert_max_num_queries):
    stage = played.stage
    cycle = stage.programme.cycles.get(half_year=UNDER_WAY)
    stage.roadmap(cycle)
    begin_review(cycle=cycle, speaker=stage.secretariat, at=stage.later())
    client = people(played)[who]
    with django_assert_max_num_queries(QUERIES):
        page = client.get(f"/programme/{UNDER_WAY}/")
    with django_assert_max_num_queries(QUERIES):
        assert "Évaluer" in client.get(f"/a-faire/?programme={played.slug}").content.decode()
    assert page.content.decode().count("non évaluée") >= 22  # eleven go on, two colleges


def forms(played: Played) -> dict[str, tuple[str, dict[str, str]]]:
    """Each form: who sends it rightly is known by the acts; here its address and its fields, rightly filled."""
    stage, slug, draft = played.stage, played.slug, played.draft
    mine = {"seat": stage.seats["t3"].key}
    vote, consent = (f"/decisions/{one.code}/" for one in (played.vote, played.consent))
    waiting = Amendment.objects.filter(state="submitted").first()
    lapsed = Amendment.objects.get(state="lapsed")
    proposed = Ending.objects.get(decisions=None)
    later = (timezone.localdate() + timedelta(days=30)).isoformat()
    voices = {"voice-etat": "deliberative", "voice-territoires": "deliberative", "quorum": "1/2", "threshold": "2/3"}
    held, convened, _cancelled, draft_meeting = (f"/seances/{one.code}/" for one in played.meetings)
    _shared, voting, proposing = (f"/budgets/{one.code}/" for one in played.budgets)
    rules = {f"rule-{name}": "double_majority" for name in ("action", "roadmap", "balance_sheet")}
    return {
        "programme": ("/programme/nouveau/", {"title": "Autre", "period": "2030", "axes": "Un\nDeux"}),
        "seat": (f"/colleges/{slug}/siege/", {"college": "etat", "organisation": "organisme-c900"}),
        "seats": (f"/colleges/{slug}/sieges/", {"text": "college,organisation\netat,organisme-c900", "open": "1"}),
        "seat closed": (f"/colleges/{slug}/siege/{stage.seats['e2'].key}/fermer/", {}),
        "holder": (
            f"/colleges/{slug}/siege/{stage.seats['e1'].key}/nommer/",
            {"name": "Nouvelle personne", "part": "alternate"},
        ),
        "mandate": (
            f"/colleges/{slug}/siege/{stage.seats['e1'].key}/mandat/",
            {"holder": str(SeatHolder.objects.get().pk), "step": "erase"},
        ),
        "charter": (
            f"/colleges/{slug}/charte/",
            voices | rules | {"notice_days": "0", "consent_days": "0", "reconvene": "1", "publish": "1"},
        ),
        "college": (f"/colleges/{slug}/college/", {"name": "Associations professionnelles"}),
        "charter begun": (f"/colleges/{slug}/charte/", {"begin": "1"}),
        "ending": (
            f"/actions/{played.adopted.code}/terminer/",
            mine | {"fate": "completed", "into": "", "reason": "Fait."},
        ),
        "ending to the vote": (
            f"/actions/{proposed.action.code}/terminer/{proposed.pk}/voter/",
            {"rule": "consent"},
        ),
        "half-year": (f"/colleges/{slug}/semestre/", {"half_year": "2031-S1"}),
        "step": (f"/programme/{UNDER_WAY}/etape/", {"step": "roadmap"}),
        "grade": (
            f"/programme/{UNDER_WAY}/evaluer/",
            mine | {"action": draft.code, "grade": "realisee", "evidence": "Vu."},
        ),
        "action": (
            f"/colleges/{slug}/proposer/",
            mine
            | {"axis": "1", "title": "T", "text": "U", "due": "2027-S1", "deliverables": "D", "resources": "x"}
            | {"split_from": played.adopted.code},
        ),
        "amendment": (
            f"/actions/{draft.code}/amender/",
            mine | {"base": draft.versions.get().hash, "wanted": "Autre.", "reason": "R"},
        ),
        "copilot": (f"/actions/{draft.code}/copiloter/", mine),
        "enriched": (f"/actions/{played.adopted.code}/enrichir/", mine),
        "to the vote": (f"/actions/{draft.code}/voter/", {"rule": "consent"}),
        "answer": (f"/amendements/{waiting.pk}/", {"arrow": "withdraw", "answer": "A"}),
        "carried": (
            f"/amendements/{lapsed.pk}/",
            {"arrow": "rebase", "base": draft.versions.get().hash, "wanted": "Tout autre."},
        ),
        "opened": (f"/decisions/{played.waiting.code}/etape/", {"step": "open", "deadline": later}),
        "closed": (f"{vote}etape/", {"step": "close"}),
        "reconvened": (f"{vote}etape/", {"step": "reconvene", "deadline": later}),
        "closed before it opened": (f"/decisions/{played.waiting.code}/etape/", {"step": "close"}),
        "ballot": (f"{vote}bulletin/", mine | {"value": "for"}),
        "proxy": (f"{vote}procuration/", mine | {"to": stage.seats["t1"].key}),
        "objection": (f"{consent}objection/", mine | {"reason": "R"}),
        "objection closed": (
            f"{consent}objection/",
            {"objection": str(Objection.objects.get().pk), "arrow": "withdraw"},
        ),
        "reservation": (f"{vote}reserve/", {"text": "Selon nos moyens."}),
        "meeting": (
            f"/programme/{UNDER_WAY}/seance/",
            {"title": "T", "place": "P", "day": later, "hour": "09:30", "decision": played.waiting.code},
        ),
        "budget": (f"/programme/{UNDER_WAY}/budget/", {"title": "B", "amount": "12 000,50"}),
        "project": (f"{proposing}projet/", mine | {"action": draft.code, "cost": "10,5", "source": "Devis"}),
        "project of the base": (f"{proposing}projet/", mine | {"resource": "x", "cost": "1", "source": "Devis"}),
        "budget vote opened": (f"{proposing}etape/", {"step": "open_vote", "deadline": later}),
        "budget ballot": (f"{voting}bulletin/", mine | {"approves": "p001"}),
        "budget closed too early": (f"{voting}etape/", {"step": "close"}),
        "convened": (f"{draft_meeting}etape/", {"step": "convene"}),
        "cancelled": (f"{convened}etape/", {"step": "cancel"}),
        "attendance": (f"{held}presence/", {f"seat-{stage.seats['t2'].key}": "present"}),
        "attendance to come": (f"{convened}presence/", {f"seat-{stage.seats['t2'].key}": "present"}),
        "minutes said already": (f"{held}etape/", {"step": "minutes"}),
    }


# Forms that are refused in the state of this half-year, whoever sends them: the rest must pass for one person at least.
OUT_OF_TIME = {
    "project of the base",
    "budget closed too early",
    "attendance",  # the minutes that tell it are published
    "attendance to come",
    "minutes said already",
    "charter",
    "grade",
    "closed",
    "reconvened",
    "closed before it opened",
}


def send(client: Client, address: str, fields: dict[str, str]) -> int:
    """The answer; what it wrote is taken back."""
    with transaction.atomic():
        status = client.post(address, fields).status_code
        transaction.set_rollback(True)
    return status


def test_a_form_rightly_filled_passes_for_who_may_and_is_refused_with_a_page_to_the_others(played):
    clients = people(played)
    for name, (address, fields) in forms(played).items():
        answers = {who: send(client, address, fields) for who, client in clients.items()}
        assert set(answers.values()) <= {302, 403}, (name, answers)
        assert (302 in answers.values()) == (name not in OUT_OF_TIME), (name, answers)
        assert answers["visitor"] == 403, name


def test_a_visitor_writes_nothing(played):
    before = everything()
    for address, fields in forms(played).values():
        assert Client().post(address, fields).status_code == 403, address
    assert everything() == before


@pytest.mark.parametrize("who", ["secretariat", "t3"])
def test_no_field_whatever_it_holds_breaks_a_form(played, who):
    client = people(played)[who]
    for address, fields in forms(played).values():
        for field in fields:
            for value in HOSTILE:
                assert send(client, address, fields | {field: value}) in {200, 302, 403, 404, 409}, (
                    address,
                    field,
                    value,
                )
        assert send(client, address, {}) in {200, 302, 403, 404, 409}, address
        assert client.get(address).status_code in {200, 404, 405}, address


def test_a_closed_decision_leads_to_the_line_of_the_log_that_tells_its_outcome(played, client):
    closed = (json.loads(one.leaf) for one in Entry.objects.filter(type="decision.closed"))
    told = next(one for one in closed if one["body"]["decision"] == played.ending.code)
    page = client.get(f"/decisions/{played.ending.code}/").content.decode()
    assert f'href="/registre/{told["id"]}/"' in page
    assert "preuve" not in client.get(f"/decisions/{played.vote.code}/").content.decode()


def test_the_life_of_an_action_is_drawn_and_written(played, client):
    ended = client.get(f"/actions/{played.ending.ending.action.code}/").content.decode()
    assert "Le texte, tel qu’il était" in ended
    assert ended.count("réalisée") >= 3  # beside the text, in the drawing, in the list
    joined = client.get(f"/actions/{played.adopted.code}/").content.decode()
    assert "a réuni" not in joined  # only proposed


@pytest.mark.parametrize("number", ["0", "9" * 30, "9" * 5000])
def test_an_amendment_that_does_not_exist_is_a_page_that_says_so(played, client, number):
    assert client.post(f"/amendements/{number}/", {"arrow": "integrate"}).status_code == 404


def test_what_a_seat_writes_is_shown_as_words_and_never_as_code(played):
    bad = "<script>alert('mal')</script> [lien](javascript:alert(1)) <img src=x onerror=alert(2)>"
    client = people(played)["t3"]
    seat = played.stage.seats["t3"].key
    made = client.post(
        f"/colleges/{played.slug}/proposer/",
        {"seat": seat, "axis": "1", "title": bad, "text": bad, "deliverables": bad},
    )["Location"]
    amended = {"seat": seat, "wanted": f"{bad} {bad}", "reason": bad}
    assert client.post(f"{made}amender/", amended | {"base": "old"}).status_code == 409
    client.post(f"/decisions/{played.consent.code}/objection/", {"seat": seat, "reason": bad})
    client.post(f"/decisions/{played.consent.code}/reserve/", {"text": bad})
    for address in (made, f"{made}amender/", f"/decisions/{played.consent.code}/", f"/programme/{UNDER_WAY}/"):
        page = client.get(address).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert 'href="javascript' not in page


def test_the_name_behind_a_seat_is_shown_to_the_secretariat_alone(played):
    address = f"/colleges/{played.slug}/siege/{played.stage.seats['e1'].key}"
    clients = people(played)
    for who, client in clients.items():
        assert (PERSON in client.get(f"{address}/").content.decode()) == (who == "secretariat")
        assert PERSON not in json.loads(client.get(f"{address}.json").content)["holders"][0].values()
    holder = SeatHolder.objects.get()
    clients["secretariat"].post(f"{address}/mandat/", {"holder": holder.pk, "step": "erase"})
    page = clients["secretariat"].get(f"{address}/").content.decode()
    assert (PERSON in page, "Personne effacée" in page) == (False, True)
