"""A qualification is valid until a day; the registry of infrastructures says the same in its three forms."""

import csv
import html
import io
from datetime import date, timedelta

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from dcant.catalogue.rules.qualification import SOON, Standing, qualification, standing
from dcant.web.acting import today
from factories import resource

days = st.dates(date(2020, 1, 1), date(2035, 1, 1))


@given(days, days)
def test_past_its_day_it_is_expired_before_it_is_not(until, day):
    found = standing(until, day)
    assert (found == Standing.EXPIRED) == (day > until)
    assert (found == Standing.VALID) == (until - day >= SOON)


@given(days, st.lists(days, min_size=2, max_size=6))
def test_it_only_ever_gets_older(until, seen):
    order = [Standing.VALID, Standing.EXPIRING, Standing.EXPIRED]
    ranks = [order.index(standing(until, day)) for day in sorted(seen)]
    assert ranks == sorted(ranks)


def test_the_last_day_itself_still_counts_and_six_months_before_it_is_said():
    until = date(2026, 12, 31)
    assert standing(until, until) == Standing.EXPIRING
    assert standing(until, until + timedelta(days=1)) == Standing.EXPIRED
    assert standing(until, until - SOON) == Standing.VALID
    assert standing(until, until - SOON + timedelta(days=1)) == Standing.EXPIRING


@given(
    st.dictionaries(
        st.sampled_from(["scheme", "scope", "version", "valid_until"]),
        st.one_of(st.none(), st.text(max_size=12), st.integers(), st.lists(st.text(max_size=2), max_size=2)),
    ),
    days,
)
def test_without_a_day_that_reads_it_is_unverified_never_valid(stated, day):
    found = qualification(stated, day)
    if found.valid_until is None:
        assert found.standing == Standing.UNVERIFIED


@pytest.fixture
def registry(db) -> list[str]:
    """Four infrastructures, one of each kind of control that pages tell apart; the titles in the order of the page."""
    held = {"scheme": "SecNumCloud", "scope": "Nuage d’essai", "version": "3.2"}
    inside = today() + timedelta(days=400)
    resource(
        "nuage-d-essai",
        kind="infrastructure",
        infra_type="cloud",
        control="state",
        sites_departements=["35", "2A"],
        qualifications=[held | {"valid_until": inside.isoformat()}, held | {"valid_until": "2001-01-01"}],
        audience_local="yes",
        exit_terms="Trois mois.",
    )
    resource("centre-prive", kind="infrastructure", infra_type="hosting", control="private", qualifications=[held])
    resource("reseau-local", kind="infrastructure", infra_type="network", control="local", audience_local="no")
    resource("muette", kind="infrastructure")
    resource("pas-une-infrastructure", kind="service")
    return ["Muette", "Nuage d essai", "Reseau local", "Centre prive"]


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize("asked", ["", "?type=cloud", "?controle=private", "?type=cloud&controle=private"])
def test_page_json_and_csv_name_the_same_infrastructures_in_the_same_order(client: Client, asked: str):
    page = html.unescape(client.get(f"/infrastructures/{asked}").content.decode())
    listed = client.get(f"/infrastructures.json{asked}").json()["infrastructures"]
    rows = list(csv.DictReader(io.StringIO(client.get(f"/infrastructures.csv{asked}").content.decode("utf-8-sig"))))
    assert [row["slug"] for row in rows] == [one["slug"] for one in listed]
    links = [page.find(f'href="/ressources/{one["slug"]}/') for one in listed]
    assert -1 not in links
    assert links == sorted(links)
    for row, one in zip(rows, listed, strict=True):
        assert row["titre"] == one["title"]
        assert (row["genre"] or None, row["controle"] or None) == (one["type"], one["control"])
        assert (row["eligibilite"], row["pourquoi"]) == (one["eligibility"], one["because"])
        assert row["departements"].split() == one["sites"]
        standings = [f"{held['scheme']} {held['scope']} ({held['standing']})" for held in one["qualifications"]]
        assert row["qualifications"] == "; ".join(standings)
        assert one["because"] in page


def test_the_private_ones_come_last_and_what_is_not_stated_is_null(client: Client, registry: list[str]):
    listed = client.get("/infrastructures.json").json()["infrastructures"]
    assert [one["title"] for one in listed] == registry
    silent = listed[0]
    assert (silent["type"], silent["control"], silent["exit_terms"], silent["qualifications"]) == (None, None, None, [])
    assert [held["standing"] for held in listed[1]["qualifications"]] == ["valid", "expired"]
    assert [held["standing"] for held in listed[3]["qualifications"]] == ["unverified"]
