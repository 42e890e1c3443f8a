"""Every outcome recomputed from the log alone: an honest log is the site's own state, a falsified one is named by entry and rule."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcant.adoption.demo import load_seats
from dcant.governance.demo import load_half_year
from dcant.governance.models import Charter
from dcant.governance.rules.publishing import document_hash
from dcant.governance.rules.replay import replay
from dcant.governance.services.actions import enrich_action, rebase_amendment
from dcant.governance.services.decisions import close_objection, give_proxy, raise_objection, reconvene
from dcant.governance.services.founding import close_seat
from dcant.governance.services.meetings import cancel_meeting, convene_meeting, plan_meeting
from dcant.record.canonical import digest, dumps
from dcant.territories.models import College
from governance.log_of import falsified, found, indices, leaves, replayed
from governance.played import played_half_years
from governance.stage import TEXT, founded

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def played():
    return played_half_years(NOW)


def test_the_log_of_two_half_years_is_the_state_of_the_site(played):
    state = replayed()
    assert state.programmes[played.slug].in_force.half_year == "2024-S2"


def test_the_log_of_the_demonstration_is_the_state_of_the_site(db):
    for key in (College.STATE, College.TERRITORIES):
        College.objects.create(key=key, name=key)
    load_seats()
    load_half_year()
    state = replayed()
    assert sum(one.reconvened for one in state.decisions.values()) == 1
    assert len(state.programmes) == 1


def test_what_the_demonstration_does_not_do_is_replayed_too(stage):
    """A new version, an amendment said again, a proxy moved, a seat closed, an objection taken in, a charter changed."""
    action = stage.adopt()
    version = enrich_action(action=action, seat=stage.seats["e2"], speaker=stage.speakers["e2"], at=stage.later())
    first, second, third = TEXT.split("\n\n")
    taken = stage.amend(version, f"Neuf.\n\n{first}\n\n{second}", "t2")
    lapsed = stage.amend(version, f"{first} Autre.\n\n{second}\n\n{third} Sans.", "t3")
    carried = stage.amend(version, f"{first}\n\n{second} Mieux.\n\n{third}", "e1")
    pilot = stage.speakers["t1"]
    for one in (taken, carried):
        stage.settle(one, "integrate", pilot)
    lapsed.refresh_from_db()
    version.refresh_from_db()
    rebase_amendment(
        amendment=lapsed,
        base_hash=version.hash,
        wanted="Tout autre.",
        speaker=stage.speakers["t3"],
        at=stage.later(),
    )
    stage.settle(lapsed, "withdraw", stage.speakers["t3"])
    version.refresh_from_db()
    decision = stage.put(version)
    for to in ("t2", "t3"):
        give_proxy(
            decision=decision,
            from_seat=stage.seats["t1"],
            to_seat=stage.seats[to],
            speaker=stage.speakers["t1"],
            at=stage.later(),
        )
    opened = stage.open(decision)
    stage.cast(opened, "t1", "for", speaker="t3")
    give_proxy(
        decision=opened,
        from_seat=stage.seats["t1"],
        to_seat=stage.seats["t2"],
        speaker=stage.speakers["t1"],
        at=stage.later(),
    )
    stage.vote(opened, {"e1": "for", "e2": "for", "t2": "for", "t3": "for"})
    stage.now = opened.deadline + timedelta(seconds=1)
    stage.close(opened)
    consent = stage.open(stage.put(stage.draft("Autre action"), consent=True))
    objection = raise_objection(
        decision=consent, seat=stage.seats["t3"], reason="Non.", speaker=stage.speakers["t3"], at=stage.later()
    )
    close_objection(objection=objection, arrow="integrate", speaker=stage.secretariat, at=stage.later())
    close_seat(seat=stage.seats["t3"], speaker=stage.secretariat, at=stage.later(days=1))
    stage.later(days=2)
    body = stage.programme.charters.get().body | {"quorum": "1/3"}
    del stage.seats["t3"]
    stage.decide(stage.put(Charter.objects.create(programme=stage.programme, number=2, body=body), "charter"), "for")
    silent = stage.open(stage.put(stage.draft("Sans quorum")))
    stage.now = silent.deadline + timedelta(minutes=1)
    silent = stage.close(silent)
    reconvene(decision=silent, deadline=stage.later(days=1), speaker=stage.secretariat, at=stage.now - timedelta(1))
    state = replayed()
    assert [charter.number for charter in state.programmes[stage.programme.slug].charters] == [1, 2]


def test_from_one_roadmap_to_the_next_nothing_is_lost(stage):
    stage.adopt("Première")
    stage.roadmap(stage.cycle("2026-S1"))
    stage.end_half_year()
    stage.adopt("Seconde")
    stage.roadmap(stage.cycle("2026-S2"))
    cycle = replayed().programmes[stage.programme.slug].in_force
    assert [(item.action, item.fate) for item in cycle.roadmap] == [("premiere", "kept"), ("seconde", "added")]


# Falsified: an operator who signs again whatever it likes is betrayed by the rules.


def changed(log: list[bytes], kind: str, change, which: int = -1) -> tuple[int, list[tuple[int, str]]]:
    """One line of this type falsified: its place, and what is found."""
    place = indices(log, kind)[which]
    return place, found(falsified(log, place, change))


def test_a_falsified_outcome_is_named(played):
    log = leaves()
    rejected = next(place for place in indices(log, "decision.closed") if b'"outcome":"rejected"' in log[place])
    wrong = falsified(log, rejected, lambda body: body["outcome"].update(outcome="adopted"))
    assert found(wrong) == [(rejected, "outcome")]


def test_a_count_falsified_within_an_honest_outcome_is_named(played):
    place, wrong = changed(
        leaves(), "decision.closed", lambda body: body["outcome"]["colleges"]["etat"].update({"for": 1})
    )
    assert wrong == [(place, "outcome")]


def test_an_electorate_without_one_of_its_seats_is_named(played):
    log = leaves()
    place, wrong = changed(log, "decision.opened", lambda body: body["electorate"].pop(), 0)
    assert wrong[0] == (place, "electorate")


def test_an_electorate_with_a_seat_that_was_never_opened_is_named(played):
    added = {"seat": "9-etat-9", "college": "etat", "voice": "deliberative"}
    place, wrong = changed(leaves(), "decision.opened", lambda body: body["electorate"].append(added), 0)
    assert wrong[0] == (place, "electorate")


def test_a_ballot_after_the_close_is_named(played):
    log = leaves()
    ballot, closed = indices(log, "ballot.cast")[0], indices(log, "decision.closed")[0]
    late = json.loads(log[ballot]) | {"id": "late"}
    assert found([*log[: closed + 1], dumps(late), *log[closed + 1 :]])[0] == (closed + 1, "ballot")


def test_a_ballot_left_out_is_named_by_the_outcome_it_changes(played):
    log = leaves()
    closed = indices(log, "decision.closed")[0]
    ballot = max(place for place in indices(log, "ballot.cast") if place < closed)
    assert found([*log[:ballot], *log[ballot + 1 :]])[0] == (closed - 1, "close")


@pytest.mark.parametrize(
    ("kind", "change", "rule"),
    [
        ("ballot.cast", {"seat": "1-etat-1"}, "speaker"),
        ("ballot.cast", {"text": "sha256:00"}, "text"),
        ("ballot.cast", {"value": "ack"}, "ballot"),
        ("ballot.cast", {"by": "proxy", "holder": "x"}, "unknown"),
        ("decision.opened", {"rule": "qualified"}, "rule"),
        ("decision.opened", {"text": "sha256:00"}, "text"),
        ("decision.opened", {"deadline": "2020-01-01T00:00:00+00:00"}, "deadline"),
        ("action.version_adopted", {"copilots": []}, "copilots"),
        ("action.version_adopted", {"text": "sha256:00"}, "decision"),
        ("roadmap.published", {"body": []}, "hash"),
        ("roadmap.published", {"hash": "sha256:00"}, "decision"),
        ("balance_sheet.published", {"body": []}, "completeness"),
        ("charter.published", {"hash": "sha256:00"}, "hash"),
        ("assessment.published", {"grade": "parfaite"}, "grade"),
        ("amendment.submitted", {"base": "sha256:00"}, "base"),
        ("amendment.closed", {"state": "lapsed"}, "arrow"),
        ("cycle.opened", {"cycle": "2024-S2"}, "arrow"),
        ("seat.opened", {"programme": "autre"}, "unknown"),
        ("decision.closed", {"outcome": []}, "shape"),
        ("indicator.defined", {"target": "1,5"}, "shape"),
        ("indicator.defined", {"indicator": "part-des-mairies"}, "twice"),
        ("measurement.recorded", {"value": "012"}, "value"),
        ("measurement.recorded", {"period": "2999-S1"}, "period"),
        ("measurement.recorded", {"people": "12"}, "indicator"),
        ("measurement.recorded", {"programme": "autre"}, "indicator"),
        ("meeting.noticed", {"starts_at": "2020-01-01T00:00:00+00:00"}, "notice"),
        ("meeting.noticed", {"agenda": []}, "notice"),
        ("meeting.noticed", {"notice_days": 99}, "charter"),
        ("meeting.noticed", {"agenda": ["x", "x"]}, "agenda"),
        ("meeting.cancelled", {"meeting": "autre"}, "unknown"),
        ("minutes.published", {"hash": "sha256:00"}, "hash"),
        ("minutes.published", {"number": 3}, "supersedes"),
        ("minutes.published", {"supersedes": "sha256:00"}, "supersedes"),
    ],
)
def test_each_line_is_held_to_its_rule(played, kind, change, rule):
    log = leaves()
    seat = json.loads(log[indices(log, "seat.opened")[0]])["body"]["seat"]
    change = {key: seat if value == "1-etat-1" else value for key, value in change.items()}
    place, wrong = changed(log, kind, lambda body: body.update(change))
    assert (place, rule) in wrong


def test_grades_that_nobody_gave_are_named(played):
    place, wrong = changed(
        leaves(), "balance_sheet.published", lambda body: body["body"][0]["grades"].update(etat="abandonnee")
    )
    assert wrong == [(place, "hash"), (place, "grades")]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda body: body["attendance"]["etat"]["present"].clear(), "attendance"),
        (lambda body: body["decisions"].reverse(), "agenda"),
        (lambda body: body["decisions"][0].update(state="adopted"), "minutes"),
        (lambda body: body["decisions"][0].update(text="sha256:00"), "minutes"),
        (lambda body: body.update(meeting="autre"), "minutes"),
    ],
    ids=["absent", "order", "state", "text", "meeting"],
)
def test_minutes_that_say_what_the_log_did_not_are_named(played, change, rule):
    """Their own hash is made again with them: only the rules betray them."""
    log = leaves()

    def forge(said):
        change(said["body"])
        said["hash"] = digest(said["body"])

    place, wrong = changed(log, "minutes.published", forge)
    assert wrong == [(place, rule)]


def test_a_decision_of_an_agenda_opened_before_its_notice_ran_is_named(db):
    stage = founded(seats="e1 t1 t2", notice_days=7, consent_days=0)
    cycle = stage.cycle()
    decision = stage.put(stage.draft())
    meeting = plan_meeting(
        cycle=cycle,
        title="Séance",
        place="",
        starts_at=stage.now + timedelta(days=9),
        decisions=[decision],
        speaker=stage.secretariat,
    )
    convene_meeting(meeting=meeting, speaker=stage.secretariat, at=stage.later())
    stage.later(days=7)
    stage.open(decision)
    replayed()
    log = leaves()
    place = indices(log, "decision.opened")[0]
    early = json.loads(log[place]) | {"at": f"{stage.now - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"}
    assert found([*log[:place], dumps(early), *log[place + 1 :]]) == [(place, "notice")]
    cancel_meeting(meeting=meeting, speaker=stage.secretariat, at=stage.later())
    stage.decide(stage.put(stage.draft("Autre")))
    replayed()


def test_a_roadmap_that_forgets_an_action_is_named_even_when_it_was_voted_so(stage):
    stage.adopt("Première")
    stage.roadmap(stage.cycle("2026-S1"))
    stage.end_half_year()
    stage.adopt("Seconde")
    stage.roadmap(stage.cycle("2026-S2"))
    log = leaves()
    place = indices(log, "roadmap.published")[-1]
    body = json.loads(log[place])["body"]
    short = body["body"][1:]
    honest, name = body["hash"].encode(), document_hash(short).encode()
    forged = falsified(log, place, lambda body: body.update(body=short))
    for index, leaf in enumerate(forged):  # the whole vote is forged with it
        if honest in leaf:
            value = json.loads(leaf.replace(honest, name))
            forged[index] = dumps(value | {"subject": digest(value["body"])})
    assert found(forged) == [(place, "continuity")]


def test_an_adoption_that_did_nothing_is_named(played):
    log = leaves()
    place = indices(log, "action.version_adopted")[-1]
    closed = max(one for one in indices(log, "decision.closed") if one < place)
    assert (closed, "not-done") in found([*log[:place], *log[place + 1 :]])


def test_a_body_changed_under_its_subject_is_named(played):
    log = leaves()
    place = indices(log, "reservation.recorded")[0]
    value = json.loads(log[place])
    value["body"]["reservation"] = 77
    assert found([*log[:place], dumps(value), *log[place + 1 :]]) == [(place, "subject")]


def test_lines_of_other_rooms_are_counted_and_left_aside(played):
    log = leaves()
    other = dumps(json.loads(log[0]) | {"type": "adoption.declared"})
    state = replay([other, *log])
    assert state.findings == []
    assert state.skipped["adoption.declared"] == 1
    # Told on their own page, and no part of a decision.
    assert {one.partition(".")[0] for one in state.skipped} == {"adoption", "budget"}


def test_an_older_log_that_says_less_is_read_and_the_silence_is_counted(played):
    """As written before proxies, copilots and plans had lines, and before decisions named their target."""
    new = {"proxy.given", "action.copilot_joined", "action.enriched", "action.resources_linked", "cycle.planned"}
    lost = {
        "action.proposed": {"programme"},
        "amendment.submitted": {"operations", "wanted"},
        "decision.opened": {"programme", "target"},
        "cycle.review_begun": {"programme"},
        "roadmap.published": {"programme"},
        "balance_sheet.published": {"programme"},
    }
    older = []
    for leaf in leaves():
        value = json.loads(leaf)
        if value["type"] in new:
            continue
        ends = value["body"].get("purpose") == "ending"  # which always named its target
        left_out = set() if ends else lost.get(value["type"], set())
        value["body"] = {key: said for key, said in value["body"].items() if key not in left_out}
        if value["type"] == "balance_sheet.published":
            for row in value["body"]["body"]:
                del row["evidence"]
        older.append(dumps(value | {"subject": digest(value["body"])}))
    state = replay(older)
    assert state.findings == []
    assert state.older > 20
    assert state.programmes[played.slug].cycles["2024-S2"].state == "closed"


json_values = st.recursive(
    st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "for", "1/0", "2026-S1", "9" * 30, "sha256:00"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["seat", "action", "rules"]), inner, max_size=2)
    ),
    max_leaves=4,
)


def test_whatever_a_line_says_it_is_a_finding_and_never_a_crash(played):
    log = leaves()

    @settings(max_examples=150)
    @given(st.data())
    def one(data: st.DataObject) -> None:
        place = data.draw(st.integers(0, len(log) - 1))
        value = json.loads(log[place])
        inner = value["body"]
        while True:
            keys = sorted(inner) if isinstance(inner, dict) else list(range(len(inner)))
            key = data.draw(st.sampled_from(keys))
            if isinstance(inner[key], dict | list) and inner[key] and data.draw(st.booleans()):
                inner = inner[key]
                continue
            inner[key] = data.draw(json_values)
            break
        value["subject"] = digest(value["body"])
        replay([*log[:place], dumps(value), *log[place + 1 :]])

    one()


@given(st.lists(st.binary(max_size=40), max_size=3))
def test_whatever_the_bytes_each_entry_that_is_no_leaf_is_named(entries):
    assert [one.rule for one in replay(entries).findings] == ["leaf"] * len(entries)
