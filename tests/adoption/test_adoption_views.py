"""What pages ask: who near us, what we may reuse, through whom; and the invented uses of a demonstration."""

from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from dcant.adoption.demo import DEPARTEMENTS, SEATS, load_demo, load_seats, seat_of
from dcant.adoption.models import AdoptionEvent, AdoptionState, Offer
from dcant.adoption.offers import link_offers
from dcant.adoption.questions import (
    coverage_by_departement,
    declared_by,
    offers_for,
    users_alike,
    users_near,
    uses_near,
    whole,
)
from dcant.adoption.reusable import overview
from dcant.adoption.rules import Kind
from dcant.adoption.services import Declarant, adopt_resource
from dcant.record.models import Entry
from dcant.territories.models import Organisation
from neighbourhood import AT, EPCI, Neighbourhood, held, neighbourhood, recounted

TODAY = AT.date()


def say(near: Neighbourhood, code: str, slug: str, kind: Kind = Kind.USED) -> AdoptionEvent:
    adopter = near.towns[code]
    return adopt_resource(
        resource=near.resources[slug], adopter=adopter, declarant=Declarant("p", {adopter.key}), at=AT, kind=kind
    )


def test_use_is_counted_in_each_circle_of_a_commune(near):
    for code in ("35345", "35308", "35085", "35360", "22050"):
        say(near, code, "rdv-service-public")
    say(near, "35046", "rdv-service-public", Kind.PLANNED)
    use = uses_near(near.communes["35345"])[near.resources["rdv-service-public"].pk]
    assert (use.epci, use.peers, use.departement, use.size, use.country, use.people) == (3, 2, 4, 2, 5, 39_950)
    alone = uses_near(near.communes["22118"])[near.resources["rdv-service-public"].pk]
    assert (alone.epci, alone.peers, alone.departement, alone.country) == (0, 0, 1, 5)


def test_neighbours_are_those_who_use_it_and_never_ourselves_nor_those_who_left(near):
    for code in ("35345", "35308", "35085", "35360"):
        say(near, code, "messages")
    say(near, "35085", "messages", Kind.WITHDRAWN)
    say(near, "22050", "messages", Kind.REFUSED)
    commune = near.communes["35345"]
    assert [state.organisation for state in users_near(commune)] == [near.towns["35308"]]
    assert [state.organisation for state in users_alike(commune, resource=near.resources["messages"])] == [
        near.towns["35308"]
    ]
    assert declared_by(near.communes["22050"], TODAY) == []


def test_what_we_may_reuse_is_in_the_order_open_to_us_then_used_near_us_then_offered(near):
    link_offers()
    say(near, "35308", "franceconnect")
    say(near, "22050", "adresse-ban")
    seen = overview(near.communes["35345"], TODAY)
    assert [one.resource.slug for one in seen.reusable] == [
        "franceconnect",  # used in our group
        "adresse-ban",  # used elsewhere
        "messages",  # offered by our operator
        "rdv-service-public",
        "api-entreprise",  # under conditions
        "monservicesecurise",  # unknown
        "nuage-pi",  # no, says its source
    ]
    assert [one.resource.slug for one in seen.missing] == ["franceconnect"]
    assert {offer.resource.slug for offer in seen.offers} == {"messages", "rdv-service-public"}


def test_what_we_said_is_shown_with_its_word_of_the_day(near):
    say(near, "35345", "messages")
    commune = near.communes["35345"]
    after = AT.date() + timedelta(days=800)
    assert [one.state_today for one in overview(commune, TODAY).declared] == ["used"]
    assert [one.state_today for one in overview(commune, after).declared] == ["expired"]
    assert "messages" not in {one.resource.slug for one in overview(commune, TODAY).missing}


def test_too_large_a_commune_is_told_no_and_one_of_unknown_population_is_told_unknown(near):
    verdicts = {}
    for code in ("35345", "35085", "22118"):
        seen = {one.resource.slug: one.eligibility for one in overview(near.communes[code], TODAY).reusable}
        verdicts[code] = str(seen["messages"].verdict)
    assert verdicts == {"35345": "yes", "35085": "no", "22118": "unknown"}


