"""Acts of a half-year at the same moment, each on a connection of its own, on a real database: nothing is lost, doubled nor half done."""

import json
from typing import Any

import pytest

from own_node import own_node, python

PLAY = """
import threading
from collections import Counter
from datetime import timedelta
from django.db import connection, connections
from dcant.governance.models import *
from dcant.governance.rules.texts import StaleBase
from dcant.governance.services.actions import close_amendment, submit_amendment
from dcant.governance.services.cycles import assess, begin_review, draft_balance_sheet, open_cycle, plan_cycle
from dcant.governance.services.decisions import cast_ballot, close_decision, draft_decision, give_proxy, open_decision, outcome_of
from dcant.governance.services.founding import open_seat
from dcant.identifiers import HalfYear, Refused
from governance.log_of import found, leaves, replayed
from governance.stage import founded, organisation_of

def at_once(*acts):
    '''Each in a thread of its own, all let go together; what each gave: its value, or the name of what it raised.'''
    gate, said = threading.Barrier(len(acts)), [None] * len(acts)
    def run(place, act):
        gate.wait()
        try:
            said[place] = act()
        except (Refused, StaleBase) as refusal:
            said[place] = type(refusal).__name__
        except Exception as error:
            said[place] = repr(error)
        finally:
            connections.close_all()
    threads = [threading.Thread(target=run, args=one) for one in enumerate(acts)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    return said

def told(said):
    return dict(Counter(one if isinstance(one, str) else "done" for one in said))

stage = founded(seats=" ".join([f"e{n}" for n in range(10)] + [f"t{n}" for n in range(10)]), consent_days=0)
seats = list(stage.seats)
def ballot(decision, seat, value, speaker=None, at=None):
    return lambda: cast_ballot(decision=decision, seat=stage.seats[seat], value=value, speaker=stage.speakers[speaker or seat], at=at or stage.now)
def effective(decision):
    return sorted([one.seat.key, one.by] for one in decision.ballots.effective().select_related("seat"))
result = {}

# Twenty seats vote at once.
vote = stage.open(stage.put(stage.draft("Vingt", author="e1", pilot="t1")))
said = at_once(*[ballot(vote, seat, "for") for seat in seats])
result["twenty"] = [told(said), len(effective(vote)), stage.close(vote).state]

# One seat by itself and by its proxy, five times each, all at once.
vote = stage.open(stage.put(stage.draft("Deux voix", author="e1", pilot="t1")))
give_proxy(decision=vote, from_seat=stage.seats["t2"], to_seat=stage.seats["t3"], speaker=stage.speakers["t2"], at=stage.later())
said = at_once(*[ballot(vote, "t2", "against") for _ in range(5)], *[ballot(vote, "t2", "for", "t3") for _ in range(5)])
count = outcome_of(vote).colleges["territoires"]
result["proxy"] = [told(said), [by for _, by in effective(vote)], count.recorded, count.against, vote.ballots.count()]

# The last seat votes while the decision is closed, both after the others, at the deadline: one order or the other, never both.
vote = stage.open(stage.put(stage.draft("Clôture", author="e1", pilot="t1")))
stage.vote(vote, dict.fromkeys(seats[:-1], "for"))
late = vote.deadline + timedelta(seconds=1)
closing = lambda: close_decision(decision=vote, speaker=stage.secretariat, at=late)
said = at_once(closing, ballot(vote, seats[-1], "for", at=vote.deadline), closing, ballot(vote, seats[-2], "against", at=vote.deadline))
vote.refresh_from_db()
result["closing"] = [vote.state, told([said[0], said[2]]), vote.outcome == outcome_of(vote).as_dict()]
stage.now = late

# Two copilots take in two amendments of the same paragraph at once; two people submit on the text that changes under them.
version = stage.draft("Deux plumes", author="e1", pilot="t1")
first, second, third = version.text.split("\\n\\n")
made = [stage.amend(version, f"{first} {word}\\n\\n{second}\\n\\n{third}", seat) for word, seat in (("Ici.", "t2"), ("Là.", "e2"))]
def integrate(amendment, seat):
    return lambda: close_amendment(amendment=amendment, arrow="integrate", answer="", speaker=stage.speakers[seat], at=stage.now)
def submit(seat, word):
    return lambda: submit_amendment(version=version, base_hash=version.hash, wanted=f"{version.text} {word}", reason="R", seat=stage.seats[seat], speaker=stage.speakers[seat], at=stage.now)
said = at_once(integrate(made[0], "e1"), integrate(made[1], "t1"), submit("t4", "x"), submit("e4", "y"))
states = sorted(Amendment.objects.filter(pk__in=[one.pk for one in made]).values_list("state", flat=True))
result["drafting"] = [told(said[:2]), states, sorted(set(told(said[2:])) - {"done", "StaleBase"})]
for one in Amendment.objects.filter(version=version, state="submitted"):
    stage.settle(one, "reject", stage.speakers["e1"])

# A text is put to the vote while an amendment to it is taken in, several times over.
torn = []
for turn in range(6):
    version = stage.draft(f"Course {turn}", author="e1", pilot="t1")
    decision = stage.put(version)
    stage.later()
    opening = lambda: open_decision(decision=decision, deadline=stage.now + timedelta(days=9), speaker=stage.secretariat, at=stage.now)
    said = at_once(opening, submit("t2", "z"))
    decision.refresh_from_db(); version.refresh_from_db()
    waiting = version.amendments.filter(state="submitted").exists()
    torn.append(decision.state == "open" and (waiting or decision.text_hash != version.hash))
    if waiting:
        stage.settle(version.amendments.get(), "reject", stage.speakers["e1"])
result["opening"] = torn

# Two decisions are prepared on one text, two half-years are opened, at once.
version = stage.draft("Une seule fois", author="e1", pilot="t1")
drafting = lambda: draft_decision(programme=stage.programme, cycle=None, purpose="action", title="D", target=version, speaker=stage.secretariat)
result["drafts"] = [told(at_once(drafting, drafting, drafting)), Decision.objects.filter(version=version).count()]
cycles = [plan_cycle(programme=stage.programme, half_year=HalfYear.parse(name), speaker=stage.secretariat, at=stage.now) for name in ("2026-S1", "2026-S2")]
said = at_once(*[lambda one=one: open_cycle(cycle=one, speaker=stage.secretariat, at=stage.now) for one in cycles])
result["cycles"] = [told(said), Cycle.objects.filter(state="open").count()]

# Grades are given while the balance sheet is put to the vote: it says those that came before it, and the others are refused.
cycle = Cycle.objects.get(state="open")
stage.roadmap(cycle)
begin_review(cycle=cycle, speaker=stage.secretariat, at=stage.later())
cycle.refresh_from_db()
action = Action.objects.get(title="Vingt")
sheet = stage.put(draft_balance_sheet(cycle=cycle, speaker=stage.secretariat), "balance_sheet", cycle=cycle)
stage.later()
grading = [lambda seat=seat: assess(cycle=cycle, action=action, seat=stage.seats[seat], grade="realisee", evidence="", speaker=stage.speakers[seat], at=stage.now) for seat in seats[:6]]
opening = lambda: open_decision(decision=sheet, deadline=stage.now + timedelta(days=9), speaker=stage.secretariat, at=stage.now)
said = at_once(*grading[:3], opening, *grading[3:])
result["grading"] = told([said[3]])

# An organisation is given two seats at once.
body = organisation_of("t77")
seating = lambda: open_seat(programme=stage.programme, college=stage.seats["t1"].college, organisation=body, speaker=stage.secretariat, at=stage.now)
result["seats"] = [told(at_once(seating, seating, seating)), Seat.objects.filter(organisation=body).count()]

result["findings"] = [[one, rule] for one, rule in found(leaves())]
replayed()
print(json.dumps(result))
"""


