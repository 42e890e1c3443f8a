"""Lines that found a programme: its seats, its charters, who holds a seat."""

from collections import Counter

from dcant.governance.rules.permits import FIRST_VOICES, can_name_holder, charter_faults, together, voice_faults
from dcant.governance.rules.replay.lines import Broken, Line, mapping, number, share, text, texts
from dcant.governance.rules.replay.state import CharterState, ProgrammeState, SeatState, State
from dcant.record.canonical import digest


def programme_opened(state: State, line: Line) -> None:
    slug = text(line.body, "programme")
    if slug in state.programmes:
        raise Broken("twice", f"Le programme « {slug} » est déjà ouvert.")
    state.programmes[slug] = ProgrammeState(slug)


def seat_opened(state: State, line: Line) -> None:
    """One vote for an organisation; it holds one seat of a programme at a time."""
    key, holder = text(line.body, "seat"), text(line.body, "organisation")
    programme = state.programme(text(line.body, "programme"))
    if key in state.seats:
        raise Broken("twice", f"Le siège {key} est déjà ouvert.")
    held = any(seat.organisation == holder for seat in state.open_seats(programme.slug, line.day))
    state.check(line, "seat", f"{holder} tient déjà un siège de ce programme.", holds=not held)
    state.seats[key] = SeatState(key, programme.slug, text(line.body, "college"), holder, line.day)


def college_created(state: State, line: Line) -> None:
    """It has no voice until a charter gives it one."""
    state.programme(text(line.body, "programme"))
    key = text(line.body, "college")
    again = f"Le collège « {key} » existe déjà."
    state.check(line, "college", again, holds=key not in state.colleges and key not in FIRST_VOICES)
    state.colleges.add(key)


def seat_closed(state: State, line: Line) -> None:
    seat = state.seat(text(line.body, "seat"))
    state.check(line, "seat", f"Le siège {seat.key} était déjà fermé.", holds=seat.until is None)
    seat.until = line.day


def charter_published(state: State, line: Line) -> None:
    """The first one founds; a later one is what an adopted decision, by the qualified rule, voted by its hash (invariant I11)."""
    programme, body = state.programme(text(line.body, "programme")), mapping(line.body, "charter")
    charter = CharterState(number(line.body, "number"), text(line.body, "hash"), body)
    same = charter.hash == digest(body)
    state.check(line, "hash", "Le nom de cette charte n’est pas l’empreinte de son contenu.", holds=same)
    faults = charter_faults(body, seats_by_college(state, programme.slug, line))
    faults += voice_faults(charter.voices, programme.charter.voices if programme.charters else FIRST_VOICES)
    share(body, "quorum")
    share(body, "threshold")
    if faults:
        raise Broken("charter", together(faults))
    if programme.charters:
        _require_decision(state, line, programme, charter)
    programme.charters.append(charter)


def _require_decision(state: State, line: Line, programme: ProgrammeState, charter: CharterState) -> None:
    newest = charter.number > programme.charter.number
    state.check(line, "charter", "Le numéro de cette charte ne suit pas celui de la précédente.", holds=newest)
    waiting = (one for one in state.decisions.values() if one.awaits("charter", charter.hash))
    decision = next((one for one in waiting if one.programme is programme), None)
    named = line.body.get("decision")
    if decision is None or named not in {None, decision.code}:
        raise Broken("decision", "Aucune décision adoptée ne porte sur cette charte : elle ne peut pas changer ainsi.")
    state.older += named is None
    decision.applied = True


def seats_by_college(state: State, programme: str, line: Line) -> Counter[str]:
    """How many seats each college has that day."""
    return Counter(seat.college for seat in state.open_seats(programme, line.day))


def mandate_started(state: State, line: Line) -> None:
    """Who speaks for a seat, by a commitment: a name never enters the log. One titular and one alternate at a time."""
    seat, holder, part = state.seat(text(line.body, "seat")), text(line.body, "holder"), text(line.body, "part")
    held = any(one == part and now for one, now in seat.holders.values())
    may = can_name_holder(name=holder, part=part, seat_open=seat.open_on(line.day), held=held)
    state.permit(line, "mandate", may)
    if holder in state.commitments:
        raise Broken("mandate", "Deux mandats portent le même engagement.")
    seat.holders[holder] = (part, True)
    state.commitments.add(holder)


def mandate_ended(state: State, line: Line) -> None:
    seat, holder = state.seat(text(line.body, "seat")), text(line.body, "holder")
    part, now = seat.holders.get(holder, ("", False))
    if not now:
        raise Broken("mandate", f"Personne sous cet engagement ne parlait pour le siège {seat.key}.")
    seat.holders[holder] = (part, False)


def person_erased(state: State, line: Line) -> None:
    """What was committed to is gone, and its mandates had ended; the lines stay, and the tree with them."""
    erased = set(texts(line.body, "commitments"))
    said = "L’effacement porte sur un engagement que le journal n’a jamais porté, ou déjà effacé."
    state.check(line, "mandate", said, holds=bool(erased) and erased <= state.commitments - state.erased)
    speaking = any(
        now and holder in erased for seat in state.seats.values() for holder, (_, now) in seat.holders.items()
    )
    state.check(line, "mandate", "Un mandat de la personne effacée court encore.", holds=not speaking)
    state.erased |= erased


HANDLERS = {
    "programme.opened": programme_opened,
    "seat.opened": seat_opened,
    "seat.closed": seat_closed,
    "college.created": college_created,
    "charter.published": charter_published,
    "mandate.started": mandate_started,
    "mandate.ended": mandate_ended,
    "person.erased": person_erased,
}
