"""Returns of experience: who tells, what is published for good, what is never in the log, and a spread that claims no more than it knows."""

from datetime import UTC, datetime, timedelta
from statistics import mean

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from dcant.catalogue import experience as acts
from dcant.catalogue.entering import Speaking
from dcant.catalogue.models import ExperienceReply, ExperienceReport
from dcant.catalogue.rules.experience import QUESTIONS, State, can_move, can_reply, can_tell, read_report, spread
from dcant.identifiers import Refused
from dcant.record.models import Entry
from dcant.record.services import digest
from dcant.territories.models import College
from dcant.territories.services import new_organisation
from factories import commune, departement, resource, town_hall

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=1)
TOLD = {
    "problem": "Plus de rendez-vous au guichet.",
    "done": "Un agenda partagé.",
    "again": "yes",
    "planned_cost": "1 000",
    "real_cost": "1500",
}
NUMBERS = st.none() | st.integers(0, 10**6)


@pytest.fixture
def town(db):
    College.objects.create(key=College.TERRITORIES, name="Territoires")
    departement("35", "Ille-et-Vilaine")
    return Speaking(town_hall(commune("35345", "Trévérien", population=941)), "agent")


@pytest.fixture
def agenda(db):
    return resource("agenda", producer_key="200054781")


@pytest.fixture
def producer(db):
    made = new_organisation(name="Producteur d’essai", kind="agency", siren="200054781")
    made.save()
    return Speaking(made, "producer")


def said(**changed):
    values, problems = read_report(TOLD | changed)
    assert problems == {}
    return values


def published(town, agenda, **changed):
    draft = acts.write_report(resource=agenda, said=said(**changed), speaking=town, at=NOON)
    acts.submit_report(report=draft, speaking=town)
    return acts.publish_report(report=draft, speaking=town, at=NOON)


@given(st.dictionaries(st.sampled_from([one.field for one in QUESTIONS]), st.text(max_size=300)))
def test_any_answers_are_read_to_values_and_problems(answers):
    values, problems = read_report(answers)
    assert set(values) == {one.field for one in QUESTIONS}
    assert set(problems) <= set(values)
    assert {one.field for one in QUESTIONS if one.required and not answers.get(one.field, "").strip("\x00 ")} <= set(
        problems
    )


@pytest.mark.parametrize("text", ["mille", "-3", "1.5", "9" * 40, "²"])
def test_a_number_that_is_none_is_told(text):
    values, problems = read_report(TOLD | {"real_cost": text})
    assert (values["real_cost"], "nombre entier" in problems["real_cost"]) == (None, True)


@given(st.lists(st.tuples(NUMBERS, NUMBERS), max_size=12))
def test_a_spread_says_how_many_and_no_mean_under_five(pairs):
    ratios = [real / planned for planned, real in pairs if planned and real is not None]
    found = spread(pairs)
    if not ratios:
        assert found is None
        return
    assert (found.n, found.low, found.high) == (len(ratios), min(ratios), max(ratios))
    assert (found.average is None, found.middle is None) == (len(ratios) < 5, len(ratios) < 5)
    if found.average is not None:
        assert found.average == pytest.approx(mean(ratios))
        assert found.low <= found.middle <= found.high


@given(
    st.sampled_from(["agent", "officer", "producer", "state", "secretariat", ""]),
    st.booleans(),
    st.sampled_from(State),
    st.sampled_from(State),
)
def test_only_the_author_moves_a_report_and_never_one_that_ended(acts_as, is_author, state, to):
    permit = can_move(acts_as=acts_as, is_author=is_author, state=state, to=to)
    if permit:
        assert acts_as in {"agent", "officer"}
        assert is_author
        assert state not in {State.CORRECTED, State.WITHDRAWN}
        assert not (state == State.PUBLISHED and to in {State.DRAFT, State.SUBMITTED})
        assert not (state == State.DRAFT and to == State.PUBLISHED)


def test_a_report_is_read_again_then_published_with_its_hash_and_no_word_in_the_log(town, agenda):
    report = published(town, agenda, done="Appelez le 02 99 12 34 56 ou marie.durand@mairie.example")
    assert (report.state, report.version, report.number, report.population_class) == (
        "published",
        1,
        town.organisation.siren,
        1,
    )
    assert "marie" not in report.done
    assert "02 99" not in report.done
    entry = Entry.objects.get()
    assert (entry.type, entry.actor, entry.subject) == ("experience.published", town.organisation.actor, report.digest)
    assert report.digest == digest(acts.public_document(report))
    assert "rendez-vous" not in bytes(entry.leaf).decode()
    assert list(ExperienceReport.objects.published()) == [report]


