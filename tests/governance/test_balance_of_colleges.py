"""What each college did, beside the other: counted from the acts themselves."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from dcant.governance.balance import sides_of_programme
from dcant.governance.models import Amendment, Decision
from dcant.governance.rules.balance import Measure, cells, is_late, told
from dcant.identifiers import HalfYear
from dcant.territories.models import College
from governance.played import played_half_years

pytestmark = pytest.mark.django_db


@pytest.fixture
def played(db):
    for key in (College.STATE, College.TERRITORIES):
        College.objects.get_or_create(key=key, defaults={"name": key})
    return played_half_years(timezone.now())


@pytest.fixture
def view(played):
    return sides_of_programme(timezone.localdate())


def _counts(view, half_year=None):
    keys = [key for key, _name in view.colleges]
    return {(one.measure, one.college): (one.count, one.of) for one in cells(view.facts, keys, half_year)}


def test_a_site_without_a_programme_of_its_own_has_nothing_to_count(db):
    assert sides_of_programme(timezone.localdate()) is None


def test_each_college_is_counted_by_what_the_database_holds_of_it(view, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        sides_of_programme(timezone.localdate())
    counts = _counts(view)
    for college, _name in view.colleges:
        amendments = Amendment.objects.filter(seat__college=college)
        taken = amendments.filter(state="integrated").count()
        assert counts[Measure.AMENDMENTS, college] == (taken, amendments.count())
        closed = [one.outcome["colleges"][college]["carried"] for one in Decision.objects.exclude(outcome=None)]
        assert counts[Measure.DECISIONS, college] == (sum(closed), len(closed))
        assert counts[Measure.SEATS, college] == (view.programme.seats.filter(college=college).count(), None)
    proposals = [counts[Measure.PROPOSALS, college][0] for college, _name in view.colleges]
    assert sum(proposals) == view.programme.axes.get(number=1).actions.count()


def test_a_text_that_one_college_refused_was_carried_by_the_other_alone(view):
    refused = next(one for one in Decision.objects.filter(state="rejected"))
    carried = {
        one.college: one.counts
        for one in view.facts
        if one.measure == Measure.DECISIONS and one.about[1] == refused.code
    }
    assert carried["territoires"] is False
    assert carried["etat"] is True


def test_an_action_is_late_from_the_day_after_its_half_year_until_it_ends():
    asked = {"due": "2026-S1", "state": "adopted"}
    assert not is_late(**asked, today=date(2026, 6, 30))
    assert is_late(**asked, today=date(2026, 7, 1))
    assert not is_late(due="2026-S1", state="completed", today=date(2030, 1, 1))
    assert not is_late(due="", state="adopted", today=date(2030, 1, 1))


def test_the_copilots_of_an_overdue_action_are_late_each_for_its_own_side(played):
    version = played.stage.draft("Action d’un semestre passé")
    version.due = "2001-S1"
    version.save()
    assert not any(one.counts for one in sides_of_programme(timezone.localdate()).facts if one.measure == Measure.LATE)
    played.stage.decide(played.stage.put(version))
    late = [one for one in sides_of_programme(timezone.localdate()).facts if one.measure == Measure.LATE and one.counts]
    assert sorted(one.college for one in late) == ["etat", "territoires"]
    assert {one.about[1] for one in late} == {version.action.code}


def test_acts_belong_to_their_half_year_and_seats_to_today(view):
    past = HalfYear.of((timezone.now() - timedelta(days=3000)).date())
    counts = _counts(view, past)
    assert all(count == 0 for (measure, _), (count, _of) in counts.items() if measure in {"proposals", "decisions"})
    assert all(counts[Measure.SEATS, key][0] for key, _name in view.colleges)
    said = list(told(view.facts, [key for key, _name in view.colleges]))
    assert {one.half_year is None for one in said if one.measure == Measure.SEATS} == {True}
    assert {one.half_year is None for one in said if one.measure == Measure.DECISIONS} == {False}
