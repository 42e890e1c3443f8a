"""The history of a sheet: any past day of it, and what changed between two."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from test_projection import item, take_in

from dcant.catalogue.history import changes, first_day, sheet_on
from dcant.catalogue.models import Resource
from dcant.harvest.models import Item, Statement

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 1, 12, tzinfo=UTC)
FIELDS = ("licence", "phase", "website")
values = st.sampled_from([None, "a", "b", ["a"], ["a", "b"]])
days = st.lists(st.fixed_dictionaries(dict.fromkeys(FIELDS, values)), min_size=1, max_size=6)


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def say(of: Item, field: str, value: object, at: datetime) -> None:
    """The item now says this, or nothing more, as the harvest writes it: equal values write nothing."""
    current = of.statements.current().filter(field=field)
    if [one.value for one in current] == ([] if value is None else [value]):
        return
    current.update(ended_at=at, end_reason="said-no-more")
    if value is not None:
        Statement.objects.create(item=of, field=field, value=value, fetched_at=at, raw_hash="0" * 64, parser_version=1)


def told(*told_days: dict[str, object]) -> Resource:
    """A resource whose only source said this on each day."""
    one = item("apigouv", "a", title="Une fiche")
    Statement.objects.update(fetched_at=START)
    take_in(one, at=START)
    for number, said in enumerate(told_days):
        for field, value in said.items():
            say(one, field, value, day(number))
    return Resource.objects.get()


@settings(max_examples=40)
@given(days)
def test_any_past_day_shows_what_was_said_that_day(told_days):
    with transaction.atomic():
        resource = told(*told_days)
        for number, said in enumerate(told_days):
            sheet = sheet_on(resource, day(number) + timedelta(hours=6))
            assert {field: sheet[field]["value"] for field in FIELDS if field in sheet} == {
                field: value for field, value in said.items() if value is not None
            }
        assert sheet_on(resource, START - timedelta(seconds=1)) == {}
        transaction.set_rollback(True)


@settings(max_examples=40)
@given(days)
def test_the_changes_played_from_nothing_give_back_each_day(told_days):
    with transaction.atomic():
        listed = changes(told(*told_days))
        assert [one.at for one in listed] == sorted((one.at for one in listed), reverse=True)
        for number, said in enumerate(told_days):
            played: dict[str, object] = {}
            for change in reversed([one for one in listed if one.at <= day(number)]):
                assert change.before == played.get(change.field)
                assert change.before != change.after
                played[change.field] = change.after
            assert {field: played.get(field) for field in FIELDS} == said
        transaction.set_rollback(True)


def test_a_value_replaced_is_one_change_and_one_taken_away_says_so():
    resource = told({"licence": "MIT", "phase": "Bêta"}, {"licence": "EUPL-1.2", "phase": None})
    changed = [one for one in changes(resource) if one.at == day(1)]
    assert [(one.field, one.before, one.after, one.source) for one in changed] == [
        ("licence", "MIT", "EUPL-1.2", "apigouv"),
        ("phase", "Bêta", None, "apigouv"),
    ]
    assert changed[1].reason == "said-no-more"


def test_two_sources_change_apart_and_the_day_merges_them_by_the_rule_of_today():
    ours = item("seed", "api-geo", collection="sheets", licence="MIT")
    theirs = item("apigouv", "api-geo", licence="EUPL-1.2")
    Statement.objects.update(fetched_at=START)
    take_in(ours, theirs, at=START)
    resource = Resource.objects.get()
    say(theirs, "licence", None, day(2))
    before, after = sheet_on(resource, day(1))["licence"], sheet_on(resource, day(3))["licence"]
    said = [one["source"] for one in [*before["sources"], *before["others"]]]
    assert sorted(said) == ["apigouv", "seed"]
    assert ([one["source"] for one in after["sources"]], after["others"]) == (["seed"], [])
    assert (changes(resource)[0].field, changes(resource)[0].after) == ("licence", None)


def test_links_are_no_part_of_the_sheet_nor_of_its_changes():
    one = item("apigouv", "a", link_consumes="apigouv:apis/b")
    take_in(one)
    resource = Resource.objects.get()
    assert {change.field for change in changes(resource)} == {"title"}
    assert first_day(resource) == timezone.localdate(resource.first_seen_at)


def test_the_page_shows_the_changes_or_the_day_that_was_asked_and_a_wrong_day_breaks_nothing(client: Client):
    resource = told({"licence": "MIT"}, {"licence": "EUPL-1.2"})
    address = f"/ressources/{resource.slug}/historique/"
    page = client.get(address).content.decode()
    assert "MIT" in page
    assert "EUPL-1.2" in page
    first = client.get(address, {"jour": "2026-01-01"}).content.decode()
    assert "MIT" in first
    assert "EUPL-1.2" not in first
    for asked in ("2026-13-01", "demain", "0001-01-01", "9999-12-31", "2026-01-01" * 20):
        assert client.get(address, {"jour": asked}).status_code == 200
