"""A programme with a half-year behind it and one under way, every state of a page somewhere: what pages are tried on."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dcant.governance.models import Action, Budget, Cycle, Decision, Indicator, Meeting
from dcant.governance.services.actions import close_amendment
from dcant.governance.services.cycles import assess, begin_review, draft_balance_sheet, plan_cycle
from dcant.governance.services.decisions import give_proxy, raise_objection, record_reservation
from dcant.governance.services.holders import name_holder
from dcant.governance.services.indicators import define_indicator, record_measurement
from dcant.governance.services.meetings import (
    cancel_meeting,
    convene_meeting,
    note_attendance,
    plan_meeting,
    publish_minutes,
)
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
    ending: Decision
    roadmap: Decision
    balance_sheet: Decision
    meetings: list[Meeting]
    budgets: list[Budget]
    indicators: list[Indicator]

    @property
    def slug(self) -> str:
        return self.stage.programme.slug

    @property
    def decisions(self) -> list[Decision]:
        return [self.vote, self.waiting, self.consent, self.rejected, self.ending, self.roadmap, self.balance_sheet]


def played_half_years(now: datetime, *, actions: int = 4, demo: bool = False) -> Played:
    """`actions`: how many the first roadmap holds; budgets are tried with many."""
    stage = founded(demo=demo, now=now - timedelta(days=120))
    adopted = [stage.adopt(f"Action commune {number:02d}") for number in range(actions)]
    name_holder(seat=stage.seats["e1"], name=PERSON, part="titular", speaker=stage.secretariat, at=stage.later())
    closed = stage.cycle(CLOSED)
    roadmap = stage.roadmap(closed)
    shared = _shared(stage, closed, adopted)
    balance_sheet = _reviewed(stage, closed, adopted)
    stage.now = now - timedelta(days=20)
    under_way = stage.cycle(UNDER_WAY)
    plan_cycle(programme=stage.programme, half_year=HalfYear.parse(PLANNED), speaker=stage.secretariat, at=stage.now)
    ending = _ended(stage, adopted)
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
    waiting = stage.put(stage.draft("Action prête"))
    return Played(
        stage=stage,
        draft=_amended(stage),
        adopted=adopted[0],
        waiting=waiting,
        vote=vote,
        consent=consent,
        rejected=rejected,
        ending=ending,
        roadmap=roadmap,
        balance_sheet=balance_sheet,
        meetings=_meetings(stage, [vote, consent], waiting, now),
        budgets=[shared, *_budgets(stage, under_way, adopted)],
        indicators=_measured(stage, adopted[0], now),
    )


def _ended(stage: Stage, adopted: list[Action]) -> Decision:
    """The last one completed; the one before proposed for a merge, that nobody put to the vote yet."""
    if len(adopted) > 2:
        stage.ending(adopted[-2], "merged", adopted[0])
    return stage.end(adopted[-1])


def _shared(stage: Stage, cycle: Cycle, actions: list[Action]) -> Budget:
    """Closed: three projects funded by both sides, by one side, and not."""
    projects = [(one, cost) for one, cost in zip(actions, ("300", "200", "700"), strict=False)]
    budget = stage.open_budget_vote(stage.budget(cycle, *projects))
    for seat, said in {"e1": "1 2", "e2": "1", "t1": "1", "t2": "2"}.items():
        stage.approve(budget, **{seat: " ".join(one for one in said.split() if int(one) <= len(projects))})
    stage.approve(budget, t3="")
    return stage.share(budget)


def _budgets(stage: Stage, cycle: Cycle, actions: list[Action]) -> list[Budget]:
    """One open to votes, one open to projects."""
    voting = stage.open_budget_vote(stage.budget(cycle, (actions[0], "100.50")), days=90)
    stage.approve(voting, e1="1")
    return [voting, stage.budget(cycle, (actions[0], "50"))]


def _meetings(stage: Stage, agenda: list[Decision], waiting: Decision, now: datetime) -> list[Meeting]:
    """One held with its minutes, one convened, one cancelled, one that nobody was told of yet."""
    cycle = stage.programme.cycles.get(half_year=UNDER_WAY)
    made = []
    for title, days, listed in (("tenue", -2, agenda), ("convoquée", 30, [waiting]), ("annulée", 40, [waiting])):
        meeting = plan_meeting(
            cycle=cycle,
            title=f"Séance {title}",
            place="Salle commune",
            starts_at=now + timedelta(days=days),
            decisions=listed,
            speaker=stage.secretariat,
        )
        made.append(convene_meeting(meeting=meeting, speaker=stage.secretariat, at=now - timedelta(days=10)))
    cancel_meeting(meeting=made[2], speaker=stage.secretariat, at=now)
    presences = {stage.seats["e1"].key: "present", stage.seats["t1"].key: "present", stage.seats["t2"].key: "excused"}
    note_attendance(meeting=made[0], presences=presences, speaker=stage.secretariat, at=now)
    publish_minutes(meeting=made[0], speaker=stage.secretariat, at=now)
    draft = plan_meeting(
        cycle=cycle,
        title="Séance à convoquer",
        place="",
        starts_at=now + timedelta(days=20),
        decisions=agenda,
        speaker=stage.secretariat,
    )
    return [*made, draft]


def _measured(stage: Stage, action: Action, now: datetime) -> list[Indicator]:
    """One measured over three half-years, the last said twice; one that nobody measured."""
    speaker, facts = stage.speakers["e1"], {"programme": stage.programme, "unit": "%", "source": "Charte", "at": now}
    measured = define_indicator(
        title="Part des mairies", baseline="10", target="60", direction="up", action=action, speaker=speaker, **facts
    )
    for period, value in (("2023-S2", "12,5"), ("2024-S1", "31"), ("2024-S2", "9"), ("2024-S2", "48")):
        record_measurement(indicator=measured, period=period, value=value, source="Enquête", speaker=speaker, at=now)
    waiting = define_indicator(title="Délai de réponse", target="5", direction="down", speaker=speaker, **facts)
    return [measured, waiting]


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
