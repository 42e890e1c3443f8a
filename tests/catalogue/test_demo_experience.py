"""The invented returns of a demonstration: marked everywhere, told once, by nobody who exists."""

from datetime import UTC, datetime

import pytest

from dcant.catalogue.demo import TOLD, load_demo_experience
from dcant.catalogue.experience_view import reports_of, spreads_of
from dcant.catalogue.models import ErrorReport, ExperienceReport
from dcant.record.models import Entry
from factories import resource

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def base():
    return {slug: resource(slug) for slug in {one.resource for one in TOLD}}


def test_returns_are_told_once_each_marked_by_organisations_that_do_not_exist(base):
    assert load_demo_experience(at=NOON) == len(TOLD)
    assert load_demo_experience(at=NOON) == 0
    for report in ExperienceReport.objects.select_related("organisation"):
        assert report.demo
        assert report.organisation.is_demo
        assert report.organisation.siret.startswith("0")
        assert "démonstration" in report.organisation.name
    assert ErrorReport.objects.get().demo
    assert all(b'"demo":true' in bytes(entry.leaf) for entry in Entry.objects.all())


def test_enough_are_told_of_one_resource_to_show_a_mean(base):
    load_demo_experience(at=NOON)
    for _name, one in spreads_of(reports_of(base["rdv-service-public"])):
        assert (one.n >= 5, one.average is None) == (True, False)


def test_a_base_without_these_sheets_is_left_alone():
    assert load_demo_experience(at=NOON) == 0
    assert not Entry.objects.exists()
