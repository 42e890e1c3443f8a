"""The page of a shared budget: both sides apart, who paid what, why not, and the data beside it says the same."""

import csv
import io
import json
from decimal import Decimal
from fractions import Fraction

import pytest
from django.test import Client
from django.utils import timezone

from dcant.governance.rules.budget.shared import share, told
from dcant.record.services import digest
from governance.played import CLOSED, UNDER_WAY, Played, played_half_years
from governance.test_governance_pages import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def played() -> Played:
    return played_half_years(timezone.now())


def page(played: Played, place: int, client: Client | None = None, end: str = "/") -> str:
    return (client or Client()).get(f"/budgets/{played.budgets[place].code}{end}").content.decode()


def test_a_closed_budget_says_who_paid_what_and_what_was_missing(played):
    shown = page(played, 0)
    assert "500 € attribués sur 900 €" in shown
    assert "Aucun siège délibératif ne le soutient." in shown
    assert "dotation de départ : 450 €" in shown
    assert played.budgets[0].hash in shown
    assert "Déposer le bulletin" not in shown


def test_the_two_sides_are_never_added(played):
    """Of the first project each side paid its part, shown in its own column; no cell holds their sum."""
    line = json.loads(page(played, 0, end=".json"))["projects"][0]
    state, territories = Decimal(line["paid"]["etat"]), Decimal(line["paid"]["territoires"])
    assert state + territories == Decimal(line["cost"]) == 300
    assert set(line["approvals"]) == set(line["paid"]) == {"etat", "territoires"}


def test_the_data_beside_the_page_is_enough_to_find_the_hash_again(played):
    document = json.loads(page(played, 0, end=".json"))
    step = Fraction(document["step"])
    found = share(
        amount=Fraction(document["amount"]),
        step=step,
        costs={one["project"]: Fraction(one["cost"]) for one in document["projects"]},
        electorate=document["electorate"],
        approvals={one["seat"]: frozenset(one["approves"]) for one in document["ballots"]},
    )
    assert digest(told(found, step)) == document["hash"] == digest(document["result"])


def test_the_table_has_a_line_for_each_project_and_seat_and_payments_add_up_to_the_cost(played):
    rows = list(csv.DictReader(io.StringIO(page(played, 0, end=".csv"))))
    assert len(rows) == 3 * 5
    paid = sum(Decimal(row["paye"] or 0) for row in rows if row["projet"] == "p001")
    assert abs(paid - 300) <= Decimal("0.05")
    assert {row["finance"] for row in rows} == {"0", "1"}


def test_only_who_may_act_sees_its_form(played):
    who = people(played)
    assert "Déposer le bulletin" in page(played, 1, who["t3"])
    assert "Clore et partager" in page(played, 1, who["secretariat"])
    assert "Clore et partager" not in page(played, 1, who["t3"])
    assert "Proposer ce projet" in page(played, 2, who["t3"])
    assert "Ouvrir le vote" in page(played, 2, who["secretariat"])
    for place in range(3):
        assert "<form" not in page(played, place).split("<main")[1].split("</main")[0]


def test_a_seat_votes_by_the_page_and_the_half_year_leads_there(played):
    voting = played.budgets[1]
    address = f"/budgets/{voting.code}/"
    assert f'href="{address}"' in Client().get(f"/programme/{UNDER_WAY}/").content.decode()
    assert f"/budgets/{played.budgets[0].code}/" in Client().get(f"/programme/{CLOSED}/").content.decode()
    client, seat = people(played)["t3"], played.stage.seats["t3"]
    assert client.post(f"{address}bulletin/", {"seat": seat.key, "approves": ["p001"]})["Location"] == address
    assert voting.ballots.get(seat=seat).approves == ["p001"]


def test_the_secretariat_opens_a_budget_from_the_half_year(played):
    client = people(played)["secretariat"]
    made = client.post(f"/programme/{UNDER_WAY}/budget/", {"title": "Un autre", "amount": "12 000,50 €"})
    assert made.status_code == 302
    assert "12 000,50" in client.get(made["Location"]).content.decode().replace("\u202f", " ").replace("\xa0", " ")


@pytest.mark.parametrize("amount", ["", "beaucoup", "NaN", "Infinity", "1e999999", "-3", "1e-400"])
def test_an_amount_that_is_none_is_refused_with_a_page(played, amount):
    client = people(played)["secretariat"]
    answer = client.post(f"/programme/{UNDER_WAY}/budget/", {"title": "Un autre", "amount": amount})
    assert answer.status_code == 403
