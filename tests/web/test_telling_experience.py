"""A secretary tells, reads again, publishes and corrects; the producer replies; errors are told and answered: all by the pages."""

import csv
import io

import pytest

from dcant.catalogue.models import ErrorReport, ExperienceReport, Resource
from dcant.record.models import Entry
from factories import FORMULA, HOSTILE, resource, told, town_hall

pytestmark = pytest.mark.django_db
RDV = "/ressources/rdv-service-public/"
ANSWERS = {"problem": "Le guichet débordait.", "done": "Un agenda partagé.", "again": "yes", "real_cost": "1 200"}


@pytest.fixture
def secretary(world, acting_for):
    return acting_for(town_hall(world.treverien))


@pytest.fixture
def producer(world, acting_for):
    """The operator, said by a source to produce the resource."""
    rdv = Resource.objects.get(pk=world.rdv.pk)
    rdv.sheet["producer_key"] = {"value": world.operator.organisation.key, "sources": [], "others": []}
    rdv.save()
    return acting_for(world.operator.organisation, "producer")


def test_a_secretary_tells_reads_again_then_publishes(world, secretary, client):
    response = secretary.post(f"{RDV}retours/raconter/", ANSWERS)
    address = response["Location"]
    page = secretary.get(address).content.decode()
    assert "Pas encore publié" in page
    assert "Le guichet débordait." in page
    assert "Le guichet débordait." not in client.__class__().get(f"{RDV}retours/").content.decode()
    assert client.__class__().get(address).status_code == 404
    before = Entry.objects.count()
    secretary.post(f"{address}etape/", {"faire": "publier", "version": "1"})
    assert Entry.objects.count() == before + 1
    seen = client.__class__().get(address).content.decode()
    assert "Le guichet débordait." in seen
    assert "1\u202f200 €" in seen
    assert "de 500 à 999 habitants" in seen


def test_a_form_with_an_error_keeps_every_answer(world, secretary):
    response = secretary.post(f"{RDV}retours/raconter/", ANSWERS | {"real_cost": "beaucoup", "again": ""})
    page = response.content.decode()
    assert response.status_code == 400
    assert 'aria-describedby="e-real_cost"' in page
    assert "Un agenda partagé." in page
    assert 'value="beaucoup"' in page
    assert not ExperienceReport.objects.filter(problem=ANSWERS["problem"]).exists()


def test_a_draft_is_taken_up_again_and_thrown_away(world, secretary):
    address = secretary.post(f"{RDV}retours/raconter/", ANSWERS)["Location"]
    assert "Le guichet débordait." in secretary.get(f"{address}reprendre/").content.decode()
    secretary.post(f"{address}reprendre/", ANSWERS | {"problem": "La file d’attente."})
    assert "La file d’attente." in secretary.get(address).content.decode()
    secretary.post(f"{address}etape/", {"faire": "retirer", "version": "1"})
    assert secretary.get(address).status_code == 404


def test_a_correction_is_read_beside_the_version_it_corrects(world, acting_for):
    author = acting_for(world.report.organisation)
    address = f"{RDV}retours/{world.report.code}/"
    edit = author.post(f"{address}etape/", {"faire": "corriger", "version": "1"})["Location"]
    assert edit == f"{address}reprendre/"
    author.post(edit, ANSWERS | {"problem": "Mieux dit."})
    author.post(f"{address}etape/", {"faire": "publier", "version": "2"})
    author.logout()
    page = author.get(address).content.decode()
    assert ("Mieux dit." in page, "version 1, publiée le" in page) == (True, True)
    former = author.get(f"{address}?version=1").content.decode()
    assert "Cette version a été corrigée depuis." in former
    assert "HYPERLINK" in former
    assert author.get(f"{RDV}retours.json").json()["count"] == 1


def test_a_withdrawn_return_is_shown_no_more(world, acting_for):
    author = acting_for(world.report.organisation)
    address = f"{RDV}retours/{world.report.code}/"
    author.post(f"{address}etape/", {"faire": "retirer", "version": "1"})
    assert author.get(address).status_code == 404
    assert author.get(f"{RDV}retours.json").json() == {
        "resource": "rdv-service-public", "count": 0, "spread": {}, "reports": [],
    }  # fmt: skip


def test_the_producer_replies_beside_and_nobody_else_does(world, producer, acting_for):
    address = f"{RDV}retours/{world.report.code}/"
    assert "Votre réponse de producteur" in producer.get(address).content.decode()
    producer.post(f"{address}etape/", {"faire": "repondre", "version": "1", "texte": "Merci, le prix a baissé."})
    page = producer.get(address).content.decode()
    assert "Merci, le prix a baissé." in page
    assert "Votre réponse de producteur" not in page
    (shown,) = producer.get("/api/v1/resources/rdv-service-public/experience").json()["results"]
    assert shown["reply"]["text"] == "Merci, le prix a baissé."
    secretary = acting_for(town_hall(world.treverien))
    refusal = secretary.post(f"{address}etape/", {"faire": "repondre", "version": "1", "texte": "Moi aussi."})
    assert refusal.status_code == 403
    assert "DCANT-K004" in refusal.content.decode()


