"""Any sequence of ballots, proxies, objections and closed seats on one decision: what is stored is what a plain reading of the rules gives."""

from datetime import timedelta
from fractions import Fraction

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from dcant.governance.models import Decision, Objection
from dcant.governance.services.decisions import (
    cast_ballot,
    close_decision,
    close_objection,
    give_proxy,
    outcome_of,
    raise_objection,
)
from dcant.identifiers import Refused
from governance.log_of import replayed
from governance.stage import SIDES, founded

SEATS = ["e1", "e2", "t1", "t2", "t3", "c1"]
LATE = "t4"  # opened after the vote
VALUES = ["for", "against", "abstain", "ack"]
names = st.sampled_from([*SEATS, LATE])
fellows = st.sampled_from(["t1", "t2", "t3"])


class Voting(RuleBasedStateMachine):
    """The acts beside a model that keeps only the last word of each seat, its proxies and its objections."""

    @initialize(which=st.sampled_from(["double_majority", "qualified", "consent"]))
    def begin(self, which: str) -> None:
        self.block = transaction.atomic()
        self.block.__enter__()
        voices = {"etat": "deliberative", "territoires": "deliberative", "associes": "consultative"}
        rules = {"action": which, "roadmap": which, "balance_sheet": which, "charter": "qualified"}
        self.stage = founded(seats=" ".join(SEATS), voices=voices, rules=rules, consent_days=0)
        self.decision = self.stage.open(self.stage.put(self.stage.draft()))
        self.stage.add_seat(LATE)
        self.which = which
        self.direct: dict[str, str] = {}
        self.proxied: dict[str, str] = {}
        self.holders: dict[str, str] = {}
        self.objections: list[tuple[str, str]] = []
        self.state = "open"

    def teardown(self) -> None:
        if hasattr(self, "block"):
            if hasattr(self, "state"):
                replayed()  # the log alone tells the same
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    def accepted(self, act, **given: object) -> bool:
        try:
            act(at=self.stage.later(), **given)
        except Refused:
            return False
        return True

    @rule(seat=names, speaker=names, value=st.sampled_from(VALUES))
    def ballot(self, seat: str, speaker: str, value: str) -> None:
        own = seat == speaker
        valid = value in ({"ack", "abstain"} if self.which == "consent" else {"for", "against", "abstain"})
        expected = self.state == "open" and seat != LATE and valid and (own or self.holders.get(seat) == speaker)
        said = self.accepted(
            cast_ballot,
            decision=self.decision,
            seat=self.stage.seats[seat],
            value=value,
            speaker=self.stage.speakers[speaker],
        )
        assert said == expected
        if said:
            (self.direct if own else self.proxied)[seat] = value

    @rule(giver=names, holder=names, speaker=names)
    def proxy(self, giver: str, holder: str, speaker: str) -> None:
        carried = {one: other for one, other in self.holders.items() if one != giver}
        expected = (
            self.state == "open"
            and speaker == giver != holder
            and giver[0] == holder[0]
            and LATE not in {giver, holder}
            and holder not in carried.values()
            and giver not in self.holders.values()
        )
        given = self.accepted(
            give_proxy,
            decision=self.decision,
            from_seat=self.stage.seats[giver],
            to_seat=self.stage.seats[holder],
            speaker=self.stage.speakers[speaker],
        )
        assert given == expected
        if given:
            if self.holders.get(giver) != holder:
                self.proxied.pop(giver, None)
            self.holders[giver] = holder

    # Chance alone seldom gives a proxy, uses it and takes it back: this step does.
    @rule(giver=fellows, holder=fellows, other=fellows, value=st.sampled_from(["for", "against", "ack"]))
    def proxy_used_then_moved(self, giver: str, holder: str, other: str, value: str) -> None:
        self.proxy(giver, holder, giver)
        self.ballot(giver, holder, value)
        self.proxy(giver, other, giver)

    @rule(seat=names)
    def object_to(self, seat: str) -> None:
        expected = self.state == "open" and self.which == "consent" and seat != LATE
        raised = self.accepted(
            raise_objection,
            decision=self.decision,
            seat=self.stage.seats[seat],
            reason="R",
            speaker=self.stage.speakers[seat],
        )
        assert raised == expected
        if raised:
            self.objections.append((seat, "raised"))

    @precondition(lambda self: self.objections)
    @rule(data=st.data(), stands=st.booleans())
    def answer(self, data: st.DataObject, stands: bool) -> None:
        place = data.draw(st.integers(0, len(self.objections) - 1))
        seat, state = self.objections[place]
        done = self.accepted(
            close_objection,
            objection=Objection.objects.order_by("pk")[place],
            arrow="stand" if stands else "withdraw",
            speaker=self.stage.secretariat if stands else self.stage.speakers[seat],
        )
        assert done == (self.state == "open" and state == "raised")
        if done:
            self.objections[place] = (seat, "standing" if stands else "withdrawn")

    @precondition(lambda self: self.state == "open")
    @rule(now=st.sampled_from([False] * 7 + [True]))
    def close(self, now: bool) -> None:
        if not now:  # most steps are taken while the vote is open
            return
        self.stage.now = self.decision.deadline + timedelta(seconds=1)
        self.state = close_decision(decision=self.decision, speaker=self.stage.secretariat, at=self.stage.now).state

    @invariant()
    def the_count_is_that_of_the_model(self) -> None:
        if not hasattr(self, "state"):
            return
        found = outcome_of(self.decision)
        assert found.outcome == self.naive()
        heard = self.proxied | self.direct
        for side, college in SIDES.items():
            said = sorted(value for seat, value in heard.items() if seat[0] == side)
            count = found.colleges[college]
            yes = "ack" if self.which == "consent" else "for"
            assert said == sorted(["abstain"] * count.abstain + ["against"] * count.against + [yes] * count.for_)
        if self.state != "open":
            stored = Decision.objects.get(pk=self.decision.pk)
            assert (stored.state, stored.outcome) == (found.outcome, found.as_dict())

    def naive(self) -> str:
        """Read from the words of the charter: one last word a seat, each deliberative college apart."""
        said = self.proxied | self.direct
        sides = [[said.get(seat) for seat in SEATS if seat[0] == side] for side in "et"]
        heard = [[value for value in side if value] for side in sides]
        if any(Fraction(len(spoke), len(side)) < Fraction(1, 2) for spoke, side in zip(heard, sides, strict=True)):
            return "no_quorum"
        if self.which == "consent":
            blocked = any(seat[0] != "c" and state != "withdrawn" for seat, state in self.objections)
            return "rejected" if blocked else "adopted"
        votes = [(side.count("for"), side.count("against")) for side in heard]
        if self.which == "double_majority":
            return "adopted" if all(yes > no for yes, no in votes) else "rejected"
        return "adopted" if all(yes and Fraction(yes, yes + no) >= Fraction(2, 3) for yes, no in votes) else "rejected"


@pytest.mark.django_db
class TestVoting(Voting.TestCase):
    settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
