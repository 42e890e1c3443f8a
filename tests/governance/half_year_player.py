"""Acts of a half-year on the site and in the model at once: each is expected to pass, or to be refused and leave nothing."""

from collections.abc import Callable
from datetime import datetime, timedelta
from fractions import Fraction

from django.db import transaction

from dcant.governance.models import ActionVersion, Cycle, Decision
from dcant.governance.services.decisions import cast_ballot, close_decision, draft_decision, open_decision
from dcant.governance.services.meetings import convene_meeting, plan_meeting
from dcant.governance.services.speaking import NOBODY, Speaker
from dcant.identifiers import Refused
from dcant.record.models import Entry
from governance.half_year_model import HalfYearOf, Text, Vote
from governance.stage import founded

SEATS = ["e1", "e2", "t1", "t2", "t3", "c1"]
NOTICE = 2  # days
RULES = {
    "action": "double_majority",
    "roadmap": "qualified",
    "balance_sheet": "double_majority",
    "charter": "qualified",
}


class Player:
    """The stage and the model beside it; the act that the model refuses must be refused, and must leave no line of the log."""

    def start(self) -> None:
        voices = {"etat": "deliberative", "territoires": "deliberative", "associes": "consultative"}
        self.stage = founded(seats=" ".join(SEATS), voices=voices, rules=RULES, notice_days=NOTICE, consent_days=0)
        self.speakers: dict[str, Speaker] = self.stage.speakers | {
            "secretariat": self.stage.secretariat,
            "nobody": NOBODY,
        }
        self.closed: dict[str, datetime] = {}
        self.quorum = Fraction(1, 2)
        self.texts: dict[str, Text] = {}
        self.votes: dict[str, Vote] = {}
        self.half_years: list[HalfYearOf] = []

    # What is true now, for the model

    def speaks(self, who: str, seat: str | None = None) -> bool:
        closed = self.closed.get(who)
        return who in SEATS and seat in {None, who} and (closed is None or self.stage.now.date() <= closed.date())

    def seated(self) -> list[str]:
        return [seat for seat in SEATS if self.speaks(seat)]

    def opened(self) -> list[str]:
        return [code for code, vote in self.votes.items() if vote.state == "open"]

    def under_vote(self, code: str) -> bool:
        return any(vote.about == code and vote.state == "open" for vote in self.votes.values())

    def pending(self, text: Text) -> bool:
        """Open, or without quorum and still to be called again on the same words."""
        return any(
            vote.state == "open" or (vote.state == "no_quorum" and not vote.again and vote.text == text.draft)
            for vote in self.votes.values()
            if vote.about == text.code
        )

    @property
    def now_played(self) -> HalfYearOf | None:
        return next((one for one in self.half_years if one.state != "closed"), None)

    def tried(self, act: Callable[..., object], expected: bool, **given: object) -> object:
        """The act, held to what the model expects; what it gives, or None when it was refused."""
        before = Entry.objects.count()
        try:
            with transaction.atomic():
                made = act(**given) or True  # some acts give nothing
        except Refused:
            made = None
        assert (made is not None) == expected
        assert made is not None or Entry.objects.count() == before
        return made

    def _draft(self, code: str) -> ActionVersion:
        return ActionVersion.objects.filter(action__code=code).order_by("-number").first()

    def _ripe(self, text: Text) -> bool:
        return bool(text.draft) and text.piloted and not text.unanswered and not self.pending(text)

    def _open(
        self, who: str, target: object, purpose: str, about: str, *, expected: bool, meeting_in: float | None = None
    ) -> str:
        """Drafted and opened in one go, or not at all; with a meeting, only once its notice has run."""

        def act() -> Decision:
            made = draft_decision(
                programme=self.stage.programme, cycle=Cycle.objects.first(), purpose=purpose, title="Décider", target=target, speaker=self.speakers[who]
            )  # fmt: skip
            if meeting_in is not None:
                starts, told = self.stage.now + timedelta(days=NOTICE + 1), self.stage.now
                meeting = plan_meeting(
                    cycle=Cycle.objects.first(), title="Séance", place="", starts_at=starts, decisions=[made], speaker=self.stage.secretariat
                )  # fmt: skip
                convene_meeting(meeting=meeting, speaker=self.stage.secretariat, at=told)
                self.stage.later(days=meeting_in)
            at = self.stage.later()
            return open_decision(decision=made, deadline=at + timedelta(days=3), speaker=self.speakers[who], at=at)

        made = self.tried(act, expected)
        if not made:
            return ""
        rule_of, now = RULES[purpose], self.now_played
        grades = now.graded() if purpose == "balance_sheet" and now else {}
        self.votes[made.code] = Vote(
            purpose, about, made.text_hash, rule_of, self.quorum, self.seated(), made.deadline, grades
        )
        return made.code

    def _say(self, code: str, who: str, seat: str, value: str) -> None:
        vote, at = self.votes[code], self.stage.later()
        own = who == seat
        expected = (
            vote.takes(at)
            and {who, seat} <= set(vote.seats)
            and self.speaks(who)
            and (own or vote.carried.get(seat) == who)
        )
        given = {"seat": self.stage.seats[seat], "value": value, "speaker": self.speakers[who], "at": at}
        if self.tried(cast_ballot, expected, decision=Decision.objects.get(code=code), **given):
            (vote.direct if own else vote.proxied)[seat] = value

    def _count(self, code: str, who: str) -> None:
        vote, at = self.votes[code], self.stage.later()
        given = {"decision": Decision.objects.get(code=code), "speaker": self.speakers[who], "at": at}
        if not self.tried(close_decision, who == "secretariat" and vote.may_close(at), **given):
            return
        vote.state = vote.outcome()
        if vote.state == "adopted":
            self._done(vote)

    def _done(self, vote: Vote) -> None:
        now = self.now_played
        if vote.purpose == "action":
            text = self.texts[vote.about]
            text.adopted.append(vote.text)
            text.draft = ""
        elif vote.purpose == "charter":
            self.quorum = Fraction(vote.about)
        elif vote.purpose == "roadmap":
            now.state, now.roadmap = "roadmap_published", self.proposed
        else:
            now.state, now.sheet = "closed", vote.grades

    def _decide(self, code: str, said: dict[str, str]) -> None:
        """Each side with one voice, its silence included; counted at once, or after the deadline."""
        vote = self.votes[code]
        for seat in vote.seats:
            value = said.get(seat[0], "abstain")
            if value != "silence":
                self._say(code, seat, seat, value)
        if set(vote.heard) != set(vote.seats):
            self._count(code, "secretariat")  # too early
            self.stage.later(days=4)
        self._count(code, "secretariat")

    def _one(self, among: dict, which: int):
        return list(among.values())[which % len(among)]

    def _key(self, seat: str) -> str:
        return self.stage.seats[seat].key

    def _keys(self, some) -> list[str]:
        return sorted(map(self._key, some))

    def _keyed(self, said: dict[str, str]) -> dict[str, str]:
        return {self._key(seat): value for seat, value in said.items()}
