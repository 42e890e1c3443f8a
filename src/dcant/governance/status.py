"""Where a half-year stands: who must do what, by when, and what stands in the way. Said from what is stored, never typed by hand."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from fractions import Fraction

from django.db.models import Count, Q
from django.utils.timezone import get_default_timezone

from dcant.governance.models import ActionVersion, Ballot, Charter, Cycle, Decision, Meeting, Seat
from dcant.governance.rules.counting import CONSENT, DELIBERATIVE
from dcant.governance.rules.grades import NOT_ASSESSED
from dcant.governance.rules.machines import ENDED
from dcant.governance.services.cycles import UNDER_WAY, grades_of, permit_to_open
from dcant.governance.services.founding import charter_in_force
from dcant.identifiers import HalfYear, Sentence


@dataclass(frozen=True, slots=True)
class Task:
    """One thing expected. seat: who, by the key of its seat; empty, it is the secretariat. about: what page speaks of it."""

    what: str
    by: datetime | None
    about: tuple[str, str]  # « cycle », « decision », « action » or « meeting », and its code
    seat: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """What stands in the way, in a sentence, and the page that speaks of it."""

    why: str
    about: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Status:
    """Tasks in order of time, those without a date last."""

    cycle: Cycle
    tasks: tuple[Task, ...]
    blocks: tuple[Block, ...]

    def of_seats(self, keys: set[str], *, secretariat: bool) -> list[Task]:
        """What is expected of these seats, and of the secretariat when one holds it."""
        return [one for one in self.tasks if one.seat in keys or (secretariat and not one.seat)]

    def as_dict(self) -> dict[str, object]:
        """The same as data: one document, for the page and the command."""
        return {
            "programme": self.cycle.programme.slug,
            "cycle": self.cycle.half_year,
            "state": self.cycle.state,
            "demo": self.cycle.demo,
            "expected": [
                {
                    "who": one.who or "secretariat",
                    "seat": one.seat or None,
                    "what": str(one.what),
                    "by": one.by.isoformat(timespec="seconds") if one.by else None,
                    "about": {"kind": one.about[0], "code": one.about[1]},
                }
                for one in self.tasks
            ],
            "blocks": [
                {"why": str(one.why), "about": {"kind": one.about[0], "code": one.about[1]}} for one in self.blocks
            ],
        }


def grouped(tasks: Iterable[Task]) -> list[tuple[Task, list[str]]]:
    """The same thing asked of several, once, with the names of all; a secretariat has no name. Order kept."""
    groups: dict[tuple[str, datetime | None, tuple[str, str], bool], tuple[Task, list[str]]] = {}
    for one in tasks:
        _first, names = groups.setdefault((one.what, one.by, one.about, bool(one.seat)), (one, []))
        if one.seat:
            names.append(one.who)
    return list(groups.values())


def current_cycles() -> list[Cycle]:
    """The half-year under way of each programme decided here, else the first one planned; the newest programme first. One query."""
    waiting = Cycle.objects.filter(programme__played=True).exclude(state="closed").select_related("programme")
    chosen: dict[int, Cycle] = {}
    for cycle in sorted(waiting, key=lambda one: (one.state not in UNDER_WAY, one.half_year)):
        chosen.setdefault(cycle.programme_id, cycle)
    return sorted(chosen.values(), key=lambda one: (one.state not in UNDER_WAY, -one.programme_id))


def status_of(cycle: Cycle, now: datetime) -> Status:
    """Nine queries at most, however much is under way."""
    gathered = _Gathered(cycle, now)
    found = [*_of_half_year(gathered), *_of_decisions(gathered), *_of_drafts(gathered), *_of_meetings(gathered)]
    tasks, last = [one for one in found if isinstance(one, Task)], datetime.max.replace(tzinfo=UTC)
    blocks = tuple(one for one in found if isinstance(one, Block))
    return Status(cycle, tuple(sorted(tasks, key=lambda one: one.by or last)), blocks)


class _Gathered:
    """What the questions below ask, read once."""

    def __init__(self, cycle: Cycle, now: datetime) -> None:
        self.cycle, self.now = cycle, now
        programme = cycle.programme
        self.seats = {
            one.key: one
            for one in Seat.objects.open_on(now.date()).filter(programme=programme).select_related("organisation")
        }
        self.charter: Charter | None = charter_in_force(programme)
        pending = Q(state__in=["draft", "open"]) | Q(state="no_quorum", reconvened=False)
        decisions = (
            programme.decisions.filter(pending)
            .select_related("charter")
            .annotate(objected=Count("objections", filter=Q(objections__state__in=["raised", "standing"])))
            .order_by("pk")
        )
        self.objected = {one.pk for one in decisions if one.objected}
        self.decisions: list[Decision] = list(decisions)
        heard = Ballot.objects.effective().filter(decision__programme=programme, decision__state="open")
        self.heard = set(heard.values_list("decision_id", "seat__key"))
        drafts = (
            ActionVersion.objects.filter(state="draft", action__axis__programme=programme)
            .exclude(action__state__in=ENDED)
            .select_related("action")
            .annotate(waiting=Count("amendments", filter=Q(amendments__state="submitted")))
            .prefetch_related("copilots")
            .order_by("pk")
        )
        writing = drafts if cycle.state == "open" else drafts.none()
        self.waiting = {one.pk: one.waiting for one in writing}
        self.drafts: list[ActionVersion] = list(writing)

    @property
    def last_moment(self) -> datetime:
        return datetime.combine(HalfYear.parse(self.cycle.half_year).last_day, time(23, 59, 59), get_default_timezone())

    @property
    def here(self) -> tuple[str, str]:
        return ("cycle", self.cycle.half_year)

    def pending(self, purpose: str) -> bool:
        return any(one.purpose == purpose for one in self.decisions)

    def ask(self, seat: str, what: str, by: datetime | None, about: tuple[str, str]) -> Task:
        return Task(what, by, about, seat, self.seats[seat].organisation.name)


def _of_half_year(gathered: _Gathered) -> Iterator[Task | Block]:
    cycle, here = gathered.cycle, gathered.here
    if cycle.state == "planned":
        permit = permit_to_open(cycle, gathered.now)
        if not permit:
            yield Block(permit.because, here)
        first = datetime.combine(HalfYear.parse(cycle.half_year).first_day, time(), get_default_timezone())
        yield Task("Ouvrir le semestre.", first, here)
    elif cycle.state == "open" and not gathered.pending("roadmap"):
        adopted = ActionVersion.objects.filter(state="adopted", action__axis__programme=cycle.programme)
        if not adopted.exists():
            yield Block("Aucune action n’est encore adoptée : la feuille de route serait vide.", here)
        yield Task("Préparer le vote de la feuille de route.", gathered.last_moment, here)
    elif cycle.state == "roadmap_published":
        yield Task("Ouvrir l’évaluation.", gathered.last_moment, here)
    elif cycle.state == "review":
        yield from _of_review(gathered)


def _of_review(gathered: _Gathered) -> Iterator[Task | Block]:
    silent: dict[str, int] = {}
    for row in grades_of(gathered.cycle):
        grades = row["grades"]
        for college, grade in grades.items() if isinstance(grades, dict) else ():
            silent[college] = silent.get(college, 0) + (grade == NOT_ASSESSED)
    for key, seat in gathered.seats.items():
        number = silent.get(seat.college_id, 0)
        if number:
            what = Sentence("Évaluer {number} action(s) que votre collège n’a pas encore évaluées.", number=str(number))
            yield gathered.ask(key, what, gathered.last_moment, gathered.here)
    if not gathered.pending("balance_sheet"):
        yield Task("Préparer le vote du bilan.", gathered.last_moment, gathered.here)


def _of_decisions(gathered: _Gathered) -> Iterator[Task | Block]:
    for one in gathered.decisions:
        about = ("decision", one.code)
        if one.state == "draft":
            yield Task(Sentence("Ouvrir la décision « {title} ».", title=one.title), None, about)
        elif one.state == "no_quorum" and one.charter.body.get("reconvene"):
            yield Task(Sentence("Reconvoquer la décision « {title} ».", title=one.title), None, about)
        elif one.state == "open":
            yield from _of_open_decision(gathered, one, about)


def _of_open_decision(gathered: _Gathered, one: Decision, about: tuple[str, str]) -> Iterator[Task | Block]:
    silent = [said["seat"] for said in one.electorate if (one.pk, said["seat"]) not in gathered.heard]
    over = one.deadline is not None and gathered.now > one.deadline
    if over or not silent:
        yield Task(Sentence("Clore et compter « {title} ».", title=one.title), None, about)
    pattern = "Prendre acte de « {title} », ou objecter." if one.rule == CONSENT else "Voter sur « {title} »."
    for seat in silent:
        if seat in gathered.seats and not over:
            yield gathered.ask(seat, Sentence(pattern, title=one.title), one.deadline, about)
    for college in _without_quorum(one, set(silent)):
        why = Sentence(
            "« {title} » : le quorum manque encore au collège « {college} ».", title=one.title, college=college
        )
        yield Block(why, about)
    if one.rule == CONSENT and one.pk in gathered.objected:
        yield Block(Sentence("« {title} » : une objection attend une réponse.", title=one.title), about)


def _without_quorum(decision: Decision, silent: set[str]) -> list[str]:
    """The deliberative colleges that have not said enough for their quorum."""
    quorum = Fraction(decision.charter.body["quorum"])
    seats: dict[str, list[bool]] = {}
    for said in decision.electorate:
        if said["voice"] == DELIBERATIVE:
            seats.setdefault(said["college"], []).append(said["seat"] not in silent)
    return [college for college, heard in sorted(seats.items()) if not any(heard) or sum(heard) < quorum * len(heard)]


def _of_drafts(gathered: _Gathered) -> Iterator[Task | Block]:
    voices = gathered.charter.body.get("voices", {}) if gathered.charter else {}
    deliberative = {college for college, voice in voices.items() if voice == DELIBERATIVE}
    for one in gathered.drafts:
        about, copilots = ("action", one.action.code), list(one.copilots.all())
        for college in sorted(deliberative - {seat.college_id for seat in copilots}):
            why = Sentence(
                "« {title} » attend un copilote du collège « {college} ».", title=one.action.title, college=college
            )
            yield Block(why, about)
        waiting = gathered.waiting[one.pk]
        if waiting:
            what = Sentence(
                "Répondre à {number} amendement(s) sur « {title} ».", number=str(waiting), title=one.action.title
            )
            yield Block(Sentence("« {title} » : des amendements attendent une réponse.", title=one.action.title), about)
            yield from (gathered.ask(seat.key, what, None, about) for seat in copilots if seat.key in gathered.seats)


def _of_meetings(gathered: _Gathered) -> Iterator[Task | Block]:
    """To convene before it is too late, to come to, to tell in minutes. One query."""
    notice = timedelta(days=int(gathered.charter.body["notice_days"])) if gathered.charter else timedelta()
    for one in Meeting.objects.filter(cycle=gathered.cycle, state__in=["draft", "convened"]).order_by("starts_at"):
        about = ("meeting", one.code)
        if one.state == "draft":
            last = one.starts_at - notice
            yield Task(Sentence("Convoquer la séance « {title} ».", title=one.title), last, about)
            if gathered.now > last:
                pattern = "« {title} » : il est trop tard pour convoquer cette séance, la charte demande {days} jours."
                yield Block(Sentence(pattern, title=one.title, days=str(notice.days)), about)
        elif gathered.now < one.starts_at:
            what = Sentence("Venir à la séance « {title} ».", title=one.title)
            yield from (gathered.ask(key, what, one.starts_at, about) for key in gathered.seats)
        else:
            what = Sentence("Noter la présence et publier le procès-verbal de « {title} ».", title=one.title)
            yield Task(what, None, about)
