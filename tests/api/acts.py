"""Every act of the programme, at both doors: what its page is sent, what the API is sent, who may, and what makes it possible."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace

from django.db import connection
from django.utils import timezone

from dcant.governance.immutability import install, remove
from dcant.governance.models import Amendment, Decision, Ending, Meeting, Minutes, Objection
from dcant.governance.rules.indicators import can_measure
from dcant.governance.rules.permits import can_run, can_speak
from dcant.governance.services.cycles import begin_review, published_roadmap
from dcant.identifiers import Permit
from factories import World
from governance.played import PLANNED, UNDER_WAY

ONLY_PILOTS = "Intégrer ou rejeter un amendement revient aux copilotes de l’action."
ONLY_ORGANISATIONS = "Une réserve se dit au nom d’une organisation : entrez d’abord sous un mandat."


@dataclass(frozen=True, slots=True)
class Trier:
    """What the rules are told of a persona."""

    role: str
    seats: frozenset[str]

    @property
    def belongs(self) -> bool:
        return bool(self.role)


def by_secretariat(trier: Trier, world: World) -> Permit:
    return can_run(role=trier.role)


def by_seat(trier: Trier, world: World) -> Permit:
    return can_speak(seat=world.played.stage.seats["t3"].key, seats=trier.seats)


def by_measurer(trier: Trier, world: World) -> Permit:
    return can_measure(role=trier.role, seated=bool(trier.seats))


def by_pilot(trier: Trier, world: World) -> Permit:
    pilots = {world.played.stage.seats[name].key for name in ("e1", "t1")}
    return Permit.yes("") if pilots & trier.seats else Permit.no(ONLY_PILOTS)


def by_organisation(trier: Trier, world: World) -> Permit:
    return Permit.yes("") if trier.belongs else Permit.no(ONLY_ORGANISATIONS)


@dataclass(frozen=True, slots=True)
class Act:
    """The same act at both doors. `before`: what makes it possible, for whoever may."""

    may: Callable[[Trier, World], Permit]
    page: str
    form: dict[str, str]
    address: str
    body: dict[str, object] = field(default_factory=dict)
    match: str = ""
    before: Callable[[], object] = lambda: None


def acts(world: World) -> dict[str, Act]:
    """By the name of its operation."""
    played = world.played
    stage, draft, slug = played.stage, played.draft, played.slug
    seat, other = stage.seats["t3"].key, stage.seats["t1"].key
    mine: dict[str, str] = {"seat": seat}
    text = draft.versions.get()
    waiting, lapsed = (Amendment.objects.get(state=state, seat__key=seat) for state in ("submitted", "lapsed"))
    objection = Objection.objects.get(state="raised")
    vote, consent = f"/decisions/{played.vote.code}", f"/decisions/{played.consent.code}"
    later = (timezone.now() + timedelta(days=30)).isoformat(timespec="seconds")
    proposed = {"title": "Nouvelle", "text": "Un texte.", "due": "2027-S1", "deliverables": "D"}
    proposed_end = Ending.objects.get(decisions=None)
    ended = {"fate": "completed", "reason": "C’est fait."}
    measured = {"period": "2024-S1", "value": "33", "source": "Enquête"}
    amended = {"wanted": "Tout autre.", "reason": "R"}
    table = "college,organisation\netat,organisme-c900"
    unheard = _without_quorum(world)
    return {
        "import_seats": Act(
            by_secretariat,
            f"/colleges/{slug}/sieges/",
            {"text": table, "open": "1"},
            f"/programmes/{slug}/seats/import",
            {"text": table},
        ),
        "propose_action": Act(
            by_seat,
            f"/colleges/{slug}/proposer/",
            mine | proposed | {"axis": "1", "resources": "brique-01"},
            "/actions",
            mine | proposed | {"programme": slug, "axis": 1, "resources": ["brique-01"]},
        ),
        "join_as_copilot": Act(
            by_seat, f"/actions/{draft.code}/copiloter/", mine, f"/actions/{draft.code}/copilots", {**mine}
        ),
        "enrich_action": Act(
            by_seat,
            f"/actions/{played.adopted.code}/enrichir/",
            mine,
            f"/actions/{played.adopted.code}/versions",
            {**mine},
        ),
        "submit_amendment": Act(
            by_seat,
            f"/actions/{draft.code}/amender/",
            mine | amended | {"base": text.hash},
            f"/actions/{draft.code}/amendments",
            {**mine, **amended},
            match=text.hash,
        ),
        "answer_amendment": Act(
            by_pilot,
            f"/amendements/{waiting.pk}/",
            {"arrow": "integrate"},
            f"/amendments/{waiting.pk}/answer",
            {"arrow": "integrate"},
        ),
        "rebase_amendment": Act(
            by_seat,
            f"/amendements/{lapsed.pk}/",
            {"arrow": "rebase", "base": text.hash, "wanted": "Tout autre."},
            f"/amendments/{lapsed.pk}/rebase",
            {"wanted": "Tout autre."},
            match=text.hash,
        ),
        "propose_ending": Act(
            by_seat,
            f"/actions/{played.adopted.code}/terminer/",
            mine | ended,
            f"/actions/{played.adopted.code}/endings",
            {**mine, **ended},
        ),
        "call_on_ending": Act(
            by_secretariat,
            f"/actions/{proposed_end.action.code}/terminer/{proposed_end.pk}/voter/",
            {"rule": "consent"},
            f"/actions/{proposed_end.action.code}/endings/{proposed_end.hash}/decisions",
            {"rule": "consent"},
        ),
        **_of_the_secretariat(world),
        "measure": Act(
            by_measurer,
            f"/indicateurs/{played.indicators[0].code}/mesurer/",
            measured,
            f"/indicators/{played.indicators[0].code}/measurements",
            {**measured},
        ),
        "draft_decision": Act(
            by_secretariat,
            f"/actions/{draft.code}/voter/",
            {"rule": "consent"},
            f"/actions/{draft.code}/decisions",
            {"rule": "consent"},
        ),
        "open_decision": Act(
            by_secretariat,
            f"/decisions/{unheard.code}/etape/",
            {"step": "open", "deadline": later},
            f"/decisions/{unheard.code}/open",
            {"deadline": later},
        ),
        "close_decision": Act(
            by_secretariat,
            f"{vote}/etape/",
            {"step": "close"},
            f"{vote}/close",
            before=lambda: stage.vote(played.vote, dict.fromkeys(stage.seats, "for")),
        ),
        "reconvene_decision": Act(
            by_secretariat,
            f"/decisions/{unheard.code}/etape/",
            {"step": "reconvene", "deadline": later},
            f"/decisions/{unheard.code}/reconvene",
            {"deadline": later},
            before=lambda: _close_unheard(world, unheard),
        ),
        "cast_ballot": Act(
            by_seat,
            f"{vote}/bulletin/",
            mine | {"value": "for"},
            f"{vote}/ballots",
            {**mine, "value": "for"},
        ),
        "give_proxy": Act(
            by_seat, f"{vote}/procuration/", mine | {"to": other}, f"{vote}/proxies", {**mine, "to": other}
        ),
        "raise_objection": Act(
            by_seat, f"{consent}/objection/", mine | {"reason": "R"}, f"{consent}/objections", {**mine, "reason": "R"}
        ),
        "answer_objection": Act(
            by_seat,
            f"{consent}/objection/",
            {"objection": str(objection.pk), "arrow": "withdraw"},
            f"{consent}/objections/{objection.pk}/answer",
            {"arrow": "withdraw"},
        ),
        "answer_objection, by its other arrow": Act(
            by_secretariat,
            f"{consent}/objection/",
            {"objection": str(objection.pk), "arrow": "integrate"},
            f"{consent}/objections/{objection.pk}/answer",
            {"arrow": "integrate"},
        ),
        "record_reservation": Act(
            by_organisation, f"{vote}/reserve/", {"text": "Selon."}, f"{vote}/reservations", {"text": "Selon."}
        ),
        "assess": Act(
            by_seat,
            f"/programme/{UNDER_WAY}/evaluer/",
            mine | {"action": played.adopted.code, "grade": "realisee", "evidence": "Vu."},
            "/assessments",
            {
                **mine,
                "programme": slug,
                "cycle": UNDER_WAY,
                "action": played.adopted.code,
                "grade": "realisee",
                "evidence": "Vu.",
            },
            before=lambda: _review(world),
        ),
    }


def _of_the_secretariat(world: World) -> dict[str, Act]:
    """The half-year and its meetings, as the secretariat runs them."""
    played, stage = world.played, world.played.stage
    here, cycle = f"/programme/{UNDER_WAY}/etape/", f"/cycles/{played.slug}/{UNDER_WAY}"
    held, convened, _cancelled, drafted = played.meetings
    begins = (timezone.localtime() + timedelta(days=40)).replace(hour=9, minute=30, second=0, microsecond=0)
    agenda = [played.waiting.code]
    planned = {"title": "Séance nouvelle", "place": "P"}
    seen = {stage.seats["t2"].key: "present"}
    return {
        "plan_cycle": Act(
            by_secretariat,
            f"/colleges/{played.slug}/semestre/",
            {"half_year": "2031-S1"},
            f"/cycles/{played.slug}",
            {"cycle": "2031-S1"},
        ),
        "open_cycle": Act(
            by_secretariat,
            f"/programme/{PLANNED}/etape/",
            {"step": "open"},
            f"/cycles/{played.slug}/{PLANNED}/open",
            before=lambda: _ended(world),
        ),
        "begin_review": Act(
            by_secretariat, here, {"step": "begin_review"}, f"{cycle}/review", before=lambda: _published(world)
        ),
        "call_on_roadmap": Act(by_secretariat, here, {"step": "roadmap"}, f"{cycle}/roadmaps"),
        "call_on_balance_sheet": Act(
            by_secretariat, here, {"step": "balance_sheet"}, f"{cycle}/balance-sheets", before=lambda: _review(world)
        ),
        "plan_meeting": Act(
            by_secretariat,
            f"/programme/{UNDER_WAY}/seance/",
            planned | {"day": begins.date().isoformat(), "hour": "09:30", "decision": played.waiting.code},
            "/meetings",
            {
                **planned,
                "programme": played.slug,
                "cycle": UNDER_WAY,
                "starts_at": begins.isoformat(),
                "agenda": agenda,
            },
        ),
        "convene_meeting": Act(
            by_secretariat, f"/seances/{drafted.code}/etape/", {"step": "convene"}, f"/meetings/{drafted.code}/convene"
        ),
        "cancel_meeting": Act(
            by_secretariat, f"/seances/{convened.code}/etape/", {"step": "cancel"}, f"/meetings/{convened.code}/cancel"
        ),
        "note_attendance": Act(
            by_secretariat,
            f"/seances/{held.code}/presence/",
            {f"seat-{key}": presence for key, presence in seen.items()},
            f"/meetings/{held.code}/attendance",
            {"presences": seen},
            before=lambda: _untold(held),
        ),
        "publish_minutes": Act(
            by_secretariat,
            f"/seances/{held.code}/etape/",
            {"step": "minutes"},
            f"/meetings/{held.code}/minutes",
            before=lambda: _untold(held),
        ),
    }


def _untold(meeting: Meeting) -> None:
    """As the meeting was before its minutes: the guards of the database are taken off for it."""
    hand = SimpleNamespace(connection=connection, execute=lambda statement: connection.cursor().execute(statement))
    remove(None, hand)
    Minutes.objects.filter(meeting=meeting).delete()
    Meeting.objects.filter(pk=meeting.pk).update(state="convened")
    install(None, hand)


def _published(world: World) -> None:
    cycle = world.played.stage.programme.cycles.get(half_year=UNDER_WAY)
    world.played.stage.roadmap(cycle)


def _ended(world: World) -> None:
    _published(world)
    world.played.stage.end_half_year()


def _without_quorum(world: World) -> Decision:
    """A decision that no meeting waits for, to open, then to reconvene."""
    made = Decision.objects.filter(title="Décider : action", state="draft", agenda_items=None).first()
    stage = world.played.stage
    return made or stage.put(stage.draft("Action sans séance"))


def _close_unheard(world: World, unheard: Decision) -> None:
    stage = world.played.stage
    opened = stage.open(unheard, days=1)
    stage.now = opened.deadline
    stage.close(opened)


def _review(world: World) -> None:
    stage = world.played.stage
    cycle = stage.programme.cycles.get(half_year=UNDER_WAY)
    stage.roadmap(cycle)
    assert published_roadmap(cycle)
    begin_review(cycle=cycle, speaker=stage.secretariat, at=stage.later())
