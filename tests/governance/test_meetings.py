"""Meetings: nobody is convened too late, nothing opens before its notice, and minutes say facts alone, for ever."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from dcant.governance.models import Decision, Meeting, Minutes
from dcant.governance.rules.meetings import (
    ABSENT,
    EXCUSED,
    MOST_ITEMS,
    PRESENT,
    can_convene,
    can_open_at_meeting,
    minutes_body,
)
from dcant.governance.services.founding import close_seat
from dcant.governance.services.meetings import (
    cancel_meeting,
    convene_meeting,
    draft_minutes,
    note_attendance,
    plan_meeting,
    publish_minutes,
)
from dcant.governance.services.speaking import Speaker
from dcant.record.models import Entry
from dcant.record.services import digest
from governance.stage import Stage, founded, refused

NOTICE = 7
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def stage(db) -> Stage:
    stage = founded(seats="e1 t1 t2", notice_days=NOTICE, consent_days=0)
    stage.cycle()
    return stage


def planned(stage: Stage, *decisions: Decision, days: float = NOTICE + 3, place: str = "Salle commune") -> Meeting:
    return plan_meeting(
        cycle=stage.programme.cycles.get(),
        title="Séance de mars",
        place=place,
        starts_at=stage.now + timedelta(days=days),
        decisions=decisions,
        speaker=stage.secretariat,
    )


def convened(stage: Stage, *decisions: Decision, **given: object) -> Meeting:
    return convene_meeting(meeting=planned(stage, *decisions, **given), speaker=stage.secretariat, at=stage.now)


def noted(stage: Stage, meeting: Meeting, **presences: str) -> None:
    keys = {stage.seats[name].key: presence for name, presence in presences.items()}
    note_attendance(meeting=meeting, presences=keys, speaker=stage.secretariat, at=stage.now)


def published(stage: Stage, meeting: Meeting) -> Minutes:
    return publish_minutes(meeting=meeting, speaker=stage.secretariat, at=stage.now)


@given(st.integers(0, 365), st.timedeltas(timedelta(days=-400), timedelta(days=400)), st.integers(0, 5))
def test_one_is_convened_exactly_when_the_days_of_the_charter_still_lie_ahead(days, ahead, items):
    permit = can_convene(state="draft", items=items, starts_at=NOW + ahead, now=NOW, notice_days=days)
    assert bool(permit) == (items > 0 and ahead > timedelta() and ahead >= timedelta(days=days))
    for state in ("convened", "held", "cancelled"):
        assert not can_convene(state=state, items=items, starts_at=NOW + ahead, now=NOW, notice_days=days)


@given(st.integers(0, 365), st.timedeltas(timedelta(), timedelta(days=400)))
def test_the_day_that_a_late_notice_is_told_is_never_too_late_itself(days, ahead):
    permit = can_convene(state="draft", items=1, starts_at=NOW + ahead, now=NOW, notice_days=days)
    if not permit and "Choisissez le" in permit.because:
        told = datetime.strptime(permit.because.split("Choisissez le ")[1][:10], "%d/%m/%Y").replace(tzinfo=UTC)
        assert can_convene(state="draft", items=1, starts_at=told, now=NOW, notice_days=days)


@given(st.integers(0, 365), st.timedeltas(timedelta(), timedelta(days=400)), st.sampled_from(["draft", "convened"]))
def test_a_decision_of_an_agenda_opens_exactly_when_its_notice_has_run(days, since, state):
    permit = can_open_at_meeting(state=state, noticed_at=NOW - since, now=NOW, notice_days=days)
    assert bool(permit) == (state == "convened" and since >= timedelta(days=days))
    assert not can_open_at_meeting(state="draft", noticed_at=None, now=NOW, notice_days=days)


SEATS = st.dictionaries(st.from_regex(r"[a-z]{1,3}-[0-9]", fullmatch=True), st.sampled_from(["etat", "territoires"]))


@given(SEATS, st.data())
def test_minutes_say_of_each_seat_once_whether_it_was_there(colleges, data):
    noted = {seat: data.draw(st.sampled_from([PRESENT, EXCUSED, None])) for seat in colleges}
    presences = {seat: presence for seat, presence in noted.items() if presence}
    body = minutes_body(meeting="m", starts_at="s", presences=presences, colleges=colleges, decisions=[])
    told = {
        seat: (college, presence)
        for college, said in body["attendance"].items()
        for presence, seats in said.items()
        for seat in seats
    }
    assert told == {seat: (college, presences.get(seat, ABSENT)) for seat, college in colleges.items()}
    shuffled = dict(reversed(colleges.items()))
    again = minutes_body(meeting="m", starts_at="s", presences=presences, colleges=shuffled, decisions=[])
    assert digest(body) == digest(again)


def test_a_notice_that_comes_too_late_is_refused_and_tells_from_which_day_it_would_not_be(stage):
    meeting = planned(stage, stage.put(stage.draft()), days=NOTICE - 1)
    with refused("Convocation trop tardive : la charte demande 7 jours. Choisissez le 10/02/2026 ou plus tard."):
        convene_meeting(meeting=meeting, speaker=stage.secretariat, at=stage.now)


def test_a_meeting_has_a_title_an_agenda_of_what_is_still_to_decide_and_a_secretariat(stage):
    decision = stage.put(stage.draft())
    empty = planned(stage)
    with refused("Un ordre du jour porte une décision au moins."):
        convene_meeting(meeting=empty, speaker=stage.secretariat, at=stage.now)
    closed = stage.decide(stage.put(stage.draft("Autre")))
    with refused("n’est plus à prendre dans ce programme"):
        planned(stage, decision, closed)
    with refused(f"Un ordre du jour porte {MOST_ITEMS} décisions au plus."):
        planned(stage, *[decision] * (MOST_ITEMS + 1))
    for speaker in (stage.speakers["e1"], Speaker(stage.secretariat.organisation, "auditor")):
        with refused("Seul le secrétariat"):
            plan_meeting(
                cycle=stage.programme.cycles.get(),
                title="T",
                place="",
                starts_at=stage.now,
                decisions=[decision],
                speaker=speaker,
            )
        for act in (convene_meeting, cancel_meeting, publish_minutes):
            with refused("Seul le secrétariat"):
                act(meeting=empty, speaker=speaker, at=stage.now)
        with refused("Seul le secrétariat"):
            note_attendance(meeting=empty, presences={}, speaker=speaker, at=stage.now)


def test_a_decision_on_an_agenda_waits_for_the_notice_and_one_on_none_opens_by_itself(stage):
    decision, other = stage.put(stage.draft()), stage.put(stage.draft("Autre"))
    meeting = planned(stage, decision)
    with refused("convoquez-la d’abord"):
        stage.open(decision)
    convene_meeting(meeting=meeting, speaker=stage.secretariat, at=stage.now)
    with refused("elle s’ouvre 7 jours au moins après la convocation"):
        stage.open(decision)
    assert stage.open(other).state == "open"
    stage.later(days=NOTICE)
    assert stage.open(decision).state == "open"


def test_a_cancelled_meeting_holds_nothing_back_and_another_day_is_convened_anew(stage):
    decision = stage.put(stage.draft())
    first = convened(stage, decision)
    cancelled = cancel_meeting(meeting=first, speaker=stage.secretariat, at=stage.later())
    assert (cancelled.state, cancelled.sequence) == ("cancelled", 1)
    second = convened(stage, decision)
    with refused("elle s’ouvre 7 jours"):
        stage.open(decision)
    cancel_meeting(meeting=second, speaker=stage.secretariat, at=stage.later())
    assert stage.open(decision).state == "open"
    with refused("Cette étape n’est pas ouverte"):
        cancel_meeting(meeting=first, speaker=stage.secretariat, at=stage.now)


def test_attendance_is_noted_once_the_meeting_began_for_seats_of_that_day(stage):
    meeting = convened(stage, stage.put(stage.draft()))
    with refused("La présence se note quand la séance a commencé."):
        noted(stage, meeting, e1=PRESENT)
    close_seat(seat=stage.seats["t2"], speaker=stage.secretariat, at=stage.now)
    stage.now = meeting.starts_at
    with refused("Ce siège n’existait pas le jour de la séance."):
        noted(stage, meeting, t2=PRESENT)
    with refused("Un siège est présent, excusé ou absent."):
        noted(stage, meeting, e1="late")
    noted(stage, meeting, e1=PRESENT, t1=PRESENT)
    noted(stage, meeting, t1=ABSENT)
    attendance = draft_minutes(meeting)["attendance"]
    assert attendance["etat"][PRESENT] == [stage.seats["e1"].key]
    assert attendance["territoires"] == {PRESENT: [], EXCUSED: [], ABSENT: [stage.seats["t1"].key]}


def test_minutes_are_drawn_from_facts_published_once_and_corrected_by_the_next_number(stage):
    decision = stage.put(stage.draft())
    meeting = convened(stage, decision)
    with refused("Le procès-verbal se publie après la séance."):
        published(stage, meeting)
    stage.now = meeting.starts_at
    with refused("Notez d’abord qui était présent."):
        published(stage, meeting)
    noted(stage, meeting, e1=PRESENT, t1=PRESENT, t2=EXCUSED)
    first = published(stage, meeting)
    assert first.hash == digest(first.body)
    assert [one["state"] for one in first.body["decisions"]] == ["draft"]
    with refused("Le procès-verbal est publié : la présence ne change plus."):
        noted(stage, meeting, t2=PRESENT)
    with refused("Le procès-verbal publié dit déjà cela."):
        published(stage, meeting)
    decided = stage.decide(decision)
    second = published(stage, meeting)
    assert second.body["decisions"] == [
        {"decision": decided.code, "text": decided.text_hash, "state": "adopted", "outcome": decided.outcome}
    ]
    assert Meeting.objects.get().state == "held"
    assert second.body["attendance"] == first.body["attendance"]
    assert (second.number, second.supersedes) == (2, first.hash)
    assert Minutes.objects.get(number=1).hash == first.hash


def test_each_public_act_of_a_meeting_leaves_a_line_that_says_no_free_words(stage):
    before = Entry.objects.count()
    secret = "Chez une personne nommée"
    decision = stage.put(stage.draft())
    meeting = convened(stage, decision, place=secret)
    cancelled = convened(stage, decision, place=secret)
    cancel_meeting(meeting=cancelled, speaker=stage.secretariat, at=stage.now)
    never_told = planned(stage, decision)
    cancel_meeting(meeting=never_told, speaker=stage.secretariat, at=stage.now)
    stage.now = meeting.starts_at
    noted(stage, meeting, e1=PRESENT)
    minutes = published(stage, meeting)
    lines = [one.document for one in Entry.objects.order_by("pk")[before:]]
    told = [one for one in lines if one["type"].startswith(("meeting.", "minutes."))]
    assert [one["type"] for one in told] == ["meeting.noticed"] * 2 + ["meeting.cancelled", "minutes.published"]
    assert told[0]["body"]["agenda"] == [decision.code]
    assert told[0]["body"]["notice_days"] == NOTICE
    assert told[-1]["body"]["hash"] == minutes.hash == digest(told[-1]["body"]["body"])
    assert secret not in json.dumps(lines, ensure_ascii=False)
    assert meeting.title not in json.dumps(lines, ensure_ascii=False)


def test_the_page_shows_the_minutes_each_college_apart(stage):
    decision = stage.put(stage.draft())
    meeting = convened(stage, decision)
    client = Client()
    page = client.get(f"/seances/{meeting.code}/").content.decode()
    assert "Procès-verbal" not in page
    assert "Convoquée le" in page
    stage.now = meeting.starts_at
    noted(stage, meeting, e1=PRESENT, t1=EXCUSED)
    stage.decide(decision, t1="against")
    minutes = published(stage, meeting)
    page = client.get(f"/seances/{meeting.code}/").content.decode()
    assert minutes.hash in page
    assert "1 voix sur 1 sièges, pour 1, contre 0" in page
    assert "2 voix sur 2 sièges, pour 1, contre 1" in page
    assert "<dt>excusé</dt><dd>Organisme t1</dd>" in page
    told = client.get(f"/seances/{meeting.code}.json").json()
    assert told["minutes"]["hash"] == minutes.hash
    assert told == client.get("/seances.json").json()["meetings"][0]


def test_the_calendar_to_follow_holds_what_was_convened_and_says_what_was_cancelled(stage):
    decision = stage.put(stage.draft())
    planned(stage, decision)
    convened(stage, decision, days=9)
    cancelled = convened(stage, decision, days=12)
    cancel_meeting(meeting=cancelled, speaker=stage.secretariat, at=stage.now)
    read = Client().get("/seances.ics").content.decode()
    assert (read.count("BEGIN:VEVENT"), read.count("STATUS:CANCELLED"), read.count("SEQUENCE:1")) == (2, 1, 1)
    assert f"UID:seance-{cancelled.code}@" in read.replace("\r\n ", "")


def test_a_blank_site_has_a_calendar_that_is_still_one(client, db):
    assert b"BEGIN:VFREEBUSY" in client.get("/seances.ics").content
    assert client.get("/seances.json").json() == {"meetings": []}
    assert "Aucune séance n’a encore été convoquée." in client.get("/seances/").content.decode()
