"""« Nous l'utilisons », by the form: who may, what is written, what is shown, and what stays the commune's own affair."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from dcant.adoption.models import AdoptionEvent, AdoptionTally
from dcant.record.models import Entry
from dcant.record.sequencer import sequence_entries
from dcant.territories.models import Organisation, Territory
from factories import DINGE, TREVERIEN, says, town_hall

pytestmark = pytest.mark.django_db
FORM = "/ressources/monservicesecurise/nous-l-utilisons/"
ACT = "/ressources/monservicesecurise/declarer/"


def _count() -> tuple[int, int]:
    return AdoptionEvent.objects.count(), Entry.objects.count()


def _declare(client, *, commune: str = TREVERIEN, kind: str = "used", **fields: str):
    return client.post(ACT, {"commune": commune, "kind": kind} | fields)


@pytest.fixture
def secretary(world, acting_for):
    return acting_for(town_hall(world.treverien))


def test_the_secretary_declares_then_sees_the_line_waiting_then_numbered(world, secretary):
    assert "Où en êtes-vous" in secretary.get(FORM).content.decode()
    response = _declare(secretary)
    event = AdoptionEvent.objects.latest("pk")
    assert response["Location"] == f"/ressources/monservicesecurise/declare/{event.entry.entry_id}/"
    assert (event.organisation, event.kind, event.day) == (town_hall(world.treverien), "used", timezone.localdate())
    assert "en cours d’inscription" in secretary.get(response["Location"]).content.decode()
    sequence_entries()
    event.entry.refresh_from_db()
    assert f"entrée n° {event.entry.index}" in secretary.get(response["Location"]).content.decode()
    assert "depuis le" in secretary.get(f"/territoires/{TREVERIEN}/").content.decode()


def test_a_use_declared_moves_the_coverage_and_the_log(world, secretary):
    before = secretary.get("/couverture.json?ressource=monservicesecurise").json()
    _declare(secretary)
    after = secretary.get("/couverture.json?ressource=monservicesecurise").json()
    ours = [next(one for one in document["departements"] if one["code"] == "35") for document in (before, after)]
    assert ours[1]["communes"] == ours[0]["communes"] + 1
    assert ours[1]["people"] == ours[0]["people"] + world.treverien.population
    newest = secretary.get("/registre.json").json()["entries"][0]["leaf"]
    assert (newest["type"], newest["body"]["resource"]) == ("adoption.declared", "monservicesecurise")


def test_an_operator_named_in_the_form_is_kept(world, secretary):
    _declare(secretary, via=str(world.operator.pk))
    assert AdoptionEvent.objects.latest("pk").via == world.operator


@pytest.mark.parametrize("signed_in", [True, False])
def test_nobody_declares_in_the_name_of_another_commune_and_nothing_is_written(world, client, acting_for, signed_in):
    if signed_in:
        acting_for(town_hall(world.treverien))
    before = _count()
    response = _declare(client, commune=DINGE)
    assert response.status_code == 403
    assert "Seule la collectivité elle-même peut déclarer" in response.content.decode()
    assert "Rien n’a été enregistré." in response.content.decode()
    assert _count() == before


def test_a_reading_role_declares_nothing(world, acting_for):
    before = _count()
    assert _declare(acting_for(town_hall(world.treverien), "auditor")).status_code == 403
    assert _count() == before


def test_an_officer_of_the_departement_does_not_speak_for_a_commune(world, acting_for):
    place = Territory.objects.get(kind="departement", code="35")
    office = Organisation.objects.create(key="departement-35", kind="departement", name="Département", territory=place)
    client = acting_for(office, "officer")
    assert "Seule la mairie de Trévérien peut le dire" in client.get(f"{FORM}?commune={TREVERIEN}").content.decode()
    assert _declare(client).status_code == 403


def test_a_day_to_come_is_refused_and_nothing_is_written(secretary):
    before = _count()
    response = _declare(secretary, day=(timezone.localdate() + timedelta(days=1)).isoformat())
    assert response.status_code == 403
    assert "n’est pas encore venu" in response.content.decode()
    assert _count() == before


@pytest.mark.parametrize(
    "moment", [datetime(2026, 11, 21, 23, 30, tzinfo=UTC), datetime(2026, 7, 1, 22, 5, tzinfo=UTC)]
)
def test_the_day_of_the_form_is_today_in_france_even_just_after_midnight(world, client, acting_for, moment):
    with time_machine.travel(moment, tick=False):
        secretary = acting_for(town_hall(world.treverien))
        assert f'value="{timezone.localdate().isoformat()}"' in secretary.get(FORM).content.decode()
        response = _declare(secretary, day=timezone.localdate().isoformat())
    assert response.status_code == 302
    assert AdoptionEvent.objects.latest("pk").day.isoformat() > moment.date().isoformat()


@pytest.mark.parametrize("day", ["9999-99-99", "hier", "1850-01-01"])
def test_a_day_that_is_none_is_said_beside_its_field(secretary, day):
    before = _count()
    response = _declare(secretary, day=day)
    assert response.status_code == 400
    assert 'aria-describedby="day-error"' in response.content.decode()
    assert _count() == before


def test_a_kind_that_nobody_declares_is_refused(secretary):
    before = _count()
    for kind in ("", "expired", "proposed", "inconnu"):
        response = _declare(secretary, kind=kind)
        assert response.status_code == 400
        assert "Choisissez ce que votre commune déclare." in response.content.decode()
    assert _count() == before


@pytest.mark.parametrize("kind", ["refused", "withdrawn"])
def test_a_refusal_or_a_withdrawal_leaves_no_line_and_stays_at_home(world, secretary, kind):
    if kind == "withdrawn":
        _declare(secretary)
    events, entries = _count()
    response = _declare(secretary, kind=kind)
    assert response["Location"] == f"/territoires/{TREVERIEN}/?dit=1"
    assert "elle n’est pas publiée" in secretary.get(response["Location"]).content.decode()
    assert _count() == (events + 1, entries)


def test_a_form_sent_twice_counts_one_commune(world, secretary):
    tallies = AdoptionTally.objects.filter(resource__slug="monservicesecurise", scope="epci", kind="used")
    before = sum(tallies.values_list("communes", flat=True))
    first, second = _declare(secretary), _declare(secretary)
    assert {first.status_code, second.status_code} == {302}
    assert sum(tallies.values_list("communes", flat=True)) == before + 1


def test_a_form_for_a_withdrawn_resource_is_refused(world, secretary):
    before = _count()
    response = secretary.post("/ressources/retiree/declarer/", {"commune": TREVERIEN, "kind": "used"})
    assert response.status_code == 403
    assert "retirée du socle commun" in response.content.decode()
    assert _count() == before


def test_without_a_commune_nothing_is_declared(secretary):
    before = _count()
    assert _declare(secretary, commune="").status_code == 404
    assert _declare(secretary, commune="99999").status_code == 404
    assert _count() == before


def test_a_form_offers_only_what_may_follow(world, secretary):
    says(world.treverien, world.rdv, ago=2)
    text = secretary.get("/ressources/rdv-service-public/nous-l-utilisons/").content.decode()
    assert 'value="withdrawn"' in text
    assert 'value="requested"' not in text


def test_the_person_who_declares_appears_nowhere(world, secretary):
    _declare(secretary)
    entry = AdoptionEvent.objects.latest("pk").entry
    person = f"agent-{town_hall(world.treverien).key}"
    secretary.post("/quitter/")
    for address in (f"/registre/{entry.entry_id}/", f"/registre/{entry.entry_id}.json", f"/territoires/{TREVERIEN}/"):
        assert person not in secretary.get(address).content.decode()
