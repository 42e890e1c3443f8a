"""The seam between adoption and the common base: what is told, what is kept, and pages that stand with and without it."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from dcant.adoption.models import AdoptionState
from dcant.adoption.usage import usage_of, write_usage_snapshots
from dcant.catalogue.maturity import readiness_document, readiness_of
from dcant.catalogue.models import UsageSnapshot
from dcant.catalogue.rules.usage import UsageView
from dcant.catalogue.services import record_usage_snapshot
from factories import says

TODAY = timezone.localdate()


def test_no_use_attested_is_none_and_never_zero(near):
    slug = near.resources["messages"]
    assert usage_of(slug, today=TODAY) is None
    says(near.communes["35345"], slug, "requested")
    assert usage_of(slug, today=TODAY) is None


def test_uses_are_counted_in_organisations_communes_people_and_around(near):
    rdv = near.resources["rdv-service-public"]
    for code, ago in (("35308", 20), ("35085", 10), ("35046", 5), ("22118", 3)):
        says(near.communes[code], rdv, ago=ago)
    AdoptionState.objects.filter(organisation=near.towns["22118"]).update(counted="")  # as one that is no commune
    usage = usage_of(rdv, today=TODAY, near=near.communes["35345"])
    assert usage == UsageView(4, 3, 950 + 6_100 + 400, 2, max(AdoptionState.objects.values_list("day", flat=True)))
    assert usage_of(rdv, today=TODAY, near=near.communes["35046"]).near == 2  # its département, itself left out
    assert usage_of(rdv, today=TODAY).near is None


def test_a_use_that_lapsed_is_no_use(near):
    rdv = near.resources["rdv-service-public"]
    says(near.communes["35345"], rdv)
    assert usage_of(rdv, today=TODAY + timedelta(days=3650)) is None


def test_snapshots_are_written_moved_and_taken_away(near):
    rdv = near.resources["rdv-service-public"]
    says(near.communes["35345"], rdv)
    assert write_usage_snapshots(today=TODAY) == 1
    kept = UsageSnapshot.objects.get()
    assert (kept.resource, kept.as_of, kept.view.people) == (rdv, TODAY, 900)
    says(near.communes["35308"], rdv)
    write_usage_snapshots(today=TODAY)
    assert UsageSnapshot.objects.get().organisations == 2
    assert write_usage_snapshots(today=TODAY + timedelta(days=3650)) == 0
    assert not UsageSnapshot.objects.exists()


def test_a_snapshot_of_an_older_day_changes_nothing(near):
    rdv = near.resources["rdv-service-public"]
    assert record_usage_snapshot(resource=rdv, as_of=date(2026, 11, 2), usage=UsageView(3, 3, 10))
    assert not record_usage_snapshot(resource=rdv, as_of=date(2026, 11, 1), usage=UsageView(9, 9, 90))
    assert not record_usage_snapshot(resource=rdv, as_of=date(2026, 11, 1), usage=None)
    assert UsageSnapshot.objects.get().organisations == 3


def test_the_database_refuses_a_snapshot_of_nothing(near):
    with pytest.raises(IntegrityError), transaction.atomic():
        UsageSnapshot.objects.create(
            resource=near.resources["messages"], as_of=TODAY, organisations=0, communes=0, people=0
        )


@pytest.mark.parametrize("usage", [None, UsageView(3, 2, 900, None, date(2026, 11, 1))])
def test_readiness_stands_with_and_without_usage(near, usage):
    rdv = near.resources["rdv-service-public"]
    document = readiness_document(rdv, readiness_of(rdv, usage=usage, today=TODAY), usage)
    (used,) = [item for item in document["items"] if item["id"] == "used"]
    assert used["result"] == ("pass" if usage else "unknown")
    assert document["usage"] == (usage.document() if usage else None)


@pytest.mark.parametrize("used", [False, True])
def test_pages_and_exports_stand_with_and_without_usage(near, client, used):
    rdv = near.resources["rdv-service-public"]
    if used:
        says(near.communes["35345"], rdv)
        says(near.communes["35308"], rdv)
        write_usage_snapshots(today=TODAY)
    seen = [
        client.get("/ressources/rdv-service-public.json?commune=35085").json()["usage"],
        client.get("/ressources/rdv-service-public/maturite.json").json()["usage"],
        client.get("/api/v1/resources/rdv-service-public/readiness").json()["usage"],
        next(one for one in client.get("/ressources.json").json()["resources"] if one["slug"] == rdv.slug)["usage"],
    ]
    if used:
        assert [one["organisations"] for one in seen] == [2, 2, 2, 2]
        assert (seen[0]["near"], seen[1]["near"], seen[3]["as_of"]) == (2, None, TODAY.isoformat())
    else:
        assert seen == [None] * 4
    page = client.get("/ressources/rdv-service-public/maturite/").content.decode()
    assert ("Usage attesté par 2 organisations" in page) == used
    assert ("non renseigné" in page) != used
    for address in ("/ressources/rdv-service-public/", "/infrastructures/"):
        assert client.get(address).status_code == 200
