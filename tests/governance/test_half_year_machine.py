"""Half-years played by anybody, in any order: after each act the site is what a plain model of the charter says, and so is its log alone."""

from datetime import timedelta
from fractions import Fraction

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from dcant.governance.models import Action, Amendment, Charter, Cycle, Decision, Proxy, Roadmap
from dcant.governance.services.actions import close_amendment, enrich_action, join_as_copilot, propose_action
from dcant.governance.services.cycles import assess, begin_review, draft_balance_sheet, draft_roadmap, proposed_items
from dcant.governance.services.decisions import (
    give_proxy,
    reconvene,
    record_reservation,
)
from dcant.governance.services.founding import close_seat
from dcant.identifiers import HalfYear
from dcant.record.models import Entry
from governance.half_year_model import SCALE, HalfYearOf, Text, next_roadmap
from governance.half_year_player import NOTICE, SEATS, Player
from governance.log_of import replayed
from governance.stage import TEXT

PUBLISHED = (
    "UPDATE governance_decision SET outcome = NULL WHERE state = 'adopted'",
    "UPDATE governance_roadmap SET body = '[]' WHERE state = 'published'",
    "DELETE FROM governance_balancesheet WHERE state = 'published'",
    "UPDATE governance_actionversion SET text = 'x' WHERE state = 'adopted'",
    "DELETE FROM governance_charter WHERE state = 'published'",
    "DELETE FROM governance_ballot WHERE decision_id IN (SELECT id FROM governance_decision WHERE state = 'adopted')",
)
anyone = st.sampled_from([*SEATS, "secretariat", "nobody"])
seats = st.sampled_from(SEATS)
place = st.integers(0, 20)  # of something among those there are
values = st.sampled_from(["for", "for", "for", "against", "abstain"])
sides = st.fixed_dictionaries(
    {
        "e": st.sampled_from(["for", "for", "for", "against", "silence"]),
        "t": st.sampled_from(["for", "for", "for", "abstain", "silence"]),
    }
)


