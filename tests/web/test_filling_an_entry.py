"""An operator keeps its entry by the pages: the form, the table with its preview, what is shown once the review is late."""

import csv
import io
import re
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from dcant.catalogue.models import Relation, Resource
from dcant.record.models import Entry
from factories import resource, town_hall

pytestmark = pytest.mark.django_db
NEW, IMPORT = "/infrastructures/remplir/", "/infrastructures/importer/"
ANSWERS = {"titre": "Nuage du syndicat", "finalite": "Héberger.", "genre": "cloud", "controle": "local"}
HEADER = "slug,titre,finalite,genre,controle\n"


def _answers(**more: str) -> dict[str, str]:
    return ANSWERS | {"a_revoir_le": (timezone.localdate() + timedelta(days=100)).isoformat()} | more


@pytest.fixture
def producer(world, acting_for):
    return acting_for(world.operator.organisation, "producer")


def test_an_operator_fills_corrects_and_sees_its_sheet_with_its_source(world, producer):
    response = producer.post(NEW, _answers(preavis_de_sortie="Trois mois"))
    assert re.fullmatch("/ressources/sources/operator/passages/[0-9]+/", response["Location"])
    assert "nuage-du-syndicat" in producer.get(response["Location"]).content.decode()
    page = producer.get("/ressources/nuage-du-syndicat/").content.decode()
    assert "Trois mois" in page
    assert "Operateur essai" in page
    assert "à confirmer" not in page
    form = "/infrastructures/nuage-du-syndicat/remplir/"
    assert 'value="Trois mois"' in producer.get(form).content.decode()
    producer.post(form, _answers(preavis_de_sortie="Six mois"))
    assert "Six mois" in producer.get("/ressources/nuage-du-syndicat/").content.decode()
    assert Entry.objects.filter(type="catalogue.entries_filled").count() == 2


def test_past_its_review_what_was_said_stays_and_is_to_be_confirmed(world, producer):
    producer.post(NEW, _answers(porte="Adhésion"))
    with time_machine.travel(timezone.now() + timedelta(days=101), tick=False):
        for address in ("/ressources/nuage-du-syndicat/", "/infrastructures/"):
            page = producer.get(address).content.decode()
            assert "Adhésion" in page
            assert "à confirmer" in page
    listed = producer.get("/infrastructures.json").json()["infrastructures"]
    (ours,) = [one for one in listed if one["slug"] == "nuage-du-syndicat"]
    assert set(ours["to_review_on"]) == {"entry_route"}


def test_a_form_with_an_error_keeps_every_answer_and_writes_nothing(world, producer):
    response = producer.post(NEW, _answers(departements="Bretagne", capacite="Mille serveurs"))
    text = response.content.decode()
    assert response.status_code == 400
    assert 'aria-describedby="e-departements"' in text
    assert 'value="Mille serveurs"' in text
    assert not Resource.objects.filter(slug="nuage-du-syndicat").exists()


def test_a_visitor_and_a_town_hall_are_told_who_may(world, client, acting_for):
    assert "mandatée par son opérateur" in client.get(NEW).content.decode()
    secretary = acting_for(town_hall(world.treverien))
    assert "mandatée par son opérateur" in secretary.post(NEW, _answers()).content.decode()
    assert not Resource.objects.filter(slug="nuage-du-syndicat").exists()


def test_the_secretariat_names_the_operator_by_its_number(world, acting_for):
    office = acting_for(world.operator.organisation, "secretariat")
    assert 'name="numero"' in office.get("/infrastructures/nuage/remplir/").content.decode()
    assert office.post("/infrastructures/nuage/operateur/", {"numero": "123"}).status_code == 403
    number = town_hall(world.treverien).siren
    assert office.post("/infrastructures/nuage/operateur/", {"numero": number}).status_code == 302
    assert Resource.objects.get(slug="nuage").value("kept_by") == number