@pytest.fixture(scope="module")
def played(tmp_path_factory) -> dict[str, Any]:
    """Everything played once; each test reads its part."""
    with own_node(tmp_path_factory.mktemp("node")) as node:
        return json.loads(python(node, PLAY))


pytestmark = pytest.mark.database


def test_twenty_ballots_at_once_are_twenty_ballots(played):
    assert played["twenty"] == [{"done": 20}, 20, "adopted"]


def test_a_seat_heard_by_itself_and_by_its_proxy_at_once_counts_once_and_its_own_word_wins(played):
    assert played["proxy"] == [{"done": 10}, ["direct", "proxy"], 1, 1, 10]


def test_a_decision_closes_once_and_counts_what_came_before_and_nothing_after(played):
    state, closings, same = played["closing"]
    assert state == "adopted"
    assert closings == {"done": 1, "Refused": 1}
    assert same


def test_of_two_amendments_to_one_paragraph_one_is_taken_in_and_nobody_writes_over_the_other(played):
    closings, states, others = played["drafting"]
    assert states == ["integrated", "lapsed"]
    assert closings == {"done": 1, "Refused": 1}
    assert others == []


def test_a_text_never_moves_nor_gets_an_amendment_once_it_is_put_to_the_vote(played):
    assert played["opening"] == [False] * 6


def test_what_may_be_once_is_once_and_the_others_are_refused_in_words(played):
    assert played["drafts"] == [{"done": 1, "Refused": 2}, 1]
    assert played["cycles"] == [{"done": 1, "Refused": 1}, 1]
    assert played["seats"] == [{"done": 1, "Refused": 2}, 1]


def test_a_balance_sheet_says_the_grades_that_came_before_it_and_the_log_agrees(played):
    assert played["grading"] == {"done": 1}
    assert played["findings"] == []
