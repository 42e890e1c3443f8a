"""The act itself: who, what it writes, what it never writes; and the figures that follow it, always those of a recount."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from dcant.adoption.models import AdoptionEvent, AdoptionState, AdoptionTally
from dcant.adoption.projection import counted_kind, expire_due, rebuild
from dcant.adoption.rules import EXPIRED, PRIVATE_BY_DEFAULT, Kind
from dcant.adoption.services import ENTRY_KINDS, Declarant, adopt_resource
from dcant.identifiers import Refused
from dcant.record.canonical import commitment
from dcant.record.models import Entry
from dcant.record.sequencer import sequence_entries
from dcant.record.services import digest
from dcant.territories.models import Operator, Territory
from neighbourhood import AT, OTHER_EPCI, Neighbourhood, held, neighbourhood, recounted

PERSON = "marie-de-la-mairie"
TODAY = AT.date()


def say(
    near: Neighbourhood, code: str = "35345", slug: str = "rdv-service-public", *, ago: int = 0, **more
) -> AdoptionEvent:
    adopter = near.towns[code]
    at = more.pop("at", AT)
    return adopt_resource(
        resource=near.resources[slug],
        adopter=adopter,
        declarant=Declarant(PERSON, more.pop("mandates", {adopter.key})),
        at=at,
        day=at.date() - timedelta(days=ago),
        **more,
    )


def states() -> set[tuple[object, ...]]:
    columns = ("organisation", "resource", "event", "kind", "day", "expires_on", "counted", "epci_code", "population")
    return set(AdoptionState.objects.values_list(*columns))


def test_an_adoption_is_an_event_an_entry_a_state_and_five_circles(near):
    event = say(near, via=near.operator, evidence="délibération 12")
    entry = Entry.objects.get()
    assert event.entry == entry
    assert (entry.type, entry.actor, entry.index) == ("adoption.declared", near.towns["35345"].actor, None)
    assert entry.body == {
        "resource": "rdv-service-public",
        "organisation": near.towns["35345"].actor,
        "kind": "used",
        "day": "2026-03-02",
        "expires_on": "2028-03-02",
        "via": near.operator.organisation.actor,
        "declared_by": event.declared_by,
    }
    assert entry.subject == digest(entry.body)
    assert AdoptionState.objects.get().event == event
    assert {(place[0], place[1]): found for place, found in held().items()} == {
        ("country", "FR"): (1, 900),
        ("departement", "35"): (1, 900),
        ("epci", "243500733"): (1, 900),
        ("size", "1"): (1, 900),
        ("peers", "35:1"): (1, 900),
    }


def test_the_day_of_an_act_is_that_of_the_town_hall_not_of_greenwich(near):
    late = datetime(2026, 11, 29, 23, 30, tzinfo=UTC)  # half past midnight in Paris
    event = adopt_resource(
        resource=near.resources["rdv-service-public"],
        adopter=near.towns["35345"],
        declarant=Declarant(PERSON, {near.towns["35345"].key}),
        at=late,
    )
    assert event.day == timezone.localdate(late) == date(2026, 11, 30)


def test_the_record_holds_no_personal_data_and_the_commitment_opens_with_the_salt(near):
    event = say(near, evidence="vu avec Mme Untel")
    leaf = bytes(Entry.objects.get().leaf).decode()
    assert PERSON not in leaf
    assert "Untel" not in leaf
    assert bytes(event.salt).hex() not in leaf
    assert event.declared_by in leaf
    assert commitment(bytes(event.salt), {"person": PERSON}) == event.declared_by
    again = say(near, "35308")
    assert again.declared_by != event.declared_by  # the same person cannot be followed from one act to the next


@pytest.mark.parametrize(
    "refusal",
    [
        {"mandates": set()},
        {"mandates": {"another"}},
        {"ago": -1},
        {"kind": Kind.PROPOSED},
        {"kind": Kind.WITHDRAWN},
    ],
    ids=["no mandate", "another's mandate", "a day to come", "a proposal", "nothing to withdraw"],
)
def test_a_refused_act_leaves_nothing(refusal, near):
    with pytest.raises(Refused) as caught:
        say(near, **refusal)
    assert caught.value.code == "DCANT-S001"
    assert caught.value.permit.because
    assert [model.objects.count() for model in (AdoptionEvent, AdoptionState, AdoptionTally, Entry)] == [0, 0, 0, 0]


def test_an_act_that_fails_after_the_entry_takes_the_entry_with_it(near):
    with pytest.raises(ValueError, match="unsaved"):
        say(near, via=Operator(organisation=near.operator.organisation))
    assert Entry.objects.count() == AdoptionEvent.objects.count() == 0


@pytest.mark.parametrize("kind", sorted(PRIVATE_BY_DEFAULT))
def test_a_refusal_or_a_withdrawal_stays_out_of_the_record_unless_its_author_chooses(kind, near):
    say(near, kind=Kind.REQUESTED)
    assert say(near, kind=kind).entry is None
    assert Entry.objects.count() == 1
    say(near, "35308", kind=Kind.REQUESTED)
    public = say(near, "35308", kind=kind, publish=True)
    assert public.entry.type == f"adoption.{ENTRY_KINDS[kind]}"
    assert held() == {}


def test_asking_again_the_day_of_a_private_refusal_holds_before_and_after_numbering(near):
    say(near, kind=Kind.REFUSED)
    asked = say(near, kind=Kind.REQUESTED)
    while sequence_entries():
        pass
    rebuild(today=TODAY)
    assert AdoptionState.objects.get().event_id == asked.pk
    say(near, kind=Kind.PLANNED)


def test_a_late_word_for_an_earlier_day_moves_no_state_and_comes_last_in_the_log(near):
    used = say(near)
    late = say(near, kind=Kind.REQUESTED, ago=60)
    assert AdoptionState.objects.get().event_id == used.pk
    assert list(Entry.objects.waiting()) == [used.entry, late.entry]
    assert late.supersedes is None
    assert say(near).supersedes_id == used.pk


def test_a_use_that_lapsed_is_counted_nowhere_and_a_new_word_brings_it_back(near):
    say(near, at=AT - timedelta(days=731))
    say(near, "35308", at=AT - timedelta(days=729))
    assert AdoptionState.objects.live().count() == 2
    assert expire_due(today=TODAY) == 1
    assert expire_due(today=TODAY) == 0
    assert held() == recounted()
    assert [state.organisation for state in AdoptionState.objects.live()] == [near.towns["35308"]]
    lapsed = AdoptionState.objects.get(organisation=near.towns["35345"])
    assert (lapsed.on(TODAY), lapsed.counted) == (EXPIRED, "")
    say(near)
    assert AdoptionState.objects.live().count() == 2
    assert held() == recounted()


def test_the_day_itself_of_the_expiry_still_counts(near):
    say(near, at=AT.replace(year=2024))
    assert expire_due(today=TODAY) == 0
    assert expire_due(today=TODAY + timedelta(days=1)) == 1


def test_a_commune_that_changed_group_and_size_is_counted_once_where_it_is_now(near):
    say(near, kind=Kind.REQUESTED)
    Territory.objects.filter(pk=near.communes["35345"].pk).update(epci_code=OTHER_EPCI, population=1_200, size_class=2)
    moved = near.towns["35345"]
    moved.refresh_from_db(fields=["territory"])
    say(near)
    assert held() == recounted()
    assert {place[1] for place in held()} == {"FR", "35", OTHER_EPCI, "2", "35:2"}


def test_an_organisation_that_is_no_commune_declares_and_is_not_counted_among_them(near):
    group = near.operator.organisation
    adopt_resource(resource=near.resources["messages"], adopter=group, declarant=Declarant(PERSON, {group.key}), at=AT)
    assert AdoptionState.objects.get().counted == ""
    assert held() == {}


moves = st.tuples(
    st.sampled_from(["35345", "35308", "22118"]),
    st.sampled_from(["rdv-service-public", "messages"]),
    st.sampled_from([kind for kind in Kind if kind != Kind.PROPOSED]),
    st.integers(0, 3),
)
waits = st.sampled_from([1, 1, 30, 400])


@pytest.mark.django_db
@settings(max_examples=20)
@given(st.lists(st.tuples(moves, waits, st.booleans()), min_size=3, max_size=10))
def test_figures_are_those_of_a_recount_whatever_was_said_and_however_time_went(steps):
    """Any sequence of acts, refused ones among them, with days that pass and lapses that are taken out."""
    at = AT
    with transaction.atomic():
        near = neighbourhood()
        for (code, slug, kind, ago), wait, beat in steps:
            at += timedelta(days=wait)
            before = AdoptionEvent.objects.count(), Entry.objects.count()
            try:
                say(near, code, slug, kind=kind, ago=ago, at=at)
            except Refused:
                assert (AdoptionEvent.objects.count(), Entry.objects.count()) == before
            if beat:
                expire_due(today=at.date())
                sequence_entries()
            assert held() == recounted()
        expire_due(today=at.date())
        for state in AdoptionState.objects.select_related("organisation__territory"):
            assert state.counted == counted_kind(state, at.date())
        found = held(), states()
        rebuild(today=at.date())
        assert (held(), states()) == found
        transaction.set_rollback(True)


FORBIDDEN = {
    "change a day": "UPDATE adoption_adoptionevent SET day = '2020-01-01'",
    "erase a salt": "UPDATE adoption_adoptionevent SET salt = declared_by",
    "delete one": "DELETE FROM adoption_adoptionevent",
}


@pytest.mark.parametrize("deed", FORBIDDEN)
def test_the_database_itself_refuses_to(deed: str, near):
    say(near)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FORBIDDEN[deed])
    assert AdoptionEvent.objects.get().day == TODAY


def test_the_database_refuses_to_empty_or_replace_the_events(near):
    say(near)
    connection.check_constraints()  # what is pending would answer in the place of the trigger
    columns = ", ".join(field.column for field in AdoptionEvent._meta.local_fields)
    statement = {
        "postgresql": "TRUNCATE adoption_adoptionevent CASCADE",
        "sqlite": f"REPLACE INTO adoption_adoptionevent ({columns}) SELECT {columns} FROM adoption_adoptionevent",
    }[connection.vendor]
    with pytest.raises(DatabaseError, match="never"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_only_a_use_may_carry_an_end(near):
    event = say(near)
    event.pk, event.entry, event.kind = None, None, Kind.PLANNED
    with pytest.raises(DatabaseError), transaction.atomic():
        event.save(force_insert=True)


def test_what_is_invented_says_so_in_the_record(near):
    event = say(near, demo=True)
    assert event.entry.is_demo
    assert json.loads(bytes(event.entry.leaf))["body"]["demo"] is True
    assert AdoptionState.objects.get().demo


def test_a_day_before_any_word_has_no_state(near):
    say(near)
    assert rebuild(today=date(2020, 1, 1)) == 0
    assert held() == {}