def test_a_table_is_shown_line_by_line_before_anything_is_written(world, producer):
    text = HEADER + ",Un,Héberger,cloud,local\nnuage,Deux,Héberger,cloud,local\n,Trois,,brouillard,local\n"
    response = producer.post(IMPORT, {"fichier": SimpleUploadedFile("a.csv", text.encode())})
    page = response.content.decode()
    assert ("Ligne 2" in page, "Ligne 4" in page) == (True, True)
    assert "Enregistrer 1 ligne juste" in page
    assert "le secrétariat peut le dire" in page
    assert not Resource.objects.filter(title="Un").exists()


def test_the_right_lines_are_taken_and_the_wrong_ones_given_back(world, producer):
    text = HEADER + ",Un,Héberger,cloud,local\n,Trois,,brouillard,local\n"
    page = producer.post(IMPORT, {"texte": text, "faire": "enregistrer"}).content.decode()
    assert Resource.objects.filter(slug="un").exists()
    assert not Resource.objects.filter(title="Trois").exists()
    assert HEADER.strip() + "\n,Trois,,brouillard,local" in page
    assert ",Un," not in page
    again = producer.post(IMPORT, {"texte": HEADER + ",Un,Héberger,cloud,local\n", "faire": "enregistrer"})
    assert "corrigez sa fiche" in again.content.decode()
    assert Resource.objects.filter(title="Un").count() == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"\xff\xfe\x00", "UTF-8"), (b"x" * 1_000_001, "million"), (b"bonjour", "nommer les colonnes")],
)
def test_a_file_that_cannot_be_read_says_why(world, producer, content, said):
    response = producer.post(IMPORT, {"fichier": SimpleUploadedFile("a.csv", content)})
    assert response.status_code == 400
    assert said in response.content.decode()


def test_the_registry_can_be_taken_away_and_brought_back(world, producer):
    producer.post(NEW, _answers(departements="35 22", qualifications="HDS | Hébergement | 2024 | 2029-06-30"))
    rows = list(csv.DictReader(io.StringIO(producer.get("/infrastructures/registre.csv").content.decode(), newline="")))
    (ours,) = [row for row in rows if row["slug"] == "nuage-du-syndicat"]
    assert (ours["departements"], ours["qualifications"]) == ("35 22", "HDS | Hébergement | 2024 | 2029-06-30")
    out = io.StringIO()
    writer = csv.DictWriter(out, list(ours))
    writer.writeheader()
    writer.writerow(ours)
    before = Resource.objects.get(slug="nuage-du-syndicat").sheet
    producer.post(IMPORT, {"texte": out.getvalue(), "faire": "enregistrer"})
    assert Resource.objects.get(slug="nuage-du-syndicat").sheet == before


def test_the_schema_names_the_columns_of_the_registry(world, client):
    fields = client.get("/infrastructures/schema.json").json()["fields"]
    header = client.get("/infrastructures/registre.csv").content.decode().splitlines()[0]
    assert ",".join(field["name"] for field in fields) == header


def test_a_hosting_shows_on_the_service_on_the_infrastructure_and_in_the_registry(world, client):
    cloud, service = Resource.objects.get(slug="nuage"), resource("agenda-partage")
    Relation.objects.create(subject=service, name="hosted_on", target=cloud, target_ref="seed:nuage", source="seed")
    assert "héberge <a" in client.get("/ressources/nuage/").content.decode()
    assert "hébergé sur <a" in client.get("/ressources/agenda-partage/").content.decode()
    assert "/ressources/agenda-partage/" in client.get("/infrastructures/").content.decode()


def test_the_panel_of_autonomy_names_its_version_and_who_has_yet_to_adopt_it(world, client):
    page = client.get("/ressources/nuage/").content.decode()
    assert "version 0.1, à adopter par les deux collèges" in page
    for word in ("Préavis de sortie", "Formats rendus", "Qui tient les clés", "Qui peut couper", "Sous-traitants"):
        assert word in page