class HalfYears(Player, RuleBasedStateMachine):
    """Each rule draws who acts, and says what the model expects."""

    @initialize()
    def begin(self) -> None:
        self.block = transaction.atomic()
        self.block.__enter__()
        self.start()

    def teardown(self) -> None:
        if hasattr(self, "block"):
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    # Writing

    @rule(who=anyone)
    def propose(self, who: str) -> None:
        axis, at = self.stage.programme.axes.get(number=1), self.stage.later()
        seat = self.stage.seats.get(who, self.stage.seats["e1"])
        given = {"axis": axis, "title": f"Action {len(self.texts)}", "text": TEXT, "seat": seat, "at": at}
        made = self.tried(propose_action, self.speaks(who), speaker=self.speakers[who], **given)
        if made:
            self.texts[made.code] = Text(made.code, self._draft(made.code).hash, {who})

    @precondition(lambda self: self.texts)
    @rule(who=seats, which=place)
    def pilot(self, who: str, which: int) -> None:
        text = self._one(self.texts, which)
        expected = self.speaks(who) and bool(text.draft) and not self.under_vote(text.code)
        given = {"seat": self.stage.seats[who], "speaker": self.speakers[who], "at": self.stage.later()}
        if self.tried(join_as_copilot, expected and self.speaks(who), version=self._draft(text.code), **given):
            text.pilots.add(who)

    @precondition(lambda self: self.texts)
    @rule(
        author=seats, closer=anyone, arrow=st.sampled_from(["integrate", "reject", "withdraw", "nothing"]), which=place
    )
    def amend(self, author: str, closer: str, arrow: str, which: int) -> None:
        text = self._one(self.texts, which)
        version = self._draft(text.code)
        wanted = f"{version.text}\n\nEncore {self.stage.now:%d %H:%M}."
        expected = self.speaks(author) and bool(text.draft) and not self.under_vote(text.code)
        if not self.tried(self.stage.amend, expected, version=version, wanted=wanted, seat=author):
            return
        text.unanswered += 1
        amendment = Amendment.objects.latest("pk")
        may = self.speaks(closer, author) if arrow == "withdraw" else self.speaks(closer) and closer in text.pilots
        given = {"arrow": arrow, "answer": "Non.", "speaker": self.speakers[closer], "at": self.stage.later()}
        if arrow != "nothing" and self.tried(close_amendment, may, amendment=amendment, **given):
            waiting = Amendment.objects.filter(version=version, state="submitted")
            text.unanswered = waiting.count() if arrow == "integrate" else text.unanswered - 1
            assert arrow != "integrate" or self._draft(text.code).text == wanted
            text.draft = self._draft(text.code).hash

    @precondition(lambda self: self.texts)
    @rule(who=seats, which=place)
    def enrich(self, who: str, which: int) -> None:
        text = self._one(self.texts, which)
        given = {"seat": self.stage.seats[who], "speaker": self.speakers[who], "at": self.stage.later()}
        expected = self.speaks(who) and bool(text.adopted) and not text.draft
        if self.tried(enrich_action, expected, action=Action.objects.get(code=text.code), **given):
            text.draft = text.adopted[-1]

    # Deciding

    @precondition(lambda self: self.texts)
    @rule(who=anyone, which=place)
    def call(self, who: str, which: int) -> None:
        text = self._one(self.texts, which)
        expected = who == "secretariat" and self._ripe(text)
        self._open(who, self._draft(text.code), "action", text.code, expected=expected)

    @precondition(lambda self: any(self._ripe(text) for text in self.texts.values()))
    @rule(said=sides, which=place, wait=st.sampled_from([None, None, 0, NOTICE]))
    def adopt(self, said: dict[str, str], which: int, wait: float | None) -> None:
        """By itself, or at a meeting of which everyone was told."""
        ripe = {code: text for code, text in self.texts.items() if self._ripe(text)}
        text = self._one(ripe, which)
        if wait is not None and not Cycle.objects.exists():
            return
        code = self._open(
            "secretariat", self._draft(text.code), "action", text.code, expected=wait != 0, meeting_in=wait
        )
        if code:
            self._decide(code, said)

    @precondition(lambda self: self.opened())
    @rule(who=seats, seat=seats, value=values, which=place)
    def vote(self, who: str, seat: str, value: str, which: int) -> None:
        self._say(self._one({code: code for code in self.opened()}, which), who, seat, value)

    @precondition(lambda self: self.opened())
    @rule(giver=seats, holder=seats, who=seats, value=values, which=place)
    def lend(self, giver: str, holder: str, who: str, value: str, which: int) -> None:
        code = self._one({code: code for code in self.opened()}, which)
        vote, others = self.votes[code], {one: to for one, to in self.votes[code].carried.items() if one != giver}
        expected = (
            self.speaks(who, giver) and giver != holder and giver[0] == holder[0] and {giver, holder} <= set(vote.seats)
            and holder not in others.values() and giver not in vote.carried.values()
        )  # fmt: skip
        given = {"from_seat": self.stage.seats[giver], "to_seat": self.stage.seats[holder], "at": self.stage.later()}
        if self.tried(
            give_proxy, expected, decision=Decision.objects.get(code=code), speaker=self.speakers[who], **given
        ):
            if vote.carried.get(giver) != holder:
                vote.proxied.pop(giver, None)
            vote.carried[giver] = holder
            self._say(code, holder, giver, value)

    @precondition(lambda self: self.opened())
    @rule(who=anyone, which=place)
    def count(self, who: str, which: int) -> None:
        self._count(self._one({code: code for code in self.opened()}, which), who)

    @precondition(
        lambda self: any(vote.state == "no_quorum" and vote.purpose == "action" for vote in self.votes.values())
    )
    @rule(who=anyone, which=place)
    def call_again(self, who: str, which: int) -> None:
        short = {
            code: code for code, vote in self.votes.items() if vote.state == "no_quorum" and vote.purpose == "action"
        }
        code = self._one(short, which)
        vote, at = self.votes[code], self.stage.later()
        others = any(one is not vote and one.about == vote.about and one.state == "open" for one in self.votes.values())
        expected = who == "secretariat" and not vote.again and self.texts[vote.about].draft == vote.text and not others
        given = {"deadline": at + timedelta(days=3), "speaker": self.speakers[who], "at": at}
        if self.tried(reconvene, expected, decision=Decision.objects.get(code=code), **given):
            vote.state, vote.again, vote.deadline = "open", True, given["deadline"]

    @rule(said=sides, quorum=st.sampled_from(["1/3", "1/2", "1/1"]))
    def change_the_charter(self, said: dict[str, str], quorum: str) -> None:
        number, body = self.stage.programme.charters.count() + 1, self.stage.programme.charters.get(number=1).body
        made = Charter.objects.create(programme=self.stage.programme, number=number, body=body | {"quorum": quorum})
        self._decide(self._open("secretariat", made, "charter", quorum, expected=True), said)

    # The half-year

    @rule(said=sides)
    def advance(self, said: dict[str, str]) -> None:
        """The next step of the half-year, by the secretariat."""
        now, cycle = self.now_played, Cycle.objects.exclude(state="closed").first()
        if now is None:
            name = f"{2026 + len(self.half_years) // 2}-S{1 + len(self.half_years) % 2}"
            self.stage.cycle(str(HalfYear.parse(name)))
            self.half_years.append(HalfYearOf(name))
        elif now.state == "roadmap_published":
            begin_review(cycle=cycle, speaker=self.stage.secretariat, at=self.stage.later())
            now.state = "review"
        elif now.state == "open":
            before = next((one.roadmap for one in reversed(self.half_years) if one.roadmap), {})
            self.proposed = next_roadmap(self.texts, before)
            items = proposed_items(cycle)
            made = self.tried(
                draft_roadmap, bool(self.proposed), cycle=cycle, items=items, speaker=self.stage.secretariat
            )
            if made:
                self._decide(self._open("secretariat", made, "roadmap", now.name, expected=True), said)
        else:
            made = draft_balance_sheet(cycle=cycle, speaker=self.stage.secretariat)
            self._decide(self._open("secretariat", made, "balance_sheet", now.name, expected=True), said)

    @rule(said=sides)
    def go_on(self, said: dict[str, str]) -> None:
        """Chance alone seldom reaches a balance sheet: half-years advance more often than anything else."""
        self.advance(said)

    @precondition(lambda self: self.now_played and self.now_played.roadmap)
    @rule(who=anyone, grade=st.sampled_from(SCALE), which=place)
    def grade(self, who: str, grade: str, which: int) -> None:
        now = self.now_played
        code = self._one({code: code for code in self.texts}, which)
        expected = self.speaks(who) and now.state == "review" and code in now.roadmap
        seat = self.stage.seats.get(who, self.stage.seats["t1"])
        given = {"seat": seat, "grade": grade, "evidence": "", "speaker": self.speakers[who], "at": self.stage.later()}
        cycle = Cycle.objects.get(half_year=now.name)
        if self.tried(assess, expected, cycle=cycle, action=Action.objects.get(code=code), **given):
            now.grades[code, who] = grade

    # Around it

    @rule(days=st.sampled_from([1, 4]))
    def let_days_go(self, days: int) -> None:
        self.stage.later(days=days)

    @rule(which=st.sampled_from(["e2", "t3"]), now=st.sampled_from([False, False, True]))
    def leave(self, which: str, now: bool) -> None:
        """The seat votes no more from the next day; what it said stays."""
        if now and which not in self.closed:
            close_seat(seat=self.stage.seats[which], speaker=self.stage.secretariat, at=self.stage.later())
            self.closed[which] = self.stage.now

    @precondition(lambda self: self.votes)
    @rule(who=anyone, which=place)
    def keep_apart(self, who: str, which: int) -> None:
        """A reservation, whatever the state of the decision: it binds nobody, and nothing else moves."""
        decision = Decision.objects.get(code=self._one({code: code for code in self.votes}, which))
        before = (decision.state, decision.outcome)
        given = {"decision": decision, "text": "Selon nos moyens.", "at": self.stage.later()}
        self.tried(record_reservation, who != "nobody", speaker=self.speakers[who], **given)
        decision.refresh_from_db()
        assert (decision.state, decision.outcome) == before

    @rule(statement=st.sampled_from(PUBLISHED))
    def slip(self, statement: str) -> None:
        """Careless SQL changes nothing that was published (I5)."""
        guard = ""
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
                assert cursor.rowcount == 0  # nothing of the kind is published yet
        except DatabaseError as error:
            guard = str(error)
        assert not guard or "keeps what was published" in guard

    # After each of them

    @invariant()
    def the_site_and_its_log_are_what_the_model_says(self) -> None:
        if not hasattr(self, "texts"):
            return
        state = replayed()  # the log alone gives the site's state, and no rule is broken in it
        for code, vote in self.votes.items():
            told = state.decisions[code]
            assert (told.state, told.text, sorted(told.electorate)) == (
                vote.state,
                vote.text,
                self._keys(vote.seats),
            )  # I1 I4 I6
            assert {key: said.value for (key, by), said in told.said.items() if by == "direct"} == self._keyed(
                vote.direct
            )
            assert {key: said.value for (key, by), said in told.said.items() if by == "proxy"} == self._keyed(
                vote.proxied
            )
            carried = Proxy.objects.filter(decision__code=code).values_list("from_seat__key", "to_seat__key")
            assert dict(carried) == {self._key(one): self._key(to) for one, to in vote.carried.items()}  # I2 I3
        for code, text in self.texts.items():
            assert list(state.actions[code].adopted.values()) == text.adopted
            assert state.actions[code].copilots == set(self._keys(text.pilots))  # I7
        programme = state.programmes[self.stage.programme.slug]
        assert {one.half_year: one.state for one in programme.cycles.values()} == {
            one.name: one.state for one in self.half_years
        }
        for one in self.half_years:
            told = programme.cycles[one.name]
            assert {item.action: (item.version, item.fate) for item in told.roadmap or ()} == one.roadmap  # I8
            sheet = None if told.sheet is None else {row["action"]: row["grades"] for row in told.sheet}
            assert sheet == one.sheet  # I9, silence and disagreement included
        assert Fraction(programme.charter.body["quorum"]) == self.quorum  # I11
        assert all(
            Roadmap.objects.filter(state="published", hash=row["text_hash"]).count() == 1
            for row in self._adopted("roadmap")
        )
        moments = [entry.at for entry in Entry.objects.order_by("pk")]
        assert moments == sorted(moments)  # I14

    def _adopted(self, purpose: str) -> list[dict[str, str]]:
        return list(Decision.objects.filter(purpose=purpose, state="adopted").values("text_hash"))


@pytest.mark.django_db
class TestHalfYears(HalfYears.TestCase):
    settings = settings(max_examples=5, stateful_step_count=30, deadline=None)