def test_nothing_is_public_before_it_is_published(town, agenda):
    draft = acts.write_report(resource=agenda, said=said(), speaking=town, at=NOON)
    with pytest.raises(Refused):
        acts.publish_report(report=draft, speaking=town, at=NOON)
    acts.submit_report(report=draft, speaking=town)
    acts.rewrite_report(report=draft, said=said(problem="Autre."), speaking=town, at=LATER)
    draft.refresh_from_db()
    assert (draft.state, draft.problem) == ("draft", "Autre.")
    assert not ExperienceReport.objects.published().exists()
    assert not Entry.objects.exists()


def test_a_correction_is_another_version_and_the_first_stays_as_it_was(town, agenda):
    first = published(town, agenda)
    draft = acts.correct_report(report=first, speaking=town, at=LATER)
    assert acts.correct_report(report=first, speaking=town, at=LATER) == draft
    acts.rewrite_report(report=draft, said=said(problem="Mieux dit."), speaking=town, at=LATER)
    acts.submit_report(report=draft, speaking=town)
    assert ExperienceReport.objects.published().get() == first
    acts.publish_report(report=draft, speaking=town, at=LATER)
    first.refresh_from_db()
    assert (first.state, first.ended_at, first.problem) == ("corrected", LATER, TOLD["problem"])
    assert first.digest == digest(acts.public_document(first))
    assert (ExperienceReport.objects.published().get().version, Entry.objects.count()) == (2, 2)


def test_its_author_withdraws_it_and_the_record_keeps_both_lines(town, agenda):
    report = published(town, agenda)
    acts.withdraw_report(report=report, speaking=town, at=LATER)
    assert not ExperienceReport.objects.published().exists()
    assert list(Entry.objects.order_by("pk").values_list("type", flat=True)) == [
        "experience.published",
        "experience.withdrawn",
    ]
    with pytest.raises(Refused):
        acts.publish_report(report=report, speaking=town, at=LATER)


def test_nobody_else_tells_changes_or_withdraws(town, agenda, producer):
    report = published(town, agenda)
    other = Speaking(town_hall(commune("35346", "Voisine")), "agent")
    for who in (other, producer, Speaking(town.organisation, "auditor")):
        with pytest.raises(Refused):
            acts.withdraw_report(report=report, speaking=who, at=LATER)
        with pytest.raises(Refused):
            acts.correct_report(report=report, speaking=who, at=LATER)
    with pytest.raises(Refused, match="mandatée"):
        acts.write_report(resource=agenda, said=said(), speaking=producer, at=NOON)
    assert not can_tell(acts_as="agent", is_shown=False)
    assert (ExperienceReport.objects.count(), Entry.objects.count()) == (1, 1)


def test_the_producer_replies_once_to_what_is_published(town, agenda, producer):
    report = published(town, agenda)
    with pytest.raises(Refused, match="réponse"):
        acts.reply_to_report(report=report, text="Non.", speaking=town, at=LATER)
    with pytest.raises(Refused, match="Écrivez"):
        acts.reply_to_report(report=report, text=" ", speaking=producer, at=LATER)
    acts.reply_to_report(report=report, text="Merci, corrigé.", speaking=producer, at=LATER)
    assert ExperienceReport.objects.published().get().reply.text == "Merci, corrigé."
    with pytest.raises(Refused, match="déjà répondu"):
        acts.reply_to_report(report=report, text="Encore.", speaking=producer, at=LATER)
    assert Entry.objects.order_by("-pk")[0].type == "experience.replied"
    assert not can_reply(acts_as="producer", keys={"1"}, producer=set(), state=State.PUBLISHED, has_reply=False)


@pytest.mark.parametrize(
    "change",
    [
        lambda report: ExperienceReport.objects.filter(pk=report.pk).update(problem="Autre."),
        lambda report: ExperienceReport.objects.filter(pk=report.pk).update(real_cost=None),
        lambda report: ExperienceReport.objects.filter(pk=report.pk).update(state="draft"),
        lambda report: ExperienceReport.objects.filter(pk=report.pk).delete(),
        lambda report: ExperienceReply.objects.filter(report=report).update(text="Autre."),
        lambda report: ExperienceReply.objects.filter(report=report).delete(),
    ],
    ids=["text", "figure", "state", "gone", "reply", "reply gone"],
)
def test_the_database_itself_refuses_to_change_what_is_published(town, agenda, producer, change):
    report = published(town, agenda)
    acts.reply_to_report(report=report, text="Merci.", speaking=producer, at=LATER)
    with pytest.raises(DatabaseError), transaction.atomic():
        change(report)
    report.refresh_from_db()
    assert (report.problem, report.state, report.reply.text) == (TOLD["problem"], "published", "Merci.")


def test_what_is_told_on_a_demonstration_site_says_so(town, agenda):
    report = published(Speaking(town.organisation, "agent", demo=True), agenda)
    assert report.demo
    assert acts.public_document(report)["demo"] is True
    assert '"demo":true' in bytes(Entry.objects.get().leaf).decode()
