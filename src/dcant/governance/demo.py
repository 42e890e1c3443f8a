"""A half-year that never was, played by the same acts as a real one, each line of the log marked « démonstration ».

Two half-years: that of 2018, from roadmap to balance sheet, and the one of today, under way. Sides, texts and votes are invented.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import transaction

from dcant.adoption.demo import seat_of
from dcant.catalogue.models import Resource
from dcant.governance.demo_budget import share_budget
from dcant.governance.demo_endings import end_actions
from dcant.governance.demo_measures import begin_measures, go_on_measuring
from dcant.governance.models import Action, Amendment, Cycle, Decision, Meeting, Programme, Seat
from dcant.governance.services.actions import (
    close_amendment,
    join_as_copilot,
    link_resources,
    propose_action,
    submit_amendment,
)
from dcant.governance.services.calling import call_on_balance_sheet, call_on_draft
from dcant.governance.services.cycles import (
    assess,
    begin_review,
    draft_roadmap,
    open_cycle,
    plan_cycle,
    proposed_items,
)
from dcant.governance.services.decisions import (
    cast_ballot,
    close_decision,
    close_objection,
    draft_decision,
    give_proxy,
    open_decision,
    raise_objection,
    reconvene,
    record_reservation,
)
from dcant.governance.services.founding import (
    DCANT_AXES,
    create_programme,
    open_seat,
    publish_first_charter,
    write_charter,
)
from dcant.governance.services.meetings import convene_meeting, note_attendance, plan_meeting, publish_minutes
from dcant.governance.services.speaking import Speaker
from dcant.identifiers import HalfYear
from dcant.territories.models import College, Organisation

STATE: Final = ("etat", "agence", "prefecture")
TERRITORIES: Final = ("association", "departements", "intercommunalites")
START: Final = datetime(2018, 1, 15, 9, tzinfo=UTC)
# title, axis, author's seat, copilot of the other side, what it builds on
ACTIONS: Final = (
    ("Un annuaire commun des services en ligne", 1, "etat", "association", ("annuaire-administration",)),
    ("Des rendez-vous en mairie sans logiciel à acheter", 1, "association", "agence", ("rdv-service-public",)),
    ("Une adresse sûre pour chaque habitant", 1, "departements", "etat", ("adresse-ban", "mes-adresses")),
    ("Le quotient familial demandé une seule fois", 3, "association", "etat", ("quotient-familial", "api-particulier")),
    ("Répondre à un marché avec son seul SIRET", 3, "etat", "departements", ("marches-publics-simplifies",)),
    ("Publier les délibérations dans un format commun", 3, "departements", "agence", ("scdl-deliberations",)),
    ("Un clic pour s’identifier sur les sites des communes", 1, "etat", "association", ("franceconnect",)),
    ("Une messagerie pour les plus petites communes", 4, "agence", "intercommunalites", ("messages",)),
    ("Un premier diagnostic de cyber-sécurité", 4, "etat", "departements", ("monservicesecurise",)),
    (
        "Savoir qui nous accompagne, département par département",
        4,
        "intercommunalites",
        "agence",
        ("suite-territoriale",),
    ),
    ("Écrire les règles du copilotage", 2, "association", "etat", ()),
    ("Rendre compte au même rythme des deux côtés", 2, "agence", "departements", ()),
)
TEXT: Final = (
    "Que chaque commune puisse s’en servir sans développement ni marché.",
    "Les deux copilotes publient un point d’étape au milieu du semestre.",
    "Le secrétariat tient la liste de ce qui reste à faire.",
)


@dataclass(slots=True)
class _Stage:
    """The clock and the players of the demonstration."""

    programme: Programme
    secretariat: Speaker
    now: datetime
    speakers: Mapping[str, Speaker] = field(default_factory=dict)
    seats: Mapping[str, Seat] = field(default_factory=dict)

    def later(self, days: int = 1) -> datetime:
        self.now += timedelta(days=days)
        return self.now


@transaction.atomic
def load_half_year() -> Programme | None:
    """Plays the demonstration once; None when it was already there."""
    if Programme.objects.filter(demo=True, played=True).exists():
        return None
    stage = _found()
    first = _open(stage, HalfYear(2018, 1))
    actions = _write_actions(stage)
    for place, action in enumerate(actions):
        _adopt(stage, action, consent=place == 1)
    measured = begin_measures(
        programme=stage.programme, action=actions[1], speaker=stage.speakers["agence"], at=stage.now
    )
    _decide_roadmap(stage, first)
    share_budget(
        cycle=first,
        things=[*actions[:6], *Resource.objects.shown().by_slugs(["adresse-ban", "scdl-deliberations"]).values()],
        secretariat=stage.secretariat,
        seats=stage.seats,
        speakers=stage.speakers,
        at=stage.later(),
    )
    _review(stage, first, actions)
    _second_half_year(stage, actions)
    go_on_measuring(indicator=measured, speaker=stage.speakers["association"], at=stage.now)
    return stage.programme


def _speaker(persona: str, role: str) -> Speaker:
    return Speaker(Organisation.objects.get(siret=seat_of(persona)), role)


def _found() -> _Stage:
    secretariat = _speaker("secretariat", "secretariat")
    programme = create_programme(
        title="Programme commun, démonstration",
        period="2018-2026",
        axes=DCANT_AXES,
        speaker=secretariat,
        at=START,
        demo=True,
    )
    stage = _Stage(programme, secretariat, START)
    speakers, seats = {}, {}
    for college, personas, role in ((College.STATE, STATE, "state"), (College.TERRITORIES, TERRITORIES, "association")):
        for persona in personas:
            speakers[persona] = _speaker(persona, role)
            seats[persona] = open_seat(
                programme=programme,
                college=College.objects.get(key=college),
                organisation=speakers[persona].organisation,
                speaker=secretariat,
                at=stage.now,
            )
    stage.speakers, stage.seats = speakers, seats
    charter = programme.charters.get()
    write_charter(charter=charter, body=charter.body | {"notice_days": 7, "consent_days": 7}, speaker=secretariat)
    publish_first_charter(charter=charter, speaker=secretariat, at=stage.later())
    return stage


def _open(stage: _Stage, half_year: HalfYear) -> Cycle:
    cycle = plan_cycle(programme=stage.programme, half_year=half_year, speaker=stage.secretariat, at=stage.now)
    return open_cycle(cycle=cycle, speaker=stage.secretariat, at=stage.later())


def _write_actions(stage: _Stage) -> list[Action]:
    actions = [_propose(stage, row) for row in ACTIONS]
    version = actions[0].versions.get()
    first, second, third = TEXT
    wanted = (
        ("departements", f"{first}\n\n{second}\n\n{third} La liste est publique.", "Que chacun puisse suivre."),
        ("prefecture", f"{first}\n\n{second}\n\nLe secrétariat publie la liste chaque mois.", "Un rythme."),
        ("agence", f"{first} Elle le doit avant 2019.\n\n{second}\n\n{third}", "Une date."),
    )
    for persona, text, reason in wanted:
        submit_amendment(
            version=version,
            base_hash=version.hash,
            wanted=text,
            reason=reason,
            seat=stage.seats[persona],
            speaker=stage.speakers[persona],
            at=stage.later(),
        )
    integrated, _lapsing, rejected = Amendment.objects.filter(version=version).order_by("pk")
    pilot = stage.speakers["association"]
    close_amendment(amendment=integrated, arrow="integrate", answer="", speaker=pilot, at=stage.later())
    answer = "Aucune date n’est imposée à une commune."
    close_amendment(amendment=rejected, arrow="reject", answer=answer, speaker=pilot, at=stage.later())
    return actions


def _propose(
    stage: _Stage, row: tuple[str, int, str, str, tuple[str, ...]], split_from: Action | None = None
) -> Action:
    title, axis, author, copilot, resources = row
    seat, speaker = stage.seats[author], stage.speakers[author]
    action = propose_action(
        axis=stage.programme.axes.get(number=axis),
        title=f"{title} (démonstration)",
        text="\n\n".join(TEXT),
        due=str(HalfYear.of(stage.now.date())),
        split_from=split_from,
        seat=seat,
        speaker=speaker,
        at=stage.later(0),
    )
    version = action.versions.get()
    join_as_copilot(version=version, seat=stage.seats[copilot], speaker=stage.speakers[copilot], at=stage.now)
    link_resources(action=action, slugs=resources, seat=seat, speaker=speaker, at=stage.now)
    return action


def _ballots(stage: _Stage, decision: Decision, values: Mapping[str, str]) -> None:
    for persona, value in values.items():
        cast_ballot(
            decision=decision, seat=stage.seats[persona], value=value, speaker=stage.speakers[persona], at=stage.now
        )


def _all(value: str) -> dict[str, str]:
    return dict.fromkeys((*STATE, *TERRITORIES), value)


def _adopt(stage: _Stage, action: Action, *, consent: bool = False) -> Decision:
    draft = action.versions.get(state="draft")
    decision = call_on_draft(version=draft, speaker=stage.secretariat, consent=consent)
    open_decision(decision=decision, deadline=stage.now + timedelta(days=8), speaker=stage.secretariat, at=stage.now)
    decision.refresh_from_db()
    if consent:
        objection = raise_objection(
            decision=decision,
            seat=stage.seats["intercommunalites"],
            reason="Qui paie la mise en route ?",
            speaker=stage.speakers["intercommunalites"],
            at=stage.later(),
        )
        close_objection(
            objection=objection, arrow="withdraw", speaker=stage.speakers["intercommunalites"], at=stage.later()
        )
        _ballots(stage, decision, _all("ack"))
    else:
        _ballots(stage, decision, _all("for") | {"prefecture": "abstain"})
    return close_decision(decision=decision, speaker=stage.secretariat, at=stage.later(0))


def _decide_roadmap(stage: _Stage, cycle: Cycle) -> None:
    """Refused by one side, put again; then without quorum, reconvened, adopted: what a real half-year meets."""
    for attempt in (1, 2):
        roadmap = draft_roadmap(cycle=cycle, items=proposed_items(cycle), speaker=stage.secretariat)
        decision = draft_decision(
            programme=stage.programme,
            cycle=cycle,
            purpose="roadmap",
            title=f"Feuille de route du semestre {cycle.half_year}" + (", seconde lecture" if attempt == 2 else ""),
            target=roadmap,
            speaker=stage.secretariat,
        )
        if attempt == 2:
            meeting = _convene(stage, cycle, "Séance de la feuille de route", decision, stage.now + timedelta(days=8))
            stage.now = meeting.starts_at
        open_decision(
            decision=decision, deadline=stage.now + timedelta(days=5), speaker=stage.secretariat, at=stage.now
        )
        decision.refresh_from_db()
        if attempt == 1:
            _ballots(stage, decision, dict.fromkeys(STATE, "for") | dict.fromkeys(TERRITORIES, "against"))
            close_decision(decision=decision, speaker=stage.secretariat, at=stage.later())
            continue
        _ballots(stage, decision, {"etat": "for", "agence": "for", "association": "for"})
        close_decision(decision=decision, speaker=stage.secretariat, at=stage.later(6))
        reconvene(decision=decision, deadline=stage.now + timedelta(days=5), speaker=stage.secretariat, at=stage.now)
        decision.refresh_from_db()
        give_proxy(
            decision=decision,
            from_seat=stage.seats["intercommunalites"],
            to_seat=stage.seats["departements"],
            speaker=stage.speakers["intercommunalites"],
            at=stage.now,
        )
        _ballots(stage, decision, {"departements": "for", "prefecture": "for"})
        cast_ballot(
            decision=decision,
            seat=stage.seats["intercommunalites"],
            value="for",
            speaker=stage.speakers["departements"],
            at=stage.now,
        )
        close_decision(decision=decision, speaker=stage.secretariat, at=stage.later())
        _tell(stage, meeting)
        commune = Organisation.objects.filter(kind="commune", territory__code="35345").first()
        if commune:
            text = "Notre commune suivra selon ses moyens (démonstration)."
            record_reservation(decision=decision, text=text, speaker=Speaker(commune, "agent"), at=stage.now)


def _convene(stage: _Stage, cycle: Cycle, title: str, decision: Decision, starts_at: datetime) -> Meeting:
    meeting = plan_meeting(
        cycle=cycle,
        title=f"{title} (démonstration)",
        place="Salle commune, et à distance",
        starts_at=starts_at,
        decisions=[decision],
        speaker=stage.secretariat,
    )
    return convene_meeting(meeting=meeting, speaker=stage.secretariat, at=stage.now)


def _tell(stage: _Stage, meeting: Meeting) -> None:
    """One seat had sent word, one was not there: the minutes say both."""
    there = {stage.seats[one].key: "present" for one in (*STATE, *TERRITORIES) if one != "prefecture"}
    there[stage.seats["intercommunalites"].key] = "excused"
    note_attendance(meeting=meeting, presences=there, speaker=stage.secretariat, at=stage.now)
    publish_minutes(meeting=meeting, speaker=stage.secretariat, at=stage.now)


def _review(stage: _Stage, cycle: Cycle, actions: list[Action]) -> None:
    cycle.refresh_from_db()
    stage.now = datetime(2018, 6, 15, 9, tzinfo=UTC)
    begin_review(cycle=cycle, speaker=stage.secretariat, at=stage.now)
    cycle.refresh_from_db()
    for place, action in enumerate(actions):
        if place == len(actions) - 1:
            continue  # one action that nobody assessed: the balance sheet says so
        state = ("realisee", "engagee", "realisee", "en_retard")[place % 4]
        territories = ("realisee", "en_retard", "engagee", "en_retard")[place % 4]
        for persona, grade in (("etat", state), ("association", territories)):
            assess(
                cycle=cycle,
                action=action,
                seat=stage.seats[persona],
                grade=grade,
                evidence="Constaté par les copilotes (démonstration).",
                speaker=stage.speakers[persona],
                at=stage.now,
            )
    decision = call_on_balance_sheet(cycle=cycle, speaker=stage.secretariat)
    open_decision(decision=decision, deadline=stage.now + timedelta(days=10), speaker=stage.secretariat, at=stage.now)
    decision.refresh_from_db()
    _ballots(stage, decision, _all("for"))
    close_decision(decision=decision, speaker=stage.secretariat, at=stage.later())


def _second_half_year(stage: _Stage, actions: list[Action]) -> None:
    """Under way: actions that ended, a draft open to amendments, and a decision open to votes."""
    stage.now = datetime(2026, 9, 7, 9, tzinfo=UTC)
    cycle = _open(stage, HalfYear(2026, 2))
    end_actions(
        actions=(actions[1], actions[10], actions[11], actions[7]),
        secretariat=stage.secretariat,
        seats=stage.seats,
        speakers=stage.speakers,
        at=stage.later(),
    )
    voted = _propose(stage, ("Un modèle de convention entre communes", 2, "intercommunalites", "agence", ()))
    drawn = ("Des données de cantine comparables", 3, "departements", "etat", ("quotient-familial",))
    _propose(stage, drawn, split_from=actions[3])
    decision = call_on_draft(version=voted.versions.get(), speaker=stage.secretariat)
    deadline = datetime(2026, 12, 18, 17, tzinfo=UTC)
    open_decision(decision=decision, deadline=deadline, speaker=stage.secretariat, at=stage.later())
    decision.refresh_from_db()
    _ballots(stage, decision, {"etat": "for", "association": "for"})
    _convene(stage, cycle, "Séance de fin de semestre", decision, datetime(2026, 12, 10, 8, 30, tzinfo=UTC))
