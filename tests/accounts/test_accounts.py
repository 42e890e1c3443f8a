"""Who may act for whom, and the doors of a demonstration that exist nowhere else."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from dcant.accounts.models import Mandate, Person, Role
from dcant.accounts.rules import ACTING_ROLES, can_act_for, can_enter_as_demo
from dcant.accounts.services import PERSONAS, enter_as, persona
from dcant.identifiers import Refused
from neighbourhood import AT, Neighbourhood, neighbourhood

keys = st.sampled_from(["21350345100018", "213503451", "250000000"])
mandates = st.lists(st.tuples(keys, st.sampled_from(list(Role.values))), max_size=5)


@pytest.fixture
def near(db) -> Neighbourhood:
    return neighbourhood()


@given(keys, mandates)
def test_one_acts_for_an_organisation_with_a_mandate_on_it_that_lets_act(organisation: str, held):
    answer = can_act_for(organisation=organisation, mandates=held)
    assert answer.allowed == any(key == organisation and role != Role.AUDITOR for key, role in held)
    assert answer.because


def test_every_role_acts_but_the_one_that_reads():
    assert set(Role.values) - ACTING_ROLES == {Role.AUDITOR}


def test_the_roles_to_try_exist_on_a_demonstration_only():
    assert can_enter_as_demo(demo=True)
    refusal = can_enter_as_demo(demo=False)
    assert not refusal
    assert "démonstration" in refusal.because


@pytest.mark.parametrize("one", PERSONAS, ids=lambda one: one.key)
def test_on_any_other_site_no_role_is_taken_and_nothing_is_written(one, near):
    with pytest.raises(Refused) as caught:
        enter_as(persona=one, organisation=near.towns["35345"], demo=False, at=AT)
    assert caught.value.code == "DCANT-C001"
    assert Person.objects.count() == Mandate.objects.count() == 0


@pytest.mark.parametrize("one", PERSONAS, ids=lambda one: one.key)
def test_on_a_demonstration_a_role_is_one_person_and_one_mandate_however_often_taken(one, near):
    first = enter_as(persona=one, organisation=near.towns["35345"], demo=True, at=AT)
    again = enter_as(persona=one, organisation=near.towns["35345"], demo=True, at=AT + timedelta(days=3))
    assert first == again
    assert first.person.is_demo
    assert not first.person.has_usable_password()
    assert (first.role, first.valid_from, first.evidence) == (one.role, AT.date(), "démonstration")
    assert enter_as(persona=one, organisation=near.towns["35308"], demo=True, at=AT).person == first.person


def test_a_role_that_does_not_exist_is_nobody():
    assert persona("secretaire") in PERSONAS
    assert persona("roi") is None


@pytest.mark.parametrize("last", [None, date(2026, 2, 9)], ids=str)
def test_a_mandate_is_in_force_from_its_first_to_its_last_day(last: date | None, near):
    first = date(2026, 2, 1)
    person = Person.objects.create(key="p", label="P", password="!")
    Mandate.objects.create(
        person=person, organisation=near.towns["35345"], role=Role.AGENT, valid_from=first, valid_to=last
    )
    for day in (date(2026, 1, 25) + timedelta(days=shift) for shift in range(30)):
        assert Mandate.objects.active(day).exists() == (first <= day and (last is None or day <= last))


def test_a_mandate_that_ends_before_it_begins_is_refused_by_the_database(near):
    person = Person.objects.create(key="p", label="P", password="!")
    with pytest.raises(DatabaseError), transaction.atomic():
        Mandate.objects.create(
            person=person,
            organisation=near.towns["35345"],
            role=Role.AGENT,
            valid_from=date(2026, 2, 1),
            valid_to=date(2026, 1, 31),
        )


def test_a_person_is_a_key_and_a_label_and_nothing_else():
    kept = {field.name for field in Person._meta.get_fields()}
    assert kept == {"id", "key", "label", "is_demo", "is_active", "password", "last_login", "mandates"}
