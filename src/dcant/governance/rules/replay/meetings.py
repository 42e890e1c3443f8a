"""Lines of meetings: convened in time, cancelled, told in minutes."""

from collections.abc import Mapping

from dcant.governance.rules.machines import MEETING, follow
from dcant.governance.rules.meetings import ABSENT, PRESENCES, PRESENT, can_convene, can_open_at_meeting
from dcant.governance.rules.meetings import can_publish_minutes as can_publish
from dcant.governance.rules.permits import can_follow
from dcant.governance.rules.replay.lines import Broken, Line, mapping, moment, number, rows, text, texts
from dcant.governance.rules.replay.state import DecisionState, MeetingState, State
from dcant.record.canonical import digest


def meeting_noticed(state: State, line: Line) -> None:
    """The days between the notice and the meeting are those of the charter in force (invariant I12)."""
    code, programme = text(line.body, "meeting"), state.programme(text(line.body, "programme"))
    if code in state.meetings:
        raise Broken("twice", f"La séance {code} est déjà convoquée.")
    cycle, agenda = state.cycle(programme, text(line.body, "cycle")), texts(line.body, "agenda")
    meeting = MeetingState(
        code, programme.slug, cycle.half_year, moment(text(line.body, "starts_at")), line.at, tuple(agenda)
    )
    state.meetings[code] = meeting
    notice_days = number(programme.charter.body, "notice_days")
    named = (text(line.body, "charter"), number(line.body, "notice_days"))
    said = "Le délai de convocation n’est pas celui de la charte en vigueur."
    state.check(line, "charter", said, holds=named == (programme.charter.hash, notice_days))
    may = can_convene(
        state="draft", items=len(agenda), starts_at=meeting.starts_at, now=line.at, notice_days=notice_days
    )
    state.permit(line, "notice", may)
    state.check(
        line,
        "agenda",
        "L’ordre du jour nomme deux fois une décision, ou celle d’un autre programme.",
        holds=len(set(agenda)) == len(agenda)
        and all(one.programme is programme for one in state.decisions.values() if one.code in agenda),
    )


def meeting_cancelled(state: State, line: Line) -> None:
    meeting = state.meeting(text(line.body, "meeting"))
    may = can_follow(machine=MEETING, state=meeting.state, arrow="cancel")
    state.permit(line, "arrow", may)
    if may:
        meeting.state = follow(MEETING, meeting.state, "cancel")


def minutes_published(state: State, line: Line) -> None:
    """After the meeting, by their hash, each correction naming what it supersedes; they say what the log has said."""
    meeting, body, name = (
        state.meeting(text(line.body, "meeting")),
        mapping(line.body, "body"),
        text(line.body, "hash"),
    )
    state.check(line, "hash", "Ce procès-verbal n’est pas celui que nomme son empreinte.", holds=name == digest(body))
    last = meeting.minutes[-1] if meeting.minutes else ""
    follows = (number(line.body, "number"), text(line.body, "supersedes", "")) == (len(meeting.minutes) + 1, last)
    state.check(line, "supersedes", "Ce procès-verbal ne suit pas le précédent de la séance.", holds=follows)
    present = _check_attendance(state, line, meeting, mapping(body, "attendance"))
    may = can_publish(
        state=meeting.state, starts_at=meeting.starts_at, now=line.latest, present=present, same=name == last
    )
    state.permit(line, "minutes", may)
    mine = (text(body, "meeting"), moment(text(body, "starts_at"))) == (meeting.code, meeting.starts_at)
    state.check(line, "minutes", "Ce procès-verbal parle d’une autre séance.", holds=mine)
    _check_decisions(state, line, meeting, body)
    meeting.minutes.append(name)
    if meeting.state == "convened":
        meeting.state = follow(MEETING, meeting.state, "hold")


def _check_attendance(state: State, line: Line, meeting: MeetingState, attendance: Mapping[str, object]) -> int:
    """Each seat of that day once, in its college. How many were present."""
    told, present = [], 0
    for college in attendance:
        said = mapping(attendance, college)
        for presence in (*PRESENCES, ABSENT):
            told += [(college, seat) for seat in texts(said, presence)]
        present += len(texts(said, PRESENT))
    seats = state.open_seats(meeting.programme, meeting.starts_at.date())
    whole = sorted(told) == sorted((seat.college, seat.key) for seat in seats)
    state.check(line, "attendance", "La présence ne dit pas chaque siège de ce jour-là, une fois.", holds=whole)
    return present


def _check_decisions(state: State, line: Line, meeting: MeetingState, body: Mapping[str, object]) -> None:
    """In the order of the agenda, each as the log knows it; one that was never opened is still a draft."""
    told = rows(body, "decisions")
    same = [text(row, "decision") for row in told] == list(meeting.agenda)
    state.check(line, "agenda", "Ce procès-verbal ne suit pas l’ordre du jour convoqué.", holds=same)
    for row in told:
        decision = state.decisions.get(text(row, "decision"))
        expected: tuple[object, ...] = ("draft", {})
        said: tuple[object, ...] = (text(row, "state"), dict(mapping(row, "outcome")))
        if decision is not None:
            outcome = decision.outcome.as_dict() if decision.outcome else {}
            expected, said = (decision.state, outcome, decision.text), (*said, text(row, "text"))
        wrong = f"Ce procès-verbal ne dit pas la décision {row['decision']} comme le journal l’a dite."
        state.check(line, "minutes", wrong, holds=said == expected)


def check_notice(state: State, line: Line, decision: DecisionState) -> None:
    """A decision on the agenda of a meeting convened, and not cancelled, opens once its notice has run (invariant I12).

    Listed by several, it may open by one of them.
    """
    listed = [one for one in state.meetings.values() if decision.code in one.agenda and one.state != "cancelled"]
    notice_days = number(decision.charter.body, "notice_days")
    asked = [
        can_open_at_meeting(state=one.state, noticed_at=one.noticed, now=line.latest, notice_days=notice_days)
        for one in listed
    ]
    if asked and not any(asked):
        state.permit(line, "notice", asked[-1])


HANDLERS = {
    "meeting.noticed": meeting_noticed,
    "meeting.cancelled": meeting_cancelled,
    "minutes.published": minutes_published,
}