@pytest.mark.parametrize(("more", "has_mean"), [(3, False), (4, True)])
def test_the_spread_says_its_number_and_no_mean_under_five(world, client, more, has_mean):
    places = [world.report.organisation.territory, world.treverien]
    for number in range(more):
        told(places[number % 2], world.rdv, real_cost=str(1000 + 100 * number), problem=f"Cas {number}")
    page = client.get(f"{RDV}retours/").content.decode()
    document = client.get(f"{RDV}retours.json").json()["spread"]["cost"]
    assert f"({more + 1} retours)" in page
    assert ("en moyenne" in page) == has_mean
    assert (document["n"], document["low"], document["high"]) == (more + 1, 1.0, 1.5)
    assert (document["mean"] is not None) == has_mean


def test_the_table_of_returns_says_what_the_data_says(world, client):
    rows = list(csv.DictReader(io.StringIO(client.get(f"{RDV}retours.csv").content.decode(), newline="")))
    (report,) = client.get(f"{RDV}retours.json").json()["reports"]
    assert [(row["code"], row["problem"], row["real_cost"]) for row in rows] == [
        (report["code"], f"'{FORMULA}", "1500")
    ]


def test_hostile_words_are_shown_as_words(world, secretary):
    told(world.treverien, world.rdv, problem=HOSTILE, done=HOSTILE, know_first=HOSTILE)
    secretary.post(f"{RDV}signaler/", {"champ": HOSTILE, "message": HOSTILE})
    last = ExperienceReport.objects.latest("pk")
    for address in ("retours/", f"retours/{last.code}/", "signaler/"):
        page = secretary.get(RDV + address).content.decode()
        assert "&lt;script&gt;alert" in page
        assert "<script>alert" not in page


def test_an_error_is_told_answered_and_counted(world, secretary, client):
    secretary.post(f"{RDV}signaler/", {"champ": "licence", "message": "La licence a changé."})
    found = ErrorReport.objects.get(message="La licence a changé.")
    page = secretary.get(f"{RDV}signaler/").content.decode()
    assert "La licence a changé." in page
    assert 'name="vers"' not in page
    refusal = secretary.post(f"{RDV}signaler/{found.code}/", {"vers": "answered", "texte": "Moi."})
    assert "DCANT-K005" in refusal.content.decode()
    assert client.get("/ressources/sources/erreurs.json").json()["producers"][0]["open"] == 2


def test_a_producer_answers_then_corrects(world, producer):
    found = ErrorReport.objects.get(resource=world.rdv)
    assert 'value="answered"' in producer.get(f"{RDV}signaler/").content.decode()
    producer.post(f"{RDV}signaler/{found.code}/", {"vers": "answered", "texte": "Nous regardons."})
    producer.post(f"{RDV}signaler/{found.code}/", {"vers": "fixed"})
    page = producer.get(f"{RDV}signaler/").content.decode()
    assert ("Nous regardons." in page, "corrigée" in page) == (True, True)
    assert producer.post(f"{RDV}signaler/{found.code}/", {"vers": "ailleurs"}).status_code == 403
    counts = producer.get("/ressources/sources/erreurs.json").json()["producers"][0]
    assert (counts["fixed"], counts["median_days_to_answer"] < 1) == (1, True)


def test_a_visitor_writes_to_the_contact_of_the_sheet_when_it_is_a_mailbox(world, client):
    resource("avec-adresse", contact="support@service.example")
    resource("avec-formulaire", contact="https://service.example/contact")
    assert (
        'href="mailto:support@service.example?subject='
        in client.get("/ressources/avec-adresse/signaler/").content.decode()
    )
    assert "mailto:" not in client.get("/ressources/avec-formulaire/signaler/").content.decode()
    assert client.post("/ressources/avec-adresse/signaler/", {"message": "Faux."}).status_code == 403


@pytest.mark.parametrize(
    "address",
    ["retours/", "retours/raconter/", "signaler/", "maturite/", "retours/{code}/"],
)
def test_a_page_asks_few_questions_even_of_who_signed_in(world, acting_for, django_assert_max_num_queries, address):
    author = acting_for(world.report.organisation)
    author.get("/")
    with django_assert_max_num_queries(12):
        assert author.get(RDV + address.format(code=world.report.code)).status_code == 200
