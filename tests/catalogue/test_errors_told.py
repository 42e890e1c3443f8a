"""An error is told, answered, then fixed or declined with a reason; how fast a producer answers is counted in public."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dcant.catalogue.entering import Speaking
from dcant.catalogue.errors_told import answer_error, report_error, told_by_producer
from dcant.catalogue.models import ErrorReport, Resource
from dcant.catalogue.rules.error_report import Asked, State, Told, can_answer_error, counts_by_producer
from dcant.identifiers import Refused
from dcant.record.models import Entry
from dcant.territories.models import College
from dcant.territories.services import new_organisation
from factories import commune, departement, resource, town_hall

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def town(db):
    College.objects.create(key=College.TERRITORIES, name="Territoires")
    departement("35", "Ille-et-Vilaine")
    return Speaking(town_hall(commune("35345", "Trévérien")), "agent")


@pytest.fixture
def producer(db):
    made = new_organisation(name="Producteur d’essai", kind="agency", siren="200054781")
    made.save()
    return Speaking(made, "producer")


@pytest.fixture
def told(town):
    agenda = resource("agenda", producer_key="200054781")
    Resource.objects.filter(pk=agenda.pk).update(producer_name="Producteur d’essai")
    return report_error(
        resource=agenda, field="title", message="Le nom a changé, voyez paul.petit@exemple.fr.", speaking=town, at=NOON
    )


def answer(told, who, to, text="", days=2):
    return answer_error(told=told, to=to, text=text, speaking=who, at=NOON + timedelta(days=days))


def test_an_error_goes_from_told_to_fixed_and_each_step_has_its_line(told, producer):
    answer(told, producer, State.ANSWERED, "Nous corrigeons.")
    fixed = answer(told, producer, State.FIXED, days=5)
    assert (fixed.state, fixed.answer, fixed.closed_at) == ("fixed", "Nous corrigeons.", NOON + timedelta(days=5))
    assert "paul" not in fixed.message
    lines = Entry.objects.order_by("pk")
    assert [line.type for line in lines] == ["error.told", "error.answered", "error.fixed"]
    assert not any("nom a chang" in bytes(line.leaf).decode() for line in lines)
    (counts,) = told_by_producer()
    assert (counts.producer, counts.counts[State.FIXED], counts.total, counts.days) == ("Producteur d’essai", 1, 1, 2.0)


def test_declining_takes_a_reason_and_comes_after_an_answer(told, producer):
    with pytest.raises(Refused, match="On répond d’abord"):
        answer(told, producer, State.DECLINED, "Non.")
    with pytest.raises(Refused, match="Écrivez la réponse"):
        answer(told, producer, State.ANSWERED)
    answer(told, producer, State.ANSWERED, "Vu.")
    with pytest.raises(Refused, match="Écrivez la réponse"):
        answer(told, producer, State.DECLINED, " ")
    assert answer(told, producer, State.DECLINED, "Le nom est juste.").reason == "Le nom est juste."
    with pytest.raises(Refused):
        answer(told, producer, State.FIXED)


def test_who_told_cannot_answer_and_a_college_may(told, town):
    with pytest.raises(Refused, match="revient au producteur"):
        answer(told, town, State.ANSWERED, "Moi.")
    answer(told, Speaking(town.organisation, "secretariat"), State.ANSWERED, "Transmis.")
    assert ErrorReport.objects.get().state == "answered"


def test_a_visitor_or_an_empty_sentence_leaves_nothing(town):
    agenda = resource("agenda")
    for who, message in ((Speaking(town.organisation, ""), "Faux."), (town, "  ")):
        with pytest.raises(Refused):
            report_error(resource=agenda, field="", message=message, speaking=who, at=NOON)
    assert not ErrorReport.objects.exists()
    assert not Entry.objects.exists()
    assert told_by_producer() == []
    assert report_error(resource=agenda, field="nulle", message="Faux.", speaking=town, at=NOON).field == ""


@given(
    st.sampled_from(["agent", "producer", "state", "auditor", ""]),
    st.sampled_from(State),
    st.sampled_from(State),
    st.booleans(),
)
def test_an_end_is_an_end_and_a_producer_answers_for_its_own(acts_as, state, to, ours):
    permit = can_answer_error(Asked(acts_as, {"1"}, {"1"} if ours else {"2"}, to, "Voilà."), state)
    if permit:
        assert acts_as == "state" or (acts_as == "producer" and ours)
        assert state in {State.OPEN, State.ANSWERED}
        assert to != State.OPEN


@given(
    st.lists(
        st.tuples(st.sampled_from(["A", "B"]), st.sampled_from(State), st.none() | st.integers(0, 90)), max_size=20
    )
)
def test_counts_lose_nobody_and_delays_are_those_of_answers_alone(rows):
    told = [
        Told(name, state, NOON, None if days is None else NOON + timedelta(days=days)) for name, state, days in rows
    ]
    found = {one.producer: one for one in counts_by_producer(told)}
    assert sum(one.total for one in found.values()) == len(rows)
    for name, one in found.items():
        delays = [days for who, _, days in rows if who == name and days is not None]
        assert (one.days is None) == (not delays)
        assert one.days is None or min(delays) <= one.days <= max(delays)
