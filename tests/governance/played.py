"""A programme with a half-year behind it and one under way, every state of a page somewhere: what pages are tried on."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dcant.governance.models import Action, Cycle, Decision
from dcant.governance.services.actions import close_amendment
from dcant.governance.services.cycles import assess, begin_review, draft_balance_sheet, plan_cycle
from dcant.governance.services.decisions import give_proxy, raise_objection, record_reservation
from dcant.governance.services.holders import name_holder
from dcant.identifiers import HalfYear
from governance.stage import TEXT, Stage, founded

PERSON = "Personne Inventée"  # who speaks for e1
CLOSED, UNDER_WAY, PLANNED = "2024-S2", "2025-S1", "2025-S2"


@dataclass(frozen=True, slots=True)
class Played:
    """What tests name: the programme by its stage, a draft with amendments, and a decision in each state."""

    stage: Stage
    draft: Action
    adopted: Action
    waiting: Decision
    vote: Decision
    consent: Decision
    rejected: Decision
    roadmap: Decision
    balance_sheet: Decision

    @property
    def slug(self) -> str:
        return self.stage.programme.slug

    @property
    def decisions(self) -> list[Decision]:
        return [self.vote, self.waiting, self.consent, self.rejected, self.roadmap, self.balance_sheet]


def played_half_years(now: datetime, *, actions: int = 4, demo: bool = False) -> Played:
    """`actions`: how many the first roadmap holds; budgets are tried with many."""
    stage = founded(demo=demo, now=now - timedelta(days=120))
    adopted = [stage.adopt(f"Action commune {number:02d}") for number in range(actions)]
    name_holder(seat=stage.seats["e1"], name=PERSON, part="titular", speaker=stage.secretariat, at=stage.later())
    closed = stage.cycle(CLOSED)
    roadmap = stage.roadmap(closed)
    balance_sheet = _reviewed(stage, closed, adopted)
    stage.now = now - timedelta(days=20)
    stage.cycle(UNDER_WAY)
    plan_cycle(programme=stage.programme, half_year=HalfYear.parse(PLANNED), speaker=stage.secretariat, at=stage.now)
    rejected = stage.decide(stage.put(stage.draft("Action refusée")), t1="against", t2="against")
    record_reservation(decision=rejected, text="Selon nos moyens.", speaker=stage.speakers["t3"], at=stage.later())
    vote = stage.open(stage.put(stage.draft("Action au vote")), days=90)
    give_proxy(
        decision=vote,
        from_seat=stage.seats["t3"],
        to_seat=stage.seats["t2"],
        speaker=stage.speakers["t3"],
        at=stage.now,
    )
    stage.vote(vote, {"e1": "for", "t1": "against"})
    consent = stage.open(stage.put(stage.draft("Action en consentement"), consent=True), days=90)
    raise_objection(
        decision=consent, seat=stage.seats["t3"], reason="Qui paie ?", speaker=stage.speakers["t3"], at=stage.later()
    )
    return Played(
        stage=stage,
        draft=_amended(stage),
        adopted=adopted[0],
        waiting=stage.put(stage.draft("Action prête")),
        vote=vote,
        consent=consent,
        rejected=rejected,
        roadmap=roadmap,
        balance_sheet=balance_sheet,
    )


def _reviewed(stage: Stage, cycle: Cycle, actions: list[Action]) -> Decision:
    begin_review(cycle=cycle, speaker=stage.secretariat, at=stage.later())
    for name, grade in (("e1", "realisee"), ("t1", "engagee")):
        for action in actions[: len(actions) - 1]:  # of the last one nobody says anything
            assess(
                cycle=cycle,
                action=action,
                seat=stage.seats[name],
                grade=grade,
                evidence="Constaté.",
                speaker=stage.speakers[name],
                at=stage.now,
            )
    sheet = draft_balance_sheet(cycle=cycle, speaker=stage.secretariat)
    return stage.decide(stage.put(sheet, "balance_sheet", cycle=cycle))


def _amended(stage: Stage) -> Action:
    """One amendment integrated, one lapsed, one rejected, one that waits for an answer."""
    version = stage.draft("Action à écrire")
    first, second, third = TEXT.split("\n\n")
    made = [
        stage.amend(version, f"{first} Précisé.\n\n{second}\n\n{third}"),
        stage.amend(version, f"{first} Autrement.\n\n{second}\n\n{third}", "t3"),
        stage.amend(version, f"{first}\n\n{second} Trop.\n\n{third}", "e2"),
        stage.amend(version, f"{first}\n\n{second}\n\n{third} Encore.", "t3"),
    ]
    for amendment, arrow, answer in ((made[0], "integrate", ""), (made[2], "reject", "Trop vague.")):
        close_amendment(amendment=amendment, arrow=arrow, answer=answer, speaker=stage.speakers["t1"], at=stage.later())
    return version.action
