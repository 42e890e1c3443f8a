"""Who may do what in a half-year. Pure: roles, seats, states and days are given; the because is shown to the person."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from functools import reduce

from dcant.governance.rules.counting import CONSENT, DELIBERATIVE, QUALIFIED, RULES, VALUES, share_of
from dcant.governance.rules.machines import DECISION, Machine
from dcant.identifiers import Permit, Sentence

SECRETARIAT = "secretariat"
HOLDER_PARTS = ("titular", "alternate")
PURPOSES = ("action", "roadmap", "balance_sheet", "charter")
ENDING = "ending"
DECIDED = (*PURPOSES, ENDING)  # what a decision may be about


def ruled_as(purpose: str) -> str:
    """The purpose under which a charter gives its rule: an action ends by the rule by which it was adopted."""
    return "action" if purpose == ENDING else purpose


def can_run(*, role: str) -> Permit:
    """Opening, planning, calling to vote and closing belong to the secretariat that both sides gave themselves."""
    if role == SECRETARIAT:
        return Permit.yes("Vous tenez le secrétariat du programme.")
    return Permit.no("Seul le secrétariat du programme peut faire cela.")


def can_speak(*, seat: str, seats: Collection[str]) -> Permit:
    """seats: those of the organisation that the person has mandate for, open today."""
    if seat in seats:
        return Permit.yes("Votre organisation tient ce siège.")
    return Permit.no("Seule une personne mandatée par l’organisation qui tient le siège peut parler pour lui.")


def can_follow(*, machine: Machine, state: str, arrow: str) -> Permit:
    """The arrow exists from that state."""
    if arrow in machine.get(state, {}):
        return Permit.yes("Cette étape est ouverte.")
    return Permit.no("Cette étape n’est pas ouverte dans l’état où l’on est.")


def can_name_holder(*, name: str, part: str, seat_open: bool, held: bool) -> Permit:
    """held: somebody has this part of the seat already."""
    if not seat_open:
        return Permit.no("Ce siège est déjà fermé.")
    if not name or part not in HOLDER_PARTS:
        return Permit.no("Écrivez un nom, comme titulaire ou comme suppléance d’un siège.")
    if held:
        return Permit.no("Cette place est tenue : mettez d’abord fin au mandat en cours.")
    return Permit.yes("Cette place est libre.")


def charter_faults(body: Mapping[str, object], seats_by_college: Mapping[str, int]) -> list[str]:
    """What is missing before a charter may be published, in sentences; nothing: it may."""
    voices = body.get("voices")
    voices = voices if isinstance(voices, dict) else {}
    deliberative = [college for college, voice in voices.items() if voice == DELIBERATIVE]
    faults = []
    if len(deliberative) < 2:
        faults.append("Il faut deux collèges délibératifs au moins.")
    faults += [
        Sentence("Le collège « {college} » n’a aucun siège.", college=college)
        for college in sorted(deliberative)
        if not seats_by_college.get(college)
    ]
    rules = body.get("rules")
    rules = {key: rule for key, rule in rules.items() if isinstance(rule, str)} if isinstance(rules, dict) else {}
    faults += [
        Sentence("Aucune règle n’est choisie pour « {purpose} ».", purpose=purpose)
        for purpose in PURPOSES
        if rules.get(purpose) not in RULES
    ]
    if rules.get("charter") not in {None, QUALIFIED}:
        faults.append("Changer la charte demande la majorité qualifiée.")
    faults += [
        Sentence("« {name} » doit être un nombre de jours.", name=name)
        for name in ("notice_days", "consent_days")
        if not _days(body.get(name))
    ]
    faults += [
        Sentence("« {name} » doit être une part comme 1/2.", name=name)
        for name in ("quorum", "threshold")
        if share_of(body.get(name)) is None
    ]
    return faults


FIRST_VOICES = {"etat": DELIBERATIVE, "territoires": DELIBERATIVE}  # those of the two sides, before any charter


def voice_faults(voices: Mapping[str, object], before: Mapping[str, object]) -> list[str]:
    """A college that is neither of the two sides is heard first: it deliberates only once a charter has had it as consultative.

    before: voices of the charter that this one follows, FIRST_VOICES for the first.
    """
    return [
        Sentence("Le collège « {college} » commence par une voix consultative.", college=college)
        for college, voice in sorted(voices.items())
        if voice == DELIBERATIVE and college not in before
    ]


def together(faults: Iterable[str]) -> str:
    """Several sentences as one, each keeping its own pattern."""
    return reduce(lambda first, then: Sentence("{first} {then}", first=first, then=then), faults)


def _days(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 365


def can_open_cycle(*, charter_published: bool, faults: Collection[str], under_way: str) -> Permit:
    if not charter_published:
        return Permit.no("La charte n’est pas encore publiée : on ne sait pas encore décider.")
    if faults:
        return Permit.no(together(faults))
    if under_way:
        return Permit.no(
            Sentence("Le semestre {half_year} est encore en cours : publiez d’abord son bilan.", half_year=under_way)
        )
    return Permit.yes("La charte est en vigueur et aucun autre semestre n’est en cours.")


def can_adopt_version(*, copilots: Collection[str], deliberative: Collection[str]) -> Permit:
    """copilots: colleges of the seats that pilot the action (invariant I7)."""
    missing = sorted(set(deliberative) - set(copilots))
    if missing:
        return Permit.no(
            Sentence(
                "Il manque un copilote du collège « {college} » : une action se pilote à deux.", college=missing[0]
            )
        )
    return Permit.yes("Chaque collège délibératif a son copilote.")


def can_open_decision(*, state: str, deadline: datetime, now: datetime, rule: str, consent_days: int) -> Permit:
    if "open" not in DECISION.get(state, {}):
        return Permit.no("Cette décision a déjà été ouverte.")
    return _deadline(deadline=deadline, now=now, rule=rule, consent_days=consent_days)


def can_reconvene(*, state: str, reconvened: bool, allowed: bool, deadline: datetime, now: datetime) -> Permit:
    if state != "no_quorum" or reconvened or not allowed:
        return Permit.no("Une décision sans quorum se reconvoque une seule fois, si la charte le permet.")
    return _deadline(deadline=deadline, now=now, rule="", consent_days=0)


def _deadline(*, deadline: datetime, now: datetime, rule: str, consent_days: int) -> Permit:
    if deadline <= now:
        return Permit.no("L’heure limite est déjà passée.")
    if rule == CONSENT and deadline - now < timedelta(days=consent_days):
        return Permit.no(
            Sentence(
                "Un consentement reste ouvert {days} jours au moins : reculez l’heure limite.", days=str(consent_days)
            )
        )
    return Permit.yes("La décision peut s’ouvrir.")


def can_vote(
    *, state: str, now: datetime, deadline: datetime | None, in_electorate: bool, rule: str, value: str
) -> Permit:
    """One effective ballot a seat, from the frozen electorate, before the deadline (invariants I2 and I12)."""
    if state != "open" or deadline is None or now > deadline:
        return Permit.no("Le vote est clos : ce bulletin arrive trop tard.")
    if not in_electorate:
        return Permit.no("Ce siège n’était pas du corps électoral quand la décision s’est ouverte.")
    if value not in VALUES.get(rule, frozenset()):
        return Permit.no("Ce choix n’existe pas pour cette règle de décision.")
    return Permit.yes("Ce siège peut voter.")


def can_close(*, state: str, now: datetime, deadline: datetime | None, waiting: int) -> Permit:
    """After the deadline, or as soon as no seat is still to be heard."""
    if state != "open":
        return Permit.no("Cette décision n’est pas ouverte.")
    if deadline is not None and now <= deadline and waiting:
        return Permit.no(
            Sentence(
                "Il reste {waiting} siège(s) à entendre, et l’heure limite n’est pas passée.", waiting=str(waiting)
            )
        )
    return Permit.yes("L’heure limite est passée, ou tous les sièges se sont exprimés.")


def can_give_proxy(*, same_college: bool, itself: bool, open_decision: bool) -> Permit:
    """Same college, never to oneself, before the close (invariant I3); one for each holder is held by the database."""
    if itself or not same_college:
        return Permit.no("On donne procuration à un autre siège de son propre collège.")
    if not open_decision:
        return Permit.no("Cette décision n’est plus ouverte.")
    return Permit.yes("La procuration vaut pour cette décision seulement.")