def test_the_order_is_total_and_the_same_at_each_asking(near):
    first = [one.resource.slug for one in overview(near.communes["35345"], TODAY).reusable]
    assert first == [one.resource.slug for one in overview(near.communes["35345"], TODAY).reusable]
    assert len(set(first)) == len(near.resources)


def test_offers_come_from_the_services_operators_list_once_and_without_invented_price(near):
    assert link_offers() == 2
    assert link_offers() == 0
    offers = offers_for(near.communes["35345"])
    assert {offer.resource.slug for offer in offers} == {"rdv-service-public", "messages"}
    assert all((offer.price_basis, offer.amount_cents, offer.demo) == ("unknown", None, False) for offer in offers)
    assert all(offer.source and offer.source_url and offer.read_on for offer in offers)
    assert offers_for(near.communes["22050"]) == []


def test_coverage_is_in_communes_and_people_and_sums_to_the_country(near):
    for code in ("35345", "35360", "22118"):
        say(near, code, "messages")
    places = coverage_by_departement(near.resources["messages"])
    assert {place.code: (place.coverage.communes, place.coverage.people) for place in places} == {
        "35": (2, 18_900),
        "22": (1, 0),
    }
    country = whole(places)
    assert (country.communes, country.of_communes, country.people) == (3, 7, 18_900)
    assert all(0 <= share <= 1 for share in (country.communes_share, country.people_share))


def test_the_demonstration_marks_all_it_invents_and_counts_it_truly(near):
    written = load_demo(at=AT)
    assert written == AdoptionEvent.objects.count() > 20
    assert not AdoptionEvent.objects.filter(demo=False).exists()
    assert not AdoptionState.objects.filter(demo=False).exists()
    assert all(entry.is_demo for entry in Entry.objects.all())
    assert Entry.objects.count() == written
    invented = Organisation.objects.filter(is_demo=True)
    assert all("démonstration" in one.name and one.siren.startswith("0") for one in invented)
    offers = Offer.objects.filter(operator__organisation__in=invented)
    assert offers.exists()
    assert all(offer.demo and "démonstration" in offer.source for offer in offers)
    assert set(AdoptionEvent.objects.values_list("organisation__territory__departement_code", flat=True)) <= set(
        DEPARTEMENTS
    )
    assert not AdoptionEvent.objects.filter(day__gt=TODAY).exists()
    circles = recounted()
    assert held() == circles
    rdv = near.resources["rdv-service-public"]
    assert uses_near(near.communes["35345"])[rdv.pk].epci == circles.get(("epci", EPCI, "used", rdv.pk), (0, 0))[0]


def test_the_demonstration_loads_once(near):
    assert load_demo(at=AT) > 0
    assert load_demo(at=AT + timedelta(days=1)) == 0


def demo_of(near: Neighbourhood) -> list[tuple[str, bytes]]:
    return [(entry.entry_id, bytes(entry.leaf)) for entry in Entry.objects.order_by("pk")]


@pytest.fixture(scope="module")
def first_draw(django_db_setup, django_db_blocker) -> list[tuple[str, bytes]]:
    with django_db_blocker.unblock(), transaction.atomic():
        near = neighbourhood()
        connection.check_constraints()
        load_demo(at=AT)
        drawn = demo_of(near)
        transaction.set_rollback(True)
    return drawn


def test_the_same_draw_gives_the_same_log_byte_for_byte(first_draw, near):
    load_demo(at=AT)
    assert demo_of(near) == first_draw


def test_the_seats_of_the_demonstration_are_invented_and_made_once(near):
    load_seats()
    load_seats()
    seats = Organisation.objects.filter(is_demo=True)
    assert {one.siret for one in seats} == {seat_of(role) for role, *_ in SEATS}
    assert all(one.siret.startswith("0") and "démonstration" in one.name for one in seats)


def test_a_use_of_last_century_is_nobodys_figure(near):
    adopter = near.towns["35345"]
    adopt_resource(
        resource=near.resources["messages"],
        adopter=adopter,
        declarant=Declarant("p", {adopter.key}),
        at=AT,
        day=date(1999, 12, 31),
    )
    assert uses_near(near.communes["35345"]) == {}
